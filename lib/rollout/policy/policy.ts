import * as z from 'zod';
import { oneLine } from '../contracts/text.ts';
import { presetNames } from './presets.ts';

/** The longest single wait that a policy may ask for: three weeks, which every timer on the way can hold. */
const LONGEST_SECONDS = 21 * 24 * 3600;

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

const canary = z.strictObject({
  weight: weight(50, 'expected at most 50: a canary is never more than half of the traffic'),
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

const evidence = z.strictObject({
  falseRollbackRate: z.number().gt(0).max(0.5).default(0.01),
  minimumInvocations: z.number().int().min(1).default(20),
  maximumBakeSeconds: positiveSeconds.default(3600),
  onNoEvidence: z.enum(['revert', 'hold', 'proceed']).default('revert'),
  graceSeconds: seconds.default(0),
  counts: z
    .enum(['metrics', 'logs'])
    .default('metrics')
    .refine((source) => source !== 'logs', {
      error: 'counts from the function\'s log are not built yet; use "metrics" (CloudWatch\'s minutes)',
    }),
  maximumGigabytesScanned: z.number().gt(0).default(50),
});

/** So many hooks a stage may have: they run one after the other, within one function's time. */
const hooksOfAStage = z.array(functionName).max(20).default([]);

const hooks = z.strictObject({
  beforeTraffic: hooksOfAStage,
  eachStep: hooksOfAStage,
  afterTraffic: hooksOfAStage,
});

const alarmName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => oneLine(name) === name, { error: 'expected the name of an alarm, without control characters' });

/** Which keys say how the traffic is to be moved; a policy uses exactly one of these shapes. */
const shapes = [['canary', 'batches'], ['steps'], ['preset'], ['adaptive']] as const;

/**
 * How a rollout moves traffic and what it watches. Weights are whole percent, times whole seconds.
 * The shape is the contract of the command line, the CDK props and the execution's input alike; an unknown key, a wrong
 * type or an impossible value is refused with its path.
 */
export const policySchema = z
  .strictObject({
    canary: canary.optional(),
    batches: batches.optional(),
    steps: z.array(step).min(1).max(100).optional(),
    preset: z.enum(presetNames).optional(),
    adaptive: z.unknown().optional(),
    settleSeconds: seconds.optional(),
    approvalTimeoutSeconds: positiveSeconds.default(1800),
    onApprovalTimeout: z.enum(['revert', 'hold']).default('revert'),
    alarms: z
      .array(alarmName)
      .max(100)
      .refine((names) => new Set(names).size === names.length, { error: 'expected each alarm once' })
      .default([]),
    alarmsAlreadyFiring: z.enum(['block', 'ignore']).default('block'),
    evidence: evidence.optional(),
    hooks: hooks.prefault({}),
    onConflict: z.enum(['supersede', 'reject']).default('supersede'),
  })
  .superRefine((policy, context) => {
    const refuse = (path: (string | number)[], message: string, input: unknown) =>
      context.addIssue({ code: 'custom', path, message, input });
    if (policy.adaptive !== undefined) {
      refuse(
        ['adaptive'],
        'adaptive weights are not built yet; use "canary" and "batches", "steps" or "preset"',
        policy.adaptive,
      );
    }
    const used = shapes.filter((keys) => keys.some((key) => policy[key] !== undefined));
    if (used.length === 0) {
      refuse(
        [],
        'expected one of "canary" (with "batches"), "steps" or "preset": it says how the traffic moves',
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
  })
  .transform(({ adaptive: _notBuilt, ...policy }) => policy);

/** A policy as a person writes it: most keys are optional. */
export type PolicyInput = Omit<z.input<typeof policySchema>, 'adaptive'>;

/** A checked policy with every default filled in. */
export type Policy = z.output<typeof policySchema>;
