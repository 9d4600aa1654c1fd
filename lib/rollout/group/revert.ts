import { type AliasState, allTrafficTo, routingInWords, sameRouting } from '../alias/alias.ts';
import { formatTarget } from '../alias/format-target.ts';
import type { Moved } from '../alias/move.ts';
import { afterRevert, type RevertDecision } from '../decisions/revert.ts';
import { type Change, quiet, withEvent } from '../document/change.ts';
import type { Rollout } from '../document/rollout.ts';
import { hasMovedOn } from './moved-on.ts';
import { isPromotedBy } from './torn.ts';

/** A member that was put back, or left as it is. */
export interface MemberReverted {
  readonly member: Rollout;
  readonly moved: Moved;
  readonly decision: RevertDecision;
}

/** The members that the rollout has promoted although others are not: they go back too. */
export function promotedAlone(reverted: readonly MemberReverted[]): readonly MemberReverted[] {
  return reverted.every(isThere)
    ? []
    : reverted.filter(({ member, moved: { alias } }) => isPromotedBy(alias, member.execution.name));
}

/** Whether a member serves its candidate, or has done so before the next rollout began there. */
const isThere = ({ member, moved: { alias } }: MemberReverted): boolean =>
  alias !== null && (sameRouting(alias, allTrafficTo(member.candidate)) || hasMovedOn(member, alias));

/**
 * How the rollout has ended when its execution has reverted its members, or has left some of them alone.
 *
 * @param reverted in the order of the members
 * @param reason why it reverted
 * @param now in seconds since 1970
 */
export function afterRevertOfAll(
  rollout: Rollout,
  reverted: readonly MemberReverted[],
  reason: string,
  now: number,
): Change {
  const ends: readonly Ended[] = reverted.map(({ member, moved, decision }) => ({
    member,
    alias: moved.alias,
    change: afterRevert(member, moved, decision, reason, now),
  }));
  const first = ends[0] as Ended;
  if (ends.length === 1) return first.change;
  const endedAs = (next: Rollout['next']) => ends.filter(({ change }) => change.rollout.next === next);
  if (endedAs('promoted').length === ends.length) return endedAsOne(rollout, first, now);
  const lost = [...endedAs('superseded'), ...endedAs('promoted')];
  const others = lost.length < ends.length ? 'the other members were put back' : 'no member was put back';
  if (lost.length > 0) return lostTo(rollout, lost, others, reason, now);
  return endedAsOne(rollout, endedAs('rolledBack')[0] ?? first, now);
}

interface Ended {
  readonly member: Rollout;
  readonly alias: AliasState | null;
  readonly change: Change;
}

/** The whole ends as one of its members does. */
function endedAsOne(rollout: Rollout, { change: { rollout: member, events } }: Ended, now: number): Change {
  const ended = quiet({ ...rollout, next: member.next, reason: member.reason });
  const event = member.next === 'rolledBack' ? 'reverted' : 'promoted';
  return events.length === 0 ? ended : withEvent(ended, now, event, events[0]?.weight ?? 0, member.reason);
}

/** Somebody else has some members as they want them. */
function lostTo(rollout: Rollout, lost: readonly Ended[], others: string, reason: string, now: number): Change {
  const leftTo = lost.map(({ member: { functionName, aliasName }, alias }) => ({
    functionName,
    aliasName,
    routing: alias && {
      functionVersion: alias.functionVersion,
      additionalVersionWeights: { ...alias.additionalVersionWeights },
    },
  }));
  const shown = lost.map(({ member, alias }) =>
    alias
      ? `${formatTarget(member)} is left at ${routingInWords(alias)}, as someone else has set it`
      : `${formatTarget(member)} does not exist any more`,
  );
  const why = `${shown.join(', ')}; ${others} (${reason})`;
  const weight = lost[0]?.change.events[0]?.weight ?? 0;
  return withEvent(quiet({ ...rollout, next: 'superseded', leftTo, reason: why }), now, 'superseded', weight, why);
}
