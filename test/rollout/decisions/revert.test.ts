import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import {
  afterRevert,
  isRestoredSince,
  neverStarted,
  possiblyGiven,
  type RevertDecision,
  revertByDescription,
  revertOf,
  revertReason,
} from '../../../lib/rollout/decisions/revert.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { aliasShowing, aRollout, atStep, T0 } from '../a-rollout.ts';

describe('the execution itself', () => {
  const rollout = atStep(1);

  it('takes back the weights that it gave', () => {
    expect(revertOf(rollout, aliasShowing(rollout, rollout.seen))).toMatchObject({
      kind: 'write',
      to: allTrafficTo('41'),
    });
  });

  it('takes back weights that it does not remember, where the alias says whose they are', () => {
    const forgot = { ...aRollout(), execution: rollout.execution };
    expect(revertOf(forgot, aliasShowing(rollout, rollout.seen))).toMatchObject({
      kind: 'write',
      to: allTrafficTo('41'),
    });
  });

  it('takes back weights that it remembers, where somebody changed only the description', () => {
    expect(revertOf(rollout, aliasShowing(rollout, rollout.seen, 'hands off'))).toMatchObject({ kind: 'write' });
  });

  const ended = describeEnd({
    did: 'reverted',
    from: '42',
    to: '41',
    reason: 'x',
    execution: rollout.execution.name,
    startedAt: T0,
  });

  it('has nothing to do where the alias tells that it was put back', () => {
    const alias = aliasShowing(rollout, allTrafficTo('41'), ended);
    expect(revertOf(rollout, alias)).toMatchObject({ kind: 'leave', found: 'stable' });
  });

  it('believes that the stable version serves alone only once a write on it was accepted: a read may be out of date', () => {
    const alias = aliasShowing(rollout, allTrafficTo('41'));
    expect(revertOf(rollout, alias)).toMatchObject({ kind: 'write', to: allTrafficTo('41'), given: true });
    const shifting = { ...aRollout(), next: 'shift' } as const;
    expect(revertOf(shifting, aliasShowing(shifting, allTrafficTo('41'), ''))).toMatchObject({
      kind: 'write',
      given: false,
    });
  });

  it('writes nothing where nothing was given yet, nor over a later rollout', () => {
    const early = { ...aRollout(), next: 'revert' } as const;
    expect(revertOf(early, aliasShowing(early, allTrafficTo('41'), ''))).toMatchObject({
      kind: 'leave',
      found: 'stable',
    });
    const later = describeEnd({
      did: 'reverted',
      from: '43',
      to: '41',
      reason: 'x',
      execution: 'deploy-8',
      startedAt: T0 + 1,
    });
    expect(revertOf(rollout, aliasShowing(rollout, allTrafficTo('41'), later))).toMatchObject({
      kind: 'leave',
      found: 'stable',
    });
  });

  it('leaves weights that a person gave after the alias was put back', () => {
    for (const routing of [rollout.seen, split('41', '42', 70)]) {
      const alias = aliasShowing(rollout, routing, ended);
      expect(revertOf(rollout, alias)).toMatchObject({ kind: 'leave', found: 'foreign' });
    }
  });

  it('leaves what was there before the first weight and that a person restored', () => {
    const other = split('41', '40', 60);
    const early: Rollout = { ...aRollout(), seen: other };
    expect(revertOf(early, aliasShowing(rollout, other))).toMatchObject({ kind: 'leave', found: 'foreign' });
  });

  it('leaves a promotion that a person made meanwhile', () => {
    expect(revertOf(rollout, aliasShowing(rollout, allTrafficTo('42')))).toMatchObject({
      kind: 'leave',
      found: 'candidate',
    });
  });

  it.each([
    ['a weight that a person set', split('41', '42', 55)],
    ['another candidate', split('41', '43', 40)],
  ])('leaves %s', (_, routing) => {
    expect(revertOf(rollout, aliasShowing(rollout, routing))).toMatchObject({ kind: 'leave', found: 'foreign' });
  });

  it('leaves the weights of the rollout that superseded it, also the very same ones', () => {
    const other = { stable: '41', candidate: '42', weight: 40, execution: 'deploy-8', startedAt: T0 };
    const alias = aliasShowing(rollout, rollout.seen, describeShift(other, { number: 1, of: 2 }));
    expect(revertOf(rollout, alias)).toMatchObject({ kind: 'leave', found: 'foreign' });
  });

  it('has nothing to put back where the alias is gone', () => {
    expect(revertOf(rollout, null)).toMatchObject({ kind: 'leave', found: 'foreign' });
  });
});

