import { cloudWatchTiming, type MetricTiming } from '../observation.ts';
import { SUSPICION_CHANCE, TOLERANCE } from './history.ts';
import { AT_ONCE } from './stake.ts';
import { GROSS_RATES, logGrossRatio, logThreshold, ODDS_RATIOS } from './trial.ts';

/** A candidate at one weight, beside a stable version. */
export interface Fault {
  /** The requests to both versions together. */
  readonly requestsPerSecond: number;
  /** The candidate's share of them, in percent. */
  readonly weight: number;
  /** The share of the stable version's requests that fail, 0 to 1. */
  readonly stableRate: number;
  /** The share of the candidate's requests that fail. */
  readonly candidateRate: number;
  readonly falseRollbackRate: number;
  /** How old the counts are; left out if they are CloudWatch's minutes. */
  readonly metrics?: MetricTiming;
}

/**
 * How long it takes about until a fault that has been there since the weight was given is found at that weight, in seconds; infinite if it
 * never is. It is the time in which the mean of what a test gains reaches its threshold, and the time until its data can be read. Chance makes
 * it half as long or twice as long.
 */
export function secondsToFind(fault: Fault): number {
  const { candidate, stable } = requestsOf(fault);
  const perSecond = Math.max(comparing(fault, candidate, stable), grossly(fault, candidate));
  return readable(1 / perSecond, fault);
}

/**
 * How long it takes about until a candidate at 100 % is unlike the last day, in seconds; infinite if it never is. By Chernoff's bound of the
 * binomial tail, which the divergence of the two rates governs.
 */
export function secondsToSuspect(fault: Fault): number {
  const { requestsPerSecond, stableRate, candidateRate } = fault;
  const usual = stableRate * TOLERANCE;
  if (candidateRate <= usual) return Number.POSITIVE_INFINITY;
  const part = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b));
  const divergence = part(candidateRate, usual) + part(1 - candidateRate, 1 - usual);
  return readable(-Math.log(SUSPICION_CHANCE) / divergence / requestsPerSecond, fault);
}

/** When the whole periods of so many seconds can be read. */
function readable(seconds: number, { metrics = cloudWatchTiming.metrics }: Fault): number {
  const { periodSeconds, delaySeconds } = metrics;
  return Math.max(1, Math.ceil(seconds / periodSeconds)) * periodSeconds + delaySeconds;
}

const requestsOf = ({ requestsPerSecond, weight }: Fault) => {
  const candidate = (requestsPerSecond * weight) / 100;
  return { candidate, stable: requestsPerSecond - candidate };
};

/**
 * The share of its way to the threshold that the comparison goes in a second, by its best hypothesis. Of all failed requests each is the
 * candidate's with the chance of its share: that is right as long as a small part of the requests fails.
 */
function comparing({ stableRate, candidateRate, falseRollbackRate }: Fault, candidate: number, stable: number): number {
  const share = candidate / (candidate + stable);
  const failed = candidate * candidateRate;
  const all = failed + stable * stableRate;
  const gains = ODDS_RATIOS.map((ratio) => failed * Math.log(ratio) - all * Math.log(1 - share + share * ratio));
  const way = logThreshold('comparison', falseRollbackRate) + Math.log(ODDS_RATIOS.length / AT_ONCE);
  return Math.max(0, ...gains) / way;
}

/** The same of the test for gross failure. */
function grossly({ candidateRate, falseRollbackRate }: Fault, candidate: number): number {
  const counts = { invocations: candidate, errors: candidate * candidateRate };
  const way = logThreshold('gross', falseRollbackRate) + Math.log(GROSS_RATES.length / AT_ONCE);
  return Math.max(0, ...GROSS_RATES.map((rate) => logGrossRatio(counts, rate))) / way;
}
