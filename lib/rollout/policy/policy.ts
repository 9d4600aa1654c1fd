import * as z from 'zod';
import { oneLine } from '../contracts/text.ts';
import { LONGEST_EXECUTION_SECONDS, longestSeconds } from './longest.ts';
import { planOf } from './plan.ts';
import { presetNames } from './presets.ts';
import { RESERVED_STREAMS } from './streams.ts';

const DAY_SECONDS = 24 * 3600;

/** The longest single wait that a policy may ask for: three weeks, which every timer on the way can hold. */
const LONGEST_SECONDS = 21 * DAY_SECONDS;

const seconds = z.number().int().min(0).max(LONGEST_SECONDS);
const positiveSeconds = z.number().int().min(1).max(LONGEST_SECONDS);

/** The weight of a version in whole percent of traffic. Lambda keeps no finer weight that anyone has recorded. */
const weight = (most: number, error?: string) =>
  z
    .number()
    .int()
    .min(1)
    .max(most, error ? { error } : undefined);

const approval = z.enum(['automatic', 'manual']);
const functionName = z.string().regex(/^[A-Za-z0-9-_]{1,64}$/, {
  error: 'expected the name of a Lambda function: 1 to 64 letters, digits, "-" or "_"',
});

/** The largest weight of a canary, in percent. */
const LARGEST_CANARY = 50;

const canary = z.strictObject({
  weight: weight(LARGEST_CANARY, `expected at most ${LARGEST_CANARY}: a canary is never more than half of the traffic`),
  bakeSeconds: seconds.default(300),
  approval: approval.default('automatic'),
});

const batches = z.strictObject({
  count: z.number().int().min(1).max(100),
  intervalSeconds: seconds.default(300),
  approval: approval.default('automatic'),
});

const step = z.strictObject({
  weight: weight(100),
  bakeSeconds: seconds,
  approval: approval.default('automatic'),
});

/** The longest that a Lambda function may take. (AWS: Lambda quotas, "Function timeout".) */
const LONGEST_MILLISECONDS = 900_000;

const latency = z.union([
  z.literal('stableP99', {
    error:
      'expected "stableP99" or { "slowerThanMilliseconds": 800 }: from how many milliseconds on a request counts as slow',
  }),
  z.strictObject({ slowerThanMilliseconds: z.number().int().min(1).max(LONGEST_MILLISECONDS) }),
]);

/** A name of CloudWatch's: of a metric, a namespace or a dimension, or the value of one. */
const metricText = z.string().min(1).max(255);

/** How the signal is told to people. */
const signalName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, {
    error: 'expected a name of 1 to 63 letters, digits, spaces, ".", "_" or "-"',
  })
  .refine((name) => !RESERVED_STREAMS.includes(name), {
    error: `expected another name than ${RESERVED_STREAMS.join(', ')}: that is compared anyway`,
  });

/** Failures that a metric of CloudWatch tells by version. */
const metricSignal = z.strictObject({
  name: signalName,
  namespace: metricText,
  failures: metricText,
  requests: metricText.optional(),
  versionDimension: metricText,
  dimensions: z.record(metricText, metricText).default({}),
});

/** So long may the name of a field be: a query of Logs Insights holds 10,000 characters, and each signal's field three times. */
const LONGEST_FIELD = 200;

/** Failures that the function tells in its JSON log: by a number, from a bound on. */
const logSignal = z.strictObject({
  name: signalName,
  log: z.strictObject({
    field: z
      .string()
      .max(LONGEST_FIELD)
      .regex(/^[A-Za-z_][\w-]*(\.[\w-]+)*$/, {
        error:
          'expected a field as Logs Insights names it: letters, digits, "_" and "-", its parts joined by dots, such as "message.statusCode"',
      }),
    from: z.number(),
  }),
});

/** A dimension of a metric may be one of 30. (AWS: CloudWatch quotas.) One of them is the version. */
const MOST_DIMENSIONS = 29;

const signals = z
  .array(z.union([metricSignal, logSignal]))
  .max(10)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: 'expected signals with different names',
  })
  .refine((all) => all.every((each) => 'log' in each || Object.keys(each.dimensions).length <= MOST_DIMENSIONS), {
    error: `expected at most ${MOST_DIMENSIONS} dimensions beside the version's`,
  })
  .refine((all) => all.every((each) => 'log' in each || !(each.versionDimension in each.dimensions)), {
    error: 'expected the dimension of the version in "versionDimension" alone: its value is each version',
  })
  .default([]);

const evidenceFields = {
  falseRollbackRate: z
    .number()
    .min(0.0001)
    .max(0.2, { error: 'expected at most 0.2: the share of healthy versions that may be taken back' })
    .default(0.01),
  graceSeconds: seconds.default(0),
  minimumInvocations: z.number().int().min(1).default(20),
  maximumBakeSeconds: positiveSeconds.default(3600),
  onNoEvidence: z.enum(['revert', 'hold', 'proceed']).default('revert'),
  counts: z.enum(['metrics', 'logs']).default('metrics'),
  maximumGigabytesScanned: z.number().min(0.001).max(100_000).default(50),
  latency: latency.optional(),
  signals,
  maximumCostIncrease: z
    .number()
    .min(0)
    .max(100, { error: 'expected at most 100: by how much a request may be dearer, 0.2 for one fifth' })
    .optional(),
};

const evidence = z.strictObject(evidenceFields).superRefine(({ counts, signals }, context) => {
  if (counts === 'logs') return;
  signals.forEach((signal, index) => {
    if (!('log' in signal)) return;
    const message = 'expected "counts": "logs" beside it, for only then the log is read';
    context.addIssue({ code: 'custom', path: ['signals', index, 'log'], message, input: signal.log });
  });
});

