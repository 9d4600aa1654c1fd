import type { SFNClient } from '@aws-sdk/client-sfn';
import type { PrunedRollout } from '../../rollout/decisions/prune.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import { type RolloutExecution, readRollouts } from './executions.ts';
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
    if (isOfFunction(execution, functionName)) found.push(await versionsOf(sfn, execution));
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
    const isLast = execution.endedAt !== null && isOfFunction(execution, functionName);
    if (isLast && wanted.delete(execution.aliasName)) found.push(await versionsOf(sfn, execution));
    if (wanted.size === 0 || ++looked === MOST_LOOKED_AT) break;
  }
  return found;
}

const isOfFunction = (execution: RolloutExecution, functionName: string): boolean =>
  functionNameOf(execution.functionName) === functionNameOf(functionName);

async function versionsOf(sfn: SFNClient, execution: RolloutExecution): Promise<PrunedRollout> {
  const { rollout } = await readPosition(sfn, execution.arn);
  return {
    execution: execution.name,
    aliasName: execution.aliasName,
    running: execution.endedAt === null,
    stable: rollout?.stable || undefined,
    candidate: execution.candidate,
  };
}
