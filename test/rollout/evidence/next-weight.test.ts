import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstWeight,
  lagOf,
  mostExcessRate,
  type NextWeight,
  retreatWeight,
  weightAfter,
} from '../../../lib/rollout/evidence/next-weight.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';

const lagSeconds = lagOf(cloudWatchTiming.metrics);
const riskAt = (requestsPerSecond: number, failureBudget = 30) => ({ failureBudget, lagSeconds, requestsPerSecond });
const counts = (errors: number, invocations: number) => ({ errors, invocations });

const risk = fc.record({
  failureBudget: fc.integer({ min: 1, max: 1000 }),
  lagSeconds: fc.integer({ min: 1, max: 600 }),
  requestsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
});
const anyCounts = fc
  .tuple(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([invocations, rate]) => counts(Math.floor(invocations * rate), invocations));
const both = fc.record({ stable: anyCounts, candidate: anyCounts });
const weight = fc.integer({ min: 1, max: 100 });

it('a lag is a period, the time until it can be read, and the time that a weight takes to settle', () => {
  expect(lagSeconds).toBe(125);
});

describe('the first weight', () => {
  it.each([
    [0, 10],
    [1, 10],
    [3, 4],
    [10, 1],
    [1000, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('at %d requests a second is %d %%', (requestsPerSecond, expected) => {
    expect(firstWeight(riskAt(requestsPerSecond))).toBe(expected);
  });

  it('is a whole percent from 1 to 10, and costs half of the budget in a lag if it is more than 1', () => {
    fc.assert(
      fc.property(risk, (each) => {
        const first = firstWeight(each);
        expect(Number.isInteger(first) && first >= 1 && first <= 10).toBe(true);
        if (first > 1) {
          expect((first / 100) * each.requestsPerSecond * each.lagSeconds).toBeLessThanOrEqual(
            each.failureBudget / 2 + 1e-6,
          );
        }
      }),
    );
  });
});

describe('the most that a candidate may fail more', () => {
  it('is everything if nothing of it was seen, and little if it failed in none of many', () => {
    expect(mostExcessRate({ stable: counts(0, 100), candidate: counts(0, 0) })).toBe(1);
    expect(mostExcessRate({ stable: counts(0, 100), candidate: counts(0, 1000) })).toBeCloseTo(0.0023);
  });

  it('is less what the stable version fails at the same time', () => {
    const candidate = counts(20, 1000);
    const alone = mostExcessRate({ stable: counts(0, 1000), candidate });
    expect(mostExcessRate({ stable: counts(10, 1000), candidate })).toBeCloseTo(alone - 0.01);
    expect(mostExcessRate({ stable: counts(500, 1000), candidate })).toBe(0);
  });
});

describe('the next weight', () => {
  const LATE = 3600;
  const healthy = (weight: number, invocations: number, seconds: number, requestsPerSecond = 10) =>
    weightAfter(
      weight,
      { stable: counts(0, 10_000), candidate: counts(0, invocations) },
      seconds,
      riskAt(requestsPerSecond),
    );

  it('grows with what was seen of the candidate', () => {
    expect([0, 20, 50, 500].map((seen) => healthy(5, seen, LATE))).toEqual([
      { stays: 'risky' },
      { weight: 20 },
      { weight: 50 },
      { weight: 50 },
    ]);
  });

  it('stays small for three lags, and at least for two minutes', () => {
    expect(healthy(1, 1e6, 374)).toEqual({ weight: 10 });
    expect(healthy(6, 1e6, 374)).toEqual({ stays: 'early' });
    expect(healthy(10, 1e6, 374)).toEqual({ stays: 'early' });
    expect(healthy(10, 1e6, 375)).toEqual({ weight: 60 });
    const tenSeconds = { failureBudget: 30, lagSeconds: 20, requestsPerSecond: 10 };
    const seen = { stable: counts(0, 1e6), candidate: counts(0, 1e6) };
    expect(weightAfter(10, seen, 119, tenSeconds)).toEqual({ stays: 'early' });
    expect(weightAfter(10, seen, 120, tenSeconds)).toEqual({ weight: 60 });
  });

  it('is one above half of the traffic before everything', () => {
    expect(healthy(40, 1e6, LATE)).toEqual({ weight: 60 });
    expect(healthy(60, 1e6, LATE)).toEqual({ weight: 100 });
    expect(healthy(60, 200, LATE, 100)).toEqual({ stays: 'risky' });
  });

  it('is no more for a candidate that failed more', () => {
    const given = (next: NextWeight) => ('weight' in next ? next.weight : 0);
    fc.assert(
      fc.property(weight, both, risk, (present, { stable, candidate }, each) => {
        const worse = { ...candidate, errors: Math.min(candidate.invocations, candidate.errors + 1) };
        const next = weightAfter(present, { stable, candidate }, LATE, each);
        expect(given(weightAfter(present, { stable, candidate: worse }, LATE, each))).toBeLessThanOrEqual(given(next));
      }),
    );
  });

  it('is a whole percent above the present one, and risks no more in a lag than the budget and what is usual', () => {
    fc.assert(
      fc.property(weight, both, risk, fc.integer({ min: 0, max: LATE }), (present, seen, each, seconds) => {
        const next = weightAfter(present, seen, seconds, each);
        if ('stays' in next) return;
        expect(Number.isInteger(next.weight) && next.weight <= Math.min(100, 10 * present)).toBe(true);
        expect(next.weight).toBeGreaterThan(present === 100 ? 99 : present);
        const requests = (next.weight / 100) * each.requestsPerSecond * each.lagSeconds;
        const usual = seen.stable.invocations > 0 ? seen.stable.errors / seen.stable.invocations : 0;
        expect(requests * mostExcessRate(seen)).toBeLessThanOrEqual(
          (each.failureBudget + requests * usual) * (1 + 1e-9),
        );
      }),
    );
  });
});

describe('the weight of a retreat', () => {
  it.each([
    [0.2, 1, 10],
    [0.2, 10, 2],
    [0.08, 10, 5],
    [0.01, 100, 4],
    [1, 1000, 1],
    [0, 10, 10],
  ])('with %d more failures in a request at %d requests a second is %d %%', (excess, requestsPerSecond, expected) => {
    expect(retreatWeight(excess, riskAt(requestsPerSecond))).toBe(expected);
  });
});
