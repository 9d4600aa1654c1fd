import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, carriesWeights, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift, endOf, withOwnerMark, writerOf } from '../../../lib/rollout/alias/description.ts';
import { describeRollback, rollbackInputSchema, rollbackOf } from '../../../lib/rollout/decisions/rollback.ts';

const writer = { execution: 'deploy-7', startedAt: 1_767_225_600 };
const promoted = describeEnd({ did: 'promoted', from: '41', to: '42', reason: 'all quiet', ...writer });
const shifting = describeShift({ stable: '41', candidate: '42', weight: 40, ...writer }, { number: 2, of: 4 });
const alias = (routing: ReturnType<typeof allTrafficTo>, description = ''): AliasState => ({
  ...routing,
  description,
  revisionId: 'r1',
});

describe('a rollback', () => {
  it('ends the rollout that is under way at the version that is still primary, also at 100 %', () => {
    for (const weight of [10, 100]) {
      expect(rollbackOf(alias(split('41', '42', weight), shifting))).toMatchObject({
        kind: 'write',
        to: allTrafficTo('41'),
        from: '42',
        writer,
      });
    }
  });

  it('clears weights that a person gave', () => {
    expect(rollbackOf(alias(split('41', '42', 5), 'by hand'))).toMatchObject({ kind: 'write', to: allTrafficTo('41') });
  });

  it('undoes the last promotion, as the alias tells of it', () => {
    expect(rollbackOf(alias(allTrafficTo('42'), promoted))).toMatchObject({
      kind: 'write',
      to: allTrafficTo('41'),
      from: '42',
    });
  });

  it.each([
    ['an alarm', 'alarm errors is in ALARM'],
    ['a person who rejected it', 'approval was rejected by ann: rollback, please'],
    ['the end of its execution', 'execution ended as ABORTED'],
  ])('goes one further back after a rollout was reverted by %s, and then no further', (_, reason) => {
    const reverted = describeEnd({ did: 'reverted', from: '43', to: '42', before: '41', reason, ...writer });
    const decision = rollbackOf(alias(allTrafficTo('42'), withOwnerMark(reverted, '0123456789ab')));
    expect(decision).toMatchObject({ kind: 'write', to: allTrafficTo('41'), from: '42', midway: false });
    if (decision.kind !== 'write') throw new Error('expected a write');
    expect(rollbackOf(alias(decision.to, describeRollback(decision, 'rollback: broken')))).toMatchObject({
      kind: 'done',
    });
  });

  it('asks for a version after a revert whose description does not tell the version before', () => {
    const reverted = describeEnd({ did: 'reverted', from: '43', to: '42', reason: 'alarm errors', ...writer });
    expect(rollbackOf(alias(allTrafficTo('42'), reverted))).toMatchObject({
      kind: 'refuse',
      why: expect.stringMatching(/already \(alarm errors\).*name a version/),
    });
  });

  it('does nothing after a person has put the alias back', () => {
    const reason = 'the alias was put back to 42 by hand';
    const reverted = describeEnd({ did: 'reverted', from: '43', to: '42', reason, ...writer });
    expect(rollbackOf(alias(allTrafficTo('42'), reverted))).toMatchObject({ kind: 'done' });
  });

  it('is harmless when it is asked for twice', () => {
    const decision = rollbackOf(alias(allTrafficTo('42'), promoted));
    if (decision.kind !== 'write') throw new Error('expected a write');
    expect(rollbackOf(alias(decision.to, describeRollback(decision, 'broken')))).toMatchObject({ kind: 'done' });
  });

  it.each([
    ['nobody has told what was before', alias(allTrafficTo('42'), 'my alias')],
    ['the alias was moved by hand since', alias(allTrafficTo('43'), promoted)],
    ['the alias is gone', null],
  ])('is refused where %s', (_, state) => {
    expect(rollbackOf(state)).toMatchObject({ kind: 'refuse' });
  });

  it('goes to the version that is named, whatever the alias tells', () => {
    expect(rollbackOf(alias(allTrafficTo('42'), 'my alias'), '37')).toMatchObject({
      kind: 'write',
      to: allTrafficTo('37'),
      from: '42',
    });
    expect(rollbackOf(alias(allTrafficTo('37'), 'my alias'), '37')).toMatchObject({ kind: 'done' });
  });

  it('leaves exactly one version, and is done when it is asked for again', () => {
    const version = fc.integer({ min: 1, max: 999 }).map(String);
    const state = fc
      .tuple(version, version, fc.integer({ min: 0, max: 100 }), fc.constantFrom(promoted, shifting, '', 'text'))
      .filter(([stable, candidate]) => stable !== candidate)
      .map(([stable, candidate, weight, description]) => alias(split(stable, candidate, weight), description));
    fc.assert(
      fc.property(state, fc.option(version, { nil: undefined }), (before, target) => {
        const decision = rollbackOf(before, target);
        if (decision.kind !== 'write') return;
        expect(carriesWeights(decision.to)).toBe(false);
        const after = alias(decision.to, withOwnerMark(describeRollback(decision, 'r'.repeat(400)), '0123456789ab'));
        expect(after.description.length).toBeLessThanOrEqual(256);
        expect(rollbackOf(after, target).kind).toBe(target === undefined && !decision.writer ? 'refuse' : 'done');
        if (decision.writer) expect([endOf(after)?.did, writerOf(after)?.execution]).toEqual(['reverted', 'deploy-7']);
      }),
    );
  });
});

describe('what asks for a rollback', () => {
  it.each([
    [{ operation: 'rollback' }],
    [{ operation: 'rollback', function: 'checkout', alias: 'live', reason: 'broken', by: 'ann' }],
    [{ operation: 'rollback', alias: 'checkout:live', version: '41' }],
  ])('may be %j', (input) => {
    expect(rollbackInputSchema.safeParse(input).success).toBe(true);
  });

  it.each([
    [{ operation: 'rollback', alias: 'checkout:42' }],
    [{ operation: 'rollback', alias: 'a:b:live' }],
    [{ operation: 'rollback', version: '$LATEST' }],
    [{ operation: 'rollback', weights: 1 }],
    [{ operation: 'rollback', function: '*', alias: 'live' }],
  ])('may not be %j', (input) => {
    expect(rollbackInputSchema.safeParse(input).success).toBe(false);
  });
});
