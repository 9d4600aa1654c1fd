import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closedUntil, firstWholePeriod, judgeableAt } from '../../lib/rollout/coverage.ts';

const timing = { periodSeconds: 60, delaySeconds: 60 };
const anyTiming = fc.record({ periodSeconds: fc.integer({ min: 1, max: 900 }), delaySeconds: fc.nat(900) });
const second = fc.integer({ min: 1_000_000, max: 2_000_000 });

describe('closed periods', () => {
  it('end at the last one that can be read in full, and never later', () => {
    expect([600, 659, 660, 719, 720].map((now) => closedUntil(now, timing))).toEqual([540, 540, 600, 600, 660]);
    fc.assert(
      fc.property(second, anyTiming, (now, each) => {
        const until = closedUntil(now, each);
        expect(until % each.periodSeconds).toBe(0);
        expect(until + each.delaySeconds).toBeLessThanOrEqual(now);
        expect(until + each.delaySeconds + each.periodSeconds).toBeGreaterThan(now);
      }),
    );
  });
});

describe('a bake that is shorter than a period', () => {
  it('is judged once a whole period of it can be read, from whatever second it starts', () => {
    expect(judgeableAt(633, 30, timing)).toBe(660 + 60 + 60);
    fc.assert(
      fc.property(second, fc.integer({ min: 1, max: 3600 }), anyTiming, (shiftedAt, bake, each) => {
        const seen = closedUntil(judgeableAt(shiftedAt, bake, each), each);
        expect(seen).toBeGreaterThanOrEqual(firstWholePeriod(shiftedAt, each) + each.periodSeconds);
        expect(seen).toBeGreaterThanOrEqual(Math.floor((shiftedAt + bake) / each.periodSeconds) * each.periodSeconds);
      }),
    );
  });

  it('of 0 is not watched', () => {
    expect(judgeableAt(633, 0, timing)).toBe(633);
  });
});
