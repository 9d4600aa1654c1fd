import type { Counts } from '../../rollout/observation.ts';
import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import { USUAL_MILLISECONDS } from './traffic.ts';

export type AlarmState = AlarmSpec['initialState'];

/** Periods of the evaluation range, oldest first; null is a period without data. */
export type Range = readonly (number | null)[];

/** The data of one period, as far as alarms ask for it. */
export interface PeriodData extends Counts {
  /**
   * @default 0
   */
  readonly throttles?: number;
  /**
   * @default 100 ms
   */
  readonly p99Milliseconds?: number | null;
}

/**
 * An alarm's metric over a period; null if there is no datapoint, because nothing was invoked. Lambda counts throttles also if all
 * was throttled. The error rate is a fraction from 0 to 1.
 */
export function metricValue(metric: AlarmSpec['metric'], data: PeriodData): number | null {
  const { invocations, errors, throttles = 0, p99Milliseconds = USUAL_MILLISECONDS } = data;
  if (metric === 'throttles' && throttles > 0) return throttles;
  if (invocations === 0) return null;
  return { errorRate: errors / invocations, errors, invocations, throttles, p99Milliseconds }[metric];
}

/**
 * How many periods CloudWatch reads for an evaluation. Its documentation has one example, 5 for 3 evaluation periods; that there
 * are always two more is a guess.
 */
export const evaluationRange = ({ evaluationPeriods }: Pick<AlarmSpec, 'evaluationPeriods'>): number =>
  evaluationPeriods + 2;

type Rule = Pick<AlarmSpec, 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData'>;

/**
 * The state after an evaluation. Every alarm compares with GreaterThanThreshold, even one on invocations.
 *
 * The most recent real data counts, from as far back in the range as needed. Only evaluation periods that it cannot fill are
 * filled in. If missing data is neither good nor bad, an alarm fires early once all data breaches and the oldest datapoint is old
 * enough ("premature alarm state"). If that is too young, CloudWatch "does not go immediately into ALARM": the alarm is taken to
 * stay as it is.
 * Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
 */
export function evaluate(rule: Rule, range: Range, before: AlarmState): AlarmState {
  const { threshold, evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const judged = judgedOf(rule, range);
  const missing = evaluationPeriods - judged.length;
  const breaching = judged.filter((value) => value > threshold).length;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (missing === 0 || treatMissingData === 'notBreaching') return 'OK';
  if (treatMissingData === 'breaching') return breaching + missing >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (breaching < judged.length) return 'OK';
  if (treatMissingData === 'ignore') return before;
  if (judged.length === 0) return 'INSUFFICIENT_DATA';
  const ageOfOldest = range.length - range.findIndex((value) => value !== null);
  return ageOfOldest >= datapointsToAlarm ? 'ALARM' : before;
}

/** Why an evaluation led to a state, as CloudWatch words it but for its timestamps; datapoints newest first. */
export function reasonFor(rule: Rule, range: Range, state: AlarmState): string {
  const { threshold, evaluationPeriods, treatMissingData } = rule;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${counted(evaluationPeriods, 'datapoint')} ${were(evaluationPeriods)} unknown.`;
  }
  const judged = judgedOf(rule, range);
  const missing = evaluationPeriods - judged.length;
  const shown = judged.filter((value) => value > threshold === (state === 'ALARM')).reverse();
  const relation = `${were(shown.length)} ${state === 'ALARM' ? '' : 'not '}greater than the threshold (${threshold})`;
  const crossed = `[${shown.map(inFourDigits).join(', ')}] ${relation}`;
  if (missing === 0 || treatMissingData === 'missing' || treatMissingData === 'ignore') {
    return `Threshold Crossed: ${shown.length} out of the last ${evaluationPeriods} datapoints ${crossed}.`;
  }
  const received =
    shown.length > 0
      ? `${counted(shown.length, 'datapoint')} ${crossed}`
      : `${counted(judged.length, 'datapoint')} ${were(judged.length)} received for ${counted(evaluationPeriods, 'period')}`;
  const treated = `${were(missing)} treated as [${treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching'}]`;
  return `Threshold Crossed: ${received} and ${counted(missing, 'missing datapoint')} ${treated}.`;
}

/** The real data that counts, oldest first. */
const judgedOf = ({ evaluationPeriods }: Rule, range: Range): number[] =>
  range.filter((value) => value !== null).slice(-evaluationPeriods);

const counted = (count: number, noun: string): string =>
  `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
const were = (count: number): string => (count === 1 ? 'was' : 'were');
const inFourDigits = (value: number): number => Number(value.toPrecision(4));
