import { readRollouts } from '../aws/states/executions.ts';
import { type RolloutView, viewOf, waitsForAnother } from '../aws/states/rollout-view.ts';
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
 * The rollout of an alias that is under way. One that has joined another only waits, so the other one is meant.
 *
 * @throws NoRolloutUnderWay if there is none
 */
export async function currentRollout(clients: OperationClients, request: RolloutRequest): Promise<CurrentRollout> {
  const alias = await resolveAlias(clients, request);
  const running = readRollouts(clients.sfn, await controllerOf(clients, alias, request.controller), {
    status: 'RUNNING',
    alias,
  });
  for await (const execution of running) {
    const view = await viewOf(clients.sfn, execution);
    if (!waitsForAnother(view)) return { alias, view };
  }
  throw new NoRolloutUnderWay(`no rollout of ${formatTarget(alias)} is under way; nothing was done`);
}
