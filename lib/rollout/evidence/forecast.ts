import { expectedTimingOf } from '../logs/timing.ts';
import type { MetricTiming } from '../observation.ts';
import { planOf } from '../policy/plan.ts';
import type { Policy } from '../policy/policy.ts';
import type { Step } from '../policy/step.ts';
import { firstWeight, lagOf, type Risk, WHOLE_PERIODS, weightAfter } from './next-weight.ts';

/** The traffic that a forecast is for. */
export interface ExpectedTraffic {
  /** The requests to both versions together. */
  readonly requestsPerSecond: number;
  /** The share of requests that fail on either version, 0 to 1. */
  readonly errorRate: number;
}

/**
 * The steps that a version which is as healthy as the stable one will take at a traffic: those of the plan, and under adaptive weights the
 * ones that the evidence will choose if everything goes as it does on average. Such a step takes up to one period longer if it does not begin
 * with a whole one.
 */
export function forecastOf(
  policy: Pick<Policy, 'adaptive' | 'evidence'> & Parameters<typeof planOf>[0],
  traffic: ExpectedTraffic,
): readonly Step[] {
  const { steps } = planOf(policy);
  if (!policy.adaptive) return steps;
  const last = steps.at(-1) as Step;
  const metrics = expectedTimingOf(policy);
  const risk = { ...policy.adaptive, lagSeconds: lagOf(metrics), requestsPerSecond: traffic.requestsPerSecond };
  const chosen: Step[] = [];
  let since = 0;
  for (let weight = firstWeight(risk); weight < 100; ) {
    const { seconds, next } = untilNext(weight, since, traffic.errorRate, risk, metrics);
    chosen.push({ weight, bakeSeconds: seconds, approval: 'automatic' });
    since += seconds;
    weight = next;
  }
  return [...chosen, last];
}

/** After so many periods the longest bake of a policy is over, which a forecast need not know better. */
const MOST_PERIODS = 10_000;

function untilNext(weight: number, since: number, errorRate: number, risk: Risk, metrics: MetricTiming) {
  for (let periods = WHOLE_PERIODS; periods < MOST_PERIODS; periods++) {
    const seconds = periods * metrics.periodSeconds + metrics.delaySeconds;
    const requests = periods * metrics.periodSeconds * risk.requestsPerSecond;
    const countsOf = (invocations: number) => ({ invocations, errors: invocations * errorRate });
    const counts = {
      candidate: countsOf((requests * weight) / 100),
      stable: countsOf((requests * (100 - weight)) / 100),
    };
    const next = weightAfter(weight, counts, since + seconds, risk);
    if ('weight' in next) return { seconds, next: next.weight };
  }
  return { seconds: MOST_PERIODS * metrics.periodSeconds, next: 100 };
}
