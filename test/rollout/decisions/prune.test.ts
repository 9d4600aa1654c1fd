import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { servedBy } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { FEWEST_KEPT, type NamedAlias, type PruneFacts, pruningOf } from '../../../lib/rollout/decisions/prune.ts';
import { rollbackOf } from '../../../lib/rollout/decisions/rollback.ts';

const writer = { execution: 'deploy-7', startedAt: 1_767_225_600 };

const anAlias = (functionVersion: string, description = '', weights: Record<string, number> = {}): NamedAlias => ({
  name: 'live',
  functionVersion,
  additionalVersionWeights: weights,
  description,
  revisionId: 'r1',
});

const facts = (more: Partial<PruneFacts> = {}): PruneFacts => ({
  versions: ['$LATEST', ...Array.from({ length: 20 }, (_, index) => String(index + 1))],
  aliases: [],
  rollouts: [],
  provisioned: [],
  keep: 2,
  ...more,
});

const keptIn = (given: PruneFacts) => pruningOf(given).kept.map(({ version }) => version);

describe('pruning versions', () => {
  it('keeps what an alias serves, also with a weight of 0', () => {
    expect(keptIn(facts({ aliases: [anAlias('5', '', { 9: 0.1 })] }))).toEqual(expect.arrayContaining(['5', '9']));
    expect(keptIn(facts({ aliases: [anAlias('5', '', { 9: 0 })] }))).toContain('9');
  });

  it('keeps what something still runs on, with the reason', () => {
    const { kept } = pruningOf(facts({ busy: [{ version: '7', why: 'executions run on it' }] }));
    expect(kept).toContainEqual({ version: '7', why: ['executions run on it'] });
  });

  it('keeps where a rollback goes to, and what was put back', () => {
    const promoted = describeEnd({ did: 'promoted', from: '3', to: '8', reason: 'fine', ...writer });
    expect(keptIn(facts({ aliases: [anAlias('8', promoted)] }))).toEqual(['3', '8', '19', '20']);
    const reverted = describeEnd({ did: 'reverted', from: '12', to: '8', reason: 'alarm', ...writer });
    expect(keptIn(facts({ aliases: [anAlias('8', reverted)] }))).toEqual(['7', '8', '12', '19', '20']);
  });

  it('keeps both versions of a shift, also where somebody has taken the weights away', () => {
    const shift = describeShift({ stable: '4', candidate: '6', weight: 10, ...writer }, { number: 1, of: 4 });
    expect(keptIn(facts({ aliases: [anAlias('4', shift)] }))).toEqual(expect.arrayContaining(['4', '6']));
  });

  it('keeps the version before what an alias serves, where it does not tell what it served', () => {
    const gaps = facts({ versions: ['2', '5', '9', '11', '12'], aliases: [anAlias('9', 'made by hand')] });
    expect(pruningOf(gaps)).toMatchObject({ removed: ['2'] });
    expect(pruningOf(gaps).kept[0]).toEqual({ version: '5', why: ['alias live may go back to it'] });
  });

  it('keeps what rollouts are about, says which, and knows one that has no stable version yet', () => {
    const rollouts = [
      { execution: 'deploy-9', aliasName: 'live', running: true, stable: undefined, candidate: '9' },
      { execution: 'deploy-4', aliasName: 'live', running: false, stable: '3', candidate: '4' },
    ];
    const { kept } = pruningOf(facts({ rollouts }));
    expect(kept.map(({ version }) => version)).toEqual(['3', '4', '9', '19', '20']);
    expect(kept[2]?.why).toEqual(['the rollout of live under way went to it']);
  });

  it('keeps what has provisioned concurrency, and the newest by number, not by text', () => {
    expect(keptIn(facts({ provisioned: ['2', 'live'] }))).toEqual(['2', '19', '20']);
    expect(keptIn(facts({ versions: ['9', '10', '100', '99'] }))).toEqual(['99', '100']);
  });

  it('keeps at least two, whatever it is asked for', () => {
    expect(keptIn(facts({ keep: 0 }))).toEqual(['19', '20']);
  });
});

const version = fc.integer({ min: 1, max: 40 }).map(String);
const description = fc.oneof(
  fc.string(),
  fc.tuple(version, version).map(([from, to]) => describeEnd({ did: 'promoted', from, to, reason: 'fine', ...writer })),
  fc
    .tuple(version, version)
    .map(([from, to]) => describeEnd({ did: 'reverted', from, to, reason: 'alarm', ...writer })),
  fc
    .tuple(version, version)
    .map(([stable, candidate]) => describeShift({ stable, candidate, weight: 10, ...writer }, { number: 1, of: 2 })),
);
const alias: fc.Arbitrary<NamedAlias> = fc.record({
  name: fc.constantFrom('live', 'beta'),
  functionVersion: fc.oneof(version, fc.constant('$LATEST')),
  additionalVersionWeights: fc.dictionary(version, fc.double({ min: 0, max: 1, noNaN: true }), { maxKeys: 1 }),
  description,
  revisionId: fc.constant('r1'),
});
const anyFacts: fc.Arbitrary<PruneFacts> = fc.record({
  versions: fc.uniqueArray(fc.oneof(version, fc.constantFrom('$LATEST', '', '0', '-1', '1.5', 'live'))),
  aliases: fc.array(alias, { maxLength: 3 }),
  rollouts: fc.array(
    fc.record({
      execution: fc.constant('deploy-1'),
      aliasName: fc.constant('live'),
      running: fc.boolean(),
      stable: fc.option(version, { nil: undefined }),
      candidate: version,
    }),
    { maxLength: 3 },
  ),
  provisioned: fc.array(version, { maxLength: 2 }),
  keep: fc.integer({ min: 0, max: 12 }),
});

describe('whatever there is', () => {
  const always = (holds: (given: PruneFacts) => void) => fc.assert(fc.property(anyFacts, holds), { numRuns: 1000 });

  it('every published version is either kept, with a reason, or removed', () => {
    always((given) => {
      const { kept, removed } = pruningOf(given);
      const published = given.versions.filter((each) => /^[1-9]\d*$/.test(each));
      const all = [...kept.map((each) => each.version), ...removed];
      expect(all.toSorted()).toEqual(published.toSorted());
      expect(kept.every(({ why }) => why.length > 0)).toBe(true);
    });
  });

  it('nothing that is used is removed, and nothing that is not a number', () => {
    always((given) => {
      const used = new Set([
        ...given.aliases.flatMap(servedBy),
        ...given.aliases.flatMap((each) => {
          const rollback = rollbackOf(each);
          return rollback.kind === 'write' ? [rollback.to.functionVersion] : [];
        }),
        ...given.rollouts.flatMap(({ stable, candidate }) => [stable, candidate]),
        ...given.provisioned,
      ]);
      for (const each of pruningOf(given).removed) {
        expect(used.has(each)).toBe(false);
        expect(each).toMatch(/^[1-9]\d*$/);
      }
    });
  });

  it('the newest stay, and never fewer than two', () => {
    always((given) => {
      const { kept, removed } = pruningOf(given);
      const newest = [...kept.map((each) => each.version), ...removed]
        .toSorted((a, b) => Number(b) - Number(a))
        .slice(0, Math.max(FEWEST_KEPT, given.keep));
      for (const each of newest) expect(removed).not.toContain(each);
    });
  });

  it('pruning again removes no more', () => {
    always((given) => {
      const { kept } = pruningOf(given);
      const left = pruningOf({ ...given, versions: kept.map((each) => each.version) });
      expect(left.removed).toEqual([]);
    });
  });
});
