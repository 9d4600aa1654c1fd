import { errorRate, type MetricTiming, type VersionCounts } from '../observation.ts';
import { LARGEST_FIRST_WEIGHT } from '../policy/plan.ts';

/** What a rollout may risk, and what each percent of weight risks. */
export interface Risk {
  /** How many requests may fail in one detection lag beyond those that would have failed on the stable version. */
  readonly failureBudget: number;
  /** How long a fault goes unseen at least, in seconds. */
  readonly lagSeconds: number;
  /** The requests to both versions together. */
  readonly requestsPerSecond: number;
}

/** How long a changed weight takes to settle, in seconds. (Recorded on AWS: a few.) */
const SETTLE_SECONDS = 5;

/** From a fault's first failure until counts show it: one period, and the time until that can be read. */
export const lagOf = ({ periodSeconds, delaySeconds }: MetricTiming): number =>
  periodSeconds + delaySeconds + SETTLE_SECONDS;

/** Lambda takes no smaller weight than one percent that anyone has recorded. */
const SMALLEST_WEIGHT = 1;

/** So many whole periods are seen at each weight. */
export const WHOLE_PERIODS = 2;

/** The next weight is at least so many times the present one: each change of the weight costs one detection lag. */
const LEAST_GROWTH = 2;

/** A weight grows at most so many times at once: what is known of the candidate was seen under less load. */
const MOST_GROWTH = 10;

/** One chance in ten that the candidate's error rate is above the upper bound. */
const LOG_ODDS = Math.log(10);

/**
 * A version of which nothing is known may fail always. It may do so for longer than one lag, because the first period is not a whole one. So
 * the first weight costs half of the budget in one, if that is a whole percent.
 */
export const firstWeight = ({ failureBudget, lagSeconds, requestsPerSecond }: Risk): number => {
  const share = failureBudget / 2 / (requestsPerSecond * lagSeconds);
  return clamped(Math.floor(share * 100), SMALLEST_WEIGHT, LARGEST_FIRST_WEIGHT);
};

/**
 * An upper bound of how much more often the candidate fails than the stable version at the same time: a share of its requests. It holds
 * with nine chances of ten. (Chernoff's bound of a Poisson mean, solved for the mean: S. Boucheron, G. Lugosi, P. Massart, "Concentration
 * Inequalities", section 2.2.)
 */
export function mostExcessRate({ candidate, stable }: VersionCounts): number {
  if (candidate.invocations === 0) return 1;
  const { errors, invocations } = candidate;
  const bound = (errors + LOG_ODDS + Math.sqrt(2 * errors * LOG_ODDS)) / invocations;
  return Math.max(0, Math.min(1, bound) - errorRate(stable));
}

/**
 * The largest weight that may be given next: one more detection lag at it costs at most the failure budget, and as much again as the stable
 * version fails by itself in that time.
 *
 * @param weight the present one, in percent
 * @param counts of both versions at the present weight
 * @returns in whole percent; no more than the present one if the counts do not allow it yet
 */
function largestNextWeight(weight: number, counts: VersionCounts, risk: Risk): number {
  const { failureBudget, lagSeconds, requestsPerSecond } = risk;
  const requests = requestsPerSecond * lagSeconds;
  const rate = mostExcessRate(counts) - errorRate(counts.stable);
  const share = rate <= 0 ? 1 : failureBudget / (requests * rate);
  return clamped(Math.floor(Math.min(1, share) * 100), 0, Math.min(100, weight * MOST_GROWTH));
}

/** For so many lags, and seconds, the weight stays small whatever the budget allows: many faults need some time to show. */
const CAREFUL_LAGS = 3;
const CAREFUL_SECONDS = 120;

/** Above half of the traffic, and with enough of it left for the stable version to be compared with. */
const LAST_COMPARED_WEIGHT = 60;

/**
 * The largest weight that may follow, whatever the evidence says: a small one at first, and one above half of the traffic at which both
 * versions can still be compared before the candidate gets everything.
 *
 * @param weight the present one, in percent
 * @param seconds how long ago the candidate had its first traffic
 */
function ceilingAfter(weight: number, seconds: number, { lagSeconds }: Pick<Risk, 'lagSeconds'>): number {
  if (seconds < Math.max(CAREFUL_LAGS * lagSeconds, CAREFUL_SECONDS)) return LARGEST_FIRST_WEIGHT;
  return weight > 50 ? 100 : LAST_COMPARED_WEIGHT;
}

/** The weight that follows, in percent; or the reason for which the present one stays. */
export type NextWeight = { readonly weight: number } | { readonly stays: 'early' | 'risky' };

/**
 * The weight that follows the present one. It is at least twice the present one, unless it is the last one before everything: each change
 * costs one detection lag.
 *
 * @param weight the present one, in percent
 * @param counts of both versions at the present weight
 * @param seconds how long ago the candidate had its first traffic
 */
export function weightAfter(weight: number, counts: VersionCounts, seconds: number, risk: Risk): NextWeight {
  const ceiling = ceilingAfter(weight, seconds, risk);
  const least = weight * LEAST_GROWTH;
  if (ceiling === LARGEST_FIRST_WEIGHT && ceiling < least) return { stays: 'early' };
  const next = Math.min(ceiling, largestNextWeight(weight, counts, risk));
  return next >= Math.min(least, ceiling) ? { weight: next } : { stays: 'risky' };
}

/** So many failures may be expected until the next look at the weight of a retreat. */
const FAILURES_OF_A_RETREAT = 5;

/**
 * The weight to which a candidate retreats that is suspected at 100 %: large enough to compare it with the stable version, and small
 * enough to cost little.
 *
 * @param excessRate how much more often it seems to fail, a share of its requests
 */
export function retreatWeight(
  excessRate: number,
  { lagSeconds, requestsPerSecond }: Omit<Risk, 'failureBudget'>,
): number {
  const share = FAILURES_OF_A_RETREAT / (requestsPerSecond * lagSeconds * excessRate);
  return clamped(Math.floor(share * 100), SMALLEST_WEIGHT, LARGEST_FIRST_WEIGHT);
}

const clamped = (value: number, least: number, most: number): number =>
  Number.isNaN(value) ? most : Math.min(most, Math.max(least, value));
