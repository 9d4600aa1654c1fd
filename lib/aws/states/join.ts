import type { ExecutionListItem, SFNClient } from '@aws-sdk/client-sfn';
import { type EarlierRollout, earlierOf, type JoinedExecution } from '../../rollout/decisions/join.ts';
import { membersOf } from '../../rollout/document/members.ts';
import { memberAt } from '../../rollout/document/requested.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { ExecutionCache } from './execution-cache.ts';
import { executionArnOf, jsonIn, readRollout, stateMachineArnOf } from './executions.ts';

/**
 * For each member the newest rollout of one of the members that is running and was started before this one; null if there is none, or if the
 * executions cannot be read: then this rollout goes on as if it were alone, and takes the aliases over.
 */
export async function readEarlier(
  executions: ExecutionCache,
  rollout: Rollout,
): Promise<readonly (EarlierRollout | null)[]> {
  const members = membersOf(rollout);
  const { execution } = rollout;
  const isEarlier = ({ name = '', startDate }: ExecutionListItem): boolean => {
    if (name === execution.name) return false;
    const startedAt = (startDate?.getTime() ?? 0) / 1000;
    return startedAt < execution.startedAt || (startedAt === execution.startedAt && name < execution.name);
  };
  try {
    for (const item of (await executions.runningNow(stateMachineArnOf(execution.id))).filter(isEarlier)) {
      const found = await executions.rollout(item);
      if (found && members.some((member) => memberAt(found, member)?.candidate)) return earlierOf(members, found);
    }
  } catch (error) {
    console.warn(`rollouts under way could not be read: ${(error as Error).name}`);
  }
  return members.map(() => null);
}

/** The execution that a rollout has joined; null if it is not known any more. */
export async function readJoined(
  sfn: SFNClient,
  { execution }: Rollout,
  name: string,
): Promise<JoinedExecution | null> {
  const found = await readRollout(sfn, { executionArn: executionArnOf(stateMachineArnOf(execution.id), name) });
  if (!found) return null;
  const { status, error, cause, output } = found;
  const { reason } = (jsonIn(output) ?? {}) as { readonly reason?: unknown };
  return {
    running: status === 'RUNNING' || status === 'PENDING_REDRIVE',
    status,
    error,
    reason: cause ?? (typeof reason === 'string' ? reason : ''),
  };
}
