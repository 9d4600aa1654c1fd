import { couldHaveFiredAt, needInWords, oneMinute, seesOnlySince } from '../alarm-shape.ts';
import { alarmsInWords, nameInWords } from '../alarms-in-words.ts';
import { type AliasState, sameRouting } from '../alias/alias.ts';
import { ownerOf } from '../alias/description.ts';
import { BAD_RATE, candidateFailure } from '../candidate-rate.ts';
import { errorInWords } from '../contracts/caught-error.ts';
import { oneLine } from '../contracts/text.ts';
import { countedUntil, firstWholePeriod, totalOf, wholePeriods } from '../coverage.ts';
import { nextRouting, type Rollout } from '../document/rollout.ts';
import { failsMore } from '../evidence.ts';
import { isIgnored } from '../ignored-alarms.ts';
import { type AlarmObservation, type CountedObservation, noCounts, type VersionCounts } from '../observation.ts';
import { MOST_LOOKS, observationInterval, passableAt, secondsUntilNextLook } from '../pace.ts';
import type { Step } from '../policy/step.ts';
import {
  isIncredible,
  type Rate,
  ROUTING_GRACE_SECONDS,
  type Starved,
  starvedCandidate,
  starvedStable,
} from '../starvation.ts';
import { serviceOf, stateInWords, UNKNOWN_STATE } from '../version-state.ts';
import { answerInWords, approvedInWords } from './approval.ts';
import { externalChange } from './external-change.ts';

/** The next action, with its reason in words that a person on call understands. */
export type Decision = { readonly reason: string } & (
  | { readonly kind: 'keepWatching'; readonly waitSeconds: number }
  | { readonly kind: 'advance'; readonly step: number }
  | { readonly kind: 'askApproval'; readonly step: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'revert' }
  | { readonly kind: 'superseded' }
);

/**
 * The heart of Sluice: decides what an observation means for a rollout. Pure; `now` is in seconds since 1970.
 *
 * The order of the rules is the specification. A person who changed the alias wins. Then come the rules that speak against the
 * candidate, then those that keep the rollout at its step. If no rule objects, the rollout goes on.
 */
export function decide(rollout: Rollout, observation: CountedObservation, now: number): Decision {
  return (
    byExternalChange(rollout, observation.alias) ??
    byTheAlarms(rollout, observation.alarms) ??
    byTheCandidatesRate(rollout, observation) ??
    byItsState(rollout, observation) ??
    byStarvation(rollout, observation, now) ??
    byARefusal(rollout) ??
    bySkipping(rollout, observation.alias) ??
    byNobodysAnswer(rollout) ??
    byTheHistoryLimit(rollout) ??
    byTheHold(rollout, observation, now) ??
    byTheBake(rollout, observation, now) ??
    byTheEvidence(rollout, observation, now) ??
    byAnIgnoredAlarm(rollout, observation, now) ??
    onwards(rollout, observation)
  );
}

function byExternalChange(rollout: Rollout, alias: AliasState | null): Decision | undefined {
  // Before the first weight Shift looks at the alias itself, and only a removed one ends the rollout here.
  if (alias && rollout.step < 0) return undefined;
  const change = externalChange(rollout, alias, [rollout.seen, ...nextRouting(rollout)]);
  if (!change) return undefined;
  const { reason } = change;
  if (change.kind === 'reverted') return { kind: 'revert', reason };
  return { kind: change.kind === 'promoted' ? 'complete' : 'superseded', reason };
}

/** A person who gave exactly the next weight has skipped the bake; unless something speaks against the candidate. */
function bySkipping(rollout: Rollout, alias: AliasState | null): Decision | undefined {
  if (!alias || !showsNextWeight(rollout, alias)) return undefined;
  const step = rollout.step + 1;
  return { kind: 'advance', step, reason: `the alias was moved on to ${rollout.plan[step]?.weight} % by hand` };
}

/** Exactly the next weight, and no other rollout's. */
const showsNextWeight = (rollout: Rollout, alias: AliasState): boolean =>
  (ownerOf(alias)?.execution ?? rollout.execution.name) === rollout.execution.name &&
  nextRouting(rollout).some((routing) => sameRouting(alias, routing));

