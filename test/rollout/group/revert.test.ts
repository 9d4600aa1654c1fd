import { describe, expect, it } from 'vitest';
import { allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { revertOf } from '../../../lib/rollout/decisions/revert.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { afterRevertOfAll, type MemberReverted, promotedAlone } from '../../../lib/rollout/group/revert.ts';
import { execution, T0 } from '../a-rollout.ts';
import { groupAtStep } from './a-group.ts';

const group = groupAtStep(3);
const [stock, prices, checkout] = membersOf(group) as [Rollout, Rollout, Rollout];
const us = { execution: execution.name, startedAt: execution.startedAt };

/** A member that the revert has found, and left, as it is. */
function left(member: Rollout, routing: Routing, description: string): MemberReverted {
  const alias = { ...routing, description, revisionId: 'later' };
  return { member, moved: { kind: 'foreign', alias, wrote: false }, decision: revertOf(member, alias) };
}

const putBack = (member: Rollout): MemberReverted => ({
  member,
  moved: { kind: 'done', alias: { ...allTrafficTo(member.stable), description: '', revisionId: 'back' }, wrote: true },
  decision: { kind: 'write', to: allTrafficTo(member.stable), candidate: member.candidate, writer: us, given: true },
});

const promoted = (member: Rollout): MemberReverted => {
  const { stable: from, candidate: to } = member;
  return left(member, allTrafficTo(to), describeEnd({ did: 'promoted', from, to, reason: 'by ann', ...us }));
};

/** A later rollout has begun at the member's candidate. */
const movedOn = (member: Rollout): MemberReverted => {
  const step = { stable: member.candidate, candidate: '99', weight: 20, execution: 'deploy-8', startedAt: T0 + 60 };
  return left(member, split(member.candidate, '99', 20), describeShift(step, { number: 1, of: 4 }));
};

const byHand = (member: Rollout): MemberReverted => left(member, split(member.stable, member.candidate, 7), 'mine');

const names = (some: readonly MemberReverted[]) => some.map(({ member }) => member.functionName);

const ending = (...reverted: readonly MemberReverted[]) => afterRevertOfAll(group, reverted, 'alarm a', T0 + 900);

describe('what a revert takes back beside weights', () => {
  it('is the promotion of members whose fellows are put back', () => {
    const reverted = [promoted(stock), putBack(prices), promoted(checkout)];
    expect(names(promotedAlone(reverted))).toEqual(['stock', 'checkout']);
    expect(names(promotedAlone([promoted(stock), byHand(prices), putBack(checkout)]))).toEqual(['stock']);
  });

  it('is nothing if every member was promoted, also where the next rollout has begun since', () => {
    expect(promotedAlone([promoted(stock), promoted(prices), promoted(checkout)])).toEqual([]);
    expect(promotedAlone([promoted(stock), movedOn(prices), promoted(checkout)])).toEqual([]);
  });
});

describe('the end of a group that was reverted', () => {
  it('is one for all if all were put back', () => {
    const { rollout, events } = ending(putBack(stock), putBack(prices), putBack(checkout));
    expect(rollout).toMatchObject({ next: 'rolledBack', reason: 'alarm a', leftTo: [] });
    expect(events).toMatchObject([{ event: 'reverted', weight: 0, reason: 'alarm a' }]);
  });

  it('is a promotion if all serve their candidates', () => {
    const { rollout, events } = ending(promoted(stock), promoted(prices), promoted(checkout));
    expect(rollout).toMatchObject({ next: 'promoted', leftTo: [] });
    expect(events).toMatchObject([{ event: 'promoted', weight: 100 }]);
  });

  it('names the member that somebody else has, with its weights, and what became of the others', () => {
    const { rollout, events } = ending(putBack(stock), byHand(prices), putBack(checkout));
    const reason =
      'prices:live is left at 21 with 7 % to 22, as someone else has set it; the other members were put back (alarm a)';
    expect(rollout).toMatchObject({
      next: 'superseded',
      reason,
      leftTo: [{ functionName: 'prices', aliasName: 'live', routing: split('21', '22', 7) }],
    });
    expect(events).toMatchObject([{ event: 'superseded', weight: 7, reason }]);
  });

  it('names a member whose alias is gone', () => {
    const gone: MemberReverted = {
      member: prices,
      moved: { kind: 'foreign', alias: null, wrote: false },
      decision: revertOf(prices, null),
    };
    expect(ending(putBack(stock), gone, putBack(checkout)).rollout).toMatchObject({
      next: 'superseded',
      reason: 'prices:live does not exist any more; the other members were put back (alarm a)',
      leftTo: [{ functionName: 'prices', routing: null }],
    });
  });

  it('says that none was put back if each belongs to somebody else', () => {
    const { reason } = ending(promoted(stock), movedOn(prices), promoted(checkout)).rollout;
    expect(reason).toMatch(/^prices:live is left at 22 with 20 % to 99, .*; no member was put back \(alarm a\)$/);
  });
});
