import { type AliasState, sameRouting } from '../alias/alias.ts';
import { ownerOf } from '../alias/description.ts';
import { errorInWords } from '../contracts/caught-error.ts';
import { oneLine } from '../contracts/text.ts';
import { nextRouting, type Rollout } from '../document/rollout.ts';
import type { AlarmObservation, CountedObservation } from '../observation.ts';
import { MOST_LOOKS, observationInterval, passableAt, secondsUntilNextLook } from '../pace.ts';
import type { Step } from '../policy/step.ts';
import { answerInWords } from './approval.ts';
import { externalChange } from './external-change.ts';

/** What is to be done next, with its reason in words that a person on call understands. */
export type Decision = { readonly reason: string } & (
  | { readonly kind: 'keepWatching'; readonly waitSeconds: number }
  | { readonly kind: 'advance'; readonly step: number }
  | { readonly kind: 'askApproval'; readonly step: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'revert' }
  | { readonly kind: 'superseded' }
);

/**
 * The heart of Sluice: what an observation means for a rollout. Pure; `now` is in seconds since 1970.
 *
 * In this order: a person's hand on the alias wins; then what speaks against the candidate; then what keeps the rollout
 * where it is; and only what is left may go on.
 */
export function decide(rollout: Rollout, observation: CountedObservation, now: number): Decision {
  return (
    byExternalChange(rollout, observation.alias) ??
    byTheAlarms(rollout, observation.alarms) ??
    byARefusal(rollout) ??
    bySkipping(rollout, observation.alias) ??
    byNobodysAnswer(rollout) ??
    byTheHistoryLimit(rollout) ??
    byTheHold(rollout, observation, now) ??
    byTheBake(rollout, observation, now) ??
    byTheTraffic(rollout, observation, now) ??
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
  const firing = alarms.find((alarm) => alarm.state === 'ALARM' && !rollout.ignoredAlarms.includes(alarm.name));
  if (!firing) return undefined;
  const evidence = rollout.policy.evidence
    ? '; the policy asks for evidence, but candidate and stable are not compared yet, so the alarm decides'
    : '';
  return { kind: 'revert', reason: `alarm ${firing.name} is in ALARM${inBrackets(firing.reason)}${evidence}` };
}

function byARefusal(rollout: Rollout): Decision | undefined {
  if (rollout.approval === 'rejected')
    return { kind: 'revert', reason: `approval was rejected${answerInWords(rollout.answer)}` };
  if (rollout.approval === 'failed') {
    return { kind: 'revert', reason: `approval could not be asked for: ${errorInWords(rollout.error)}` };
  }
  return undefined;
}

/** A person who moved the alias on meanwhile has answered in their own way, and is asked about before this. */
function byNobodysAnswer(rollout: Rollout): Decision | undefined {
  if (rollout.approval !== 'timedOut' || rollout.policy.onApprovalTimeout === 'hold') return undefined;
  return { kind: 'revert', reason: `nobody approved within ${rollout.policy.approvalTimeoutSeconds} s` };
}

function byTheHistoryLimit(rollout: Rollout): Decision | undefined {
  if (rollout.observations < MOST_LOOKS) return undefined;
  return {
    kind: 'revert',
    reason: `the alias was looked at ${MOST_LOOKS} times; a Step Functions execution ends at 25,000 events, so this one ends first`,
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
  if (passableAt(rollout.policy, rollout.shiftedAt, step.bakeSeconds, observation.timing) > now) {
    return keepWatching(rollout, observation, now, 'the bake is over; waiting for the last of its data');
  }
  const silent = step.bakeSeconds > 0 && observation.alarms.find((alarm) => alarm.state === 'INSUFFICIENT_DATA');
  if (!silent) return undefined;
  const longest = Math.max(step.bakeSeconds, rollout.policy.evidence?.maximumBakeSeconds ?? LONGEST_SILENCE_SECONDS);
  if (now < rollout.shiftedAt + longest) {
    return keepWatching(rollout, observation, now, `alarm ${silent.name} has no data yet, and no data is not health`);
  }
  return withoutProof(rollout, `alarm ${silent.name} had no data for ${longest} s, and no data is not health`);
}

/** How long a step without evidence waits for an alarm that has no data, in seconds; then it is given up. */
const LONGEST_SILENCE_SECONDS = 3600;

function byTheTraffic(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const { evidence } = rollout.policy;
  const step = currentStep(rollout);
  if (!evidence || !step || step.bakeSeconds === 0) return undefined;
  const { invocations } = observation.counts.candidate;
  if (invocations >= evidence.minimumInvocations) return undefined;
  const longest = Math.max(step.bakeSeconds, evidence.maximumBakeSeconds);
  const few = `${rollout.candidate} was seen to serve ${invocations} requests at ${step.weight} %, fewer than ${evidence.minimumInvocations}`;
  if (now < rollout.shiftedAt + longest) {
    return keepWatching(rollout, observation, now, `${few}: no traffic is not health, so the step goes on`);
  }
  return withoutProof(rollout, `${few} in ${longest} s`);
}

/** What the policy says where a step has gone on for as long as it may and still shows nothing. */
function withoutProof(rollout: Rollout, what: string): Decision | undefined {
  const onNoEvidence = rollout.policy.evidence?.onNoEvidence ?? 'revert';
  if (onNoEvidence === 'proceed' || rollout.approval === 'approved') return undefined;
  if (onNoEvidence === 'revert') return { kind: 'revert', reason: what };
  return { kind: 'askApproval', step: rollout.step + 1, reason: `${what}: a person decides` };
}

function onwards(rollout: Rollout, observation: CountedObservation): Decision {
  const passed = passedInWords(rollout, observation);
  const next = rollout.plan[rollout.step + 1];
  if (!next) return { kind: 'complete', reason: passed };
  const step = rollout.step + 1;
  if (rollout.approval === 'approved') {
    return { kind: 'advance', step, reason: `approved${answerInWords(rollout.answer)}; ${passed}` };
  }
  if (next.approval === 'manual') {
    return { kind: 'askApproval', step, reason: `${passed}; ${next.weight} % needs an approval` };
  }
  return { kind: 'advance', step, reason: passed };
}

function passedInWords(rollout: Rollout, observation: CountedObservation): string {
  const step = currentStep(rollout);
  if (!step) return 'the first weight can be given';
  if (step.bakeSeconds === 0) return `${step.weight} % is not watched by this policy`;
  const { stable, candidate } = observation.counts;
  const { alarms } = rollout.policy;
  const watched =
    alarms.length === 0 ? 'no alarm is named' : alarms.length === 1 ? 'the alarm is quiet' : 'all alarms are quiet';
  if (candidate.invocations === 0) {
    return `${step.bakeSeconds} s at ${step.weight} % passed and ${watched}; ${rollout.candidate} was not seen to serve a request, which proves nothing`;
  }
  const against = stable.invocations > 0 ? ` against ${stable.errors} of ${stable.invocations}` : '';
  return `${step.bakeSeconds} s at ${step.weight} % passed and ${watched}; ${candidate.errors} of ${candidate.invocations} requests failed on ${rollout.candidate}${against}`;
}

function keepWatching(rollout: Rollout, observation: CountedObservation, now: number, reason: string): Decision {
  const bakeSeconds = currentStep(rollout)?.bakeSeconds ?? 0;
  const passable = passableAt(rollout.policy, rollout.shiftedAt, bakeSeconds, observation.timing);
  const waitSeconds = secondsUntilNextLook(now, passable, observationInterval(rollout, observation.timing));
  return { kind: 'keepWatching', waitSeconds, reason };
}

const currentStep = (rollout: Rollout): Step | undefined => rollout.plan[rollout.step];

const inBrackets = (text: string): string => (text ? ` (${oneLine(text)})` : '');
