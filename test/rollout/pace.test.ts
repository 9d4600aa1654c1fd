import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cloudWatchTiming } from '../../lib/rollout/observation.ts';
import {
  approvalSeconds,
  longestHoldSeconds,
  MOST_LOOKS,
  MOST_PREFLIGHTS,
  observationInterval,
  preflightInterval,
  secondsUntilNextLook,
} from '../../lib/rollout/pace.ts';
import { atStep } from './a-rollout.ts';

const DAY = 24 * 3600;
const each = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

describe('the interval between two looks', () => {
  it.each([
    { observations: 0, seconds: 60 },
    { observations: 1000, seconds: 60 },
    { observations: 1001, seconds: 120 },
    { observations: 1101, seconds: 240 },
    { observations: 1599, seconds: 3600 },
  ])('is $seconds s after $observations looks', ({ observations, seconds }) => {
    expect(observationInterval({ ...atStep(0), observations }, cloudWatchTiming)).toBe(seconds);
  });

  it('is one second on an endpoint with periods of one second', () => {
    const timing = { ...cloudWatchTiming, metrics: { periodSeconds: 1, delaySeconds: 1 } };
    const rollout = atStep(0, { canary: { weight: 10, bakeSeconds: 60 }, batches: undefined, settleSeconds: 60 });
    expect(observationInterval(rollout, timing)).toBe(1);
  });

  it('stretches so that the planned bakes fit a thousand looks', () => {
    const rollout = atStep(0, { canary: { weight: 10, bakeSeconds: 7 * DAY }, batches: undefined, settleSeconds: 0 });
    const interval = observationInterval(rollout, cloudWatchTiming);
    expect(interval % 60).toBe(0);
    expect((7 * DAY) / interval).toBeLessThanOrEqual(1000);
    expect((7 * DAY) / interval).toBeGreaterThan(900);
  });
});

describe('the next look', () => {
  it.each([
    ['comes at the first whole second at which the step can be judged', 130.25, 31],
    ['is not left out for the sake of one second', 101, 1],
    ['comes after an interval if that is later', 161, 60],
    ['comes after an interval if the step can be judged now', 100, 60],
    ['comes after an interval if the step could be judged before', 90, 60],
  ])('%s', (_, passable, seconds) => {
    expect(secondsUntilNextLook(100, passable, 60)).toBe(seconds);
  });
});

describe('a hold', () => {
  const held = longestHoldSeconds(atStep(0), cloudWatchTiming);

  it('ends a rollout when its looks are used up: after some nine days', () => {
    expect(held / DAY).toBeCloseTo(9.13, 1);
    expect(longestHoldSeconds({ ...atStep(0), observations: MOST_LOOKS - 1 }, cloudWatchTiming)).toBe(3600);
    expect(longestHoldSeconds({ ...atStep(0), observations: MOST_LOOKS }, cloudWatchTiming)).toBe(0);
  });

  it('is as long as the documentation says', () => {
    const words = ['seven', 'eight', 'nine', 'ten', 'eleven'][Math.floor(held / DAY) - 7];
    const docs = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8').replaceAll('\n', ' ');
    expect(docs).toContain(`After ${words} days the rollout ends`);
  });
});

describe('the interval before the first traffic', () => {
  it('is short at first and half an hour at last', () => {
    expect([0, 23, 24, 359, 360, 599, 600, 799].map(preflightInterval)).toEqual([5, 5, 10, 10, 60, 60, 1800, 1800]);
  });

  it('lets a start wait for more than four days', () => {
    const seconds = each(MOST_PREFLIGHTS, preflightInterval).reduce((sum, interval) => sum + interval, 0);
    expect(seconds / DAY).toBeGreaterThan(4);
    expect(seconds / DAY).toBeLessThan(5);
  });
});

describe('an approval', () => {
  it('is waited for as long as the policy says, and an hour at least each further time', () => {
    const rollout = atStep(0, { approvalTimeoutSeconds: 600 });
    expect(approvalSeconds(rollout)).toBe(600);
    expect(approvalSeconds({ ...rollout, approval: 'timedOut' })).toBe(3600);
    const patient = atStep(0, { approvalTimeoutSeconds: 7200 });
    expect(approvalSeconds({ ...patient, approval: 'timedOut' })).toBe(7200);
  });
});
