import { type AlarmShape, couldHaveFiredAt } from './alarm-shape.ts';
import { rateJudgeableAt } from './candidate-rate.ts';
import { closedUntil, judgeableAt } from './coverage.ts';
import type { Rollout } from './document/rollout.ts';
import type { MetricTiming, Timing } from './observation.ts';

/**
 * Step Functions ends an execution at 25,000 history events, and one look at the alias costs ten: Wait 2, Task 5,
 * Choice 2, and one for good measure. (AWS: Step Functions quotas.)
 */
const LOOKS_AT_FULL_PACE = 1000;
const LOOKS_PER_SLOWDOWN = 100;
const LONGEST_INTERVAL_SECONDS = 3600;

/** From which interval on a slower pace grows, in seconds: a hold is no shorter because the counts come every ten seconds. */
const SLOW_PACE_SECONDS = 60;

/** After so many looks the history is nearly full, whatever filled it. */
export const MOST_LOOKS = 1600;

/** How often a start is looked at before the first traffic: for more than four days, and nine events each. */
export const MOST_PREFLIGHTS = 800;

/**
 * How long to wait between two looks: one metric period, stretched so that the planned bakes alone fit a thousand looks,
 * and doubled again and again if a hold or a prolonged step needs more.
 */
export function observationInterval(rollout: Rollout, timing: Timing): number {
  const planned = rollout.plan.reduce((sum, step) => sum + step.bakeSeconds, 0);
  const periods = Math.max(1, Math.ceil(planned / timing.metrics.periodSeconds / LOOKS_AT_FULL_PACE));
  const base = Math.max(1, periods * timing.metrics.periodSeconds);
  const slowdowns = Math.max(0, Math.ceil((rollout.observations - LOOKS_AT_FULL_PACE) / LOOKS_PER_SLOWDOWN));
  if (slowdowns === 0) return base;
  return Math.min(Math.max(base, SLOW_PACE_SECONDS) * 2 ** slowdowns, Math.max(base, LONGEST_INTERVAL_SECONDS));
}

/**
 * How long a rollout can still be held, in seconds: until it has been looked at as often as its history allows. From its first step on
 * that is nine days for CloudWatch's minutes, half a day less for counts of ten seconds, and longer under a plan of many days.
 */
export function longestHoldSeconds(rollout: Rollout, timing: Timing): number {
  let seconds = 0;
  for (let observations = rollout.observations; observations < MOST_LOOKS; observations++) {
    seconds += observationInterval({ ...rollout, observations }, timing);
  }
  return seconds;
}

/** How long to wait for the commit or a held start, before the first traffic, in seconds: briefly at first, then longer. */
export function preflightInterval(preflights: number): number {
  if (preflights < 24) return 5;
  if (preflights < 360) return 10;
  return preflights < 600 ? 60 : 1800;
}

/** How long an approval is waited for, in seconds. One that is asked for again and again is waited for longer each time. */
export const approvalSeconds = (rollout: Rollout): number =>
  rollout.approval === 'timedOut'
    ? Math.max(rollout.policy.approvalTimeoutSeconds, LONGEST_INTERVAL_SECONDS)
    : rollout.policy.approvalTimeoutSeconds;

/** The alarms of a policy before anybody has read them. */
export const unknownShapes = (names: readonly string[]): readonly null[] => names.map(() => null);

/**
 * When a step can be judged, in seconds since 1970. Alarms must have seen the data of the bake, and each must have had the time to fire on
 * the step's data alone; evidence needs its counts. If the policy names neither, the clock decides alone.
 *
 * @param shapes how the policy's alarms are made, null for one of which nothing is known
 */
export function passableAt(
  policy: Pick<Rollout['policy'], 'evidence'>,
  shapes: readonly (AlarmShape | null)[],
  shiftedAt: number,
  bakeSeconds: number,
  timing: Timing,
): number {
  const watched = bakeSeconds > 0 ? shapes.map((shape) => couldHaveFiredAt(shiftedAt, shape, timing.alarms)) : [];
  return Math.max(
    shiftedAt + bakeSeconds,
    shapes.length > 0 ? judgeableAt(shiftedAt, bakeSeconds, timing.alarms) : 0,
    policy.evidence ? judgeableAt(shiftedAt, bakeSeconds, timing.metrics) : 0,
    bakeSeconds > 0 && shapes.some((shape) => shape?.eachVersion) ? rateJudgeableAt(shiftedAt, timing.metrics) : 0,
    ...watched,
  );
}

/** How long to wait for the next look at a moment: under adaptive weights each look is at a period that was just closed. */
export const intervalOf = (rollout: Rollout, timing: Timing, now: number): number => {
  const interval = observationInterval(rollout, timing);
  return rollout.policy.adaptive ? Math.min(interval, secondsUntilNextPeriod(now, timing.metrics)) : interval;
};

/** Whole seconds until one more period can be read. */
const secondsUntilNextPeriod = (now: number, metrics: MetricTiming): number =>
  Math.max(1, Math.ceil(closedUntil(now, metrics) + metrics.periodSeconds + metrics.delaySeconds - now));

/** Whole seconds until the next look: a full interval, or less if the step can be judged sooner. */
export function secondsUntilNextLook(now: number, passableAtSecond: number, intervalSeconds: number): number {
  const left = Math.ceil(passableAtSecond - now);
  return left > 0 ? Math.min(left, intervalSeconds) : intervalSeconds;
}