describe('an event', () => {
  const rollout = atStep(1);
  const showing = aliasShowing(rollout, rollout.seen);

  it('puts back what the alias itself says a rollout wrote', () => {
    expect(revertByDescription(showing, {})).toMatchObject({
      kind: 'write',
      to: allTrafficTo('41'),
      writer: { execution: 'deploy-7' },
    });
    expect(revertByDescription(showing, { execution: 'deploy-7' })).toMatchObject({ kind: 'write' });
  });

  it('that is older than the rollout does not concern it: delivery may be late', () => {
    expect(revertByDescription(showing, { at: T0 - 1 })).toMatchObject({ kind: 'leave', found: 'foreign' });
    expect(revertByDescription(showing, { at: T0 + 1 })).toMatchObject({ kind: 'write' });
  });

  it("of another execution's end leaves the alias alone", () => {
    expect(revertByDescription(showing, { execution: 'deploy-6' })).toMatchObject({ kind: 'leave', found: 'foreign' });
  });

  it('takes back the next planned weight, which skipped a bake, and leaves every later one', () => {
    const planned = [10, 40, 70, 100];
    const skipped = { ...showing, ...split('41', '42', 70) };
    expect(revertByDescription(skipped, { planned })).toMatchObject({ kind: 'write', to: allTrafficTo('41') });
    expect(revertByDescription({ ...showing, ...split('41', '42', 100) }, { planned })).toMatchObject({
      kind: 'leave',
    });
  });

  it('leaves weights that were changed by hand since', () => {
    expect(revertByDescription({ ...showing, ...split('41', '42', 41) }, {})).toMatchObject({ kind: 'leave' });
  });

  it.each([
    ['an alias without weights', aliasShowing(rollout, allTrafficTo('41'))],
    [
      'an alias that was reverted already',
      aliasShowing(
        rollout,
        allTrafficTo('41'),
        describeEnd({
          did: 'reverted',
          from: '42',
          to: '41',
          reason: 'x',
          execution: 'deploy-7',
          startedAt: 1_767_225_600,
        }),
      ),
    ],
    ['weights that a person wrote', aliasShowing(rollout, split('41', '42', 40), 'mine')],
    ['no alias', null],
  ])('does nothing to %s', (_, alias) => {
    expect(revertByDescription(alias, {})).toMatchObject({ kind: 'leave' });
  });
});

