import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ceilingAfter,
  firstWeight,
  lagOf,
  largestNextWeight,
  mostExcessRate,
  retreatWeight,
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
  it('grows with what was seen of the candidate', () => {
    const seen = (invocations: number) =>
      largestNextWeight(5, { stable: counts(0, 10_000), candidate: counts(0, invocations) }, riskAt(10));
    expect([0, 20, 50, 500].map(seen)).toEqual([2, 20, 50, 50]);
  });

  it('is no more for a candidate that failed more', () => {
    fc.assert(
      fc.property(weight, both, risk, (present, { stable, candidate }, each) => {
        const worse = { ...candidate, errors: Math.min(candidate.invocations, candidate.errors + 1) };
        const next = largestNextWeight(present, { stable, candidate }, each);
        expect(largestNextWeight(present, { stable, candidate: worse }, each)).toBeLessThanOrEqual(next);
      }),
    );
  });

  it('is a whole percent, at most ten times the present one, and risks no more in a lag than the budget and what is usual', () => {
    fc.assert(
      fc.property(weight, both, risk, (present, seen, each) => {
        const next = largestNextWeight(present, seen, each);
        expect(Number.isInteger(next) && next >= 0 && next <= Math.min(100, 10 * present)).toBe(true);
        const requests = (next / 100) * each.requestsPerSecond * each.lagSeconds;
        const usual = seen.stable.invocations > 0 ? seen.stable.errors / seen.stable.invocations : 0;
        expect(requests * mostExcessRate(seen)).toBeLessThanOrEqual(
          (each.failureBudget + requests * usual) * (1 + 1e-9),
        );
      }),
    );
  });
});

it('the weight stays small for three lags, and then both versions are compared once more above half of the traffic', () => {
  expect(ceilingAfter(1, 374, { lagSeconds })).toBe(10);
  expect(ceilingAfter(1, 375, { lagSeconds })).toBe(60);
  expect(ceilingAfter(60, 375, { lagSeconds })).toBe(100);
  expect(ceilingAfter(1, 119, { lagSeconds: 20 })).toBe(10);
  expect(ceilingAfter(1, 120, { lagSeconds: 20 })).toBe(60);
});

describe('the weight of a retreat', () => {
  it.each([
    [0.2, 1, 10],
    [0.2, 10, 2],
    [0.01, 100, 4],
    [1, 1000, 1],
    [0, 10, 10],
  ])('with %d more failures in a request at %d requests a second is %d %%', (excess, requestsPerSecond, expected) => {
    expect(retreatWeight(excess, riskAt(requestsPerSecond))).toBe(expected);
  });
});
