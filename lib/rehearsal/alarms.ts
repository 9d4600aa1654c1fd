import type { AlarmSpec } from './scenario.ts';

export type AlarmState = AlarmSpec['initialState'];

/** An alarm at one moment. */
export interface RehearsedAlarm {
  readonly name: string;
  readonly state: AlarmState;
  readonly reason: string;
}

/** A change of an alarm's state, at a second of the rehearsal. */
export interface AlarmTransition extends RehearsedAlarm {
  readonly before: AlarmState;
  readonly second: number;
}

/** What an alarm looks at in one period; undefined where there is no datapoint. */
export type Datapoint = number | undefined;

/** Alarms have periods of a minute, are evaluated once a minute, and see data that is a minute late. */
export const ALARM_PERIOD_SECONDS = 60;
export const ALARM_DELAY_SECONDS = 60;

/** The counts of one period, of whatever versions the alarm's scope names. */
export interface PeriodCounts {
  readonly invocations: number;
  readonly errors: number;
}

/**
 * The datapoint of an alarm's metric. Lambda publishes nothing for a period without invocations. Scenarios know neither
 * throttles nor latencies: throttles are 0, and p99 is 100 ms, wherever there are invocations.
 */
export function datapointOf(metric: AlarmSpec['metric'], { invocations, errors }: PeriodCounts): Datapoint {
  if (invocations === 0) return undefined;
  return { errorRate: errors / invocations, errors, invocations, throttles: 0, p99Milliseconds: 100 }[metric];
}

/**
 * The state after an evaluation of the last `evaluationPeriods` datapoints, oldest first. An alarm breaches above its threshold
 * (GreaterThanThreshold), whatever its metric. Missing data are treated as CloudWatch documents it: as breaching, as not
 * breaching, left out (`missing`, with INSUFFICIENT_DATA where nothing is left), or the state is kept (`ignore`).
 * Source: Amazon CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
 */
export function evaluate(
  spec: AlarmSpec,
  before: AlarmState,
  datapoints: readonly Datapoint[],
): Omit<RehearsedAlarm, 'name'> {
  const { threshold, datapointsToAlarm, treatMissingData } = spec;
  const present = datapoints.filter((point) => point !== undefined);
  const missing = datapoints.length - present.length;
  const breaching = present.filter((point) => point > threshold);
  const assumed = treatMissingData === 'breaching' ? missing : 0;
  if (present.length === 0 && treatMissingData === 'missing') {
    return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${missing} datapoints were unknown.` };
  }
  if (present.length === 0 && treatMissingData === 'ignore') {
    return { state: before, reason: 'Unchanged: no datapoints were received and missing data is ignored.' };
  }
  const crossed = breaching.length + assumed >= datapointsToAlarm;
  const shown = present.map((point) => Number(point.toPrecision(3))).join(', ');
  const relation = crossed ? 'were greater than' : 'were not greater than';
  const treated =
    assumed > 0 || present.length === 0
      ? ` and ${missing} missing datapoints were treated as [${wordFor(treatMissingData)}]`
      : '';
  const count = crossed ? breaching.length : present.length - breaching.length;
  return {
    state: crossed ? 'ALARM' : 'OK',
    reason: `Threshold Crossed: ${count} out of the last ${datapoints.length} datapoints [${shown}] ${relation} the threshold (${threshold})${treated}.`,
  };
}

const wordFor = (treatment: AlarmSpec['treatMissingData']): string =>
  treatment === 'breaching' ? 'Breaching' : 'NonBreaching';
