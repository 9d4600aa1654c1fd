import type { MetricTiming } from './observation.ts';

/** How an alarm is made, as far as it says when the alarm can fire and what it sees. */
export interface AlarmShape {
  readonly kind: 'metric' | 'composite' | 'log';
  /** How long one of its datapoints is, in seconds: the longest of its metrics, or the schedule of a log alarm's query. */
  readonly periodSeconds: number;
  /** How many of the latest datapoints it looks at. */
  readonly evaluationPeriods: number;
  /** How many of them must be bad for it to fire. */
  readonly datapointsToAlarm: number;
  /** How long after its data it is evaluated at the latest, in seconds. */
  readonly evaluationSeconds: number;
  /** The only version that it sees, by the dimension `ExecutedVersion`; null if it sees others too. */
  readonly version: string | null;
  /** Whether its actions are enabled. Its state changes, and events of them, do not depend on that. */
  readonly actionsEnabled: boolean;
  /** Whether each version's own rate is to be judged beside the alarm: see candidate-rate.ts. */
  readonly eachVersion: boolean;
}

/** CloudWatch's minute, in seconds: the resolution of Lambda's metrics, and how often an alarm on them is evaluated. */
const MINUTE = 60;

/** An alarm of which nothing is known: one bad minute fires it. */
export const oneMinute: AlarmShape = {
  kind: 'metric',
  periodSeconds: MINUTE,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  evaluationSeconds: MINUTE,
  version: null,
  actionsEnabled: true,
  eachVersion: false,
};

/** The alarms of an alias whose user names none: two bad minutes of three fire them. */
export const twoOfThreeMinutes: AlarmShape = { ...oneMinute, evaluationPeriods: 3, datapointsToAlarm: 2 };

/**
 * When an alarm would have fired at the latest if everything had been bad since a weight was given: its first whole period after the
 * shift, as many periods as it needs, until they can be read, and one evaluation. Before that an alarm that is OK speaks of the time
 * before the shift. Periods are taken to start at multiples of their length. CloudWatch's sliding windows start at any minute and
 * are never later.
 *
 * @param shiftedAt in seconds since 1970
 * @param timing how late alarms see their data. An endpoint that is quicker than CloudWatch has a shorter "minute"
 */
export function couldHaveFiredAt(shiftedAt: number, shape: AlarmShape | null, timing: MetricTiming): number {
  const { period, evaluation, datapoints } = scaled(shape ?? oneMinute, timing);
  return Math.ceil(shiftedAt / period) * period + datapoints * period + timing.delaySeconds + evaluation;
}

/** How long a step lasts at most until an alarm could have fired on its data, in seconds, whenever it starts. */
export function secondsToFire(shape: AlarmShape | null, timing: MetricTiming): number {
  const { period, evaluation, datapoints } = scaled(shape ?? oneMinute, timing);
  return period + datapoints * period + timing.delaySeconds + evaluation;
}

/** When everything that an alarm looks at lies after a shift: what it says then is about the time since. In seconds since 1970. */
export const seesOnlySince = (shiftedAt: number, shape: AlarmShape | null, timing: MetricTiming): number =>
  couldHaveFiredAt(
    shiftedAt,
    { ...(shape ?? oneMinute), datapointsToAlarm: (shape ?? oneMinute).evaluationPeriods },
    timing,
  );

function scaled({ periodSeconds, datapointsToAlarm, evaluationSeconds }: AlarmShape, timing: MetricTiming) {
  const scale = Math.min(1, timing.periodSeconds / MINUTE);
  return {
    period: Math.max(1, Math.round(periodSeconds * scale)),
    evaluation: Math.ceil(evaluationSeconds * scale),
    datapoints: datapointsToAlarm,
  };
}

/** An alarm's need in words, such as "2 of 3 minutes" or "15 of 15 periods of 300 s". */
export const needInWords = ({ kind, periodSeconds, evaluationPeriods, datapointsToAlarm }: AlarmShape): string => {
  const needed = `${datapointsToAlarm} of ${evaluationPeriods}`;
  if (kind === 'log') return `${needed} query results, one each ${periodSeconds} s`;
  return periodSeconds === MINUTE ? `${needed} minutes` : `${needed} periods of ${periodSeconds} s`;
};
