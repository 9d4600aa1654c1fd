import { firstWholePeriod, totalOf } from './coverage.ts';
import { type Counts, errorRate, type MetricTiming, type Period } from './observation.ts';

/**
 * The mark in an alarm's description that asks for each version's own rate to be judged beside the alarm. The default alarms carry it. They
 * watch the alias as a whole, and CloudFormation cannot know the candidate of every rollout: a rollout may be held while the next version is
 * deployed, or be started by hand. (An alarm cannot use SEARCH to find the version either.)
 */
export const EACH_VERSION_MARK = '[sluice:each-version]';

/** From this share of failed requests on a minute is bad: that of the default alarms. */
export const BAD_RATE = 0.05;

/** Whether a greater share than that has failed. */
export const isBadRate = (counts: Counts): boolean => errorRate(counts) > BAD_RATE;

/** Two bad periods of three in a row are a bad version, as for the default alarms. */
const PERIODS = 3;
const BAD_PERIODS = 2;

/** The periods that speak against a candidate. */
export interface CandidateFailure {
  readonly errors: number;
  readonly invocations: number;
  readonly periods: number;
}

/**
 * Whether the candidate alone fails too often: in two of three periods in a row more than 5 % of its own requests, and more than of the
 * stable version's at the same time. If the stable version fails as often, the alarms on the whole alias see it, and whoever ships a fix
 * in an incident has told the rollout to ignore them.
 *
 * @param periods closed periods that lie wholly after the weight was given; one without any data may be absent
 * @returns the counts of the bad periods; undefined if nothing speaks against the candidate
 */
export function candidateFailure(periods: readonly Period[], periodSeconds: number): CandidateFailure | undefined {
  const bad = periods.filter(
    (period) => isBadRate(period.candidate) && errorRate(period.candidate) > errorRate(period.stable),
  );
  for (const last of bad) {
    const window = bad.filter(({ start }) => start <= last.start && start > last.start - PERIODS * periodSeconds);
    if (window.length >= BAD_PERIODS) {
      return {
        errors: window.reduce((sum, { candidate }) => sum + candidate.errors, 0),
        invocations: window.reduce((sum, { candidate }) => sum + candidate.invocations, 0),
        periods: window.length,
      };
    }
  }
  return undefined;
}

/** A minute, in seconds. */
export const MINUTE = 60;

/**
 * Shorter periods as minutes, of which none lacks a period: a few seconds have too few requests to tell a rate.
 *
 * @param periods from the first whole one of a step on; none is left out for want of requests
 */
export function wholeMinutes(periods: readonly Period[], periodSeconds: number): readonly Period[] {
  const minutes = Map.groupBy(periods, ({ start }) => Math.floor(start / MINUTE) * MINUTE);
  return [...minutes]
    .filter(([, parts]) => parts.length * periodSeconds === MINUTE)
    .map(([start, parts]) => ({ start, ...totalOf(parts) }));
}

/** When the candidate's own rate could have failed on a step's data, in seconds since 1970. */
export const rateJudgeableAt = (shiftedAt: number, timing: MetricTiming): number =>
  firstWholePeriod(shiftedAt, timing) + BAD_PERIODS * timing.periodSeconds + timing.delaySeconds;
