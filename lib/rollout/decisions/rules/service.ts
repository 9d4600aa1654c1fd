import { countedUntil, firstWholePeriod, totalOf, wholePeriods } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { type CountedObservation, noCounts, type VersionCounts } from '../../observation.ts';
import type { Step } from '../../policy/step.ts';
import {
  isIncredible,
  type Rate,
  ROUTING_GRACE_SECONDS,
  type Starved,
  starvedCandidate,
  starvedStable,
} from '../../starvation.ts';
import { serviceOf, stateInWords, UNKNOWN_STATE } from '../../version-state.ts';
import { currentStep, type Decision, keepWatching, longestWithoutProof, withoutProof } from './decision.ts';

/** A version that lost its state serves nothing. One that is only asleep or being made is waited for below. */
export function byItsState({ candidate, step }: Rollout, { candidateState }: CountedObservation): Decision | undefined {
  if (step < 0 || !candidateState || candidateState.state === UNKNOWN_STATE) return undefined;
  if (serviceOf(candidateState.state) !== 'never') return undefined;
  return { kind: 'revert', reason: `${stateInWords(candidate, candidateState)}: it cannot be invoked` };
}

/** Requests came, and incredibly few of them reached the candidate. */
export function byStarvation(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const step = currentStep(rollout);
  const { periods, timing, settled: before, isFinal } = observation;
  // Periods of a log are not of the alias alone. If they raise a doubt, the minutes of the alias are read instead.
  if (!step || !periods || isFinal) return undefined;
  const from = Math.max(
    firstWholePeriod(rollout.shiftedAt + ROUTING_GRACE_SECONDS, timing.metrics),
    before?.until ?? Number.NEGATIVE_INFINITY,
  );
  const settled = wholePeriods(periods, from);
  const starved = starvedCandidate(totalOf(settled), step.weight);
  if (starved) {
    const all = starvedCandidate(observation.counts ?? noCounts, step.weight) ?? starved;
    return { kind: 'revert', reason: starvedInWords(rollout.candidate, all, step.weight) };
  }
  if (step.weight < 100) return undefined;
  const last = settled.findLast(({ stable, candidate }) => stable.invocations + candidate.invocations > 0);
  const silentFrom = last ? last.start + timing.metrics.periodSeconds : from;
  const silence = countedUntil(observation, now) - silentFrom;
  const rates: readonly Rate[] = [
    ...rollout.passed.map(({ requests, countedSeconds = 0 }) => requestRate(requests, countedSeconds)),
    ...(last ? [requestRate(totalOf(settled), silentFrom - from)] : []),
  ];
  if (silence <= 0 || !isIncredible(silence, rates)) return undefined;
  return {
    kind: 'revert',
    reason: `requests came at every step before, and none in ${silence} s at 100 %: ${rollout.candidate} cannot be invoked`,
  };
}

/** A candidate that is asleep or being made serves nothing now: the step does not pass before it does. */
export function byItsSleep(
  rollout: Rollout,
  observation: CountedObservation,
  step: Step,
  now: number,
): Decision | undefined {
  const { candidateState } = observation;
  if (!candidateState || serviceOf(candidateState.state) !== 'later') return undefined;
  const why = stateInWords(rollout.candidate, candidateState);
  const longest = longestWithoutProof(rollout, step);
  return now < rollout.shiftedAt + longest
    ? keepWatching(rollout, observation, now, `${why}, so the step goes on`)
    : withoutProof(rollout, `${why}, and ${longest} s have passed`);
}

/** A stable version that is starved speaks against no candidate, but a revert would lead to it. */
export function wayBackInWords({ stable }: Rollout, counts: VersionCounts, weight: number): string {
  const starved = starvedStable(counts, weight);
  return starved
    ? `; only ${grouped(starved.served)} of ${grouped(starved.requests)} requests reached ${stable} and not some ${grouped(Math.round(starved.expected))}: a revert may lead to a version that cannot be invoked`
    : '';
}

const starvedInWords = (version: string, { requests, served, expected }: Starved, weight: number): string =>
  served === 0
    ? `${grouped(requests)} requests came at ${weight} %, none reached ${version}: it cannot be invoked`
    : `${grouped(requests)} requests came at ${weight} %, only ${grouped(served)} reached ${version} and not some ${grouped(Math.round(expected))}: it cannot be invoked all the time`;

const requestRate = ({ stable, candidate }: VersionCounts, seconds: number): Rate => ({
  requests: stable.invocations + candidate.invocations,
  seconds,
});

const grouped = (count: number): string => count.toLocaleString('en-US');
