import * as z from 'zod';
import { moveAlias, readAlias } from '../aws/lambda/alias.ts';
import { type AliasState, inPercent } from '../rollout/alias/alias.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { type AdvanceDecision, advanceOf } from '../rollout/decisions/advance.ts';
import { membersOf } from '../rollout/document/members.ts';
import { memberAt } from '../rollout/document/requested.ts';
import { type Rollout, weightOf } from '../rollout/document/rollout.ts';
import { functionNameOf } from '../rollout/document/start.ts';
import type { RolloutRequest } from './alias-request.ts';
import { shortNameOf } from './caller-name.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { currentRollout } from './current-rollout.ts';
import { CannotAdvance } from './errors.ts';
import { type ExpectedPlace, placeField, refuseElsewhere } from './expected-place.ts';
import { checked, rolloutFields } from './request.ts';
import { nameOf, type ResolvedTarget } from './resolve-alias.ts';
import type { AliasTraffic, RolloutRecord } from './rollout-record.ts';

/** A rollout to advance. */
export interface AdvanceRequest extends RolloutRequest {
  /**
   * The place that the request is meant for: it is refused if the rollout has moved on.
   *
   * @default wherever the rollout is
   */
  readonly ifAt?: ExpectedPlace;
}

/** A member of a group that was advanced. */
export interface AdvancedMember {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version that got the weight. */
  readonly candidate: string;
  /** Where the alias sends its traffic now. */
  readonly now: AliasTraffic;
}

/** A rollout that was advanced. */
export interface AdvanceResult {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /**
   * The name of the group; null if several aliases move together that have none.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly group?: string | null;
  /**
   * The members, in the order in which they got the weight.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly members?: readonly AdvancedMember[];
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

const requestSchema = z.strictObject({ ...rolloutFields, ifAt: placeField });

/**
 * Skips the rest of a bake: gives the candidate its next weight at once, or promotes it after the last weight. The rollout goes on from
 * there when it looks at the alias next.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws CannotAdvance if the rollout waits for an approval, has only begun, or is moving on by itself
 * @throws NoRolloutUnderWay if there is no rollout, MovedOn if it is elsewhere
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * const { to } = await advance({ function: 'checkout', alias: 'live' });
 */
export async function advance(
  given: AdvanceRequest,
  clients: OperationClients = clientsHere(),
): Promise<AdvanceResult> {
  const request = checked(requestSchema, given);
  const { alias: target, view, record } = await currentRollout(clients, request);
  refuseElsewhere(record, request.ifAt);
  const { rollout, execution, token } = view;
  const refused = (why: string) =>
    new CannotAdvance(`${nameOf(target)} cannot be advanced now: ${why}; nothing was done`);
  if (token !== undefined) throw refused('its rollout waits for an approval; approve or reject it');
  if (!rollout) throw refused('its rollout has only begun');
  const by = shortNameOf(await clients.caller());
  const members = membersOf(rollout);
  // Before the first write every alias is looked at: none gets the weight if one of them cannot.
  for (const member of members.length > 1 ? members : []) {
    const decision = advanceOf(member, await readAlias(clients.lambda, member), by);
    if (decision.kind === 'refuse') throw refused(`${formatTarget(member)}: ${decision.why}`);
  }
  const advanced: Advanced[] = [];
  for (const member of members) {
    const one = await advanceMember(clients, member, by);
    if (typeof one !== 'string') advanced.push(one);
    else if (advanced.length === 0) throw refused(one);
    else throw new CannotAdvance(onlySome(target, member, advanced, one));
  }
  const asked = advanced.find(({ member }) => member === memberOf(members, record)) ?? (advanced[0] as Advanced);
  return {
    function: record.function,
    alias: record.alias,
    ...(record.members ? { group: record.group ?? null, members: advanced.map(inResult) } : {}),
    execution: execution.name,
    candidate: asked.member.candidate,
    from: weightOf(rollout),
    to: asked.wrote.weight,
    promoted: asked.wrote.promotes,
    now: asked.now,
  };
}

/** A member that has its next weight. */
interface Advanced {
  readonly member: Rollout;
  readonly wrote: AdvanceDecision & { readonly kind: 'write' };
  readonly now: AliasTraffic;
}

/** Gives a member its next weight; or why that was not done. */
async function advanceMember({ lambda }: OperationClients, member: Rollout, by: string): Promise<Advanced | string> {
  let decision: AdvanceDecision | undefined;
  let wrote: Advanced['wrote'] | undefined;
  const moved = await moveAlias(lambda, member, (alias) => {
    decision = advanceOf(member, alias, by);
    if (decision.kind === 'refuse') return { kind: 'foreign' };
    wrote = decision;
    return { kind: 'write', to: decision.to, description: decision.description };
  });
  if (moved.kind === 'done' && wrote) return { member, wrote, now: inPercent(moved.alias as AliasState) };
  return decision?.kind === 'refuse' ? decision.why : 'the alias was changed meanwhile';
}

const memberOf = (members: readonly Rollout[], record: Pick<RolloutRecord, 'function' | 'alias'>) =>
  memberAt({ members }, { functionName: record.function, aliasName: record.alias });

const inResult = ({ member, now }: Advanced): AdvancedMember => ({
  function: functionNameOf(member.functionName),
  alias: member.aliasName,
  candidate: member.candidate,
  now,
});

const onlySome = (target: ResolvedTarget, member: Rollout, advanced: readonly Advanced[], why: string): string =>
  `${nameOf(target)} was advanced in part: ${advanced.map((one) => formatTarget(one.member)).join(', ')} have the next weight, and ${formatTarget(member)} does not: ${why}; the rollout goes on from there at its next look`;