function byTheAlarms(rollout: Rollout, alarms: readonly AlarmObservation[]): Decision | undefined {
  const missing = alarms.find((alarm) => alarm.state === 'missing');
  if (missing) {
    return {
      kind: 'revert',
      reason: `alarm ${missing.name} cannot be found; an alarm that nobody evaluates is not OK`,
    };
  }
  const firing = alarms.find((alarm) => alarm.state === 'ALARM' && !isIgnored(rollout, alarm));
  if (!firing) return undefined;
  const evidence = rollout.policy.evidence
    ? '; requests are not compared version by version yet, so the alarm decides even though the policy sets "evidence"'
    : '';
  return { kind: 'revert', reason: `alarm ${firing.name} is in ALARM${inBrackets(firing.reason)}${evidence}` };
}

/** The alarms on the whole alias hardly see a candidate that gets little of the traffic: so its own rate is judged beside those that ask for it. */
function byTheCandidatesRate(rollout: Rollout, { alarms, periods, timing }: CountedObservation): Decision | undefined {
  if (rollout.step < 0 || !periods || !alarms.some(({ shape }) => shape?.eachVersion)) return undefined;
  const from = firstWholePeriod(rollout.shiftedAt, timing.metrics);
  const whole = periods.filter(({ start }) => start >= from);
  const failure = candidateFailure(whole, timing.metrics.periodSeconds);
  if (!failure) return undefined;
  const { errors, invocations, periods: bad } = failure;
  const reason = `${errors} of ${invocations} requests failed on ${rollout.candidate} in ${bad} bad periods of ${timing.metrics.periodSeconds} s, more than ${BAD_RATE * 100} % and more than on ${rollout.stable}`;
  return { kind: 'revert', reason };
}

/** A version that lost its state serves nothing. One that is only asleep or being made is waited for below. */
function byItsState({ candidate, step }: Rollout, { candidateState }: CountedObservation): Decision | undefined {
  if (step < 0 || !candidateState || candidateState.state === UNKNOWN_STATE) return undefined;
  if (serviceOf(candidateState.state) !== 'never') return undefined;
  return { kind: 'revert', reason: `${stateInWords(candidate, candidateState)}: it cannot be invoked` };
}

/** Requests came, and incredibly few of them reached the candidate. */
function byStarvation(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const step = currentStep(rollout);
  const { periods, timing } = observation;
  if (!step || !periods) return undefined;
  const from = firstWholePeriod(rollout.shiftedAt + ROUTING_GRACE_SECONDS, timing.metrics);
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
  const before: readonly Rate[] = [
    ...rollout.passed.map(({ requests, countedSeconds = 0 }) => rateOf(requests, countedSeconds)),
    ...(last ? [rateOf(totalOf(settled), silentFrom - from)] : []),
  ];
  if (silence <= 0 || !isIncredible(silence, before)) return undefined;
  return {
    kind: 'revert',
    reason: `requests came at every step before, and none in ${silence} s at 100 %: ${rollout.candidate} cannot be invoked`,
  };
}

const rateOf = ({ stable, candidate }: VersionCounts, seconds: number): Rate => ({
  requests: stable.invocations + candidate.invocations,
  seconds,
});

const starvedInWords = (version: string, { requests, served, expected }: Starved, weight: number): string =>
  served === 0
    ? `${grouped(requests)} requests came at ${weight} %, none reached ${version}: it cannot be invoked`
    : `${grouped(requests)} requests came at ${weight} %, only ${grouped(served)} reached ${version} and not some ${grouped(Math.round(expected))}: it cannot be invoked all the time`;

const grouped = (count: number): string => count.toLocaleString('en-US');

function byARefusal(rollout: Rollout): Decision | undefined {
  if (rollout.approval === 'rejected')
    return { kind: 'revert', reason: `approval was rejected${answerInWords(rollout.answer)}` };
  if (rollout.approval === 'failed') {
    return { kind: 'revert', reason: `approval could not be asked for: ${errorInWords(rollout.error)}` };
  }
  return undefined;
}

/** Nobody answered in time. This rule comes after `bySkipping`: a person who moved the alias on has answered in their own way. */
function byNobodysAnswer(rollout: Rollout): Decision | undefined {
  if (rollout.approval !== 'timedOut' || rollout.policy.onApprovalTimeout === 'hold') return undefined;
  return { kind: 'revert', reason: `nobody approved within ${rollout.policy.approvalTimeoutSeconds} s` };
}

