import * as z from 'zod';
import { readRollouts } from '../aws/states/executions.ts';
import { viewOf } from '../aws/states/rollout-view.ts';
import type { RolloutRequest } from './alias-request.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { counter, type ProgressRequest } from './progress.ts';
import { recordOf } from './record-of.ts';
import { checked, progressField, rolloutFields } from './request.ts';
import { controllerOf, resolveAlias, rolloutsOf } from './resolve-alias.ts';
import type { RolloutRecord } from './rollout-record.ts';

/** An alias whose rollouts are listed. */
export interface HistoryRequest extends RolloutRequest, ProgressRequest {
  /**
   * How many rollouts, 1 to 500.
   *
   * @default 10
   */
  readonly limit?: number;
}

/** The rollouts of an alias or a group. */
export interface HistoryResult {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /**
   * The name of the group, if the request names it: function and alias are its first member.
   *
   * @default the request names an alias
   */
  readonly group?: string;
  /** The rollouts, newest first; empty if there was none. */
  readonly rollouts: readonly RolloutRecord[];
}

/** History reads at most so many rollouts. */
export const MOST_ROLLOUTS = 500;

const requestSchema = z.strictObject({
  ...rolloutFields,
  limit: z.int(`expected a whole number from 1 to ${MOST_ROLLOUTS}`).min(1).max(MOST_ROLLOUTS).default(10),
  onProgress: progressField,
});

/**
 * The rollouts of an alias, newest first. Step Functions keeps them for 90 days after their end.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * const { rollouts } = await history({ function: 'checkout', alias: 'live', limit: 3 });
 */
export async function history(
  given: HistoryRequest,
  clients: OperationClients = clientsHere(),
): Promise<HistoryResult> {
  const request = checked(requestSchema, given);
  const alias = await resolveAlias(clients, request);
  const rollouts: RolloutRecord[] = [];
  for await (const execution of readRollouts(clients.sfn, await controllerOf(clients, alias, request.controller), {
    ...rolloutsOf(alias),
    onRead: counter(request.onProgress, 'executions read'),
  })) {
    rollouts.push(recordOf(await viewOf(clients.sfn, execution), alias.group ? undefined : alias));
    if (rollouts.length === request.limit) break;
  }
  const { functionName, aliasName, group } = alias;
  return { function: functionName, alias: aliasName, ...(group ? { group: group.name } : {}), rollouts };
}
