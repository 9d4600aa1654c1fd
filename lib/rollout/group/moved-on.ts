import { type AliasState, allTrafficTo, sameRouting } from '../alias/alias.ts';
import { endOf, ownerOf, showsWeightsOf } from '../alias/description.ts';
import { laterWriter } from '../decisions/external-change.ts';
import type { Rollout } from '../document/rollout.ts';

/**
 * Whether a rollout that started later began at a member's candidate: somebody had promoted that member before, and it is none that the group
 * has lost.
 */
export const hasMovedOn = (member: Rollout, alias: AliasState | null): boolean =>
  alias !== null && laterWriter(member, alias) !== undefined && beganAt(alias) === member.candidate;

/** The version at which the rollout that an alias tells of began; undefined if the alias shows something else meanwhile. */
function beganAt(alias: AliasState): string | undefined {
  const owner = ownerOf(alias);
  if (owner) return showsWeightsOf(owner, alias) ? owner.stable : undefined;
  const end = endOf(alias);
  if (!end || !sameRouting(alias, allTrafficTo(end.to))) return undefined;
  return end.did === 'promoted' ? end.from : end.to;
}
