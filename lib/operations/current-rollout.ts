import { readRollouts } from '../aws/states/executions.ts';
import { type RolloutView, viewOf, waitsForAnother } from '../aws/states/rollout-view.ts';
import type { RolloutRequest } from './alias-request.ts';
import type { OperationClients } from './clients.ts';
import { NoRolloutUnderWay } from './errors.ts';
import { recordOf } from './record-of.ts';
import { controllerOf, nameOf, type ResolvedTarget, resolveAlias, rolloutsOf } from './resolve-alias.ts';
import type { RolloutRecord } from './rollout-record.ts';

/** A rollout that is under way, and the alias or the group that was asked for. */
export interface CurrentRollout {
  readonly alias: ResolvedTarget;
  readonly view: RolloutView;
  /** The same as a record: of a group that of the member that was asked for. */
  readonly record: RolloutRecord;
}

/**
 * The rollout of an alias or a group that is under way. One that has joined another only waits, so the other one is meant.
 *
 * @throws NoRolloutUnderWay if there is none
 */
export async function currentRollout(clients: OperationClients, request: RolloutRequest): Promise<CurrentRollout> {
  const alias = await resolveAlias(clients, request);
  const running = readRollouts(clients.sfn, await controllerOf(clients, alias, request.controller), {
    status: 'RUNNING',
    ...rolloutsOf(alias),
  });
  for await (const execution of running) {
    const view = await viewOf(clients.sfn, execution);
    if (!waitsForAnother(view)) return { alias, view, record: recordOf(view, alias.group ? undefined : alias) };
  }
  throw new NoRolloutUnderWay(`no rollout of ${nameOf(alias)} is under way; nothing was done`);
}
