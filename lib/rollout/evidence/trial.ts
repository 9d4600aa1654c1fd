import { totalOf } from '../coverage.ts';
import { type Counts, errorRate, noCounts, type VersionCounts } from '../observation.ts';
import { logLikelihoodRatio } from './odds-ratio.ts';
import { newStake, played, type Stake, SUSPICION, sumOf } from './stake.ts';
import type { StreamCounts, StreamTrial } from './streams.ts';
import { gainOnCost, type Milliseconds, noWork, type VersionSizes, type Work, workAfter } from './version-cost.ts';

/** How many times as likely to fail the candidate is said to be, one hypothesis each. */
export const ODDS_RATIOS = [2.5, 8, 64, 4096];

/** The hypothesis that takes the smallest difference for a fault. */
const MILDEST = Math.min(...ODDS_RATIOS);

/**
 * In its first minute, in seconds, a version may fail somewhat more often because it starts cold, as each version before it did: so many
 * times as often is no fault. The mildest hypothesis alone would take that for one, so it alone is weighed against it. If the versions are
 * alike it gains even less on average than against equal odds, so all that {@link Stake} promises holds.
 */
const COLD_SECONDS = 60;
const COLD_TOLERANCE = 1.5;

/** A version that fails more often than this is broken, whatever the stable version does: the share of its requests. */
const GROSS_RATE = 0.25;

/**
 * If the stable version fails more often than this at the same time, there is an incident. Then a gross failure says nothing of the
 * candidate, and the comparison alone decides.
 */
const INCIDENT_RATE = GROSS_RATE / 2;

/** How often a broken version is said to fail, one hypothesis each. */
export const GROSS_RATES = [0.625, 0.925];

/** The comparison has four parts of five of the false-rollback rate, the test for gross failure the fifth. */
const COMPARISON_SHARE = 0.8;

/** What the requests of both versions have shown so far. Plain JSON. */
export interface Trial {
  /** The candidate against the stable version at the same time. */
  readonly comparison: Stake;
  /** The candidate alone, against a rate that no version should have. */
  readonly gross: Stake;
  /** The candidate against the stable version in what else may go wrong, by the name of the stream. */
  readonly streams: Readonly<Record<string, StreamTrial>>;
  /** How long the requests of both versions took. */
  readonly work: Work;
  /** The candidate's cost against what the policy allows. */
  readonly cost: Stake;
}

/** A trial before the first window. */
export const newTrial: Trial = {
  comparison: newStake(ODDS_RATIOS.length),
  gross: newStake(GROSS_RATES.length),
  streams: {},
  work: noWork,
  cost: newStake(1),
};

/** The window of a trial: counts of one time, at one weight. */
export interface Window extends VersionCounts {
  /** How much time had passed since the candidate's first traffic when the window began, in seconds. */
  readonly seconds: number;
  /** Whether both versions may be compared in it: the weight had settled before it began, and any grace was over. */
  readonly comparable: boolean;
  /** What else was counted in it. */
  readonly streams?: StreamCounts;
  /** How long all requests in it took together, by version. */
  readonly milliseconds?: Milliseconds;
}

/** By how much a request to the candidate may be dearer, 0.2 for one fifth, and what decides on how dear it is. */
export interface CostLimit {
  readonly maximumIncrease: number;
  readonly sizes: VersionSizes | null;
}

/**
 * The trial after one more window.
 *
 * @param limit of the candidate's cost; left out if there is none
 */
export function tried({ comparison, gross, streams, work, cost }: Trial, window: Window, limit?: CostLimit): Trial {
  const counts = possibleIn(window);
  const milliseconds = window.comparable ? window.milliseconds : undefined;
  const gain = milliseconds && limit && gainOnCost(counts, milliseconds, limit.sizes, limit.maximumIncrease);
  return {
    comparison: window.comparable ? compared(comparison, counts, window.seconds) : comparison,
    streams: window.comparable ? streamsAfter(streams, window) : streams,
    work: milliseconds ? workAfter(work, counts, milliseconds) : work,
    cost: gain === undefined ? cost : played(cost, [gain], window.seconds),
    gross:
      errorRate(counts.stable) > INCIDENT_RATE
        ? gross
        : played(
            gross,
            GROSS_RATES.map((rate) => Math.exp(logGrossRatio(counts.candidate, rate))),
            window.seconds,
          ),
  };
}

/** A stake on the candidate being worse than the stable version, after both were compared once more. */
function compared(stake: Stake, counts: VersionCounts, seconds: number): Stake {
  const gains = ODDS_RATIOS.map((ratio) => {
    const healthy = ratio === MILDEST && seconds < COLD_SECONDS ? COLD_TOLERANCE : 1;
    return Math.exp(logLikelihoodRatio(counts, ratio, healthy));
  });
  return played(stake, gains, seconds);
}

const newStream: StreamTrial = { stake: newStake(ODDS_RATIOS.length), counts: noCounts };

function streamsAfter(before: Trial['streams'], { streams = {}, seconds }: Window): Trial['streams'] {
  const after = Object.entries(streams).map(([name, given]): [string, StreamTrial] => {
    const { stake, counts } = before[name] ?? newStream;
    const more = possibleIn(given);
    return [name, { stake: compared(stake, more, seconds), counts: totalOf([counts, more]) }];
  });
  return { ...before, ...Object.fromEntries(after) };
}

const possibleIn = ({ stable, candidate }: VersionCounts): VersionCounts => ({
  stable: possible(stable),
  candidate: possible(candidate),
});

/** CloudWatch's sums are read one by one: one may be a moment ahead of the other. */
const possible = ({ invocations, errors }: Counts): Counts => ({ invocations, errors: Math.min(errors, invocations) });

/** How much better the counts fit a rate than the greatest one that is no gross failure, as a natural logarithm. */
export const logGrossRatio = ({ invocations, errors }: Counts, rate: number): number =>
  errors * Math.log(rate / GROSS_RATE) + (invocations - errors) * Math.log((1 - rate) / (1 - GROSS_RATE));

/** How much a test has to gain until a candidate is found to be bad, as a natural logarithm. */
export const logThreshold = (test: 'comparison' | 'gross', falseRollbackRate: number): number =>
  -Math.log(falseRollbackRate * (test === 'gross' ? 1 - COMPARISON_SHARE : COMPARISON_SHARE));

/** What a trial says of the candidate: whether it fails more than the stable version, or far too often; or that it may. */
export type Finding = 'failsMore' | 'failsGrossly' | 'suspected' | 'nothing';

/**
 * What a trial says, at any time and however often it is asked.
 *
 * @param falseRollbackRate how often a healthy candidate may be found to be bad at any time in its rollout, 0 to 1
 */
export function findingOf({ comparison, gross }: Trial, falseRollbackRate: number): Finding {
  if (Math.log(sumOf(gross)) >= logThreshold('gross', falseRollbackRate)) return 'failsGrossly';
  if (Math.log(sumOf(comparison)) >= logThreshold('comparison', falseRollbackRate)) return 'failsMore';
  return sumOf(comparison) >= SUSPICION || sumOf(gross) >= SUSPICION ? 'suspected' : 'nothing';
}
