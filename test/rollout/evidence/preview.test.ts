import { describe, expect, it } from 'vitest';
import { decisionsAlone } from '../../../lib/rehearsal/compare/decisions-alone.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { binomial } from '../../../lib/rehearsal/world/binomial.ts';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { forecastOf } from '../../../lib/rollout/evidence/forecast.ts';
import { chanceOf, SUSPICION_CHANCE } from '../../../lib/rollout/evidence/history.ts';
import { previewOf, timeToFindATenth } from '../../../lib/rollout/evidence/preview.ts';
import { secondsToFind, secondsToSuspect } from '../../../lib/rollout/evidence/time-to-find.ts';
import { findingOf, newTrial, type Trial, tried } from '../../../lib/rollout/evidence/trial.ts';
import { policySchema } from '../../../lib/rollout/policy/policy.ts';

const adaptive = policySchema.parse({ adaptive: {} });

/** The median of the minutes after which the test itself finds a fault, in seconds, and the time until they can be read. */
function simulated(requestsPerSecond: number, weight: number, stableRate: number, candidateRate: number): number {
  const minutes = Array.from({ length: 41 }, (_, seed) => {
    const random = createRandom(seed);
    const candidate = Math.round(requestsPerSecond * 60 * (weight / 100));
    const stable = requestsPerSecond * 60 - candidate;
    let trial: Trial = newTrial;
    for (let minute = 0; minute < 2000; minute++) {
      trial = tried(trial, {
        stable: { invocations: stable, errors: binomial(random, stable, stableRate) },
        candidate: { invocations: candidate, errors: binomial(random, candidate, candidateRate) },
        seconds: minute * 60,
        comparable: true,
      });
      if (['failsMore', 'failsGrossly'].includes(findingOf(trial, 0.01))) return minute + 1;
    }
    return Number.POSITIVE_INFINITY;
  });
  return (minutes.toSorted((a, b) => a - b)[20] as number) * 60 + 60;
}

describe('the time to find a fault', () => {
  it('is at 100 % that of six failures, for gross failure has a fifth of the false-rollback rate', () => {
    const failing = { weight: 100, stableRate: 0, candidateRate: 1, falseRollbackRate: 0.01 };
    expect(secondsToFind({ ...failing, requestsPerSecond: 1 / 60 })).toBe(6 * 60 + 60);
  });

  it.each([
    [1, 10, 0.001, 0.1],
    [1, 10, 0.001, 1],
    [10, 10, 0.001, 0.01],
    [10, 60, 0.01, 0.02],
    [100, 10, 0.001, 0.002],
    [10, 1, 0.0001, 0.05],
  ])(
    'at %d requests a second and %d %% is about that of the test, for a rate of %d and %d',
    (rate, weight, stable, candidate) => {
      const fault = {
        requestsPerSecond: rate,
        weight,
        stableRate: stable,
        candidateRate: candidate,
        falseRollbackRate: 0.01,
      };
      const ratio = secondsToFind(fault) / simulated(rate, weight, stable, candidate);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    },
  );

  it('is for ever for a candidate that is no worse, and at 100 % unless it fails grossly', () => {
    const fault = { requestsPerSecond: 10, weight: 10, stableRate: 0.01, candidateRate: 0.01, falseRollbackRate: 0.01 };
    expect(secondsToFind(fault)).toBe(Number.POSITIVE_INFINITY);
    expect(secondsToFind({ ...fault, weight: 100, candidateRate: 0.1 })).toBe(Number.POSITIVE_INFINITY);
    expect(secondsToFind({ ...fault, weight: 100, candidateRate: 1 })).toBe(120);
  });
});

