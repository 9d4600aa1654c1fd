import { runningRollout } from '../aws/lambda/rollback-alias.ts';
import { type RolloutView, viewOf } from '../aws/states/rollout-view.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import type { RolloutRequest } from './alias-request.ts';
import type { OperationClients } from './clients.ts';
import { NoRolloutUnderWay } from './errors.ts';
import { controllerOf, type ResolvedAlias, resolveAlias } from './resolve-alias.ts';

/** A rollout that is under way, and the alias that it shifts. */
export interface CurrentRollout {
  readonly alias: ResolvedAlias;
  readonly view: RolloutView;
}

/**
 * The rollout of an alias that is under way.
 *
 * @throws NoRolloutUnderWay if there is none
 */
export async function currentRollout(clients: OperationClients, request: RolloutRequest): Promise<CurrentRollout> {
  const alias = await resolveAlias(clients, request);
  const execution = await runningRollout(clients.sfn, controllerOf(alias, request.controller), alias);
  if (!execution) {
    throw new NoRolloutUnderWay(`no rollout of ${formatTarget(alias)} is under way; nothing was done`);
  }
  return { alias, view: await viewOf(clients.sfn, execution) };
}
