import * as z from 'zod';
import { isNamed } from '../aws/handler/errors.ts';
import type { AliasName } from '../aws/lambda/alias.ts';
import { readRollout, readRollouts } from '../aws/states/executions.ts';
import { type RolloutView, viewOf } from '../aws/states/rollout-view.ts';
import type { RolloutRequest } from './alias-request.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { NoRollout } from './errors.ts';
import { recordOf } from './record-of.ts';
import { checked, rolloutFields } from './request.ts';
import { controllerOf, nameOf, resolveAlias, rolloutsOf } from './resolve-alias.ts';
import type { RolloutRecord } from './rollout-record.ts';

/** How often the execution is read, in seconds: well below the rate that Step Functions answers. */
const LOOK_SECONDS = 2;

const requestSchema = z.strictObject(rolloutFields);

/**
 * Follows the newest rollout of an alias: yields it every two seconds until it has ended. The last record has its end.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws NoRollout if the alias has had none in the last 90 days
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * for await (const { state, weight, reason } of watch({ function: 'checkout', alias: 'live' })) {
 *   console.info(`${state} at ${weight} %: ${reason}`);
 * }
 */
export async function* watch(
  given: RolloutRequest,
  clients: OperationClients = clientsHere(),
): AsyncGenerator<RolloutRecord, void> {
  const request = checked(requestSchema, given);
  const alias = await resolveAlias(clients, request);
  for await (const { arn } of readRollouts(clients.sfn, await controllerOf(clients, alias, request.controller), {
    ...rolloutsOf(alias),
  })) {
    yield* follow(arn, clients, alias.group ? undefined : alias);
    return;
  }
  throw new NoRollout(`${nameOf(alias)} has had no rollout in the last 90 days; there is nothing to watch`);
}

/**
 * Follows one rollout by the ARN of its execution, as `start` returns it: yields it every two seconds until it has ended. The last record
 * has its end. Throttling and lost answers are waited out.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @example
 * const { executionArn } = await start({ function: 'checkout', alias: 'live', version: 'newest' });
 * let last: RolloutRecord | undefined;
 * for await (last of watchExecution(executionArn));
 * if (last?.state !== 'promoted') process.exitCode = 1;
 */
export const watchExecution = (
  executionArn: string,
  clients: OperationClients = clientsHere(),
): AsyncGenerator<RolloutRecord, void> => follow(executionArn, clients, undefined);

async function* follow(
  executionArn: string,
  clients: OperationClients,
  asked: AliasName | undefined,
): AsyncGenerator<RolloutRecord, void> {
  for (;;) {
    const view = await look(clients, executionArn);
    if (view) yield recordOf(view, asked);
    if (view && view.state !== 'running') return;
    await clients.pause(LOOK_SECONDS);
  }
}

/** One look; undefined if the next look may succeed. */
async function look({ sfn }: OperationClients, executionArn: string): Promise<RolloutView | undefined> {
  try {
    const execution = await readRollout(sfn, { executionArn });
    return execution && (await viewOf(sfn, execution));
  } catch (error) {
    if (isNamed(error, 'ThrottlingException', 'TimeoutError', 'InternalServerError', 'ServiceUnavailable'))
      return undefined;
    throw error;
  }
}
