import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail, hypergeometricTail } from '../../lib/rollout/tails.ts';

/** The ways to choose k of n, exactly. */
const choose = (n: number, k: number): bigint => {
  if (k < 0 || k > n) return 0n;
  let ways = 1n;
  for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i);
  return ways;
};

/** A quotient of whole numbers that are too large for a number. */
const quotient = (part: bigint, whole: bigint): number => Number((part * 10n ** 30n) / whole) / 1e30;

const sum = (from: number, to: number, term: (index: number) => bigint): bigint => {
  let total = 0n;
  for (let index = from; index <= to; index++) total += term(index);
  return total;
};

describe('the lower tail of the binomial distribution', () => {
  it('is the sum of its exact terms, for any number of trials and any percentage', () => {
    const drawn = fc.record({
      n: fc.integer({ min: 0, max: 120 }),
      percent: fc.integer({ min: 1, max: 99 }),
      k: fc.nat(120),
    });
    fc.assert(
      fc.property(drawn, ({ n, percent, k }) => {
        const [yes, no] = [BigInt(percent), BigInt(100 - percent)];
        const exact = quotient(
          sum(0, Math.min(k, n), (i) => choose(n, i) * yes ** BigInt(i) * no ** BigInt(n - i)),
          100n ** BigInt(n),
        );
        expect(binomialTail(k, n, percent / 100)).toBeCloseTo(exact, 10);
        if (exact > 1e-20) expect(binomialTail(k, n, percent / 100) / exact).toBeCloseTo(1, 8);
      }),
      { numRuns: 500 },
    );
  });

  it('is below one in a million from 132 requests at 10 % on, if none comes', () => {
    expect(binomialTail(0, 131, 0.1)).toBeGreaterThan(1e-6);
    expect(binomialTail(0, 132, 0.1)).toBeLessThan(1e-6);
  });

  it('stays exact for more requests than any alias serves in a bake', () => {
    const [n, p] = [1_000_000_000_000, 0.1];
    const deviation = Math.sqrt(n * p * (1 - p));
    expect(binomialTail(Math.round(n * p - 5 * deviation), n, p)).toBeCloseTo(2.866e-7, 9);
    expect(binomialTail(0, n, p)).toBe(0);
  });

  it('knows its ends', () => {
    expect([binomialTail(-1, 5, 0.5), binomialTail(5, 5, 0.5), binomialTail(0, 0, 0.5)]).toEqual([0, 1, 1]);
    expect([binomialTail(3, 5, 0), binomialTail(4, 5, 1), binomialTail(5, 5, 1)]).toEqual([1, 0, 1]);
  });
});

describe('the upper tail of the hypergeometric distribution', () => {
  it('is the sum of its exact terms', () => {
    const drawn = fc
      .integer({ min: 0, max: 60 })
      .chain((all) =>
        fc.record({ all: fc.constant(all), sample: fc.nat(all), marked: fc.nat(all), k: fc.nat(all + 1) }),
      );
    fc.assert(
      fc.property(drawn, ({ all, sample, marked, k }) => {
        const ways = sum(k, all + 1, (i) => choose(marked, i) * choose(all - marked, sample - i));
        expect(hypergeometricTail(k, sample, marked, all)).toBeCloseTo(quotient(ways, choose(all, sample)), 10);
      }),
      { numRuns: 1000 },
    );
  });

  it('stays right for a chance that is far below what a number can hold against 1', () => {
    expect(hypergeometricTail(30, 30, 30, 60) * Number(choose(60, 30))).toBeCloseTo(1, 9);
  });

  it('gives 5 of 5 failures against 0 of 5 one chance in 252', () => {
    expect(hypergeometricTail(5, 5, 5, 10)).toBeCloseTo(1 / 252, 12);
  });
});
