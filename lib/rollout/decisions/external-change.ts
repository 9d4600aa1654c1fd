import { type AliasState, allTrafficTo, type Routing, routingInWords, sameRouting, shareOf } from '../alias/alias.ts';
import { endOf, ownerOf, showsWeightsOf, type Writer, writerOf } from '../alias/description.ts';
import { isLeftBehind } from '../document/revisions.ts';
import type { Rollout } from '../document/rollout.ts';

/** A change that somebody else made to the alias of a rollout that has given weights, and its meaning in words. */
export interface ExternalChange {
  readonly kind: 'removed' | 'tookOver' | 'reverted' | 'promoted' | 'changed';
  readonly reason: string;
}

/**
 * The change of the alias that is not this rollout's: another rollout made it, a person, or our own events. (The alarm's fast path
 * reverts as well, and its description tells why.)
 *
 * A read may be out of date. Then it shows a revision that this rollout has left behind. That is no change, and a write on such a read is
 * refused (412). Any other revision is a later write, whatever its description says: a person may have restored an older state.
 *
 * @param expected the routings that the rollout itself accounts for
 */
export function externalChange(
  rollout: Rollout,
  alias: AliasState | null,
  expected: readonly Routing[],
): ExternalChange | undefined {
  if (!alias) return { kind: 'removed', reason: `alias ${rollout.aliasName} does not exist any more` };
  if (isStale(rollout, alias)) return undefined;
  const later = laterWriter(rollout, alias);
  if (later) return { kind: 'tookOver', reason: `execution ${later.execution} has taken the alias over` };
  if (accountsFor(rollout, alias, expected)) return undefined;
  if (sameRouting(alias, allTrafficTo(rollout.stable))) {
    return { kind: 'reverted', reason: revertedReason(rollout, alias) };
  }
  if (sameRouting(alias, allTrafficTo(rollout.candidate))) {
    return { kind: 'promoted', reason: `the alias was promoted to ${rollout.candidate} by hand` };
  }
  return { kind: 'changed', reason: changedReason(alias) };
}

/** Another rollout, started no earlier than this one, that has written the alias last; undefined if none has. */
export function laterWriter({ execution }: Rollout, alias: AliasState): Writer | undefined {
  const writer = writerOf(alias);
  return writer && writer.execution !== execution.name && writer.startedAt >= execution.startedAt ? writer : undefined;
}

/** Whether the alias was read as it was before this rollout's last write. */
export const isStale = (rollout: Rollout, alias: AliasState): boolean =>
  rollout.revisions.last === null ? looksStale(rollout, alias) : isLeftBehind(rollout.revisions, alias);

/**
 * The same for a document of the release before, which knows no revisions: the routing and the description both show an older rollout,
 * or an earlier step of this one.
 */
function looksStale(rollout: Rollout, alias: AliasState): boolean {
  const writer = writerOf(alias);
  if (writer && writer.execution !== rollout.execution.name) return writer.startedAt < rollout.execution.startedAt;
  const owner = ownerOf(alias);
  const left = rollout.plan.slice(0, Math.max(0, rollout.step));
  return owner !== undefined && showsWeightsOf(owner, alias) && left.some(({ weight }) => weight === owner.weight);
}

/**
 * Whether the alias shows the weight that the rollout gave, or the next one, which it takes for its own if a person gives it. A weight
 * that a person gives after the rollout has written more, or has reverted the alias, is theirs and stays.
 */
export function accountsFor(rollout: Rollout, alias: AliasState, expected: readonly Routing[]): boolean {
  if (endOf(alias)?.execution === rollout.execution.name) return false;
  const owner = ownerOf(alias);
  const written = owner?.execution === rollout.execution.name ? owner.weight : 0;
  return expected.some((routing) => sameRouting(alias, routing) && shareOf(rollout.candidate, routing) >= written);
}

/** How the reason begins if a person wrote the stable version back. */
export const PUT_BACK = 'the alias was put back';

/** Why the stable version serves alone: for the reason in the description, or because a person wants it so. */
export function revertedReason(rollout: Rollout, alias: AliasState): string {
  const end = endOf(alias);
  return end?.execution === rollout.execution.name ? end.reason : `${PUT_BACK} to ${rollout.stable} by hand`;
}

/** That the alias is somebody else's. */
export const changedReason = (alias: Routing): string =>
  `the alias was changed to ${routingInWords(alias)} by someone else; Sluice leaves it as they set it`;
