import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../lib/rehearsal/scenario/scenario.ts';
import { readStartInput } from '../../lib/rollout/document/start.ts';
import { policySchema } from '../../lib/rollout/policy/policy.ts';
import { presetNames } from '../../lib/rollout/policy/presets.ts';
import { type Block, blocks, guides, page, rows, section } from './documents.ts';

const jsonOf = ({ text }: Block) => JSON.parse(text.replaceAll(/\s\/\/.*$/gm, '')) as Record<string, unknown>;

const named = (all: readonly Block[]) => all.map((block) => [`${block.page}:${block.line}`, jsonOf(block)] as const);

describe('JSON in the documents', () => {
  const inputs = named(blocks(guides, 'json', 'jsonc'));
  const kindOf = (input: Readonly<Record<string, unknown>>) => {
    if ('schema' in input) return 'event';
    if ('traffic' in input || ('members' in input && 'name' in input)) return 'scenario';
    if (input['operation'] === 'rollback') return 'rollback';
    return 'function' in input || 'members' in input ? 'start' : 'policy';
  };
  const those = (kind: string) => inputs.filter(([, input]) => kindOf(input) === kind);

  it('has examples of each kind', () => {
    const kinds = ['event', 'scenario', 'rollback', 'start', 'policy'];
    expect(new Set(inputs.map(([, input]) => kindOf(input)))).toEqual(new Set(kinds));
  });

  it.each(those('start'))('starts a rollout: %s', (_, input) => {
    expect(readStartInput(input).error).toBeUndefined();
  });

  it.each(those('policy'))('is a policy: %s', (_, input) => {
    expect(policySchema.safeParse(input).error).toBeUndefined();
  });

  it.each(those('scenario'))('is a scenario: %s', (_, input) => {
    expect(scenarioSchema.safeParse(input).error).toBeUndefined();
  });
});

describe('docs/policy.md', () => {
  const policy = page('docs/policy.md');
  const fields = rows(section(policy, 'Fields')).map(([field = '', , standard = '']) => [
    field.replaceAll('`', ''),
    /^`(.*)`$/.exec(standard)?.[1],
  ]);

  /** Every leaf by its path, for example `canary.bakeSeconds`. */
  function leavesOf(value: unknown, path: string): [string, string][] {
    if (Array.isArray(value) && path === 'steps') return leavesOf(value[0], 'steps[]');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]];
    return Object.entries(value).flatMap(([key, inside]) => leavesOf(inside, path ? `${path}.${key}` : key));
  }

  const given = [
    'canary.weight',
    'batches.count',
    'steps[].weight',
    'steps[].bakeSeconds',
    'preset',
    'settleSeconds',
    'evidence.latency',
    'evidence.maximumCostIncrease',
  ];
  const leaves = new Map(
    [
      {
        canary: { weight: 10 },
        batches: { count: 1 },
        evidence: { latency: 'stableP99', maximumCostIncrease: 0.2 },
        settleSeconds: 0,
      },
      { steps: [{ weight: 10, bakeSeconds: 60 }] },
      { preset: 'AllAtOnce' },
      { adaptive: {} },
    ].flatMap((input) => leavesOf(policySchema.parse(input), '')),
  );

  it('has every field that a policy may have, and no other', () => {
    expect(fields.map(([field]) => field).toSorted()).toEqual([...leaves.keys()].sort());
  });

  it.each([...leaves].filter(([path]) => !given.includes(path)))('has the default of %s', (path, standard) => {
    expect(fields.find(([field]) => field === path)?.[1]).toBe(standard);
  });

  it('names every preset', () => {
    for (const preset of presetNames) expect(policy.text).toContain(`\`${preset}\``);
  });
});