function byTheHistoryLimit(rollout: Rollout): Decision | undefined {
  if (rollout.observations < MOST_LOOKS) return undefined;
  return {
    kind: 'revert',
    reason: `the alias was looked at ${MOST_LOOKS} times; a Step Functions execution may have 25,000 events, so this one ends before that`,
  };
}

function byTheHold(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  if (observation.hold === null) return undefined;
  return keepWatching(rollout, observation, now, `held: ${observation.hold || 'no reason given'}`);
}

function byTheBake(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const step = currentStep(rollout);
  if (!step) return undefined;
  const bakeLeft = rollout.shiftedAt + step.bakeSeconds - now;
  if (bakeLeft > 0) {
    return keepWatching(
      rollout,
      observation,
      now,
      `nothing speaks against ${rollout.candidate}; ${Math.ceil(bakeLeft)} s of the bake are left`,
    );
  }
  if (passableIn(rollout, observation) > now) {
    return keepWatching(rollout, observation, now, `the bake is over; ${awaitedInWords(rollout, observation, now)}`);
  }
  const asleep = byItsSleep(rollout, observation, step, now);
  if (asleep) return asleep;
  const silent = step.bakeSeconds > 0 && observation.alarms.find((alarm) => alarm.state === 'INSUFFICIENT_DATA');
  if (!silent) return undefined;
  const longest = Math.max(step.bakeSeconds, rollout.policy.evidence?.maximumBakeSeconds ?? LONGEST_SILENCE_SECONDS);
  if (now < rollout.shiftedAt + longest) {
    return keepWatching(
      rollout,
      observation,
      now,
      `${nameInWords(silent)} has no data yet, which proves nothing${inBrackets(silent.reason)}`,
    );
  }
  return withoutProof(
    rollout,
    `${nameInWords(silent)} had no data for ${longest} s, which proves nothing${inBrackets(silent.reason)}`,
  );
}

/** What a step whose bake is over waits for. */
function awaitedInWords({ shiftedAt }: Rollout, { alarms, timing }: CountedObservation, now: number): string {
  const slowest = alarms
    .map((alarm) => ({ alarm, firesAt: couldHaveFiredAt(shiftedAt, alarm.shape, timing.alarms) }))
    .reduce((a, b) => (b.firesAt > a.firesAt ? b : a), {
      alarm: undefined as AlarmObservation | undefined,
      firesAt: now,
    });
  if (!slowest.alarm) return 'waiting for the last of its data';
  const need = needInWords(slowest.alarm.shape ?? oneMinute);
  return `waiting for the last of its data: ${nameInWords(slowest.alarm)} fires on ${need}, so it could not have fired for another ${Math.ceil(slowest.firesAt - now)} s`;
}

/** A candidate that is asleep or being made serves nothing now: the step does not pass before it does. */
function byItsSleep(
  rollout: Rollout,
  observation: CountedObservation,
  { bakeSeconds }: Step,
  now: number,
): Decision | undefined {
  const { candidateState } = observation;
  if (!candidateState || serviceOf(candidateState.state) !== 'later') return undefined;
  const why = stateInWords(rollout.candidate, candidateState);
  const longest = Math.max(bakeSeconds, rollout.policy.evidence?.maximumBakeSeconds ?? LONGEST_SILENCE_SECONDS);
  return now < rollout.shiftedAt + longest
    ? keepWatching(rollout, observation, now, `${why}, so the step goes on`)
    : withoutProof(rollout, `${why}, and ${longest} s have passed`);
}

/** How long a step without evidence waits for an alarm that has no data, in seconds; then it is given up. */
const LONGEST_SILENCE_SECONDS = 3600;