describe('the time until a candidate at 100 % is suspected', () => {
  const metrics = { periodSeconds: 1, delaySeconds: 0 };
  const suspected = (stableRate: number, candidateRate: number) =>
    secondsToSuspect({
      requestsPerSecond: 1,
      weight: 100,
      stableRate,
      candidateRate,
      falseRollbackRate: 0.01,
      metrics,
    });

  it.each([
    [0.001, 0.01],
    [0.1, 0.3],
    [0.2, 0.5],
    [0.2, 0.9],
  ])('is that of the requests which are unlike the last day, for a rate of %d and %d', (stable, candidate) => {
    const chanceAfter = (requests: number) =>
      chanceOf({ invocations: requests, errors: Math.round(requests * candidate) }, stable);
    const seconds = suspected(stable, candidate);
    expect(chanceAfter(seconds)).toBeLessThan(SUSPICION_CHANCE);
    expect(chanceAfter(Math.round(seconds / 3))).toBeGreaterThan(SUSPICION_CHANCE);
  });

  it('is for ever if it fails as other days do, whatever it is', () => {
    expect(suspected(0.1, 0.15)).toBe(Number.POSITIVE_INFINITY);
    expect(suspected(0.9, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a forecast', () => {
  it.each([1, 10, 100, 1000])(
    'of adaptive weights at %d requests a second is what a healthy version without failures does',
    (requestsPerSecond) => {
      const scenario = scenarioSchema.parse({ traffic: { requestsPerSecond }, policy: { adaptive: {} } });
      const steps = forecastOf(adaptive, { requestsPerSecond, errorRate: 0 });
      const run = decisionsAlone(scenario);
      const expected = steps.slice(0, -1).reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);
      expect(Math.abs((run?.outcomeAt(3600).toFullTraffic ?? 0) - expected)).toBeLessThanOrEqual(60);
    },
  );

  it('of any other policy is its plan', () => {
    const policy = policySchema.parse({ preset: 'Canary10Percent5Minutes' });
    const weights = forecastOf(policy, { requestsPerSecond: 10, errorRate: 0.001 }).map(({ weight }) => weight);
    expect(weights).toEqual([10, 100]);
  });
});

describe('a preview', () => {
  it('tells how many requests each step will see, and how long faults go unseen', () => {
    const policy = policySchema.parse({ canary: { weight: 10, bakeSeconds: 300 }, evidence: {} });
    const [canary, all] = previewOf(policy, { requestsPerSecond: 10, errorRate: 0.001 });
    expect(canary).toMatchObject({ weight: 10, bakeSeconds: 300, candidateRequests: 300 });
    expect(canary?.secondsToFind).toEqual({ twice: 24_240, tenTimes: 780, always: 120 });
    expect(all?.secondsToFind).toEqual({ twice: null, tenTimes: null, always: 120 });
  });

  it('finds faults sooner if requests are counted by the log', () => {
    const policy = policySchema.parse({ canary: { weight: 10 }, evidence: { counts: 'logs' } });
    const [canary] = previewOf(policy, { requestsPerSecond: 100, errorRate: 0.001 });
    expect(canary?.secondsToFind).toMatchObject({ always: 35 });
    const quick = policySchema.parse({ adaptive: {}, evidence: { counts: 'logs' } });
    const seconds = forecastOf(quick, { requestsPerSecond: 10, errorRate: 0.001 })
      .filter(({ weight }) => weight < 100)
      .reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);
    expect(seconds).toBeLessThanOrEqual(240);
  });

  it('of adaptive weights tells when a candidate at 100 % is suspected', () => {
    const last = previewOf(adaptive, { requestsPerSecond: 10, errorRate: 0.001 }).at(-1);
    expect(last?.secondsToFind).toMatchObject({ tenTimes: 120 });
  });

  it('of a policy without evidence tells no times', () => {
    const policy = policySchema.parse({ canary: { weight: 10 }, alarms: ['errors'] });
    expect(previewOf(policy, { requestsPerSecond: 10, errorRate: 0.001 })[0]?.secondsToFind).toBeNull();
  });

  it('says that a fault of one in ten takes an hour at a request in ten seconds', () => {
    const traffic = { requestsPerSecond: 0.1, errorRate: 0.001 };
    expect(timeToFindATenth(adaptive, traffic, 10)).toBe(3660);
    expect(timeToFindATenth(adaptive, { ...traffic, errorRate: 0.1 }, 10)).toBeNull();
  });
});
