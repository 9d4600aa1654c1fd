import { describe, expect, it } from 'vitest';
import { chanceOf, historyIn, historyRange, usualRate } from '../../../lib/rollout/evidence/history.ts';

const until = 1_767_225_600;

describe('a history', () => {
  it('is of a day of whole periods that can be read', () => {
    expect(historyRange(until + 59)).toEqual({ from: until - 300 - 86_400, until: until - 300 });
    expect(historyRange(until + 60)).toEqual({ from: until - 86_400, until });
  });

  it('adds everything up, and takes the traffic of the last quarter of an hour', () => {
    const periods = [
      { start: until - 1200, invocations: 9000, errors: 7 },
      { start: until - 900, invocations: 300, errors: 1 },
      { start: until - 300, invocations: 600, errors: 0 },
    ];
    expect(historyIn(periods, until)).toEqual({ counts: { invocations: 9900, errors: 8 }, requestsPerSecond: 1 });
    expect(historyIn([], until)).toEqual({ counts: { invocations: 0, errors: 0 }, requestsPerSecond: 0 });
  });

  it('without a failure may have had one', () => {
    expect(usualRate({ counts: { invocations: 1000, errors: 10 }, requestsPerSecond: 1 })).toBe(0.01);
    expect(usualRate({ counts: { invocations: 1000, errors: 0 }, requestsPerSecond: 1 })).toBe(0.001);
    expect(usualRate({ counts: { invocations: 0, errors: 0 }, requestsPerSecond: 0 })).toBe(1);
  });
});

describe('the chance of so many failures', () => {
  it('is small if they are many more than one and a half times the usual', () => {
    expect(chanceOf({ invocations: 6000, errors: 9 }, 0.001)).toBeGreaterThan(0.4);
    expect(chanceOf({ invocations: 6000, errors: 25 }, 0.001)).toBeLessThan(0.001);
    expect(chanceOf({ invocations: 60, errors: 0 }, 0)).toBe(1);
    expect(chanceOf({ invocations: 60, errors: 1 }, 0)).toBe(0);
    expect(chanceOf({ invocations: 60, errors: 60 }, 0.9)).toBe(1);
  });
});
