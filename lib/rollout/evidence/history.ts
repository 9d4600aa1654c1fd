import { closedUntil } from '../coverage.ts';
import { type Counts, cloudWatchTiming, errorRate } from '../observation.ts';
import { binomialTail } from '../tails.ts';

/** What the alias has served before a rollout. Plain JSON, a part of the document. */
export interface History {
  /** Its requests of the last day. */
  readonly counts: Counts;
  /** How many requests a second it has served of late. */
  readonly requestsPerSecond: number;
}

/** How long the periods are that a history is made of, in seconds. */
export const HISTORY_PERIOD_SECONDS = 300;

/** What a history is of, in seconds. */
export const DAY_SECONDS = 24 * 3600;

/** The traffic of late is that of so many periods. */
const LATE_PERIODS = 3;

/** From when up to when periods are read at a moment, in seconds since 1970. */
export function historyRange(now: number): { readonly from: number; readonly until: number } {
  const { delaySeconds } = cloudWatchTiming.metrics;
  const until = closedUntil(now, { periodSeconds: HISTORY_PERIOD_SECONDS, delaySeconds });
  return { from: until - DAY_SECONDS, until };
}

/** The history that periods tell, all versions of the alias together; one without any data may be absent. */
export function historyIn(periods: readonly (Counts & { readonly start: number })[], until: number): History {
  const late = periods.filter(({ start }) => start >= until - LATE_PERIODS * HISTORY_PERIOD_SECONDS);
  const sum = (key: keyof Counts, all: readonly Counts[]) => all.reduce((total, each) => total + each[key], 0);
  return {
    counts: { invocations: sum('invocations', periods), errors: sum('errors', periods) },
    requestsPerSecond: sum('invocations', late) / (LATE_PERIODS * HISTORY_PERIOD_SECONDS),
  };
}

/** A version alone may fail so many times as often as the versions before it did in a day: days differ. */
export const TOLERANCE = 1.5;

/** Fewer than so many of a healthy version's looks at 100 % raise a suspicion. It costs time and no rollback. */
export const SUSPICION_CHANCE = 0.002;

/**
 * The chance that a version which fails no more often than that, or more often by less, has so many failures.
 *
 * @param reference how often is usual
 */
export function chanceOf({ errors, invocations }: Counts, reference: number): number {
  const rate = Math.min(1, reference * TOLERANCE);
  return errors === 0 ? 1 : 1 - binomialTail(Math.min(errors, invocations) - 1, invocations, rate);
}

/** How often a request has failed: a day without a failure may have had one all the same. */
export const usualRate = ({ counts }: History): number =>
  Math.max(errorRate(counts), 1 / Math.max(1, counts.invocations));
