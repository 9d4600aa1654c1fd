import { formatTarget } from '../alias/format-target.ts';
import type { Moved } from '../alias/move.ts';
import { given, notGiven, type ShiftDecision } from '../decisions/shift.ts';
import { reverting } from '../decisions/transitions.ts';
import { type Change, quiet } from '../document/change.ts';
import { membersOf, withMembers } from '../document/members.ts';
import { movedOn } from '../document/revisions.ts';
import type { Rollout } from '../document/rollout.ts';
import type { Timing } from '../observation.ts';
import { hasMovedOn } from './moved-on.ts';

/** How the next weight was given to a member, or why it was not. */
export interface MemberMove {
  readonly member: Rollout;
  /** The last decision on it. */
  readonly decision: ShiftDecision;
  /** The revisions of the alias that were read on the way. */
  readonly read: readonly string[];
  readonly moved: Moved;
}

/** Whether a member stops the others from getting their weight. One that a person has promoted is, or was, where a promotion leads it. */
export const isObstacle = ({ member, decision, moved }: MemberMove): boolean =>
  moved.kind !== 'done' &&
  !(member.next === 'promote' && (decision.kind === 'promoted' || hasMovedOn(member, moved.alias)));

/**
 * How the document goes on after its members were moved, the last of them perhaps in vain: then those before it are put back.
 *
 * @param moves in the order of the members
 * @param now in seconds since 1970
 */
export function afterMoves(rollout: Rollout, moves: readonly MemberMove[], timing: Timing, now: number): Change {
  const members = membersOf(rollout);
  const obstacle = moves.find(isObstacle);
  if (members.length === 1) {
    const [move] = moves as readonly [MemberMove];
    return move.moved.kind === 'done'
      ? given(moved(move), timing, now)
      : notGiven(rollout, move.decision, move.moved.alias, now);
  }
  const after = withMembers(
    rollout,
    members.map((member, index) => {
      const move = moves[index];
      return move?.moved.kind === 'done' ? moved(move) : member;
    }),
  );
  if (!obstacle) return given(after, timing, now);
  const { member, decision } = obstacle;
  const reason = `${formatTarget(member)}: ${'reason' in decision ? decision.reason : 'the alias does not exist any more'}`;
  return moves.length === 1 && decision.kind === 'lookAgain'
    ? quiet({ ...after, next: 'preflight', reason })
    : quiet(reverting(after, reason));
}

const moved = ({ member, read, moved: { alias } }: MemberMove): Rollout => ({
  ...member,
  revisions: movedOn(member.revisions, read, alias?.revisionId ?? ''),
});
