import * as z from 'zod';

/** CloudWatch lets an alarm look back over a day at most: 1,440 of its minutes. (AWS: PutMetricAlarm.) */
const MOST_PERIODS = 1440;

const periods = z.number().int().min(1).max(MOST_PERIODS);

const alarm = z
  .strictObject({
    name: z.string().min(1).max(255),
    metric: z.enum(['errorRate', 'errors', 'throttles', 'invocations', 'p99Milliseconds']),
    scope: z.enum(['alias', 'candidate']).default('alias'),
    threshold: z.number(),
    evaluationPeriods: periods,
    datapointsToAlarm: periods.optional(),
    treatMissingData: z.enum(['notBreaching', 'breaching', 'ignore', 'missing']).default('missing'),
    initialState: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).default('OK'),
  })
  .superRefine(({ evaluationPeriods, datapointsToAlarm = 1 }, context) => {
    if (datapointsToAlarm <= evaluationPeriods) return;
    context.addIssue({
      code: 'custom',
      path: ['datapointsToAlarm'],
      input: datapointsToAlarm,
      message: `expected at most ${evaluationPeriods}, the evaluationPeriods of this alarm`,
    });
  })
  .transform((each) => ({ ...each, datapointsToAlarm: each.datapointsToAlarm ?? each.evaluationPeriods }));

export const alarmsSchema = z.array(alarm).superRefine((all, context) => {
  all.forEach(({ name }, index) => {
    if (all.findIndex((each) => each.name === name) === index) return;
    context.addIssue({
      code: 'custom',
      path: [index, 'name'],
      input: name,
      message: 'expected a name that no other alarm has',
    });
  });
});

/** An alarm, and its state when the rollout starts. */
export type AlarmSpec = z.output<typeof alarm>;
