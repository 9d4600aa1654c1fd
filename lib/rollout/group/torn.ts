import { type AliasState, allTrafficTo, carriesWeights, sameRouting } from '../alias/alias.ts';
import { type End, endOf, ownerOf } from '../alias/description.ts';
import type { RevertDecision } from '../decisions/revert.ts';
import { isByHand } from '../decisions/rollback.ts';

/** The end that an execution has told on an alias, if the alias still shows it. */
function endBy(alias: AliasState | null, execution: string): End | undefined {
  const end = alias ? endOf(alias) : undefined;
  return alias && end?.execution === execution && sameRouting(alias, allTrafficTo(end.to)) ? end : undefined;
}

/** Whether an alias shows that an execution has promoted it. */
export const isPromotedBy = (alias: AliasState | null, execution: string): boolean =>
  endBy(alias, execution)?.did === 'promoted';

/**
 * Whether an execution has promoted some of its members only: others show its weights, or were put back in its name. A member that a person has
 * rolled back since says nothing of the others.
 *
 * @param aliases of the members
 */
export function isTornApart(aliases: readonly (AliasState | null)[], execution: string): boolean {
  const isLeftBehind = (alias: AliasState | null): boolean => {
    if (!alias) return false;
    const end = endBy(alias, execution);
    if (end) return end.did === 'reverted' && !isByHand(end);
    return carriesWeights(alias) && ownerOf(alias)?.execution === execution;
  };
  return aliases.some((alias) => isPromotedBy(alias, execution)) && aliases.some(isLeftBehind);
}

/** Takes back the promotion of a member whose fellows were put back. Anything else that the alias shows is left as it is. */
export function revertPromotion(alias: AliasState | null, execution: string): RevertDecision {
  const end = endBy(alias, execution);
  if (end?.did !== 'promoted') {
    return { kind: 'leave', found: end ? 'stable' : 'foreign', why: 'the alias does not show the promotion any more' };
  }
  const writer = { execution, startedAt: end.startedAt };
  return { kind: 'write', to: allTrafficTo(end.from), candidate: end.to, writer, given: true };
}
