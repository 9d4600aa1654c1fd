import type { CountedObservation, Counts, MetricTiming, Observation, Period, VersionCounts } from './observation.ts';

/** The end of the newest period that can be read in full at `now`, in seconds since 1970. */
export const closedUntil = (now: number, { periodSeconds, delaySeconds }: MetricTiming): number =>
  Math.floor((now - delaySeconds) / periodSeconds) * periodSeconds;

/** The start of the first period that lies wholly after a weight was given: what straddles the change counts for nobody. */
export const firstWholePeriod = (shiftedAt: number, { periodSeconds }: MetricTiming): number =>
  Math.ceil(shiftedAt / periodSeconds) * periodSeconds;

/**
 * When a bake can be judged, in seconds since 1970: not before its end, and not before every whole period in it, and at
 * least one, can be read. A bake of 0 is not watched, so nothing is waited for.
 */
export function judgeableAt(shiftedAt: number, bakeSeconds: number, timing: MetricTiming): number {
  if (bakeSeconds === 0) return shiftedAt;
  const bakeEnd = shiftedAt + bakeSeconds;
  const lastWholeEnd = Math.floor(bakeEnd / timing.periodSeconds) * timing.periodSeconds;
  const firstWholeEnd = firstWholePeriod(shiftedAt, timing) + timing.periodSeconds;
  return Math.max(bakeEnd, Math.max(lastWholeEnd, firstWholeEnd) + timing.delaySeconds);
}

/** Adds up an observation's counts over the step that has had its weight since `shiftedAt`. */
export const counted = (shiftedAt: number, observation: Observation): CountedObservation => ({
  ...observation,
  counts:
    observation.periods &&
    totalOf([
      ...(observation.settled ? [observation.settled.counts] : []),
      ...wholePeriods(observation.periods, freshFrom(shiftedAt, observation)),
    ]),
});

/** The first period that is whole and was not counted before. */
const freshFrom = (shiftedAt: number, { settled, timing }: Pick<Observation, 'settled' | 'timing'>): number =>
  Math.max(firstWholePeriod(shiftedAt, timing.metrics), settled?.until ?? Number.NEGATIVE_INFINITY);

/** How many seconds of whole periods of its step an observation has counted; below 0 before the first of them. */
export const secondsCounted = (shiftedAt: number, observation: Observation, now: number): number =>
  (observation.settled?.seconds ?? 0) + countedUntil(observation, now) - freshFrom(shiftedAt, observation);

/** Until when the counts of an observation go, in seconds since 1970. */
export const countedUntil = ({ countedUntil: until, timing }: Observation, now: number): number =>
  until ?? closedUntil(now, timing.metrics);

/** CloudWatch keeps minutes for so long, in seconds: 15 days. (AWS: GetMetricData, "Period".) */
const KEPT_SECONDS = 15 * 24 * 3600;

/**
 * An observation that shows fewer requests of the step than one before it has not been answered in full, so its counts are not known.
 * Only of a step that is older than CloudWatch's memory may requests be forgotten.
 */
export function withoutLoss(
  observation: CountedObservation,
  { current, shiftedAt }: { readonly current: VersionCounts; readonly shiftedAt: number },
  now: number,
): CountedObservation {
  const { counts } = observation;
  if (!counts || now - shiftedAt > KEPT_SECONDS) return observation;
  const lost =
    counts.stable.invocations < current.stable.invocations ||
    counts.candidate.invocations < current.candidate.invocations;
  return lost ? { ...observation, counts: null, periods: null } : observation;
}

/** The periods from `from` on, in seconds since 1970. */
export const wholePeriods = (periods: readonly Period[], from: number): readonly Period[] =>
  periods.filter((period) => period.start >= from);

/** Adds the counts of any number of steps. */
export const totalOf = (steps: readonly VersionCounts[]): VersionCounts => ({
  stable: sum(steps.map(({ stable }) => stable)),
  candidate: sum(steps.map(({ candidate }) => candidate)),
});

const sum = (all: readonly Counts[]): Counts => ({
  invocations: all.reduce((total, counts) => total + counts.invocations, 0),
  errors: all.reduce((total, counts) => total + counts.errors, 0),
});
