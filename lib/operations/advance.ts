import * as z from 'zod';
import { moveAlias } from '../aws/lambda/alias.ts';
import { type AliasState, inPercent } from '../rollout/alias/alias.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { type AdvanceDecision, advanceOf } from '../rollout/decisions/advance.ts';
import { weightOf } from '../rollout/document/rollout.ts';
import type { RolloutRequest } from './alias-request.ts';
import { shortNameOf } from './caller-name.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { currentRollout } from './current-rollout.ts';
import { CannotAdvance } from './errors.ts';
import { checked, rolloutFields } from './request.ts';
import type { AliasTraffic } from './rollout-record.ts';

/** A rollout that was advanced. */
export interface AdvanceResult {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The name of the execution. */
  readonly execution: string;
  /** The version that got the weight. */
  readonly candidate: string;
  /** The candidate's weight before, in percent. */
  readonly from: number;
  /** The candidate's weight now, in percent. */
  readonly to: number;
  /** Whether this was the last step: the candidate is promoted. */
  readonly promoted: boolean;
  /** Where the alias sends its traffic now. */
  readonly now: AliasTraffic;
}

const requestSchema = z.strictObject(rolloutFields);

/**
 * Skips the rest of a bake: gives the candidate its next weight at once, or promotes it after the last weight. The rollout goes on from
 * there when it looks at the alias next.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws CannotAdvance if the rollout waits for an approval, has only begun, or is moving on by itself
 * @throws NoRolloutUnderWay if there is no rollout
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * const { to } = await advance({ function: 'checkout', alias: 'live' });
 */
export async function advance(
  request: RolloutRequest,
  clients: OperationClients = clientsHere(),
): Promise<AdvanceResult> {
  const { alias: target, view } = await currentRollout(clients, checked(requestSchema, request));
  const { rollout, execution, token } = view;
  const refused = (why: string) =>
    new CannotAdvance(`${formatTarget(target)} cannot be advanced now: ${why}; nothing was done`);
  if (token !== undefined) throw refused('its rollout waits for an approval; approve or reject it');
  if (!rollout) throw refused('its rollout has only begun');
  const by = shortNameOf(await clients.caller());
  let decision: AdvanceDecision | undefined;
  let wrote: (AdvanceDecision & { kind: 'write' }) | undefined;
  const moved = await moveAlias(clients.lambda, target, (alias) => {
    decision = advanceOf(rollout, alias, by);
    if (decision.kind === 'refuse') return { kind: 'foreign' };
    wrote = decision;
    return { kind: 'write', to: decision.to, description: decision.description };
  });
  if (moved.kind !== 'done' || !wrote) {
    throw refused(decision?.kind === 'refuse' ? decision.why : 'the alias was changed meanwhile');
  }
  return {
    function: target.functionName,
    alias: target.aliasName,
    execution: execution.name,
    candidate: rollout.candidate,
    from: weightOf(rollout),
    to: wrote.weight,
    promoted: wrote.promotes,
    now: inPercent(moved.alias as AliasState),
  };
}
