import { totalOf } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { failsMore } from '../../evidence.ts';
import type { CountedObservation, VersionCounts } from '../../observation.ts';
import type { Step } from '../../policy/step.ts';
import { currentStep, type Decision, keepWatching, longestWithoutProof, withoutProof } from './decision.ts';

/** A policy that asks for evidence has each step prove itself, also one that it does not watch otherwise. */
export function byTheEvidence(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const { evidence } = rollout.policy;
  const step = currentStep(rollout);
  if (!evidence || !step) return undefined;
  const longest = longestWithoutProof(rollout, step);
  const doubt = doubtIn(rollout, observation.counts, step, evidence.minimumInvocations);
  if (!doubt) return undefined;
  if (now < rollout.shiftedAt + longest) {
    return keepWatching(rollout, observation, now, `${doubt}: that proves too little, so the step goes on`);
  }
  return withoutProof(rollout, `${doubt} in ${longest} s`);
}

/** Why the requests of a step do not prove the candidate's health; undefined if they do. */
function doubtIn(
  rollout: Rollout,
  counts: VersionCounts | null,
  { weight }: Step,
  minimumInvocations: number,
): string | undefined {
  const { stable, candidate } = rollout;
  if (!counts) return `the requests to ${candidate} at ${weight} % could not be counted`;
  const { invocations, errors } = counts.candidate;
  if (invocations < minimumInvocations) {
    return `${invocations} requests to ${candidate} were observed at ${weight} %, fewer than ${minimumInvocations}`;
  }
  const reference = weight < 100 ? counts.stable : totalOf(rollout.passed.map(({ requests }) => requests)).stable;
  if (!failsMore(counts.candidate, reference, minimumInvocations)) return undefined;
  const when = weight < 100 ? '' : ' in the steps before';
  return `${errors} of ${invocations} requests failed on ${candidate} at ${weight} %, more than the ${reference.errors} of ${reference.invocations} on ${stable}${when}`;
}
