import { type AliasState, only, type Routing, routingInWords, sameRouting } from './alias.ts';
import { endOf, writerOf } from './description.ts';
import type { Rollout } from './rollout.ts';

/** What somebody else did with the alias of a rollout that has given weights, and what that means in words. */
export interface OtherHands {
  readonly did: 'removed' | 'tookOver' | 'putBack' | 'promoted' | 'changed';
  readonly reason: string;
}

/**
 * Whether the alias shows another hand than this rollout's: another rollout's, a person's, or our own events' (the alarm's fast
 * path puts back as well, and its description tells why).
 *
 * @param expected the routings that the rollout itself accounts for
 */
export function otherHands(
  rollout: Rollout,
  alias: AliasState | null,
  expected: readonly Routing[],
): OtherHands | undefined {
  if (!alias) return { did: 'removed', reason: `alias ${rollout.aliasName} does not exist any more` };
  const writer = writerOf(alias);
  if (writer && writer.execution !== rollout.execution.name) {
    return { did: 'tookOver', reason: `execution ${writer.execution} has taken the alias over` };
  }
  if (expected.some((routing) => sameRouting(alias, routing))) return undefined;
  if (sameRouting(alias, only(rollout.stable))) {
    return { did: 'putBack', reason: putBackReason(rollout, alias) };
  }
  if (sameRouting(alias, only(rollout.candidate))) {
    return { did: 'promoted', reason: `the alias was promoted to ${rollout.candidate} by hand` };
  }
  return { did: 'changed', reason: changedReason(alias) };
}

/** Why the stable version serves alone: as the alias tells, or because a person wants it so. */
export const putBackReason = (rollout: Rollout, alias: AliasState): string =>
  endOf(alias)?.reason ?? `the alias was put back to ${rollout.stable} by hand`;

/** That the alias is somebody else's. */
export const changedReason = (alias: Routing): string =>
  `the alias was changed to ${routingInWords(alias)} by someone else; it stays as they set it`;
