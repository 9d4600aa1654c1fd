import { type AliasState, sameRouting } from '../alias/alias.ts';
import { ownerOf } from '../alias/description.ts';
import { errorInWords } from '../contracts/caught-error.ts';
import { nextRouting, type Rollout } from '../document/rollout.ts';
import type { CountedObservation } from '../observation.ts';
import { MOST_LOOKS } from '../pace.ts';
import { answerInWords, approvedInWords } from './approval.ts';
import { externalChange } from './external-change.ts';
import { byTheBudget } from './rules/adaptive.ts';
import { byAnIgnoredAlarm, byTheAlarms, byTheCandidatesRate } from './rules/alarms.ts';
import { byTheBake } from './rules/bake.ts';
import { type Decision, keepWatching } from './rules/decision.ts';
import { byTheComparison, byTheEvidence } from './rules/evidence.ts';
import { passedInWords } from './rules/passed-in-words.ts';
import { byTheHistory } from './rules/retreat.ts';
import { byItsState, byStarvation } from './rules/service.ts';

/**
 * The heart of Sluice: decides what an observation means for a rollout. Pure; `now` is in seconds since 1970.
 *
 * The order of the rules is the specification. A person who changed the alias wins. Then come the rules that speak against the
 * candidate, then those that keep the rollout at its step. If no rule objects, the rollout goes on.
 */
export function decide(rollout: Rollout, observation: CountedObservation, now: number): Decision {
  return (
    decideWhileWaiting(rollout, observation, now) ??
    byARefusal(rollout) ??
    bySkipping(rollout, observation.alias) ??
    byNobodysAnswer(rollout) ??
    byTheHistoryLimit(rollout) ??
    byTheHistory(rollout, observation, now) ??
    byTheHold(rollout, observation, now) ??
    byTheBake(rollout, observation, now) ??
    byTheBudget(rollout, observation, now) ??
    byTheEvidence(rollout, observation, now) ??
    byAnIgnoredAlarm(rollout, observation, now) ??
    onwards(rollout, observation)
  );
}

/**
 * The part of the decision that waits for nobody's answer: somebody changed the alias, or something speaks against the candidate. While a
 * rollout waits for a person, the sweep asks this in place of the rollout.
 */
export const decideWhileWaiting = (
  rollout: Rollout,
  observation: CountedObservation,
  now: number,
): Decision | undefined =>
  byExternalChange(rollout, observation.alias) ??
  byTheAlarms(rollout, observation.alarms) ??
  byTheCandidatesRate(rollout, observation) ??
  byTheComparison(rollout, observation) ??
  byItsState(rollout, observation) ??
  byStarvation(rollout, observation, now);

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
