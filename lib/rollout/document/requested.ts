import * as z from 'zod';
import { planOf } from '../policy/plan.ts';
import { movesSchema, watchedSchema } from '../policy/policy.ts';
import { aliasNameSchema, functionNameOf, functionSchema, versionSchema } from './start.ts';

/** The part of a policy that says which alarms speak against a rollout. */
export interface Watch {
  readonly alarms: readonly string[];
  readonly alarmsAlreadyFiring: 'block' | 'ignore';
}

/** A member as the input of an execution tells of it. */
export interface RequestedAlias {
  readonly functionName: string;
  readonly aliasName: string;
  /** Null if the input tells none: another release may have written it. */
  readonly candidate: string | null;
  /** The alarms that watch this member alone. */
  readonly alarms: readonly string[];
}

/** The rollout that the input of an execution asks for: which aliases it shifts, how, and which alarms stop it. */
export interface RequestedRollout {
  /** The name of the group; null if it has none. */
  readonly group: string | null;
  /** At least one, in the order in which they get their weights. */
  readonly members: readonly RequestedAlias[];
  /** The weights of its plan in percent; empty if the input has no policy that says them. */
  readonly planned: readonly number[];
  /** Null if the input has no policy: then the one that the stack has deployed applies. */
  readonly watch: Watch | null;
}

/** The fields of every input that moved any traffic; the rest may be of another release. */
const aliasFields = {
  function: functionSchema,
  alias: aliasNameSchema,
  version: versionSchema.nullable().catch(null),
  alarms: z.array(z.string()).catch([]),
};
const operation = z.literal('start').default('start');
const policy = z.unknown().optional();
const aliasSchema = z.object(aliasFields);
const inputSchema = z.object({ operation, policy, ...aliasFields });
const groupSchema = z.object({
  operation,
  policy,
  group: z.string().nullable().catch(null),
  members: z.array(aliasSchema).min(1),
});

/**
 * Reads the input of an execution, of whatever release. This is the one place that maps an input to aliases.
 *
 * @returns undefined if the input asks for no rollout
 */
export function requestedRollout(input: unknown): RequestedRollout | undefined {
  const group = groupSchema.safeParse(input);
  if (group.success) return requestedOf(group.data);
  const alone = inputSchema.safeParse(input);
  return alone.success ? requestedOf({ ...alone.data, group: null, members: [alone.data] }) : undefined;
}

function requestedOf({ group, members, policy: given }: z.output<typeof groupSchema>): RequestedRollout {
  const moves = movesSchema.safeParse(given);
  const planned = moves.success ? planOf(moves.data).steps.map(({ weight }) => weight) : [];
  const watch = watchIn(given);
  const alarms = [...new Set([...(watch?.alarms ?? []), ...members.flatMap((member) => member.alarms)])];
  return { group, members: members.map(aliasOf), planned, watch: watch && { ...watch, alarms } };
}

const aliasOf = (member: z.output<typeof aliasSchema>): RequestedAlias => ({
  functionName: member.function,
  aliasName: member.alias,
  candidate: member.version,
  alarms: member.alarms,
});

/** The member of a rollout that is this alias, whether its function is given by name or ARN; undefined if none is. */
export const memberAt = <Member extends AliasIdentity>(
  { members }: { readonly members: readonly Member[] },
  { functionName, aliasName }: AliasIdentity,
): Member | undefined =>
  members.find(
    (member) => functionNameOf(member.functionName) === functionNameOf(functionName) && member.aliasName === aliasName,
  );

interface AliasIdentity {
  readonly functionName: string;
  readonly aliasName: string;
}

/** The alarms that a policy names, whatever else is in it; null without a policy. */
export function watchIn(policy: unknown): Watch | null {
  const parsed = watchedSchema.safeParse(policy);
  return parsed.success ? parsed.data : null;
}
