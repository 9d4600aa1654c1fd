import { expect, it } from 'vitest';
import { coveringTests } from './coverage.ts';

/** A file of one test for each number: the mutant that it comes to. */
const file = (name: string, milliseconds: number, ...mutants: number[]) => ({
  file: name,
  milliseconds,
  tests: mutants.map((mutant) => ({ name: `${name} ${mutant}`, milliseconds: 1, mutants: [mutant] })),
});

it('only tests that come to the mutant are run', () => {
  const files = [file('a', 100, 5, 6), file('b', 100, 6)];
  expect(coveringTests(5, files, new Map())).toMatchObject([{ file: 'a', names: ['a 5'] }]);
  expect(coveringTests(7, files, new Map())).toEqual([]);
});

it('the time is that of these tests and of the start of their file', () => {
  expect(coveringTests(5, [file('a', 1000, 5, 6, 7)], new Map())).toMatchObject([{ milliseconds: 998 }]);
});

it('the nearest come first', () => {
  const files = [file('far', 10, 1), file('near', 10, 1), file('unknown', 10, 1)];
  const distances = new Map([
    ['near', 1],
    ['far', 3],
  ]);
  expect(coveringTests(1, files, distances).map(({ file }) => file)).toEqual(['near', 'far', 'unknown']);
});

it('slow ones wait for quick ones that are not much farther', () => {
  const files = [file('slow', 30_000, 1), file('quick', 10, 1)];
  const distances = new Map([
    ['slow', 2],
    ['quick', 4],
  ]);
  expect(coveringTests(1, files, distances).map(({ file }) => file)).toEqual(['quick', 'slow']);
});
