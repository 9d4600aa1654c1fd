import * as z from 'zod';
import { only } from './alias.ts';
import { planOf } from './plan.ts';
import { policySchema } from './policy.ts';
import { noCounts, type Rollout } from './rollout.ts';
import { oneLine } from './text.ts';

const functionPattern = /^(arn:aws[a-z-]{0,20}:lambda:[a-z0-9-]{1,32}:\d{12}:function:)?[A-Za-z0-9-_]{1,64}$/;

/** A function, by its name or its ARN without a qualifier. */
export const functionNameSchema = z
  .string()
  .regex(functionPattern, { error: "expected a function's name or its ARN without a qualifier" });

/** The name of an alias: one that could not be taken for a version. */
export const aliasNameSchema = z.string().regex(/^(?!\d+$)[A-Za-z0-9-_]{1,128}$/, {
  error: 'expected the name of an alias: 1 to 128 letters, digits, "-" or "_", and not only digits',
});

/** What starts a rollout: the input of the execution. */
export const startInputSchema = z.strictObject({
  operation: z.literal('start').default('start'),
  function: functionNameSchema,
  alias: aliasNameSchema,
  version: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, { error: 'expected a published version such as "42"; $LATEST is not one' }),
  policy: policySchema,
  stack: z.string().min(1).max(1024).nullable().default(null),
  startedBy: z
    .string()
    .max(256)
    .default('somebody')
    .transform((text) => oneLine(text)),
});

/** The input as a person or the deploy writes it. */
export type StartInput = z.input<typeof startInputSchema>;

/**
 * Why an execution cannot shift a function: its ARN is in another partition, region or account than the execution's own. Undefined
 * where it can, as every function that is named without its ARN.
 */
export function outOfReach(functionName: string, executionArn: string): string | undefined {
  if (!functionName.startsWith('arn:')) return undefined;
  const [, partition, , region, account] = executionArn.split(':');
  const here = `arn:${partition}:lambda:${region}:${account}:function:`;
  return functionName.startsWith(here)
    ? undefined
    : `function ${functionName} is out of reach: expected one of this partition, region and account (${here}...)`;
}

/** The document before anything was looked at. `startedAt` is in seconds since 1970. */
export function newRollout(
  input: z.output<typeof startInputSchema>,
  execution: { readonly id: string; readonly name: string; readonly startedAt: number },
): Rollout {
  return {
    schema: 1,
    execution,
    functionName: input.function,
    aliasName: input.alias,
    stack: input.stack,
    committed: false,
    tried: false,
    startedBy: input.startedBy,
    stable: '',
    candidate: input.version,
    policy: input.policy,
    plan: planOf(input.policy).steps,
    step: -1,
    seen: only(''),
    wanted: only(''),
    shiftedAt: execution.startedAt,
    held: null,
    approval: 'none',
    answer: null,
    ignoredAlarms: [],
    earlier: noCounts,
    current: noCounts,
    observations: 0,
    preflights: 0,
    memory: {},
    next: 'preflight',
    waitSeconds: 0,
    approvalSeconds: input.policy.approvalTimeoutSeconds,
    reason: 'not started yet',
    error: null,
    journal: [],
  };
}
