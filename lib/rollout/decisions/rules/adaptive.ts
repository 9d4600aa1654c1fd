import { secondsCounted } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { lagOf, type NextWeight, type Risk, WHOLE_PERIODS, weightAfter } from '../../evidence/next-weight.ts';
import { type CountedObservation, noCounts, type VersionCounts } from '../../observation.ts';
import { LATENCY } from '../../policy/streams.ts';
import { currentStep, type Decision, keepWatching, longestWithoutProof, withoutProof } from './decision.ts';
import { leaningIn, suspicionIn } from './findings.ts';

/** So many requests of the candidate are seen at a weight before the next one, or so many seconds are waited for them. */
const FEW_REQUESTS = 3;
const WAIT_SECONDS = 120;

/**
 * At 100 % nothing is left to compare with. If something speaks against the candidate, although not for certain, it is watched at the last
 * weight before for so long, in seconds.
 */
const LEANING_SECONDS = 600;

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
  const next = nextIn(step.weight, failuresIn(rollout, observation), now - firstTrafficAt(rollout), risk);
  const leaning = 'weight' in next && next.weight === 100 ? leaningIn(rollout) : undefined;
  if (!doubt && leaning && now < rollout.shiftedAt + LEANING_SECONDS) {
    const why = `${failedInWords(rollout, counts)}; ${leaning}, so both are compared a little longer before ${rollout.candidate} gets everything`;
    return keepWatching(rollout, observation, now, why);
  }
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

/** The counts of all ways in which requests have failed: as errors at this step, and as throttles and by signals in the whole rollout. */
function failuresIn({ trial }: Rollout, { counts }: CountedObservation): readonly VersionCounts[] {
  const { [LATENCY]: _, ...failing } = trial.now.streams;
  return [counts ?? noCounts, ...Object.values(failing).map((stream) => stream.counts)];
}

/** The weight that every way to fail allows. */
function nextIn(weight: number, failures: readonly VersionCounts[], seconds: number, risk: Risk): NextWeight {
  const all = failures.map((counts) => weightAfter(weight, counts, seconds, risk));
  const stays = all.find((next) => 'stays' in next);
  return stays ?? { weight: Math.min(...all.flatMap((next) => ('weight' in next ? next.weight : []))) };
}

const firstTrafficAt = ({ passed, shiftedAt }: Rollout): number => passed[0]?.from ?? shiftedAt;

/** Why the counts of a step say too little, or the wrong thing, for a next weight. */
function doubtIn(rollout: Rollout, observation: CountedObservation, now: number): string | undefined {
  const { counts, timing } = observation;
  const { candidate } = rollout;
  if (!counts) return 'nobody knows how they went';
  const suspicion = suspicionIn(rollout);
  if (suspicion) return suspicion;
  const seconds = secondsCounted(rollout.shiftedAt, observation, now);
  const { periodSeconds } = timing.metrics;
  if (seconds < WHOLE_PERIODS * periodSeconds)
    return `fewer than ${WHOLE_PERIODS} whole periods of ${periodSeconds} s have been seen`;
  return counts.candidate.invocations < FEW_REQUESTS && seconds < WAIT_SECONDS
    ? `that is fewer than ${FEW_REQUESTS} requests to ${candidate}`
    : undefined;
}

/** What the next weight risks, at the traffic of the present step, or of before if none of it has been seen. */
export function riskIn(rollout: Rollout, observation: CountedObservation, now: number): Risk {
  const { counts, timing } = observation;
  const seconds = secondsCounted(rollout.shiftedAt, observation, now);
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
