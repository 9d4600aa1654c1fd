import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mutantsOf } from './mutants.ts';
import { mutate } from './mutate.ts';
import { filesOf, readAll } from './sources.ts';

const root = fileURLToPath(new URL('fixture', import.meta.url));
const sources = readAll(root, filesOf(root, ['{lib,test}/*.ts']));
const tests = ['test/share.cases.ts'];

/** What becomes of the mutants of the fixture that have these names. */
async function fateOf(names: readonly string[], graceMilliseconds?: number) {
  const all = mutantsOf('lib/share.ts', sources.get('lib/share.ts') ?? '').mutants;
  const sample = names.map((name) => all.find((mutant) => mutant.name === name) ?? expect.fail(`no mutant ${name}`));
  const progress = (): void => {};
  const tried = await mutate({
    root,
    sample,
    sources,
    tests,
    parallel: 1,
    progress,
    graceMilliseconds,
  });
  return tried.map(({ fate, killedBy, tests }) => ({ fate, by: killedBy?.test, tests }));
}

it('tells what a test notices, what passes all of them, and what none comes to', { timeout: 120_000 }, async () => {
  const fates = await fateOf([
    'share: part / whole -> part * whole',
    'isMost: share(part, whole) > 0.5 -> share(part, whole) >= 0.5',
    'forgotten: a + b -> a - b',
    'stepsDown: 0 -> 1',
  ]);
  expect(fates).toEqual([
    { fate: 'killed', by: 'a share > is a part of the whole', tests },
    { fate: 'survived', by: undefined, tests },
    { fate: 'unreached', by: undefined, tests: [] },
    { fate: 'killed', by: 'goes down step by step', tests },
  ]);
});

it('ends an endless loop, and goes on with the next mutant', { timeout: 120_000 }, async () => {
  const fates = await fateOf(['stepsDown: left-- -> left++', 'share: part / whole -> part * whole'], 1000);
  expect(fates.map(({ fate }) => fate === 'killed' || fate === 'timedOut')).toEqual([true, true]);
  expect(fates[0]?.fate).toBe('timedOut');
});
