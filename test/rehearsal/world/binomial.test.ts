import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomial } from '../../../lib/rehearsal/world/binomial.ts';
import { createRandom, type Random } from '../../../lib/rehearsal/world/random.ts';
import { drawn, meanOf, varianceOf } from './draws.ts';

describe('a binomial draw', () => {
  it('lies between none and all, and is whole', () => {
    const anything = [fc.maxSafeInteger(), fc.nat(1_000_000), fc.double({ min: 0, max: 1, noNaN: true })] as const;
    fc.assert(
      fc.property(...anything, (seed, n, p) => {
        const successes = binomial(createRandom(seed), n, p);
        expect(Number.isInteger(successes)).toBe(true);
        expect(successes).toBeGreaterThanOrEqual(0);
        expect(successes).toBeLessThanOrEqual(n);
      }),
      { numRuns: 2000 },
    );
  });

  it('is none of none, none at probability 0 and all at probability 1', () => {
    const random = createRandom(1);
    expect([0, 0.3, 1].map((p) => binomial(random, 0, p))).toEqual([0, 0, 0]);
    expect([1, 19, 1_000_000].map((n) => binomial(random, n, 0))).toEqual([0, 0, 0]);
    expect([1, 19, 1_000_000].map((n) => binomial(random, n, 1))).toEqual([1, 19, 1_000_000]);
  });

  it.each([
    [1, 0.3],
    [10, 0.1],
    [10, 0.999],
    [1000, 0.001],
    [1000, 0.0099],
    [1000, 0.0101],
    [20, 0.5],
    [100, 0.9],
    [1000, 0.3],
    [1_000_000, 0.0001],
    [1_000_000, 0.7],
  ])('of %d at %d has the exact mean and variance', (n, p) => {
    const random = createRandom(42);
    const count = 40_000;
    const values = drawn(count, () => binomial(random, n, p));
    const variance = n * p * (1 - p);
    const kurtosis = 3 + (1 - 6 * p * (1 - p)) / variance;
    expect(Math.abs(meanOf(values) - n * p)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(varianceOf(values) - variance)).toBeLessThan(4 * variance * Math.sqrt((kurtosis - 1) / count));
  });

  it.each([
    ['inversion', 20, 0.4],
    ['rejection', 20, 0.5],
    ['rejection', 60, 0.2],
  ])('by %s has the probabilities of the distribution (n %d, p %d)', (_, n, p) => {
    const random = createRandom(5);
    const count = 200_000;
    const seen = new Array<number>(n + 1).fill(0);
    for (let draw = 0; draw < count; draw++) {
      const successes = binomial(random, n, p);
      seen[successes] = (seen[successes] as number) + 1;
    }
    let probability = (1 - p) ** n;
    for (let k = 0; k <= n; k++) {
      const tolerance = 4.5 * Math.sqrt((probability * (1 - probability)) / count) + 1 / count;
      expect(Math.abs((seen[k] as number) / count - probability)).toBeLessThan(tolerance);
      probability *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
  });

  it('of small means grows with the trials and with the probability on the same stream', () => {
    const small = fc.record({
      seed: fc.maxSafeInteger(),
      n: fc.nat(100),
      p: fc.double({ min: 0, max: 0.08, noNaN: true }),
    });
    fc.assert(
      fc.property(small, ({ seed, n, p }) => {
        const successes = binomial(createRandom(seed), n, p);
        expect(binomial(createRandom(seed), n + 10, p)).toBeGreaterThanOrEqual(successes);
        expect(binomial(createRandom(seed), n, p + 0.01)).toBeGreaterThanOrEqual(successes);
      }),
    );
  });

  it('costs the same for a thousand and for a billion trials', () => {
    const random = createRandom(1);
    let drawn = 0;
    const counting: Random = {
      fork: (label) => random.fork(label),
      next: () => {
        drawn++;
        return random.next();
      },
    };
    for (let draw = 0; draw < 1000; draw++) binomial(counting, 1_000_000_000, 0.4);
    expect(drawn).toBeLessThan(3000);
  });

  it.each([
    [-1, 0.5],
    [10, 1.1],
    [10, Number.NaN],
  ])('of %d at %d is refused', (n, p) => {
    expect(() => binomial(createRandom(1), n, p)).toThrow(RangeError);
  });
});
