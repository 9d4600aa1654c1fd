/**
 * A bet against the candidate's health by several hypotheses at once. What they hold, and what is not staked yet, starts at 1 in all. If
 * the candidate is healthy, nobody can expect to gain, however often they look; so the chance that all together ever reaches 1 / a is at
 * most a. Plain JSON.
 *
 * Source: J. Ville, "Étude critique de la notion de collectif" (1939), theorem 1; A. Ramdas, P. Grünwald, V. Vovk, G. Shafer,
 * "Game-theoretic statistics and safe anytime-valid inference", arXiv:2210.01948.
 */
export interface Stake {
  /** What each hypothesis holds. */
  readonly held: readonly number[];
  /** How much of the capital was staked so far, 0 to 1. */
  readonly staked: number;
  /** How often there was a suspicion: each brings new capital. */
  readonly suspicions: number;
}

/** So much is staked at once. */
export const AT_ONCE = 0.4;

/** Each of the first two suspicions stakes so much more. */
const PER_SUSPICION = 0.2;
const SUSPICIONS = 2;

/** The rest is staked bit by bit over an hour, so that a fault that begins late is found as fast as an early one. */
const RATION = 0.2;
const RATION_SECONDS = 3600;

/** From this sum on there is a suspicion: one chance in ten that a healthy version ever gets there. */
export const SUSPICION = 10;

/** No more is held, so that a number can hold it. Whatever is asked of a stake is far below. */
const MOST_HELD = 1e100;

/** What a stake says of the candidate: that it is worse, or that it may be. */
export type Doubt = 'worse' | 'suspected';

/**
 * What a stake says at any time; undefined if it says nothing.
 *
 * @param rate how often a healthy candidate may be found to be worse, 0 to 1
 */
export function doubtOf(stake: Stake, rate: number): Doubt | undefined {
  const sum = sumOf(stake);
  if (sum >= 1 / rate) return 'worse';
  return sum >= SUSPICION ? 'suspected' : undefined;
}

/** A stake before the first window. */
export const newStake = (hypotheses: number): Stake => ({
  held: Array.from({ length: hypotheses }, () => 0),
  staked: 0,
  suspicions: 0,
});

/** The mildest hypothesis explains the data so many times as well as health does: no suspicion, but not nothing. */
const LEANING = 2;

/** Whether the data speak somewhat against the candidate: its being a little worse explains them better than its health. */
export const leans = ({ held }: Stake): boolean => (held[0] ?? 0) >= (LEANING * AT_ONCE) / held.length;

/** What the hypotheses hold, and what is not staked. */
export const sumOf = ({ held, staked }: Stake): number => held.reduce((sum, each) => sum + each, 1 - staked);

/**
 * The stake after one more window of data.
 *
 * @param gains what the window makes of 1 for each hypothesis; its mean is at most 1 if the candidate is healthy
 * @param seconds how much time has passed since the candidate's first traffic when the window begins
 */
export function played(stake: Stake, gains: readonly number[], seconds: number): Stake {
  const suspicions = Math.min(SUSPICIONS, stake.suspicions + (sumOf(stake) >= SUSPICION ? 1 : 0));
  const due = AT_ONCE + suspicions * PER_SUSPICION + RATION * Math.min(1, Math.max(0, seconds) / RATION_SECONDS);
  const staked = Math.max(stake.staked, due);
  const each = (staked - stake.staked) / stake.held.length;
  const held = stake.held.map((before, index) =>
    Math.min(MOST_HELD, (before + each) * Math.min(MOST_HELD, gains[index] ?? 1)),
  );
  return { held, staked, suspicions };
}
