import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrafficTo, type Routing, sameRouting, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift, writerOf } from '../../../lib/rollout/alias/description.ts';
import { externalChange } from '../../../lib/rollout/decisions/external-change.ts';
import { nextRouting, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { aliasShowing, atStep, execution, T0 } from '../a-rollout.ts';
import { anAlias, aRouting } from './arbitrary-alias.ts';

const rollout = atStep(1);
const accounted = [rollout.seen, ...nextRouting(rollout)];
const changeOf = (alias: Parameters<typeof externalChange>[1]) => externalChange(rollout, alias, accounted);

const us = { stable: '41', candidate: '42', execution: execution.name, startedAt: T0 };

describe('an external change', () => {
  it.each([
    ['the weight that the rollout gave', rollout.seen],
    ['exactly the next weight', split('41', '42', 70)],
  ])('is not %s', (_, routing) => {
    expect(changeOf(aliasShowing(rollout, routing))).toBeUndefined();
    expect(changeOf(aliasShowing(rollout, routing, 'a person edited the description'))).toBeUndefined();
  });

  it('is not an alias of an older rollout, nor of an earlier step: such a read is out of date', () => {
    const older = describeShift(
      { ...us, candidate: '40', weight: 30, execution: 'deploy-6', startedAt: T0 - 1 },
      { number: 1, of: 2 },
    );
    expect(changeOf(aliasShowing(rollout, split('41', '40', 30), older))).toBeUndefined();
    const earlier = describeShift({ ...us, weight: 10 }, { number: 1, of: 4 });
    expect(changeOf(aliasShowing(rollout, split('41', '42', 10), earlier))).toBeUndefined();
  });

  it('is a later weight that bears the name of the rollout, also if its document knows no revisions', () => {
    const later = describeShift({ ...us, weight: 70 }, { number: 3, of: 4 });
    const old = { ...rollout, revisions: { last: null, left: [] } };
    expect(externalChange(old, aliasShowing(old, split('41', '42', 70), later), [old.seen])?.kind).toBe('changed');
  });

  it('is an older state that comes back under a new revision: a person has restored it', () => {
    const writing = { ...rollout, revisions: { last: 'r1', left: ['r0'] } };
    const changeAt = (revisionId: string, routing: Routing, description: string) =>
      externalChange(writing, { ...aliasShowing(writing, routing, description), revisionId }, accounted)?.kind;
    const earlier = describeShift({ ...us, weight: 10 }, { number: 1, of: 4 });
    const older = describeEnd({
      did: 'promoted',
      from: '40',
      to: '41',
      reason: 'x',
      execution: 'deploy-6',
      startedAt: T0 - 1,
    });
    expect(changeAt('r2', split('41', '42', 10), earlier)).toBe('changed');
    expect(changeAt('r2', allTrafficTo('41'), older)).toBe('reverted');
    expect(changeAt('r2', split('41', '42', 3), older)).toBe('changed');
    expect(changeAt('r2', rollout.seen, older)).toBeUndefined();
    expect(changeAt('r0', split('41', '42', 10), earlier)).toBeUndefined();
    expect(changeAt('r0', allTrafficTo('41'), older)).toBeUndefined();
  });

  it('is no step that lies further back, in a document that knows no revisions', () => {
    const late = atStep(3);
    for (const weight of [10, 40, 70]) {
      const stale = aliasShowing(
        late,
        split('41', '42', weight),
        describeShift({ ...us, weight }, { number: 1, of: 4 }),
      );
      expect(externalChange(late, stale, [late.seen]), `${weight} %`).toBeUndefined();
    }
  });

  it('is an earlier weight that a person gave: the description still tells of the later one', () => {
    expect(changeOf(aliasShowing(rollout, split('41', '42', 10)))).toMatchObject({ kind: 'changed' });
  });

  it('is a weight that was given again after the alias was reverted', () => {
    const reverted = describeEnd({
      did: 'reverted',
      from: '42',
      to: '41',
      reason: 'x',
      execution: execution.name,
      startedAt: T0,
    });
    expect(changeOf(aliasShowing(rollout, rollout.seen, reverted))).toMatchObject({ kind: 'changed' });
  });

  it('is the end of the alias', () => {
    expect(changeOf(null)).toMatchObject({ kind: 'removed' });
  });

  it('is told apart by what the alias serves, and keeps the reason that its description tells', () => {
    const because = describeEnd({
      did: 'reverted',
      from: '42',
      to: '41',
      reason: 'alarm a',
      execution: execution.name,
      startedAt: T0,
    });
    expect(changeOf(aliasShowing(rollout, allTrafficTo('41'), because))).toEqual({
      kind: 'reverted',
      reason: 'alarm a',
    });
    expect(changeOf(aliasShowing(rollout, allTrafficTo('41')))).toMatchObject({
      kind: 'reverted',
      reason: expect.stringContaining('41 by hand'),
    });
    expect(changeOf(aliasShowing(rollout, allTrafficTo('42')))).toMatchObject({ kind: 'promoted' });
    expect(changeOf(aliasShowing(rollout, split('41', '43', 40)))).toMatchObject({ kind: 'changed' });
  });

  it('is never anything that the rollout wrote at any of its steps', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), (at, shown) => {
        const here = atStep(at);
        const before = atStep(Math.min(shown, at));
        const alias = aliasShowing(before, routingAt(before, before.step));
        expect(externalChange(here, alias, [here.seen, ...nextRouting(here)])).toBeUndefined();
      }),
    );
  });

  it('is whatever a rollout wrote that started later, and nothing that an earlier one wrote', () => {
    fc.assert(
      fc.property(anAlias, (alias) => {
        const writer = writerOf(alias);
        fc.pre(writer !== undefined && writer.execution !== execution.name);
        const expected = (writer?.startedAt ?? 0) > T0 ? { kind: 'tookOver' } : undefined;
        expect(changeOf(alias)?.kind).toBe(expected?.kind);
      }),
    );
  });

  it('is every routing that the rollout does not account for, if a person wrote the description too', () => {
    fc.assert(
      fc.property(aRouting, (routing) => {
        const alias = aliasShowing(rollout, routing, 'mine');
        const expected = accounted.some((each) => sameRouting(each, routing))
          ? undefined
          : sameRouting(routing, allTrafficTo('41'))
            ? 'reverted'
            : sameRouting(routing, allTrafficTo('42'))
              ? 'promoted'
              : 'changed';
        expect(changeOf(alias)?.kind).toBe(expected);
      }),
    );
  });
});