/** A policy that asks for evidence has each step prove itself, also one that it does not watch otherwise. */
function byTheEvidence(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const { evidence } = rollout.policy;
  const step = currentStep(rollout);
  if (!evidence || !step) return undefined;
  const longest = Math.max(step.bakeSeconds, evidence.maximumBakeSeconds);
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

/** A step has gone on for as long as it may and still proves nothing: the policy's `onNoEvidence` decides. */
function withoutProof(rollout: Rollout, why: string): Decision | undefined {
  const onNoEvidence = rollout.policy.evidence?.onNoEvidence ?? 'revert';
  if (onNoEvidence === 'proceed' || rollout.approval === 'approved') return undefined;
  if (onNoEvidence === 'revert') return { kind: 'revert', reason: why };
  return { kind: 'askApproval', step: rollout.step + 1, reason: `${why}: a person decides` };
}

/**
 * An alarm that has been firing since before the rollout and still fires at 100 %, where it sees the candidate alone: a person decides.
 * It gets the time to recover first.
 */
function byAnIgnoredAlarm(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  if (rollout.step !== rollout.plan.length - 1 || rollout.approval === 'approved') return undefined;
  const { alarms, timing } = observation;
  const firing = alarms.filter((alarm) => alarm.state === 'ALARM' && isIgnored(rollout, alarm));
  const [first] = firing;
  if (!first) return undefined;
  const left = Math.max(...firing.map(({ shape }) => seesOnlySince(rollout.shiftedAt, shape, timing.alarms))) - now;
  const found = `${nameInWords(first)} is ignored and firing since before the rollout`;
  if (left > 0) {
    const reason = `${found}; ${Math.ceil(left)} s are left until it has seen ${rollout.candidate} alone`;
    return keepWatching(rollout, observation, now, reason);
  }
  const reason = `${passedInWords(rollout, observation)}; ${nameInWords(first)} still fires although it sees ${rollout.candidate} alone: a person decides`;
  return { kind: 'askApproval', step: rollout.step + 1, reason };
}

function onwards(rollout: Rollout, observation: CountedObservation): Decision {
  const passed = passedInWords(rollout, observation);
  const next = rollout.plan[rollout.step + 1];
  if (!next) return { kind: 'complete', reason: passed };
  const step = rollout.step + 1;
  if (rollout.approval === 'approved') {
    return { kind: 'advance', step, reason: `${approvedInWords(rollout.answer)}; ${passed}` };
  }
  if (next.approval === 'manual') {
    return { kind: 'askApproval', step, reason: `${passed}; ${next.weight} % needs an approval` };
  }
  return { kind: 'advance', step, reason: passed };
}

function passedInWords(rollout: Rollout, observation: CountedObservation): string {
  const step = currentStep(rollout);
  if (!step) return 'the first weight can be given';
  if (step.bakeSeconds === 0 && !rollout.policy.evidence) return `${step.weight} % is not watched by this policy`;
  const watched = alarmsInWords(rollout, observation.alarms);
  if (!observation.counts) {
    return `${step.bakeSeconds} s at ${step.weight} % passed and ${watched}; the requests could not be counted, so they prove nothing`;
  }
  const { stable, candidate } = observation.counts;
  if (candidate.invocations === 0) {
    return `${step.bakeSeconds} s at ${step.weight} % passed and ${watched}; no requests to ${rollout.candidate} were observed, so nothing is proven`;
  }
  const against = stable.invocations > 0 ? ` against ${stable.errors} of ${stable.invocations}` : '';
  return `${step.bakeSeconds} s at ${step.weight} % passed and ${watched}; ${candidate.errors} of ${candidate.invocations} requests failed on ${rollout.candidate}${against}${wayBackInWords(rollout, observation.counts, step.weight)}`;
}

/** A stable version that is starved speaks against no candidate, but a revert would lead to it. */
function wayBackInWords({ stable }: Rollout, counts: VersionCounts, weight: number): string {
  const starved = starvedStable(counts, weight);
  return starved
    ? `; only ${grouped(starved.served)} of ${grouped(starved.requests)} requests reached ${stable} and not some ${grouped(Math.round(starved.expected))}: a revert may lead to a version that cannot be invoked`
    : '';
}

function keepWatching(rollout: Rollout, observation: CountedObservation, now: number, reason: string): Decision {
  const passable = passableIn(rollout, observation);
  const waitSeconds = secondsUntilNextLook(now, passable, observationInterval(rollout, observation.timing));
  return { kind: 'keepWatching', waitSeconds, reason };
}

/** When the step at hand can be judged, in seconds since 1970. */
function passableIn(rollout: Rollout, { alarms, timing }: CountedObservation): number {
  const shapes = alarms.map(({ shape }) => shape);
  return passableAt(rollout.policy, shapes, rollout.shiftedAt, currentStep(rollout)?.bakeSeconds ?? 0, timing);
}

const currentStep = (rollout: Rollout): Step | undefined => rollout.plan[rollout.step];

const inBrackets = (text: string): string => (text ? ` (${oneLine(text)})` : '');
