import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { arrivalsIn, either, incidentRate, ownErrorRate, Traffic } from '../../../lib/rehearsal/world/traffic.ts';

const arrivals = (requestsPerSecond: number, seconds: number) =>
  Array.from({ length: seconds }, (_, second) => arrivalsIn(second, requestsPerSecond));
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('requests', () => {
  it('arrive evenly: ten a second are ten every second', () => {
    expect(new Set(arrivals(10, 1000))).toEqual(new Set([10]));
    expect(new Set(arrivals(0, 1000))).toEqual(new Set([0]));
  });

  it('arrive one by one if there are fewer than one a second', () => {
    expect(total(arrivals(0.3, 10))).toBe(3);
    expect(Math.max(...arrivals(0.3, 100))).toBe(1);
  });

  it('arrive as often as asked for, at any rate and over any time', () => {
    const rate = fc.integer({ min: 0, max: 10_000_000 }).map((hundredths) => hundredths / 100);
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 1000 }), (requestsPerSecond, seconds) => {
        const arrived = total(arrivals(requestsPerSecond, seconds));
        expect(Math.abs(arrived - requestsPerSecond * seconds)).toBeLessThan(1);
        if (Number.isInteger(requestsPerSecond)) expect(arrived).toBe(requestsPerSecond * seconds);
      }),
    );
  });

  it('arrive before the start as after it', () => {
    expect(total([-4, -3, -2, -1].map((second) => arrivalsIn(second, 0.25)))).toBe(1);
  });
});

describe("a version's own error rate", () => {
  const behaviour = {
    errorRate: 0.1,
    faults: [
      { afterSeconds: 600, errorRate: 1 },
      { aboveWeight: 50, errorRate: 0.5 },
    ],
  };

  it.each([
    ['its usual rate', 0, 10, 0.1],
    ['its usual rate at the weight above which a fault shows', 0, 50, 0.1],
    ['that of a fault above a weight', 0, 51, 0.5],
    ['its usual rate until a fault begins', 599, 50, 0.1],
    ['that of a fault that has begun', 600, 50, 1],
    ['that of the worst fault', 600, 100, 1],
  ])('is %s (%d s, %d %%)', (_, sinceFirstTraffic, weight, rate) => {
    expect(ownErrorRate(behaviour, sinceFirstTraffic, weight)).toBe(rate);
  });
});

describe('an incident', () => {
  const incidents = [
    { fromSecond: 100, forSeconds: 50, errorRate: 0.5 },
    { fromSecond: 140, forSeconds: 50, errorRate: 0.2 },
  ];

  it.each([
    [99, 0],
    [100, 0.5],
    [140, 0.6],
    [150, 0.2],
    [190, 0],
  ])('in second %d fails requests at a rate of %d', (second, rate) => {
    expect(incidentRate(incidents, second)).toBeCloseTo(rate, 12);
  });

  it('and a fault of the version fail a request independently', () => {
    expect(either(0.1, 0.5)).toBeCloseTo(0.55, 12);
    expect([either(0.1, 0), either(0, 0.1), either(1, 0.1)]).toEqual([0.1, 0.1, 1]);
  });
});

describe('chance', () => {
  const traffic = (seed: number) => new Traffic(createRandom(seed));

  it('is the same in a second, whatever came in the seconds before', () => {
    const busy = traffic(1);
    for (let second = 0; second < 100; second++) {
      busy.routed(second, 1000, 0.5);
      busy.failed('42', second, 500, 0.3);
    }
    expect(busy.routed(100, 10, 0.3)).toBe(traffic(1).routed(100, 10, 0.3));
    expect(busy.failed('42', 100, 10, 0.3)).toBe(traffic(1).failed('42', 100, 10, 0.3));
  });

  it('is another for each version, second and seed', () => {
    const failures = (seed: number, version: string, from: number) =>
      Array.from({ length: 20 }, (_, index) => traffic(seed).failed(version, from + index, 100, 0.05));
    const usual = failures(1, '41', 0);
    expect([failures(2, '41', 0), failures(1, '42', 0), failures(1, '41', 20)]).not.toContainEqual(usual);
  });
});
