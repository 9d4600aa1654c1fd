import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { newStake, played, sumOf } from '../../../lib/rollout/evidence/stake.ts';
import { costsOf, gainOnCost, noWork, type Work, workAfter } from '../../../lib/rollout/evidence/version-cost.ts';

const counts = (stable: number, candidate: number) => ({
  stable: { invocations: stable, errors: 0 },
  candidate: { invocations: candidate, errors: 0 },
});
const gigabyte = { megabytes: 1024, architecture: 'x86_64' };
const sizes = { stable: gigabyte, candidate: gigabyte };

/** A window in which requests take so long on average, in milliseconds. */
const worked = (work: Work, stable: [number, number], candidate: [number, number]): Work =>
  workAfter(work, counts(stable[0], candidate[0]), {
    stable: stable[0] * stable[1],
    candidate: candidate[0] * candidate[1],
  });

describe('what requests cost', () => {
  it('is a million times their price, and the price of their time in the memory of the version', () => {
    const costs = costsOf(worked(noWork, [900, 100], [100, 200]), sizes);
    expect(costs?.stable.milliseconds).toBeCloseTo(100);
    expect(costs?.stable.usdPerMillion).toBeCloseTo(0.2 + 0.1 * 16.6667, 6);
    expect(costs?.candidate.usdPerMillion).toBeCloseTo(0.2 + 0.2 * 16.6667, 6);
    expect(costs?.increase).toBeCloseTo((0.2 + 3.33334) / (0.2 + 1.66667) - 1, 6);
  });

  it('is less on arm64, and grows with the memory', () => {
    const work = worked(noWork, [900, 100], [100, 100]);
    const arm = costsOf(work, { stable: gigabyte, candidate: { megabytes: 1024, architecture: 'arm64' } });
    const half = costsOf(work, { stable: gigabyte, candidate: { megabytes: 512, architecture: 'x86_64' } });
    expect(arm?.candidate.usdPerMillion).toBeCloseTo(0.2 + 0.1 * 13.3334, 6);
    expect(half?.candidate.usdPerMillion).toBeCloseTo(0.2 + 0.05 * 16.6667, 6);
  });

  it('is not known before both versions have served requests at the same time, nor without the sizes', () => {
    expect(costsOf(worked(noWork, [1000, 100], [0, 0]), sizes)).toBeUndefined();
    expect(costsOf(worked(noWork, [0, 0], [1000, 100]), sizes)).toBeUndefined();
    expect(costsOf(worked(noWork, [10, 100], [10, 100]), null)).toBeUndefined();
  });

  it('is the same for two equal versions, however traffic, weight and the time that requests take change together', () => {
    const window = fc.record({
      stable: fc.nat({ max: 10_000 }),
      candidate: fc.nat({ max: 10_000 }),
      milliseconds: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(window, { minLength: 1 }), (windows) => {
        const work = windows.reduce(
          (work, { stable, candidate, milliseconds }) =>
            worked(work, [stable, milliseconds], [candidate, milliseconds]),
          noWork,
        );
        const costs = costsOf(work, sizes);
        if (costs) expect(costs.increase).toBeCloseTo(0, 9);
      }),
    );
  });
});

describe('a bet on the cost', () => {
  const gain = (stable: number, candidate: number, allowed: number) =>
    gainOnCost(counts(90, 10), { stable: 90 * stable, candidate: 10 * candidate }, sizes, allowed);

  it('gains if the candidate costs more than is allowed, and loses if it does not', () => {
    expect(gain(100, 150, 0.2)).toBeGreaterThan(1);
    expect(gain(100, 110, 0.2)).toBeLessThan(1);
    expect(gain(100, 100, 0)).toBeLessThan(1);
  });

  it('says nothing of a window in which one version served nothing', () => {
    expect(gainOnCost(counts(0, 10), { stable: 0, candidate: 1000 }, sizes, 0)).toBeUndefined();
    expect(gainOnCost(counts(10, 0), { stable: 1000, candidate: 0 }, sizes, 0)).toBeUndefined();
  });

  it('hardly ever wins against a version that costs just what is allowed, although each window draws anew', () => {
    const lost = Array.from({ length: 2000 }, (_, seed) => {
      const random = createRandom(seed);
      let stake = newStake(1);
      for (let minute = 0; minute < 60; minute++) {
        const drawn = gain(100 * (0.5 + random.next()), 120 * (0.5 + random.next()), 0.2) as number;
        stake = played(stake, [drawn], 60 * minute);
        if (sumOf(stake) >= 100) return true;
      }
      return false;
    });
    expect(lost.filter(Boolean).length / lost.length).toBeLessThanOrEqual(0.01);
  });
});
