import * as z from 'zod';

/** How far back an alarm may look, in seconds: a day, or a week from periods of an hour on. (AWS: PutMetricAlarm.) */
const DAY = 24 * 3600;
const WEEK = 7 * DAY;
const HOUR = 3600;

/** The period of an alarm if nobody says otherwise. */
export const USUAL_PERIOD_SECONDS = 60;

const periods = z.number().int().min(1);

const name = z.string().min(1).max(255);

const alarm = z
  .strictObject({
    name,
    metric: z.enum(['errorRate', 'errors', 'throttles', 'invocations', 'p99Milliseconds']),
    scope: z.enum(['alias', 'candidate']).default('alias'),
    threshold: z.number(),
    evaluationPeriods: periods,
    datapointsToAlarm: periods.optional(),
    /** 60 unless said otherwise. */
    periodSeconds: z
      .number()
      .int()
      .min(10)
      .max(WEEK)
      .refine((seconds) => seconds === 10 || seconds === 30 || seconds % 60 === 0, {
        error: 'expected 10, 30 or a multiple of 60, as CloudWatch does',
      })
      .optional(),
    /** The second of the minute in which its evaluations begin; 0 unless said otherwise. */
    offsetSeconds: z.number().int().min(0).max(59).optional(),
    treatMissingData: z.enum(['notBreaching', 'breaching', 'ignore', 'missing']).default('missing'),
    initialState: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).default('OK'),
    /** A log alarm, which CloudWatch lists apart; a metric alarm unless said otherwise. */
    kind: z.enum(['metric', 'log']).optional(),
    /** Whether its actions are enabled, which changes neither its state nor its events; true unless said otherwise. */
    actionsEnabled: z.boolean().optional(),
    /** Whether each version's own rate is judged beside it, as beside the default alarms; false unless said otherwise. */
    eachVersion: z.boolean().optional(),
  })
  .superRefine((each, context) => {
    const { evaluationPeriods, datapointsToAlarm = 1, periodSeconds = USUAL_PERIOD_SECONDS } = each;
    const refuse = (field: 'evaluationPeriods' | 'datapointsToAlarm', message: string) =>
      context.addIssue({ code: 'custom', path: [field], input: each[field], message });
    const most = Math.floor((periodSeconds < HOUR ? DAY : WEEK) / periodSeconds);
    if (evaluationPeriods > most) {
      refuse('evaluationPeriods', `expected at most ${most} periods of ${periodSeconds} s, as CloudWatch does`);
    } else if (datapointsToAlarm > evaluationPeriods) {
      refuse('datapointsToAlarm', `expected at most ${evaluationPeriods}, the evaluationPeriods of this alarm`);
    }
  })
  .transform((each) => ({ ...each, datapointsToAlarm: each.datapointsToAlarm ?? each.evaluationPeriods }));

export const alarmsSchema = z.array(alarm).superRefine((all, context) => {
  all.forEach(({ name: each }, index) => {
    if (all.findIndex((other) => other.name === each) === index) return;
    context.addIssue({
      code: 'custom',
      path: [index, 'name'],
      input: each,
      message: 'expected a name that no other alarm has',
    });
  });
});

/** Alarms over other alarms: each fires while one of those does. */
export const compositeAlarmsSchema = z.array(z.strictObject({ name, anyOf: z.array(name).min(1) }));

/** An alarm, and its state when the rollout starts. */
export type AlarmSpec = z.output<typeof alarm>;

/** An alarm over other alarms. */
export type CompositeAlarmSpec = z.output<typeof compositeAlarmsSchema>[number];
