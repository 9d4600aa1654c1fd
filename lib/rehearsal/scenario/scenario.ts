import * as z from 'zod';
import { policySchema } from '../../rollout/policy/policy.ts';

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

const plainActions = [
  'rollback',
  'approve',
  'reject',
  'hold',
  'resume',
  'advance',
  'stopExecution',
  'redrive',
] as const;

const otherActions = ['setAlias', 'deploy', 'command', 'start'] as const;

/** A command of the command line as it is typed, without `sluice`: of those that do something to a rollout. */
const command = z.string().regex(/^(rollback|approve|reject|advance|hold|resume|start)( |$)/, {
  error:
    'expected a command such as "rollback checkout:live": rollback, approve, reject, advance, hold, resume or start',
});

/** What a person does, beside what says when. `start` is StartExecution of the state machine, with any input. */
const actOf = <When extends z.ZodRawShape>(when: When) =>
  z.discriminatedUnion(
    'do',
    [
      z.strictObject({ ...when, do: z.enum(plainActions) }),
      z
        .strictObject({
          ...when,
          do: z.literal('setAlias'),
          functionVersion: version,
          additionalVersionWeights: z
            .record(version, percent)
            .refine((weights) => Object.keys(weights).length <= 1, {
              error: 'expected at most one version: AWS takes no more',
            })
            .default({}),
        })
        .refine(
          (action) => {
            const { functionVersion, additionalVersionWeights } = action as unknown as SetAlias;
            return !(functionVersion in additionalVersionWeights);
          },
          {
            error: 'expected another version than functionVersion, as AWS does',
            path: ['additionalVersionWeights'],
          },
        ),
      z.strictObject({ ...when, do: z.literal('deploy'), candidate: candidate.prefault({}) }),
      z.strictObject({ ...when, do: z.literal('command'), command }),
      z.strictObject({ ...when, do: z.literal('start'), input: z.json() }),
    ],
    { error: `expected ${[...plainActions, ...otherActions].map((each) => `"${each}"`).join(' or ')}` },
  );

interface SetAlias {
  readonly functionVersion: string;
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

const operatorAction = actOf({ atSecond: second });

/** Words that mean something for some calls only. */
const callsOf: Readonly<Record<string, readonly string[]>> = {
  stale: ['lambda:GetAlias'],
  oldRouting: ['lambda:UpdateAlias'],
  empty: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'lambda:GetFunction', 'states:ListExecutions'],
};

const awsFault = z
  .strictObject({
    call: z.string().regex(/^[a-z]+:[A-Z][A-Za-z]+$/, { error: 'expected a call such as "lambda:UpdateAlias"' }),
    nth: z.number().int().min(1).default(1),
    times: z.number().int().min(1).default(1),
    /**
     * The name of an AWS error, or: `timeout` (the call is applied, the answer lost); `crash` and `crashBefore` (the handler dies
     * right after or before the call); `outlive` (the handler hangs until its Task is given up, and then makes the call and goes
     * on); `stale` (GetAlias shows the alias as it was before its last change); `empty` (an answer without data); `oldRouting`
     * (for some seconds after the write traffic still goes where it went before); `operator` (a person does what `operator` says
     * just before the call is applied).
     */
    fail: z.string().min(1, { error: 'expected the name of an AWS error, "timeout" or "crash"' }),
    operator: actOf({}).optional(),
  })
  .superRefine(({ call, fail, operator }, context) => {
    const calls = callsOf[fail];
    if (calls && !calls.includes(call)) {
      const message = `expected ${calls.join(' or ')}, which alone can be "${fail}"`;
      context.addIssue({ code: 'custom', path: ['call'], input: call, message });
    }
    if ((fail === 'operator') !== (operator !== undefined)) {
      const message = 'expected what the operator does where "fail" is "operator", and nothing elsewhere';
      context.addIssue({ code: 'custom', path: ['operator'], input: operator, message });
    }
  });

/** Events whose delivery is out of the ordinary, counted by kind from 1. */
const delivery = z.strictObject({
  event: z.enum(['executionEnded', 'alarm']),
  nth: z.number().int().min(1).default(1),
  times: z.number().int().min(1).default(1),
  deliver: z.enum(['late', 'twice', 'never']),
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
  events: z.array(delivery).optional(),
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
export type TimedOperatorAction = z.output<typeof operatorAction>;

/** What a person does, whenever it is. */
export type OperatorAction = NonNullable<AwsFault['operator']>;

/** How an event is delivered. */
export type Delivery = z.output<typeof delivery>;

/** Which calls to AWS fail, and how. */
export type AwsFault = z.output<typeof awsFault>;
