import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type AliasState, carriesWeights } from '../../rollout/alias/alias.ts';
import { writerOf } from '../../rollout/alias/description.ts';
import type { RollbackInput } from '../../rollout/decisions/rollback.ts';
import { memberAt } from '../../rollout/document/requested.ts';
import type { RolloutExecution } from '../states/executions.ts';
import { type AliasName, readAlias } from './alias.ts';
import { allRead, eachMoved } from './paced.ts';
import { type RolledBack, rollbackAlias } from './rollback-alias.ts';

/** A member of a rollout that was rolled back with another one. */
export interface Companion {
  readonly name: AliasName;
  readonly done: RolledBack;
}

/** A rollback of an alias, and of the other members of its rollout. */
export interface RolledBackTogether {
  readonly lead: RolledBack;
  /** In the order of the members; none if the alias was shifted alone. */
  readonly companions: readonly Companion[];
}

/** What a rollback of a group asks around. */
export interface Around {
  /** Finds a rollout of the alias that is running: see {@link rollbackAlias}. */
  readonly underWay: () => Promise<RolloutExecution | undefined>;
  /** Finds the aliases that an execution has shifted, in their order; the alias that is asked for may be among them. */
  readonly membersOf: (execution: string) => Promise<readonly AliasName[]>;
}

/**
 * Rolls an alias back, and with it the other members of the rollout that its description names: the last one first. A member whose
 * description names another execution, or none, is left alone. The alias itself comes first, before anything else is asked. A version that
 * is named is the alias's alone, so it takes no other member along.
 *
 * @param asked an `execution` leaves aliases alone that another one has shifted last, and those that it has put back already
 * @throws the first error, after all members that could be rolled back are
 */
export async function rollbackTogether(
  lambda: LambdaClient,
  name: AliasName,
  asked: Pick<RollbackInput, 'version' | 'reason' | 'by'> & { readonly execution?: string | undefined },
  { underWay, membersOf }: Around,
): Promise<RolledBackTogether> {
  const once = asked.execution !== undefined;
  const lead = await rollbackAlias(lambda, name, { ...asked, once }, underWay);
  const execution = executionOf(lead);
  const stays = once && lead.kind !== 'written';
  if (execution === undefined || stays || asked.version !== undefined) return { lead, companions: [] };
  const members = await membersOf(execution);
  const others = members.filter((member) => memberAt({ members: [member] }, name) === undefined);
  const companions: Companion[] = [];
  const failures: unknown[] = [];
  await eachMoved(others.toReversed(), async (member) => {
    try {
      const done = await rollbackAlias(lambda, member, { ...asked, execution, once }, async () => undefined);
      companions.unshift({ name: member, done });
    } catch (error) {
      failures.push(error);
    }
    return 'goOn';
  });
  if (failures.length > 0) throw failures[0];
  return { lead, companions };
}

/** The execution whose rollout a rollback takes back, or has taken back before. */
function executionOf(lead: RolledBack): string | undefined {
  if (lead.kind === 'written') return lead.writer;
  return lead.kind === 'done' && lead.alias ? writerOf(lead.alias)?.execution : undefined;
}

/**
 * The member of a group whose rollout a person means who names the group: one that carries weights, or the one that was moved last. The
 * first if none tells.
 */
export async function leadOf(lambda: LambdaClient, members: readonly AliasName[]): Promise<AliasName> {
  const looked = await allRead(members, async (name) => ({ name, alias: await readAlias(lambda, name) }));
  const midway = looked.findLast(({ alias }) => alias !== null && carriesWeights(alias));
  const newest = looked.toSorted((a, b) => startOf(b.alias) - startOf(a.alias))[0];
  return (midway ?? newest)?.name ?? (members[0] as AliasName);
}

const startOf = (alias: AliasState | null): number => (alias && writerOf(alias)?.startedAt) ?? 0;
