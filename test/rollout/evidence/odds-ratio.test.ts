import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logLikelihoodRatio } from '../../../lib/rollout/evidence/odds-ratio.ts';

const counts = (candidate: readonly [number, number], stable: readonly [number, number]) => ({
  candidate: { errors: candidate[0], invocations: candidate[1] },
  stable: { errors: stable[0], invocations: stable[1] },
});

const choose = (n: number, k: number): number => {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return k < 0 || k > n ? 0 : ways;
};

/** The ways to fail so, each weighed by the ratio: Fisher's noncentral hypergeometric distribution, term by term. */
const ways = (candidate: number, stable: number, failed: number, ratio: number) =>
  Array.from({ length: failed + 1 }, (_, x) => choose(candidate, x) * choose(stable, failed - x) * ratio ** x);

const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);

const smallCounts = fc
  .record({ candidate: fc.integer({ min: 1, max: 15 }), stable: fc.integer({ min: 1, max: 15 }) })
  .chain(({ candidate, stable }) =>
    fc.record({
      candidate: fc.constant(candidate),
      stable: fc.constant(stable),
      failed: fc.integer({ min: 0, max: candidate + stable }),
      ratio: fc.constantFrom(2.5, 8, 64, 4096),
    }),
  );

describe('the likelihood ratio of an odds ratio', () => {
  it('is that of the distribution written out term by term', () => {
    fc.assert(
      fc.property(smallCounts, fc.nat(), ({ candidate, stable, failed, ratio }, drawn) => {
        const least = Math.max(0, failed - stable);
        const x = least + (drawn % (Math.min(candidate, failed) - least + 1));
        const expected =
          (ratio ** x * sum(ways(candidate, stable, failed, 1))) / sum(ways(candidate, stable, failed, ratio));
        const found = Math.exp(logLikelihoodRatio(counts([x, candidate], [failed - x, stable]), ratio));
        expect(found / expected).toBeCloseTo(1, 9);
      }),
    );
  });

  it('has the mean 1 if the odds are the same, whatever the rate', () => {
    fc.assert(
      fc.property(smallCounts, ({ candidate, stable, failed, ratio }) => {
        const chances = ways(candidate, stable, failed, 1);
        const mean = sum(
          chances.map((chance, x) =>
            chance === 0
              ? 0
              : (chance / sum(chances)) *
                Math.exp(logLikelihoodRatio(counts([x, candidate], [failed - x, stable]), ratio)),
          ),
        );
        expect(mean).toBeCloseTo(1, 9);
      }),
    );
  });

  it('has a mean of at most 1 if the odds are up to so many times as high as is no fault', () => {
    fc.assert(
      fc.property(
        smallCounts,
        fc.double({ min: 0.1, max: 1.5, noNaN: true }),
        ({ candidate, stable, failed, ratio }, odds) => {
          const chances = ways(candidate, stable, failed, odds);
          const mean = sum(
            chances.map((chance, x) =>
              chance === 0
                ? 0
                : (chance / sum(chances)) *
                  Math.exp(logLikelihoodRatio(counts([x, candidate], [failed - x, stable]), ratio, 1.5)),
            ),
          );
          expect(mean).toBeLessThan(1 + 1e-9);
        },
      ),
    );
  });

  it.each([
    ['nothing failed', counts([0, 60], [0, 540])],
    ['everything failed', counts([60, 60], [540, 540])],
    ['the candidate served nothing', counts([0, 0], [5, 540])],
    ['the stable version served nothing', counts([5, 60], [0, 0])],
  ])('is 1 if %s: then nothing can be compared', (_, found) => {
    expect(logLikelihoodRatio(found, 8)).toBeCloseTo(0, 9);
  });

  it('stays a number for a busy minute in which all of the candidate fails', () => {
    const found = logLikelihoodRatio(counts([60_000, 60_000], [600, 540_000]), 4096);
    expect(found).toBeGreaterThan(10_000);
    expect(found).toBeLessThan(1_000_000);
  });
});
