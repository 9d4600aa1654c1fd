import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newStake, played, type Stake, sumOf } from '../../../lib/rollout/evidence/stake.ts';

const windows = fc.array(
  fc.record({
    gains: fc.tuple(fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0, max: 50, noNaN: true })),
    seconds: fc.integer({ min: 0, max: 7200 }),
  }),
  { maxLength: 50 },
);

describe('a stake', () => {
  it('is worth 1 until it has gained or lost', () => {
    const stake = played(played(newStake(2), [1, 1], 0), [1, 1], 1800);
    expect(sumOf(stake)).toBeCloseTo(1, 12);
  });

  it('never stakes more than its capital, and never takes a stake back', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        let stake = newStake(2);
        for (const { gains, seconds } of drawn) {
          const next = played(stake, gains, seconds);
          expect(next.staked).toBeGreaterThanOrEqual(stake.staked);
          expect(next.staked).toBeLessThanOrEqual(1 + 1e-12);
          stake = next;
        }
      }),
    );
  });

  it('gains at most what the best of its hypotheses makes of all that it has', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        let stake = newStake(2);
        for (const { gains, seconds } of drawn) {
          const next = played(stake, gains, seconds);
          expect(sumOf(next)).toBeLessThanOrEqual(sumOf(stake) * Math.max(1, ...gains) * (1 + 1e-9));
          stake = next;
        }
      }),
    );
  });

  it('that lost everything in an hour still finds a fault that begins then', () => {
    let stake: Stake = newStake(1);
    for (let minute = 0; minute < 50; minute++) stake = played(stake, [0.01], minute * 60);
    expect(sumOf(stake)).toBeLessThan(1);
    for (let minute = 50; minute < 53; minute++) stake = played(stake, [100], minute * 60);
    expect(sumOf(stake)).toBeGreaterThan(100);
  });

  it('adds capital at its first two suspicions and at no other', () => {
    const suspected: Stake = { held: [20], staked: 0.4, suspicions: 0 };
    const staked = [1, 2, 3].reduce((states) => [...states, played(states.at(-1) as Stake, [1], 0)], [suspected]);
    expect(staked.map((stake) => Math.round(10 * stake.staked))).toEqual([4, 6, 8, 8]);
  });

  it('stays a number in JSON, however much it gains', () => {
    const rich = played(played(newStake(1), [Number.MAX_VALUE], 0), [Number.MAX_VALUE], 60);
    expect(JSON.parse(JSON.stringify(rich))).toEqual(rich);
    const ruined: Stake = { held: [0], staked: 1, suspicions: 2 };
    expect(sumOf(played(ruined, [Number.POSITIVE_INFINITY], 0))).toBe(0);
  });
});
