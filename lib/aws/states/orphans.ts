import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { ownerOf } from '../../rollout/alias/description.ts';
import { revertByDescription } from '../../rollout/decisions/revert.ts';
import { orUndefined } from '../handler/errors.ts';
import { inParallel } from '../handler/in-parallel.ts';
import { type AliasName, readAlias } from '../lambda/alias.ts';
import type { KnownAlias } from '../stack/registrations.ts';
import { executionArnOf } from './executions.ts';
import { type EventAnswer, type EventContext, left, revertTarget } from './revert-on-event.ts';

/**
 * At most so many aliases are read in one sweep, and so many at a time: Lambda's control plane answers 15 requests a second for the whole
 * account. (AWS: Lambda quotas.) The next sweep goes on with the next ones.
 */
export const MOST_ALIASES = 20;
const AT_ONCE = 3;

/** How often a sweep comes, in seconds. */
const SWEEP_INTERVAL = 300;

/** A deploy that writes a registration may still be refused, and rolled back, within so many seconds. */
const DEPLOY_SECONDS = 1800;

/** A younger execution may not be found yet: DescribeExecution is eventually consistent. (AWS: its reference.) */
const YOUNGEST_SECONDS = 300;

/**
 * Takes back weights of executions that are gone, as after their state machine was replaced or deleted. No event and no list tells of them,
 * so the aliases themselves are asked: those whose stack names this state machine as their controller.
 */
export async function revertOrphans(context: EventContext, stateMachineArn: string) {
  const registered = (await context.registrations()).filter(
    ({ registration, writtenAt = 0 }) =>
      registration?.stateMachineArn === stateMachineArn && writtenAt <= context.now() - DEPLOY_SECONDS,
  );
  const inTurn = turnOf(registered, Math.floor(context.now() / SWEEP_INTERVAL));
  return inParallel(inTurn, AT_ONCE, (alias) => revertOrphan(context, stateMachineArn, alias));
}

/** The aliases whose turn it is: all of them, if there are few. */
function turnOf(aliases: readonly KnownAlias[], turn: number): readonly KnownAlias[] {
  if (aliases.length <= MOST_ALIASES) return aliases;
  const first = (turn * MOST_ALIASES) % aliases.length;
  return [...aliases.slice(first), ...aliases.slice(0, first)].slice(0, MOST_ALIASES);
}

async function revertOrphan(
  context: EventContext,
  stateMachineArn: string,
  { functionName, aliasName }: AliasName,
): Promise<EventAnswer> {
  const name = { functionName, aliasName };
  const alias = await readAlias(context.clients.lambda, name);
  const owner = alias && ownerOf(alias);
  if (!owner || owner.startedAt > context.now() - YOUNGEST_SECONDS) return left('no execution is gone');
  const event = { execution: owner.execution };
  if (revertByDescription(alias, event).kind !== 'write') return left('the alias shows no weights of a rollout');
  const executionArn = executionArnOf(stateMachineArn, owner.execution);
  const found = await orUndefined(
    context.clients.sfn.send(new DescribeExecutionCommand({ executionArn })),
    'ExecutionDoesNotExist',
  );
  if (found) return left('the execution is known');
  const target = { alias: name, stateMachineArn, known: undefined, event, isClaimed: async () => false };
  return revertTarget(context, target, `execution ${owner.execution} is gone, and nobody watches its weights`, false);
}
