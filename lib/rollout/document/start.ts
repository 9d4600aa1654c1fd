import * as z from 'zod';
import { allTrafficTo } from '../alias/alias.ts';
import { oneLine } from '../contracts/text.ts';
import { noTrial } from '../evidence/trial-of-rollout.ts';
import { noCounts } from '../observation.ts';
import { planOf } from '../policy/plan.ts';
import { type Policy, policySchema } from '../policy/policy.ts';
import { noRevisions } from './revisions.ts';
import type { Rollout } from './rollout.ts';

/** A function: its name, or its ARN without a qualifier. */
export const functionSchema = z
  .string()
  .regex(/^(arn:aws[a-z-]{0,20}:lambda:[a-z0-9-]{1,32}:\d{12}:function:)?[A-Za-z0-9-_]{1,64}$/, {
    error: "expected a function's name or its ARN without a qualifier",
  });

/** A version that was published. */
export const versionSchema = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, { error: 'expected a published version such as "42"; $LATEST is not one' });

/** The name of a function that is given by name or ARN. */
export const functionNameOf = (functionName: string): string => functionName.split(':').at(-1) as string;

/** The name of an alias: one that could not be taken for a version. */
export const aliasNameSchema = z.string().regex(/^(?!\d+$)[A-Za-z0-9-_]{1,128}$/, {
  error: 'expected the name of an alias: 1 to 128 letters, digits, "-" or "_", and not only digits',
});

/** What starts a rollout: the input of the execution. */
export const startInputSchema = z.strictObject({
  operation: z.literal('start', { error: 'expected "start" or "rollback"' }).default('start'),
  function: functionSchema,
  alias: aliasNameSchema,
  version: versionSchema,
  /** Left out: the policy that the stack of the alias has deployed. */
  policy: policySchema.optional(),
  stack: z.string().min(1).max(1024).nullable().default(null),
  startedBy: z
    .string()
    .max(256)
    .default('somebody')
    .transform((text) => oneLine(text)),
  /** Execution environments of the version to make ready before its first traffic. Left out: the number that the stack has deployed. */
  provisionedConcurrency: z.int().min(1).nullable().optional(),
});

/** The input as a person or the deploy writes it. */
export type StartInput = z.input<typeof startInputSchema>;

/**
 * Why an execution cannot shift a function: its ARN is in another partition, region or account than the execution's own. Undefined
 * if it can: a function that is named without its ARN is always in reach.
 */
export function outOfReach(functionName: string, executionArn: string): string | undefined {
  return elsewhere('function', functionName, executionArn, 'lambda', 'function:');
}

/** Why an execution cannot wait for a stack: its id is of another partition, region or account. A stack's name is always in reach. */
export const stackOutOfReach = (stack: string, executionArn: string): string | undefined =>
  elsewhere('stack', stack, executionArn, 'cloudformation', 'stack/');

function elsewhere(
  what: string,
  name: string,
  executionArn: string,
  service: string,
  resource: string,
): string | undefined {
  if (!name.startsWith('arn:')) return undefined;
  const [, partition, , region, account] = executionArn.split(':');
  const here = `arn:${partition}:${service}:${region}:${account}:${resource}`;
  return name.startsWith(here)
    ? undefined
    : `${what} ${oneLine(name, 200)} is out of reach: expected one of this partition, region and account (${here}...)`;
}

/**
 * The document before anything was looked at. `startedAt` is in seconds since 1970.
 *
 * @param definition the number of the state machine's definition that the execution runs by
 */
export function newRollout(
  input: z.output<typeof startInputSchema> & { readonly policy: Policy },
  execution: { readonly id: string; readonly name: string; readonly startedAt: number },
  definition = 1,
): Rollout {
  return {
    schema: 1,
    execution,
    functionName: input.function,
    aliasName: input.alias,
    stack: input.stack,
    committed: false,
    tried: false,
    agreed: false,
    definition,
    provisionedConcurrency: input.provisionedConcurrency ?? null,
    warmed: false,
    toRelease: false,
    startedBy: input.startedBy,
    stable: '',
    candidate: input.version,
    before: null,
    joined: null,
    settlingSince: null,
    policy: input.policy,
    plan: planOf(input.policy).steps,
    step: -1,
    seen: allTrafficTo(''),
    revisions: noRevisions,
    wanted: allTrafficTo(''),
    shiftedAt: execution.startedAt,
    held: null,
    approval: 'none',
    answer: null,
    ignoredAlarms: [],
    firedBefore: [],
    remarks: [],
    passed: [],
    current: noCounts,
    countedSeconds: 0,
    trial: noTrial,
    observations: 0,
    preflights: 0,
    pendingLooks: 0,
    warmLooks: 0,
    warmedBeside: null,
    next: 'preflight',
    waitSeconds: 0,
    approvalSeconds: input.policy.approvalTimeoutSeconds,
    reason: 'not started yet',
    error: null,
    notes: [],
    journal: [],
    approvals: [],
    report: null,
  };
}
