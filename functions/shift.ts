import { handOn } from '../lib/aws/events/announce.ts';
import { lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { pause } from '../lib/aws/handler/pause.ts';
import { moveAlias, readAlias } from '../lib/aws/lambda/alias.ts';
import { allRead, eachMoved } from '../lib/aws/lambda/paced.ts';
import { timingOf } from '../lib/aws/sources.ts';
import { ledOn, moveFor, type ShiftDecision, shiftAfterWrite, shiftOf } from '../lib/rollout/decisions/shift.ts';
import { membersOf } from '../lib/rollout/document/members.ts';
import { parseRollout, type Rollout } from '../lib/rollout/document/rollout.ts';
import { afterMoves, isObstacle, type MemberMove } from '../lib/rollout/group/shift.ts';

/** A read that is out of date is not so for longer than this, in milliseconds, and this many looks. */
const SECOND_LOOK = 1000;
const MOST_LOOKS = 3;

/** Gives the candidates their next weight, or everything, in the order of the members: the one handler that raises a weight. */
export const create: HandlerFactory<'lambda' | 'notifications'> = (context) => {
  const { clients, environment, now } = context;
  return async (event) => {
    const rollout = parseRollout(event);
    const members = membersOf(rollout);
    const obstacle = members.length > 1 && rollout.step < 0 ? await obstacleBeforeTheFirst(members) : undefined;
    const moves: MemberMove[] = obstacle ? [obstacle] : [];
    if (!obstacle) {
      await eachMoved(members, async (member) => {
        const move = await giveAtLast(member, moves.length > 0, members.length === 1);
        moves.push(move);
        return isObstacle(move) ? 'stop' : 'goOn';
      });
    }
    return handOn(context, afterMoves(rollout, moves, timingOf(rollout.policy, environment), now()));
  };

  /** Before the first weight of a group, each alias is looked at: none gets its weight if one of them cannot. */
  async function obstacleBeforeTheFirst(members: readonly Rollout[]): Promise<MemberMove | undefined> {
    const looks = await allRead(members, async (member): Promise<MemberMove> => {
      const alias = await readAlias(clients.lambda, member);
      const decision = shiftOf(member, alias);
      const kind = decision.kind === 'write' || decision.kind === 'done' ? 'done' : 'foreign';
      return { member, decision, read: [], moved: { kind, alias, wrote: false } };
    });
    return looks.find(isObstacle);
  }

  /** Once another member has its weight, a look that may be out of date is repeated: to start anew would take that weight back. */
  async function giveAtLast(member: Rollout, isLate: boolean, isAlone: boolean): Promise<MemberMove> {
    for (let look = 1; ; look++) {
      const move = await give(member, isAlone);
      if (move.decision.kind !== 'lookAgain' || !isLate || look === MOST_LOOKS) return move;
      await pause(SECOND_LOOK);
    }
  }

  async function give(member: Rollout, isAlone: boolean): Promise<MemberMove> {
    let decision: ShiftDecision = { kind: 'write' };
    let led = member;
    const read: string[] = [];
    const moved = await moveAlias(clients.lambda, member, (alias, wrote) => {
      led = isAlone ? ledOn(member, alias) : member;
      decision = wrote ? shiftAfterWrite(led, alias, read) : shiftOf(led, alias);
      if (alias) read.push(alias.revisionId);
      return moveFor(led, decision);
    });
    return { member: led, decision, read, moved };
  }
};

export const handler = entry(create, { notifications, lambda });
