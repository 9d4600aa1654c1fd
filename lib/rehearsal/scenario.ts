import * as z from 'zod';
import { policySchema } from '../rollout/policy.ts';

const DAY = 24 * 3600;

/** The clock's timers hold at most 2^31 milliseconds. */
const LATEST_SECOND = 24 * DAY;

const second = z.number().min(0).max(LATEST_SECOND);

/** The probability that a request fails. */
const errorRate = z.number().min(0).max(1);

const percent = z.number().min(0).max(100);

const version = z.string().regex(/^[1-9]\d*$/, { error: 'expected a published version such as "42"' });

const fault = z
  .strictObject({ afterSeconds: second.optional(), aboveWeight: percent.optional(), errorRate })
  .refine((each) => (each.afterSeconds === undefined) !== (each.aboveWeight === undefined), {
    error: 'expected exactly one of "afterSeconds" and "aboveWeight": it says when the fault shows',
  });

const candidate = z.strictObject({ errorRate: errorRate.default(0), faults: z.array(fault).default([]) });

const incident = z.strictObject({ fromSecond: second, forSeconds: second, errorRate });

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

const alarms = z.array(alarm).superRefine((all, context) => {
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

const setAlias = z
  .strictObject({
    atSecond: second,
    do: z.literal('setAlias'),
    functionVersion: version,
    additionalVersionWeights: z
      .record(version, percent)
      .refine((weights) => Object.keys(weights).length <= 1, {
        error: 'expected at most one version: AWS takes no more',
      })
      .default({}),
  })
  .refine((action) => !(action.functionVersion in action.additionalVersionWeights), {
    error: 'expected another version than functionVersion, as AWS does',
    path: ['additionalVersionWeights'],
  });

const plainActions = ['rollback', 'approve', 'reject', 'hold', 'resume', 'advance', 'stopExecution'] as const;

const operatorAction = z.discriminatedUnion(
  'do',
  [
    z.strictObject({ atSecond: second, do: z.enum(plainActions) }),
    setAlias,
    z.strictObject({ atSecond: second, do: z.literal('deploy'), candidate: candidate.prefault({}) }),
  ],
  { error: `expected ${[...plainActions, 'setAlias', 'deploy'].map((each) => `"${each}"`).join(' or ')}` },
);

const awsFault = z.strictObject({
  call: z.string().regex(/^[a-z]+:[A-Z][A-Za-z]+$/, { error: 'expected a call such as "lambda:UpdateAlias"' }),
  nth: z.number().int().min(1).default(1),
  times: z.number().int().min(1).default(1),
  fail: z.string().min(1, { error: 'expected the name of an AWS error, "timeout" or "crash"' }),
});

/**
 * What is to be rehearsed: a policy, and the world that it meets. Weights are percent of traffic, times are seconds since the
 * execution's start, error rates are probabilities from 0 to 1. An unknown key, a wrong type or an impossible value is refused
 * with its path.
 */
export const scenarioSchema = z.strictObject({
  name: z.string().default('rehearsal'),
  seed: z.number().int().default(1),
  traffic: z.strictObject({ requestsPerSecond: z.number().min(0).max(1_000_000) }),
  stable: z.strictObject({ errorRate: errorRate.default(0) }).prefault({}),
  candidate: candidate.prefault({}),
  incidents: z.array(incident).default([]),
  metrics: z
    .strictObject({
      periodSeconds: z.number().int().min(1).max(DAY).default(60),
      delaySeconds: z.number().int().min(0).max(DAY).default(60),
    })
    .prefault({}),
  alarms: alarms.default([]),
  policy: policySchema,
  operator: z.array(operatorAction).default([]),
  aws: z.array(awsFault).default([]),
});

/** A checked scenario with every default filled in. */
export type Scenario = z.output<typeof scenarioSchema>;

/** A scenario as a person writes it: most keys are optional. */
export type ScenarioInput = z.input<typeof scenarioSchema>;

/** How a version behaves: its error rate, and the faults that show later or under more traffic. */
export type Behaviour = z.output<typeof candidate>;

/** Requests of both versions fail while an incident lasts. */
export type Incident = z.output<typeof incident>;

/** An alarm, and the state in which the rollout finds it. */
export type AlarmSpec = z.output<typeof alarm>;

/** What a person does by hand, and when. */
export type OperatorAction = z.output<typeof operatorAction>;

/** Which calls to AWS fail, and how. */
export type AwsFault = z.output<typeof awsFault>;
