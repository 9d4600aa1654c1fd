import { countedUntil, firstWholePeriod } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { lagOf, type Risk, WHOLE_PERIODS, weightAfter } from '../../evidence/next-weight.ts';
import { type CountedObservation, noCounts, type VersionCounts } from '../../observation.ts';
import { currentStep, type Decision, keepWatching, longestWithoutProof, withoutProof } from './decision.ts';
import { suspicionIn } from './findings.ts';

/** So many requests of the candidate are seen at a weight before the next one, or so many seconds are waited for them. */
const FEW_REQUESTS = 3;
const WAIT_SECONDS = 120;

/**
 * Adaptive weights grow as fast as the evidence allows: the next one is given as soon as one more detection lag at it costs no more than the
 * failure budget, whatever the candidate's rate may still be. Doubts hold it.
 */
export function byTheBudget(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const { adaptive } = rollout.policy;
  const step = currentStep(rollout);
  if (!adaptive || !step || step.weight === 100 || rollout.approval === 'approved') return undefined;
  const { counts } = observation;
  const risk = riskIn(rollout, observation, now);
  const doubt = doubtIn(rollout, observation, now);
  const next = weightAfter(step.weight, counts ?? noCounts, now - firstTrafficAt(rollout), risk);
  if (!doubt && 'weight' in next) {
    const reason = `${failedInWords(rollout, counts)}: ${next.weight} % for ${risk.lagSeconds} s costs at most some ${adaptive.failureBudget} failed requests more`;
    return { kind: 'advance', step: rollout.step + 1, weight: next.weight, reason };
  }
  const why = doubt ?? ('stays' in next ? reasonsToStay[next.stays](adaptive.failureBudget) : '');
  const longest = longestWithoutProof(rollout, step);
  return now < rollout.shiftedAt + longest
    ? keepWatching(rollout, observation, now, `${failedInWords(rollout, counts)}; ${why}, so the step goes on`)
    : withoutProof(rollout, `${failedInWords(rollout, counts)} in ${longest} s; ${why}`);
}

const reasonsToStay = {
  early: () => 'it is too early for much more of the traffic',
  risky: (failureBudget: number) =>
    `more of the traffic could cost more than ${failureBudget} failed requests before that is seen`,
} as const;

const firstTrafficAt = ({ passed, shiftedAt }: Rollout): number => passed[0]?.from ?? shiftedAt;

/** Why the counts of a step say too little, or the wrong thing, for a next weight. */
function doubtIn(rollout: Rollout, observation: CountedObservation, now: number): string | undefined {
  const { counts, timing } = observation;
  const { candidate } = rollout;
  if (!counts) return 'nobody knows how they went';
  const suspicion = suspicionIn(rollout);
  if (suspicion) return suspicion;
  const seconds = secondsSeen(rollout, observation, now);
  const { periodSeconds } = timing.metrics;
  if (seconds < WHOLE_PERIODS * periodSeconds)
    return `fewer than ${WHOLE_PERIODS} whole periods of ${periodSeconds} s have been seen`;
  return counts.candidate.invocations < FEW_REQUESTS && seconds < WAIT_SECONDS
    ? `that is fewer than ${FEW_REQUESTS} requests to ${candidate}`
    : undefined;
}

/** How many seconds of whole periods at the present weight the counts are of. */
const secondsSeen = ({ shiftedAt }: Rollout, observation: CountedObservation, now: number): number =>
  countedUntil(observation, now) - firstWholePeriod(shiftedAt, observation.timing.metrics);

/** What the next weight risks, at the traffic of the present step, or of before if none of it has been seen. */
export function riskIn(rollout: Rollout, observation: CountedObservation, now: number): Risk {
  const { counts, timing } = observation;
  const seconds = secondsSeen(rollout, observation, now);
  const requests = counts ? counts.stable.invocations + counts.candidate.invocations : 0;
  return {
    failureBudget: rollout.policy.adaptive?.failureBudget ?? 0,
    lagSeconds: lagOf(timing.metrics),
    requestsPerSecond:
      seconds > 0 ? requests / seconds : (rollout.history?.requestsPerSecond ?? Number.POSITIVE_INFINITY),
  };
}

function failedInWords({ stable, candidate }: Rollout, counts: VersionCounts | null): string {
  if (!counts) return `the requests to ${candidate} could not be counted`;
  const { errors, invocations } = counts.candidate;
  return `${errors} of ${invocations} requests failed on ${candidate} and ${counts.stable.errors} of ${counts.stable.invocations} on ${stable}`;
}
