import { expectedTimingOf } from '../logs/timing.ts';
import type { Policy } from '../policy/policy.ts';
import { type ExpectedTraffic, forecastOf } from './forecast.ts';
import { secondsToFind, secondsToSuspect } from './time-to-find.ts';

/** What a step of a policy will see at a traffic. */
export interface StepPreview {
  /** The candidate's weight, in percent. */
  readonly weight: number;
  /** How long the step is watched, in seconds. */
  readonly bakeSeconds: number;
  /** How many requests the candidate will serve in that time. */
  readonly candidateRequests: number;
  /**
   * How long each fault takes about until it is found at this weight, in seconds; null if it never is. At 100 % under adaptive weights, until
   * the candidate is suspected and goes back to be compared. Alarms may find it sooner. Null for a policy that asks for no evidence.
   */
  readonly secondsToFind: Readonly<Record<FaultName, number | null>> | null;
}

/** Faults by how often a request fails, at an error rate of the stable version. */
const faults = {
  twice: (rate: number) => 2 * rate,
  tenTimes: (rate: number) => 10 * rate,
  always: () => 1,
} as const;
type FaultName = keyof typeof faults;

/** Foretells what each step of a policy will see at a traffic. */
export const previewOf = (policy: Policy, traffic: ExpectedTraffic): readonly StepPreview[] =>
  forecastOf(policy, traffic).map(({ weight, bakeSeconds }) => ({
    weight,
    bakeSeconds,
    candidateRequests: Math.floor((traffic.requestsPerSecond * weight * bakeSeconds) / 100),
    secondsToFind: policy.evidence
      ? {
          twice: timeToFind(policy, traffic, weight, faults.twice),
          tenTimes: timeToFind(policy, traffic, weight, faults.tenTimes),
          always: timeToFind(policy, traffic, weight, faults.always),
        }
      : null,
  }));

/** How long a candidate of which one request in ten fails goes unseen at a weight, in seconds; null for ever. */
export const timeToFindATenth = (policy: Policy, traffic: ExpectedTraffic, weight: number): number | null =>
  timeToFind(policy, traffic, weight, () => 0.1);

function timeToFind(
  policy: Policy,
  { requestsPerSecond, errorRate }: ExpectedTraffic,
  weight: number,
  rateOf: (rate: number) => number,
): number | null {
  const fault = {
    requestsPerSecond,
    weight,
    stableRate: errorRate,
    candidateRate: Math.min(1, rateOf(errorRate)),
    falseRollbackRate: policy.evidence?.falseRollbackRate ?? 1,
    metrics: expectedTimingOf(policy),
  };
  const found = secondsToFind(fault);
  const seconds = weight === 100 && policy.adaptive ? Math.min(found, secondsToSuspect(fault)) : found;
  return Number.isFinite(seconds) ? seconds : null;
}
