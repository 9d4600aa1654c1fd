import { expect, it } from 'vitest';
import { coveringTests } from './coverage.ts';

const test = (file: string, name: string, milliseconds: number, ...mutants: number[]) => ({
  file,
  name,
  milliseconds,
  mutants,
});

it('only tests that come to the mutant are run', () => {
  const tests = [test('a', 'one', 1, 5), test('a', 'two', 1, 6), test('b', 'three', 1, 6)];
  expect(coveringTests(5, tests, new Map())).toMatchObject([{ file: 'a', names: ['one'] }]);
  expect(coveringTests(7, tests, new Map())).toEqual([]);
});

it('the nearest come first', () => {
  const tests = [test('far', 'a', 10, 1), test('near', 'b', 10, 1), test('unknown', 'c', 10, 1)];
  const distances = new Map([
    ['near', 1],
    ['far', 3],
  ]);
  expect(coveringTests(1, tests, distances).map(({ file }) => file)).toEqual(['near', 'far', 'unknown']);
});

it('slow ones wait for quick ones that are not much farther', () => {
  const tests = [test('slow', 'a', 30_000, 1), test('quick', 'b', 10, 1)];
  const distances = new Map([
    ['slow', 2],
    ['quick', 4],
  ]);
  expect(coveringTests(1, tests, distances).map(({ file }) => file)).toEqual(['quick', 'slow']);
});
