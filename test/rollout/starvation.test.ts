import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIncredible, starvedCandidate, starvedStable } from '../../lib/rollout/starvation.ts';

const served = (stable: number, candidate: number) => ({
  stable: { invocations: stable, errors: 0 },
  candidate: { invocations: candidate, errors: 0 },
});

describe('a candidate that gets too few requests for its weight', () => {
  it.each([
    ['none of 2,700 at 10 %', 2700, 0, 10],
    ['none of 132 at 10 %', 132, 0, 10],
    ['half of its share of 5,400', 5130, 270, 10],
    ['none at 1 % of many', 100_000, 0, 1],
    ['none at 100 % while the stable version is still served', 100, 0, 100],
  ])('is starved: %s', (_, stable, candidate, weight) => {
    expect(starvedCandidate(served(stable, candidate), weight)).toMatchObject({ served: candidate });
  });

  it.each([
    ['none of 131 at 10 %', 131, 0, 10],
    ['no requests at all', 0, 0, 40],
    ['its share', 540, 60, 10],
    ['more than its share', 100, 600, 10],
    ['nineteen twentieths of its share of millions', 9_050_000, 950_000, 10],
    ['all but one straggler at 100 %', 1, 0, 100],
  ])('is not starved: %s', (_, stable, candidate, weight) => {
    expect(starvedCandidate(served(stable, candidate), weight)).toBeUndefined();
  });

  it('is told with how many came and how many its weight promises', () => {
    expect(starvedCandidate(served(2700, 0), 10)).toEqual({ requests: 2700, served: 0, expected: 270 });
  });

  it('is a false alarm in less than one of a million looks, whatever the traffic and the weight', () => {
    const drawn = fc.record({ n: fc.integer({ min: 0, max: 3000 }), weight: fc.integer({ min: 1, max: 98 }) });
    fc.assert(
      fc.property(drawn, ({ n, weight }) => {
        const p = weight / 100;
        // The chance of every split that is called starved, by a recurrence that shares nothing with the code.
        let logChance = n * Math.log1p(-p);
        let total = 0;
        for (let k = 0; k <= n && starvedCandidate(served(n - k, k), weight); k++) {
          total += Math.exp(logChance);
          logChance += Math.log(n - k) - Math.log(k + 1) + Math.log(p) - Math.log1p(-p);
        }
        expect(total).toBeLessThan(1e-6);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a stable version that gets too few requests', () => {
  it('is starved as well, but not at 100 %, where it has no share', () => {
    expect(starvedStable(served(0, 270), 10)).toEqual({ requests: 270, served: 0, expected: 243 });
    expect(starvedStable(served(2430, 270), 10)).toBeUndefined();
    expect(starvedStable(served(0, 100_000), 100)).toBeUndefined();
  });
});

describe('a silence', () => {
  it('is incredible from fourteen expected requests on', () => {
    expect(isIncredible(60, [{ requests: 80, seconds: 300 }])).toBe(true);
    expect(isIncredible(60, [{ requests: 65, seconds: 300 }])).toBe(false);
  });

  it('after steps that nobody counted says nothing', () => {
    expect(isIncredible(3600, [])).toBe(false);
    expect(isIncredible(3600, [{ requests: 0, seconds: 0 }])).toBe(false);
  });

  it('after traffic that had died down before is none that the candidate made', () => {
    const busy = { requests: 3000, seconds: 300 };
    expect(isIncredible(300, [busy, { requests: 0, seconds: 300 }])).toBe(false);
    expect(isIncredible(300, [{ requests: 0, seconds: 300 }, busy])).toBe(true);
  });

  it('is a false alarm in less than one of a million of its kind', () => {
    const drawn = fc.record({
      requests: fc.nat(100_000),
      seconds: fc.integer({ min: 1, max: 86_400 }),
      silent: fc.nat(86_400),
    });
    fc.assert(
      fc.property(drawn, ({ requests, seconds, silent }) => {
        const expected = (requests / seconds) * silent;
        if (isIncredible(silent, [{ requests, seconds }])) expect(Math.exp(-expected)).toBeLessThan(1e-6);
        if (expected < 13.8) expect(isIncredible(silent, [{ requests, seconds }])).toBe(false);
      }),
    );
  });
});
