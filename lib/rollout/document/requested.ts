import * as z from 'zod';
import { planOf } from '../policy/plan.ts';
import { movesSchema, watchedSchema } from '../policy/policy.ts';
import { aliasNameSchema, functionSchema, versionSchema } from './start.ts';

/** The part of a policy that says which alarms speak against a rollout. */
export interface Watch {
  readonly alarms: readonly string[];
  readonly alarmsAlreadyFiring: 'block' | 'ignore';
}

/** The rollout that the input of an execution asks for: which alias it shifts, how, and which alarms stop it. */
export interface RequestedRollout {
  readonly functionName: string;
  readonly aliasName: string;
  /** Null if the input tells none: another release may have written it. */
  readonly candidate: string | null;
  /** The weights of its plan in percent; empty if the input has no policy that says them. */
  readonly planned: readonly number[];
  /** Null if the input has no policy: then the one that the stack has deployed applies. */
  readonly watch: Watch | null;
}

/** The fields of every input that moved any traffic; the rest may be of another release. */
const inputSchema = z.object({
  operation: z.literal('start').default('start'),
  function: functionSchema,
  alias: aliasNameSchema,
  version: versionSchema.nullable().catch(null),
  policy: z.unknown().optional(),
});

/**
 * Reads the input of an execution, of whatever release. This is the one place that maps an input to an alias.
 *
 * @returns undefined if the input asks for no rollout
 */
export function requestedRollout(input: unknown): RequestedRollout | undefined {
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) return undefined;
  const { function: functionName, alias: aliasName, version: candidate, policy } = parsed.data;
  const moves = movesSchema.safeParse(policy);
  const planned = moves.success ? planOf(moves.data).steps.map(({ weight }) => weight) : [];
  return { functionName, aliasName, candidate, planned, watch: watchIn(policy) };
}

/** The alarms that a policy names, whatever else is in it; null without a policy. */
export function watchIn(policy: unknown): Watch | null {
  const parsed = watchedSchema.safeParse(policy);
  return parsed.success ? parsed.data : null;
}
