import { shareInWords } from '../../contracts/text.ts';
import { totalOf } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { failsMore } from '../../evidence/fails-more.ts';
import type { CountedObservation, Counts, VersionCounts } from '../../observation.ts';
import type { Step } from '../../policy/step.ts';
import { currentStep, type Decision, keepWatching, longestWithoutProof, withoutProof } from './decision.ts';
import { costFindingIn, errorsIn, streamIn, suspicionIn, tooDearInWords, wentInWords } from './findings.ts';

/**
 * The requests themselves speak against the candidate: it fails so much more often than the stable version at the same time, or so often at
 * all, that a healthy version is hardly ever taken for it.
 */
export function byTheComparison(rollout: Rollout, observation: CountedObservation): Decision | undefined {
  const { evidence } = rollout.policy;
  if (!evidence || rollout.step < 0) return undefined;
  const chance = `at most ${shareInWords(evidence.falseRollbackRate)} of healthy versions are ever taken for a bad one`;
  const finding = errorsIn(rollout);
  if (finding === 'nothing' || finding === 'suspected') {
    const found = streamIn(rollout);
    if (found?.is === 'worse') return { kind: 'revert', reason: `${wentInWords(rollout, found)}; ${chance}` };
    return costFindingIn(rollout) === 'worse'
      ? { kind: 'revert', reason: `${tooDearInWords(rollout)}; ${chance}` }
      : undefined;
  }
  const how =
    finding === 'failsMore' ? `more often than ${rollout.stable} at the same time` : 'more often than any version may';
  return {
    kind: 'revert',
    reason: `${rollout.candidate} fails ${how}: ${failedInWords(rollout, observation.counts ?? rollout.current)}; ${chance}`,
  };
}

/** The requests of the whole rollout, those of its step among them. */
function failedInWords(rollout: Rollout, counts: VersionCounts): string {
  const { stable, candidate } = totalOf([...rollout.passed.map(({ requests }) => requests), counts]);
  const inAll = (counts: Counts, version: string) =>
    `${counts.errors} of ${counts.invocations} requests failed on ${version}`;
  return `${inAll(candidate, rollout.candidate)} and ${inAll(stable, rollout.stable)}`;
}

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
  const suspicion = suspicionIn(rollout);
  if (suspicion) return `the requests so far are suspicious: ${suspicion}`;
  if (rollout.policy.adaptive) return undefined;
  const reference = weight < 100 ? counts.stable : totalOf(rollout.passed.map(({ requests }) => requests)).stable;
  if (!failsMore(counts.candidate, reference, minimumInvocations)) return undefined;
  const when = weight < 100 ? '' : ' in the steps before';
  return `${errors} of ${invocations} requests failed on ${candidate} at ${weight} %, more than the ${reference.errors} of ${reference.invocations} on ${stable}${when}`;
}
