import { expect, it } from 'vitest';
import { mutantsOf } from './mutants.ts';
import { sampleOf } from './sample.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `const c${from + index} = f(${from + index});`).join('\n');
const named = (mutants: readonly { name: string }[]) => mutants.map(({ name }) => name);

const mutants = mutantsOf('a.ts', lines(0, 200)).mutants;

it('the same seed draws the same mutants, and another seed others', () => {
  expect(named(sampleOf(mutants, 20, 7))).toEqual(named(sampleOf(mutants.toReversed(), 20, 7)));
  expect(named(sampleOf(mutants, 20, 8))).not.toEqual(named(sampleOf(mutants, 20, 7)));
});

it('no mutant is drawn twice, and no more than there are', () => {
  expect(new Set(named(sampleOf(mutants, 50, 7))).size).toBe(50);
  expect(named(sampleOf(mutants, 10_000, 7)).sort()).toEqual(named(mutants).sort());
});

it('a file that moves and lines that come before change nothing', () => {
  const moved = mutantsOf('lib/other/b.ts', `\n\n${lines(0, 200)}`).mutants;
  expect(named(sampleOf(moved, 20, 7))).toEqual(named(sampleOf(mutants, 20, 7)));
});

it('code that goes takes only its own mutants out of the sample', () => {
  const fewer = named(sampleOf(mutantsOf('a.ts', lines(100, 200)).mutants, 20, 7));
  const before = named(sampleOf(mutants, 20, 7));
  const left = before.filter((name) => named(mutantsOf('a.ts', lines(100, 200)).mutants).includes(name));
  expect(left.length).toBeGreaterThan(0);
  expect(fewer).toEqual(expect.arrayContaining(left));
});

it('every mutant is as likely as any other', () => {
  const drawn = Array.from({ length: 300 }, (_, seed) => named(sampleOf(mutants, mutants.length / 2, seed))).flat();
  const counts = [...Map.groupBy(drawn, (name) => name).values()].map(({ length }) => length);
  expect(counts).toHaveLength(mutants.length);
  // Each count is binomial (300, 1/2): six standard deviations around 150.
  for (const count of counts) expect(Math.abs(count - 150)).toBeLessThan(52);
});