describe('the end of a rollout whose execution reverted', () => {
  const rollout: Rollout = { ...atStep(1), next: 'revert', reason: 'alarm a' };
  const now = T0 + 400;
  const stable = aliasShowing(rollout, allTrafficTo('41'));
  const write = (given: boolean): RevertDecision => ({
    kind: 'write',
    to: allTrafficTo('41'),
    candidate: '42',
    writer: { execution: 'deploy-7', startedAt: T0 },
    given,
  });
  const leave = (found: 'stable' | 'candidate' | 'foreign'): RevertDecision => ({
    kind: 'leave',
    found,
    why: 'so it is',
  });
  const moved = (kind: 'done' | 'foreign', wrote: boolean, alias = stable) => ({ kind, wrote, alias });

  it.each([
    ['rolled back if its weights were taken back', moved('done', true), write(true), 'rolledBack', ['reverted']],
    ['rolled back if they were gone already', moved('done', false), leave('stable'), 'rolledBack', ['reverted']],
    ['rejected if none were ever given', moved('done', true), write(false), 'rejected', []],
    [
      'promoted if a person promoted meanwhile',
      moved('foreign', false, aliasShowing(rollout, allTrafficTo('42'))),
      leave('candidate'),
      'promoted',
      ['promoted'],
    ],
    [
      "superseded if the alias is somebody else's",
      moved('foreign', false, aliasShowing(rollout, split('41', '42', 55))),
      leave('foreign'),
      'superseded',
      ['superseded'],
    ],
  ] as const)('is %s', (_, how, decision, next, events) => {
    const change = afterRevert(rollout, how, decision, 'alarm a', now);
    expect(change.rollout).toMatchObject({ next, reason: expect.stringContaining('alarm a') });
    expect(change.events.map(({ event }) => event)).toEqual(events);
  });

  it('is rejected if no weight was given and the alias tells of none', () => {
    const early: Rollout = { ...aRollout(), reason: 'a hook refused' };
    const plain = { ...stable, description: '' };
    expect(
      afterRevert(early, moved('done', false, plain), leave('stable'), 'a hook refused', now).rollout,
    ).toMatchObject({
      next: 'rejected',
      reason: 'no traffic was moved: a hook refused',
    });
    expect(afterRevert(early, moved('done', false), leave('stable'), 'a hook refused', now).rollout).toMatchObject({
      next: 'rolledBack',
    });
  });

  it('is superseded if the alias is gone, and tells the weight that the candidate really had', () => {
    const gone = afterRevert(rollout, { kind: 'foreign', wrote: false, alias: null }, write(true), 'alarm a', now);
    expect(gone.rollout.reason).toBe('alias live does not exist any more (alarm a)');
    const changed = moved('foreign', false, aliasShowing(rollout, split('41', '42', 55)));
    expect(afterRevert(rollout, changed, leave('foreign'), 'x', now).events).toMatchObject([{ weight: 55 }]);
  });

  it('tells what was thrown once, beside the reason that there was', () => {
    const error = { Error: 'TypeError', Cause: 'x is undefined' };
    expect(revertReason(rollout)).toBe('alarm a');
    expect(revertReason({ ...rollout, error })).toBe('alarm a; then something failed: TypeError: x is undefined');
    const told = 'it failed: TypeError: x is undefined';
    expect(revertReason({ ...rollout, reason: told, error })).toBe(told);
  });

  it('is rejected with what was thrown if it had not even looked at its alias', () => {
    const error = { Error: 'Lambda.Unknown', Cause: '' };
    expect(neverStarted({ ...aRollout(), stable: '', error }).rollout).toMatchObject({
      next: 'rejected',
      reason: 'no traffic was moved: Lambda.Unknown',
    });
  });
});

describe('an alias with the weights of a rollout that has ended on purpose', () => {
  const ended = { ...atStep(1), revisions: { last: 'r5', left: ['r4'] } };
  const shown = (revisionId: string) => ({ ...aliasShowing(ended, ended.seen), revisionId });

  it('was restored by a person if it has another revision than its last write', () => {
    expect(isRestoredSince(ended, shown('r9'))).toBe(true);
  });

  it('is as the rollout left it under the revision of its last write', () => {
    expect(isRestoredSince(ended, shown('r5'))).toBe(false);
  });

  it('is not taken for restored if nothing tells: no document, no revision, no alias', () => {
    expect(isRestoredSince(undefined, shown('r9'))).toBe(false);
    expect(isRestoredSince({ ...ended, revisions: { last: null, left: [] } }, shown('r9'))).toBe(false);
    expect(isRestoredSince(ended, null)).toBe(false);
  });
});

describe('the weights that an alias may show because of a rollout', () => {
  it.each<[where: string, rollout: Rollout | undefined, weights: readonly number[]]>([
    ['has no document yet', undefined, []],
    ['looks before the first weight', { ...aRollout(), next: 'preflight' }, []],
    ['waits for its stack', { ...aRollout(), next: 'awaitCommit' }, []],
    ['gives its first weight', { ...aRollout(), next: 'shift' }, [10]],
    ['has given its first weight', atStep(0), [10, 40]],
    ['is at 100 %', atStep(3), [100]],
  ])('are those that it gave or was about to give: one that %s', (_, rollout, weights) => {
    expect(possiblyGiven(rollout)).toEqual(weights);
  });
});
