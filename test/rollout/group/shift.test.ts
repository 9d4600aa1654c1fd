import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../../lib/rollout/alias/description.ts';
import type { ShiftDecision } from '../../../lib/rollout/decisions/shift.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import { type Rollout, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { afterMoves, type MemberMove } from '../../../lib/rollout/group/shift.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { atStep, T0 } from '../a-rollout.ts';
import { groupAtStep } from './a-group.ts';

/** A rollout that is about to give the weight after its first step. */
const shifting = (rollout: Rollout): Rollout => ({ ...rollout, next: 'shift', wanted: routingAt(rollout, 1) });

const group = shifting(groupAtStep(0));
const [stock, prices, checkout] = membersOf(group) as [Rollout, Rollout, Rollout];

/** A member that shows what was wanted, after two reads of its alias. */
const given = (member: Rollout, decision: ShiftDecision = { kind: 'done' }): MemberMove => ({
  member,
  decision,
  read: ['r1', 'r2'],
  moved: {
    kind: 'done',
    alias: { ...member.wanted, description: '', revisionId: `${member.functionName}-after` },
    wrote: true,
  },
});

/** A member whose alias was left as it is. */
const left = (member: Rollout, decision: ShiftDecision): MemberMove => ({
  member,
  decision,
  read: ['r1'],
  moved: {
    kind: 'foreign',
    alias: { ...allTrafficTo(member.candidate), description: '', revisionId: `${member.functionName}-left` },
    wrote: false,
  },
});

/** A member whose alias is gone. */
const gone = (member: Rollout): MemberMove => ({
  member,
  decision: { kind: 'write' },
  read: [],
  moved: { kind: 'foreign', alias: null, wrote: false },
});

const moving = (rollout: Rollout, moves: readonly MemberMove[]) =>
  afterMoves(rollout, moves, cloudWatchTiming, T0 + 360).rollout;

const lastRevisions = (rollout: Rollout) => membersOf(rollout).map(({ revisions }) => revisions.last);
const lookAgain: ShiftDecision = { kind: 'lookAgain', reason: 'the alias changed' };
const promoted: ShiftDecision = { kind: 'promoted', reason: 'the alias was promoted by hand' };

describe('a rollout of one alias', () => {
  const rollout = shifting(atStep(0));

  it('goes on to its next step with the revision that its alias has now', () => {
    expect(moving(rollout, [given(rollout)])).toMatchObject({
      next: 'bake',
      step: 1,
      revisions: { last: 'checkout-after', left: expect.arrayContaining(['r1', 'r2']) },
    });
  });

  it('ends as the last decision says if its alias was left as it is', () => {
    expect(moving(rollout, [left(rollout, promoted)])).toMatchObject({ next: 'promoted', step: 0 });
    expect(moving(rollout, [gone(rollout)])).toMatchObject({
      next: 'superseded',
      reason: 'alias live does not exist any more',
    });
  });
});

describe('a group', () => {
  it('goes on to its next step if every member has its weight, each with the revision of its own alias', () => {
    const rollout = moving(group, [given(stock), given(prices), given(checkout)]);
    expect(rollout).toMatchObject({ next: 'bake', step: 1 });
    expect(lastRevisions(rollout)).toEqual(['stock-after', 'prices-after', 'checkout-after']);
  });

  it('puts its members back for the first of them that cannot get its weight, and names it', () => {
    const revert: ShiftDecision = { kind: 'revert', reason: 'alarm a' };
    const rollout = moving(group, [given(stock), left(prices, revert), left(checkout, lookAgain)]);
    expect(rollout).toMatchObject({ next: 'revert', step: 0, reason: 'prices:live: alarm a' });
    expect(membersOf(rollout).map(({ wanted }) => wanted)).toEqual(['11', '21', '41'].map(allTrafficTo));
    expect(lastRevisions(rollout)).toEqual(['stock-after', prices.revisions.last, checkout.revisions.last]);
  });

  it('leaves members that were not reached any more as they were', () => {
    const rollout = moving(group, [given(stock), gone(prices)]);
    expect(rollout).toMatchObject({ next: 'revert', reason: 'prices:live: the alias does not exist any more' });
    expect(lastRevisions(rollout)[2]).toBe(checkout.revisions.last);
  });

  it('looks again if nothing was given yet, and takes back what was given if something was', () => {
    expect(moving(group, [left(stock, lookAgain)])).toMatchObject({
      next: 'preflight',
      step: 0,
      reason: 'stock:live: the alias changed',
    });
    expect(moving(group, [given(stock), left(prices, lookAgain)])).toMatchObject({ next: 'revert' });
    expect(moving(group, [left(stock, { kind: 'superseded', reason: 'other weights' })])).toMatchObject({
      next: 'revert',
      reason: 'stock:live: other weights',
    });
  });

  it('that promotes takes a member that a person has promoted for one that is where it leads', () => {
    const promoting: Rollout = { ...group, next: 'promote' };
    const members = membersOf(promoting) as [Rollout, Rollout, Rollout];
    const moves = [given(members[0]), left(members[1], promoted), given(members[2])];
    const rollout = moving(promoting, moves);
    expect(rollout).toMatchObject({ next: 'promoted' });
    expect(lastRevisions(rollout)).toEqual(['stock-after', prices.revisions.last, 'checkout-after']);
    expect(moving(promoting, [left(members[0], { kind: 'superseded', reason: 'other weights' })]).next).toBe('revert');
  });

  it('that promotes goes past a member at which the next rollout has begun', () => {
    const promoting: Rollout = { ...group, next: 'promote' };
    const members = membersOf(promoting) as [Rollout, Rollout, Rollout];
    const takenOver = left(members[1], { kind: 'superseded', reason: 'execution deploy-8 has taken the alias over' });
    const step = { stable: '22', candidate: '23', weight: 20, execution: 'deploy-8', startedAt: T0 + 60 };
    const alias = {
      ...split('22', '23', 20),
      description: describeShift(step, { number: 1, of: 4 }),
      revisionId: 'r8',
    };
    const movedOn = { ...takenOver, moved: { ...takenOver.moved, alias } };
    expect(moving(promoting, [given(members[0]), movedOn, given(members[2])])).toMatchObject({ next: 'promoted' });
    expect(moving(group, [given(stock), { ...movedOn, member: prices }]).next).toBe('revert');
  });

  it('that gives a weight does not: the member serves more than it was to', () => {
    expect(moving(group, [left(stock, promoted)])).toMatchObject({
      next: 'revert',
      reason: 'stock:live: the alias was promoted by hand',
    });
  });
});
