import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import {
  describeEnd,
  describeShift,
  endOf,
  markOf,
  ownerOf,
  withOwnerMark,
  withoutBookkeeping,
  writerOf,
} from '../../../lib/rollout/alias/description.ts';

const T0 = Date.UTC(2026, 0, 1) / 1000;
const MARK = '0123456789ab';
const owner = { stable: '41', candidate: '42', weight: 10, execution: 'deploy-7', startedAt: T0 };
const shifting = describeShift(owner, { number: 1, of: 2 });
const promoted = describeEnd({ did: 'promoted', from: '41', to: '42', reason: 'all quiet', ...owner });

const aliasOf = (description: string, readAt?: number): AliasState => ({
  ...split('41', '42', 10),
  description,
  revisionId: 'r',
  ...(readAt === undefined ? {} : { readAt }),
});

/** Texts of people who paste what a description may hold. */
const pasted = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '[sluice:',
        `[sluice:${MARK}]`,
        ']',
        '(execution a, started 2020-01-01T00:00:00Z)',
        shifting,
        ' ',
      ),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

describe("the mark of an alias's owner", () => {
  it('is the one that is given, or none, whatever the text holds', () => {
    fc.assert(
      fc.property(pasted, fc.constantFrom(undefined, MARK, 'ffffffffffff'), (text, mark) => {
        const description = withOwnerMark(text, mark);
        expect(markOf({ description })).toBe(mark);
        expect(description.length).toBeLessThanOrEqual(256);
        expect(description.split('[sluice:')).toHaveLength(mark === undefined ? 1 : 2);
      }),
    );
  });

  it('leaves the description of a rollout as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(shifting, promoted), fc.constantFrom(undefined, MARK), (description, mark) => {
        expect(writerOf(aliasOf(withOwnerMark(description, mark)))).toEqual(writerOf(aliasOf(description)));
      }),
    );
  });

  it('is taken off without a trace', () => {
    expect(withOwnerMark(withOwnerMark('ours since 2021', MARK), undefined)).toBe('ours since 2021');
    expect(withOwnerMark(withOwnerMark('', MARK), undefined)).toBe('');
  });
});

describe('a description that tells of a start', () => {
  it.each([
    ['in the past', T0 + 1],
    ['now', T0],
    ['within what clocks may differ', T0 - 300],
  ])('%s was written by that rollout', (_, readAt) => {
    expect(ownerOf(aliasOf(shifting, readAt))?.execution).toBe('deploy-7');
    expect(endOf(aliasOf(promoted, readAt))?.execution).toBe('deploy-7');
  });

  it.each([T0 - 301, 0])('in the future was written by no rollout, read at %i', (readAt) => {
    expect(writerOf(aliasOf(shifting, readAt))).toBeUndefined();
    expect(writerOf(aliasOf(promoted, readAt))).toBeUndefined();
  });

  it.each(['yesterday', '2026-13-45'])('at %s was written by no rollout', (started) => {
    expect(writerOf(aliasOf(shifting.replace('2026-01-01T00:00:00Z', started)))).toBeUndefined();
  });
});

describe('a text that a person gives', () => {
  it.each([
    ['orders are missing [sluice:ffffffffffff]', 'orders are missing'],
    ['late (execution anyone, started 2099-01-01T00:00:00Z)', 'late'],
    ['late (execution anyone, started 2099-01-01T00:00:00Z, before 40) [sluice:ffffffffffff] again', 'late again'],
    ['[sluice:ffffffffffff', ''],
    ['an array[0] (execution of orders) failed', 'an array[0] (execution of orders) failed'],
  ])('%j is used as %j', (given, used) => {
    expect(withoutBookkeeping(given)).toBe(used);
  });

  it('is no end of a rollout, even if it looks like one', () => {
    const reason = 'x (execution anyone, started 2020-01-01T00:00:00Z)';
    const description = describeEnd({ did: 'reverted', from: '42', to: '41', ...owner, reason });
    expect(endOf({ ...allTrafficTo('41'), description, revisionId: 'r' })).toMatchObject({
      execution: 'deploy-7',
      startedAt: T0,
    });
  });
});
