import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { drawn, meanOf, varianceOf } from './draws.ts';

describe('a stream of random numbers', () => {
  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => {
      const random = createRandom(seed);
      return drawn(5, () => random.next());
    };
    expect(of(7)).toEqual(of(7));
    expect(of(7)).not.toEqual(of(8));
    expect(of(7)).not.toEqual(of(7 + 2 ** 32));
    expect(of(7)).not.toEqual(of(-7));
  });

  it('lies evenly in [0, 1), whatever the seed', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        const random = createRandom(seed);
        const values = drawn(2000, () => random.next());
        expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
        // Six standard deviations of a mean of 2,000.
        expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan(6 * Math.sqrt(1 / 12 / 2000));
      }),
      { seed: 1 },
    );
  });

  it('has forks that do not depend on earlier draws', () => {
    const fresh = createRandom(1);
    const used = createRandom(1);
    drawn(10, () => used.next());
    expect(used.fork('routing').next()).toBe(fresh.fork('routing').next());
    expect(fresh.fork('routing').next()).not.toBe(fresh.fork('failures').next());
  });

  it('has forks by number whose first numbers lie evenly and are not correlated', () => {
    const random = createRandom(3);
    const first = Array.from({ length: 20_000 }, (_, second) => random.fork(second).next());
    expect(meanOf(first)).toBeCloseTo(0.5, 2);
    expect(varianceOf(first)).toBeCloseTo(1 / 12, 2);
    const products = first.slice(1).map((value, index) => (value - 0.5) * ((first[index] as number) - 0.5));
    expect(meanOf(products)).toBeCloseTo(0, 2);
  });
});
