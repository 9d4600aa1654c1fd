import type { AlarmSpec } from '../../../lib/rehearsal/scenario/alarm-spec.ts';

/** An alarm on the error rate that fires at three of three datapoints. */
export const spec = (changes: Partial<AlarmSpec> = {}): AlarmSpec => ({
  name: 'checkout-errors',
  metric: 'errorRate',
  scope: 'alias',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing',
  initialState: 'OK',
  ...changes,
});

/** CloudWatch's way to draw datapoints, the most recent one on the right: 0 is fine, X breaches, - is missing. */
export const drawn = (datapoints: string) =>
  datapoints.split(' ').map((each) => (each === '-' ? null : each === 'X' ? 0.08 : 0.01));