/** A stage may have 20 hooks: they run one after the other, within one function's time. */
const hooksOfAStage = z.array(functionName).max(20).default([]);

const hooksFields = { beforeTraffic: hooksOfAStage, eachStep: hooksOfAStage, afterTraffic: hooksOfAStage };

const alarmName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => oneLine(name) === name, { error: 'expected the name of an alarm, without control characters' });

/** A call of DescribeAlarms names at most so many alarms. (AWS: its reference.) */
export const MOST_ALARMS = 100;

/** Names of alarms, each once. */
export const alarmNamesSchema = z
  .array(alarmName)
  .max(MOST_ALARMS)
  .refine((names) => new Set(names).size === names.length, { error: 'expected each alarm once' });

/** Which keys say how the traffic is to be moved; a policy uses exactly one of these shapes. */
const shapes = [['canary', 'batches'], ['steps'], ['preset'], ['adaptive']] as const;

/** The fields that a rollout reads from its first look to its end. */
const watchedFields = {
  approvalTimeoutSeconds: positiveSeconds.default(1800),
  onApprovalTimeout: z.enum(['revert', 'hold']).default('revert'),
  alarms: alarmNamesSchema.default([]),
  alarmsAlreadyFiring: z.enum(['block', 'ignore']).default('block'),
  onConflict: z.enum(['supersede', 'reject', 'waitForSettle']).default('supersede'),
};

const adaptiveFields = {
  failureBudget: z
    .number()
    .min(1, { error: 'expected at least 1: the failed requests that one look too late may cost' })
    .max(1_000_000)
    .default(30),
};

/** How the traffic moves. */
const movesFields = {
  canary: canary.optional(),
  batches: batches.optional(),
  steps: z.array(step).min(1).max(100).optional(),
  preset: z.enum(presetNames).optional(),
  adaptive: z.strictObject(adaptiveFields).optional(),
  settleSeconds: seconds.optional(),
};

const policy = z
  .strictObject({
    ...movesFields,
    ...watchedFields,
    evidence: evidence.optional(),
    hooks: z.strictObject(hooksFields).prefault({}),
  })
  .superRefine((policy, context) => {
    const refuse = (path: (string | number)[], message: string, input: unknown) =>
      context.addIssue({ code: 'custom', path, message, input });
    const used = shapes.filter((keys) => keys.some((key) => policy[key] !== undefined));
    if (used.length === 0) {
      refuse(
        [],
        'expected one of "canary" (with "batches"), "steps", "preset" or "adaptive": it says how the traffic moves',
        policy,
      );
    }
    if (used.length > 1) {
      const [first, second] = used.map((keys) => keys.find((key) => policy[key] !== undefined)) as [string, string];
      refuse(
        [second],
        `expected only one of "${first}" and "${second}": each says how the traffic moves`,
        policy[second as keyof typeof policy],
      );
    }
    const rest = 100 - (policy.canary?.weight ?? 0);
    if (policy.batches && policy.batches.count > rest) {
      refuse(
        ['batches', 'count'],
        `expected at most ${rest}: the ${rest} % after the canary go out in whole percents`,
        policy.batches.count,
      );
    }
    policy.steps?.forEach((each, index, all) => {
      const before = all[index - 1];
      if (before && each.weight <= before.weight) {
        refuse(
          ['steps', index, 'weight'],
          `expected more than ${before.weight}, the weight of the step before: weights rise`,
          each.weight,
        );
      }
    });
    const longest = used.length === 1 ? longestSeconds(policy, planOf(policy).steps) : 0;
    if (longest > LONGEST_EXECUTION_SECONDS) {
      refuse(
        [],
        `expected bakes and approvals of at most ${LONGEST_EXECUTION_SECONDS / DAY_SECONDS} days in all, for so long an execution of Step Functions may live`,
        `${Math.ceil(longest / DAY_SECONDS)} days`,
      );
    }
  })
  // Weights that follow the evidence need some.
  .transform((policy) => (policy.adaptive && !policy.evidence ? { ...policy, evidence: evidence.parse({}) } : policy));

/** A policy as a person writes it: most keys are optional. */
export type PolicyInput = z.input<typeof policy>;

/** A checked policy with every default filled in. */
export type Policy = z.output<typeof policy>;

/**
 * How a rollout moves traffic and what it watches. Weights are whole percent, times whole seconds.
 * The shape is the contract of the command line, the CDK props and the execution's input alike. An unknown key, a wrong type, an
 * impossible valueis refused with its path.
 */
export const policySchema: z.ZodType<Policy, PolicyInput> = policy;

/** The part of a policy that moves the traffic. The rest is not checked: another release may have accepted fields that this one refuses. */
export const movesSchema = z.object(movesFields);

/**
 * The policy in the document of a rollout that has started, which another release may have written: keys that are not known here are
 * kept, and missing ones get their default. The document's plan says how the traffic moves.
 */
export const startedPolicySchema = z.looseObject({
  ...watchedFields,
  adaptive: z.looseObject(adaptiveFields).optional(),
  evidence: z.looseObject(evidenceFields).optional(),
  hooks: z.looseObject(hooksFields).prefault({}),
});

/** The part of a policy that names alarms, read as far as it can be read: an alarm of a rollout is never overlooked for another field. */
export const watchedSchema = z.object({
  alarms: z.array(z.string()).catch([]),
  alarmsAlreadyFiring: z.enum(['block', 'ignore']).catch('block'),
});
