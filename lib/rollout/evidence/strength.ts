import { membersOf } from '../document/members.ts';
import type { Rollout } from '../document/rollout.ts';
import { SUSPICION, sumOf } from './stake.ts';
import { shareOfRate, streamsOf } from './streams.ts';
import { logThreshold } from './trial.ts';
import { slowerThanIn } from './trial-of-rollout.ts';

/** The name of the comparison of errors, among those of the streams. */
export const ERRORS = 'errors';

/** The name of the comparison of what requests cost. */
export const COST = 'cost';

/** From this strength on there is a suspicion. */
export const SUSPECTED = 0.5;

/** From this strength on the candidate is found to be bad. */
export const FOUND = 1;

/** How strongly the requests speak against a candidate in one respect. */
export interface Strength {
  /** What is compared: `errors`, the name of a stream, or `cost`. */
  readonly name: string;
  /** 0: nothing speaks against it. {@link SUSPECTED}: there is a suspicion. {@link FOUND}: it is reverted. */
  readonly strength: number;
}

/**
 * How strongly the requests speak against the candidates of a rollout, in each respect in which they are compared; of a group, the member
 * that looks worst counts. Empty if the policy asks for no evidence.
 *
 * Both marks are those by which a rollout is decided, whatever the tests behind them: between them the logarithm of the evidence grows in
 * proportion.
 */
export function strengthsOf(rollout: Rollout): readonly Strength[] {
  const all = membersOf(rollout).flatMap(strengthsOfMember);
  const names = [...new Set(all.map(({ name }) => name))];
  const worst = (name: string) => Math.max(...all.filter((each) => each.name === name).map(({ strength }) => strength));
  return names.map((name) => ({ name, strength: worst(name) }));
}

function strengthsOfMember(rollout: Rollout): readonly Strength[] {
  const { evidence } = rollout.policy;
  if (!evidence) return [];
  const streams = streamsOf(evidence, slowerThanIn(rollout));
  const rate = shareOfRate(evidence, streams);
  const { comparison, gross, streams: trials, cost } = rollout.trial.now;
  const errors = Math.max(
    strengthOf(sumOf(comparison), logThreshold('comparison', rate)),
    strengthOf(sumOf(gross), logThreshold('gross', rate)),
  );
  const others = streams.map(({ name }) => {
    const trial = trials[name];
    return { name, strength: trial ? strengthOf(sumOf(trial.stake), -Math.log(rate)) : 0 };
  });
  const dear = { name: COST, strength: strengthOf(sumOf(cost), -Math.log(rate)) };
  return [{ name: ERRORS, strength: errors }, ...others, ...(evidence.maximumCostIncrease === undefined ? [] : [dear])];
}

/**
 * The strength of one test.
 *
 * @param sum what the test holds; 1 at its beginning
 * @param logFound the natural logarithm of what it has to hold until the candidate is found to be bad
 */
export function strengthOf(sum: number, logFound: number): number {
  const gained = Math.log(sum);
  const logSuspected = Math.min(Math.log(SUSPICION), logFound);
  if (gained >= logFound) return FOUND;
  if (gained < logSuspected) return SUSPECTED * Math.max(0, gained / logSuspected);
  return SUSPECTED + (FOUND - SUSPECTED) * ((gained - logSuspected) / (logFound - logSuspected));
}
