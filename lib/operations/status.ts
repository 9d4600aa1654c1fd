import * as z from 'zod';
import { readAlias } from '../aws/lambda/alias.ts';
import { readKnownAliases } from '../aws/stack/registrations.ts';
import { notAController } from '../aws/states/controller-tag.ts';
import { readRollouts } from '../aws/states/executions.ts';
import { viewOf, waitsForAnother } from '../aws/states/rollout-view.ts';
import { inPercent, routingInWords } from '../rollout/alias/alias.ts';
import type { RolloutRequest } from './alias-request.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { AliasNotFound, NoRollout } from './errors.ts';
import { counter, type ProgressRequest } from './progress.ts';
import { recordOf } from './record-of.ts';
import { checked, progressField, rolloutFields } from './request.ts';
import { controllerOf, nameOf, resolveAlias, rolloutsOf } from './resolve-alias.ts';
import type { AliasTraffic, MemberRecord, RolloutRecord } from './rollout-record.ts';

/** A member of the rollout of a group, and its alias as it is now. */
export interface MemberStatus extends MemberRecord {
  /** Where the alias sends its traffic now; null if it does not exist. */
  readonly now: AliasTraffic | null;
}

/** A rollout, and the alias as it is now. */
export interface RolloutStatus extends RolloutRecord {
  /** Where the alias sends its traffic now; null if it does not exist. */
  readonly now: AliasTraffic | null;
  /**
   * The members of the group that the rollout was started for, each with its alias now.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly members?: readonly MemberStatus[];
}

const requestSchema = z.strictObject(rolloutFields);
/** Every rollout under way is asked for. */
export interface EveryRolloutRequest extends ProgressRequest {
  /**
   * Is called with the reason if the rollouts of a registered alias are left out: its parameter names no controller of Sluice.
   *
   * @default nothing is called
   */
  readonly onLeftOut?: (why: string) => void;
}

const everythingSchema = z.strictObject({
  onProgress: progressField,
  onLeftOut: z.custom<(why: string) => void>((value) => typeof value === 'function').optional(),
});

/**
 * The newest rollout of an alias, under way or over. One that waits for another, which it has joined, is passed over.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws NoRollout if the alias has had none in the last 90 days
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * const { state, weight, reason } = await status({ function: 'checkout', alias: 'live' });
 */
export async function status(given: RolloutRequest, clients: OperationClients = clientsHere()): Promise<RolloutStatus> {
  const request = checked(requestSchema, given);
  const target = await resolveAlias(clients, request);
  const alias = await readAlias(clients.lambda, target);
  if (!alias) throw new AliasNotFound(target.functionName, target.aliasName);
  const rollouts = readRollouts(clients.sfn, await controllerOf(clients, target, request.controller), {
    ...rolloutsOf(target),
  });
  for await (const execution of rollouts) {
    const view = await viewOf(clients.sfn, execution);
    if (!waitsForAnother(view)) return withAliases(clients, recordOf(view, target.group ? undefined : target));
  }
  throw new NoRollout(`${nameOf(target)} serves ${routingInWords(alias)}, and has had no rollout in the last 90 days`);
}

/**
 * Every rollout that is under way in the account and region.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @example
 * const waiting = (await statusOfAll()).filter(({ doing }) => doing === 'waitingForApproval');
 */
export async function statusOfAll(
  given: EveryRolloutRequest = {},
  clients: OperationClients = clientsHere(),
): Promise<readonly RolloutStatus[]> {
  const { onProgress, onLeftOut } = checked(everythingSchema, given);
  const known = await readKnownAliases(clients.ssm);
  for (const { broken } of known) if (broken !== undefined) onLeftOut?.(broken);
  const controllers = new Set(known.flatMap(({ registration }) => registration?.stateMachineArn ?? []));
  const step = counter(onProgress, 'rollouts read');
  const found: RolloutStatus[] = [];
  for (const controller of controllers) {
    const why = await notAController(clients.sfn, controller);
    if (why !== undefined) {
      onLeftOut?.(why);
      continue;
    }
    for await (const execution of readRollouts(clients.sfn, controller, { status: 'RUNNING' })) {
      found.push(await withAliases(clients, recordOf(await viewOf(clients.sfn, execution))));
      step();
    }
  }
  return found;
}

/** The record with the aliases of all members as they are now. */
async function withAliases(
  { lambda }: Pick<OperationClients, 'lambda'>,
  { members, ...record }: RolloutRecord,
): Promise<RolloutStatus> {
  const nowOf = async ({ function: functionName, alias: aliasName }: Pick<RolloutRecord, 'function' | 'alias'>) => {
    const alias = await readAlias(lambda, { functionName, aliasName });
    return alias && inPercent(alias);
  };
  if (!members) return { ...record, now: await nowOf(record) };
  const looked: MemberStatus[] = [];
  for (const member of members) looked.push({ ...member, now: await nowOf(member) });
  const asked = looked.find((each) => each.function === record.function && each.alias === record.alias);
  return { ...record, members: looked, now: asked?.now ?? null };
}
