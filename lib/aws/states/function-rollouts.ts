import type { SFNClient } from '@aws-sdk/client-sfn';
import type { PrunedRollout } from '../../rollout/decisions/prune.ts';
import { membersOf } from '../../rollout/document/members.ts';
import { memberAt } from '../../rollout/document/requested.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import { type RolloutExecution, type RolloutMember, readRollouts } from './executions.ts';
import { readPosition } from './history.ts';

/**
 * The rollouts of a function that are under way at a controller.
 *
 * @param onRead is called for every execution that was read
 */
export async function runningRolloutsOf(
  sfn: SFNClient,
  stateMachineArn: string,
  functionName: string,
  onRead: () => void = () => {},
): Promise<readonly PrunedRollout[]> {
  const found: PrunedRollout[] = [];
  for await (const execution of readRollouts(sfn, stateMachineArn, { status: 'RUNNING', onRead })) {
    const members = membersOfFunction(execution, functionName);
    if (members.length > 0) found.push(...(await versionsOf(sfn, execution, members)));
  }
  return found;
}

/** The last rollout of each alias is looked for among so many of a controller's newest executions. */
const MOST_LOOKED_AT = 200;

/**
 * The last rollout that has ended, of each alias of a function. Only the controller's newest executions are searched: descriptions of
 * the aliases record older rollouts.
 *
 * @param onRead is called for every execution that was read
 */
export async function lastRolloutsOf(
  sfn: SFNClient,
  stateMachineArn: string,
  functionName: string,
  aliasNames: readonly string[],
  onRead: () => void,
): Promise<readonly PrunedRollout[]> {
  const wanted = new Set(aliasNames);
  const found: PrunedRollout[] = [];
  let looked = 0;
  if (wanted.size === 0) return found;
  for await (const execution of readRollouts(sfn, stateMachineArn, { onRead })) {
    const members = execution.endedAt === null ? [] : membersOfFunction(execution, functionName);
    const last = members.filter(({ aliasName }) => wanted.delete(aliasName));
    if (last.length > 0) found.push(...(await versionsOf(sfn, execution, last)));
    if (wanted.size === 0 || ++looked === MOST_LOOKED_AT) break;
  }
  return found;
}

const membersOfFunction = ({ members }: RolloutExecution, functionName: string): readonly RolloutMember[] =>
  members.filter((member) => functionNameOf(member.functionName) === functionNameOf(functionName));

async function versionsOf(
  sfn: SFNClient,
  execution: RolloutExecution,
  members: readonly RolloutMember[],
): Promise<readonly PrunedRollout[]> {
  const { rollout } = await readPosition(sfn, execution.arn);
  const found = (member: RolloutMember) =>
    rollout && execution.members.length > 1 ? memberAt({ members: membersOf(rollout) }, member) : rollout;
  return members.map((member) => ({
    execution: execution.name,
    aliasName: member.aliasName,
    running: execution.endedAt === null,
    stable: found(member)?.stable || undefined,
    candidate: member.candidate,
  }));
}
