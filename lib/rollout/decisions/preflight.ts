import { nameInWords, remarksOnAlarms } from '../alarms-in-words.ts';
import { type AliasState, allTrafficTo, carriesWeights, routingInWords, sameRouting } from '../alias/alias.ts';
import { ownerOf, showsWeightsOf, writerOf } from '../alias/description.ts';
import { commitOf } from '../contracts/stack.ts';
import { oneLine } from '../contracts/text.ts';
import { type Change, quiet, updated, withEvent } from '../document/change.ts';
import { type Rollout, routingAt } from '../document/rollout.ts';
import { firingBefore } from '../ignored-alarms.ts';
import { type AlarmObservation, cloudWatchTiming, type Timing } from '../observation.ts';
import { MOST_PREFLIGHTS, preflightInterval } from '../pace.ts';
import { towardsTraffic, wantsWarming, warming } from './warm.ts';

/** A published version as Lambda describes it. */
export interface VersionFacts {
  readonly version: string;
  readonly state: string;
  readonly stateReason: string;
  readonly role: string;
  /** The target of its dead-letter queue; empty if it has none. */
  readonly deadLetterTarget: string;
}

/** The facts that are read before any traffic moves. */
export interface StartFacts {
  readonly alias: AliasState | null;
  readonly stable: VersionFacts | null;
  readonly candidate: VersionFacts | null;
  readonly alarms: readonly AlarmObservation[];
  readonly hold: string | null;
  readonly provisionedConcurrency: boolean;
  /** The status of the stack whose deploy started the rollout; null if none did. */
  readonly stackStatus: string | null;
}

/** How often a version that stays pending is looked at again: for some 25 minutes. */
const MOST_PENDING_LOOKS = 150;

/**
 * Whether a rollout may start, and from which version. It is refused with its reason before any traffic moves, and waits for
 * everything that only takes time. The alias says which version is stable, afresh at each look: a rollout that is superseded may go on
 * until our first weight is written.
 */
export function preflight(rollout: Rollout, facts: StartFacts, now: number, timing: Timing = cloudWatchTiming): Change {
  const { alias } = facts;
  const looked: Rollout = { ...rollout, preflights: rollout.preflights + 1, held: facts.hold };
  const early = beforeTheAlias(looked, rollout, facts);
  if (early) return quiet(early);
  if (!alias) return quiet(rejected(looked, `alias ${rollout.aliasName} of ${rollout.functionName} does not exist`));
  const firing = firingBefore(rollout, facts.alarms);
  const start: Rollout = {
    ...looked,
    committed: true,
    stable: alias.functionVersion,
    seen: routingOf(alias),
    ignoredAlarms: firing,
    firedBefore: firing,
    remarks: remarksOnAlarms(looked, facts.alarms, timing),
  };
  if (!/^\d+$/.test(start.stable)) {
    const reason = `alias ${start.aliasName} serves ${start.stable}, beside which Lambda takes no weights; point it to a published version first`;
    return quiet(rejected(looked, reason));
  }
  const ended = conflictWith(start, alias, now) ?? nothingToDo(start, alias);
  if (ended) return ended;
  const refusal = refusalOf(start, facts);
  if (refusal) return quiet(rejected(looked, refusal));
  if (facts.candidate?.state === 'Pending') return quiet(pending(looked, start));
  if (facts.hold !== null) {
    const waiting = quiet(wait(start, `held: ${facts.hold || 'no reason given'}`));
    return rollout.held === null ? withEvent(waiting, now, 'held', 0, facts.hold) : waiting;
  }
  const resumed = rollout.held === null ? quiet(start) : withEvent(quiet(start), now, 'resumed', 0, 'the hold is gone');
  return towardsFirstWeight(updated(resumed, { wanted: routingAt(start, 0) }), now);
}

const rejected = (rollout: Rollout, reason: string): Rollout => ({ ...rollout, next: 'rejected', reason });

/** The stack decides first, and how often has been looked already. */
function beforeTheAlias(looked: Rollout, before: Rollout, facts: StartFacts): Rollout | undefined {
  const commit = before.committed ? 'committed' : commitOf(facts.stackStatus);
  if (commit === 'rolledBack') {
    const reason = `the stack did not commit (${facts.stackStatus}): no traffic was moved`;
    return { ...looked, next: 'cancelled', reason };
  }
  if (before.preflights >= MOST_PREFLIGHTS) {
    return rejected(looked, `it could not start in ${MOST_PREFLIGHTS} looks: ${before.reason}`);
  }
  return commit === 'underWay' ? wait(looked, `the stack is not committed yet (${facts.stackStatus})`) : undefined;
}

/** The candidate is still being created, which takes its time, but not for ever. */
function pending(looked: Rollout, start: Rollout): Rollout {
  const pendingLooks = start.pendingLooks + 1;
  return pendingLooks < MOST_PENDING_LOOKS
    ? wait({ ...start, pendingLooks }, `version ${start.candidate} is still being created`)
    : rejected(looked, `version ${start.candidate} is still pending after ${pendingLooks} looks`);
}

/** Nothing is in the way any more: the first weight is given, or a person is asked for it. */
function towardsFirstWeight(ready: Change, now: number): Change {
  const { plan, candidate, stable, approval, remarks } = ready.rollout;
  const first = plan[0];
  if (first?.approval === 'manual' && approval !== 'approved') {
    const reason = `${first.weight} % of the traffic for ${candidate} needs an approval`;
    const asking = updated(ready, { next: 'awaitApproval', approval: 'asked', reason });
    return withEvent(asking, now, 'approvalRequested', 0, reason);
  }
  const reason = oneLine(
    [`preflight passed: ${candidate} takes over from ${stable} step by step`, ...remarks].join('; '),
  );
  return { ...ready, rollout: towardsTraffic({ ...ready.rollout, reason }) };
}

/** Ends the rollout if another one, or a person, is in the middle of shifting the alias, and it is not ours to supersede. */
function conflictWith(start: Rollout, alias: AliasState, now: number): Change | undefined {
  const owner = ownerOf(alias);
  const writer = writerOf(alias);
  if (writer && writer.execution !== start.execution.name && writer.startedAt > start.execution.startedAt) {
    const reason = `execution ${writer.execution}, which started later, has had the alias meanwhile`;
    return withEvent(quiet({ ...start, next: 'superseded', reason }), now, 'superseded', 0, reason);
  }
  if (!carriesWeights(alias)) return undefined;
  if (!owner || !showsWeightsOf(owner, alias)) {
    const shown = routingInWords(alias);
    return quiet(rejected(start, `the alias carries weights that no rollout wrote (${shown}); clear them first`));
  }
  if (owner.execution === start.execution.name || start.policy.onConflict === 'supersede') return undefined;
  const reason = `execution ${owner.execution} is shifting the alias to ${owner.candidate}, and the policy rejects a second rollout`;
  return quiet(rejected(start, reason));
}

/** Ends a rollout to the version that the alias serves already, or clears another rollout's weights beside it. */
function nothingToDo(start: Rollout, alias: AliasState): Change | undefined {
  const { stable, candidate } = start;
  if (stable !== candidate) return undefined;
  const wanted = allTrafficTo(candidate);
  if (!sameRouting(alias, wanted)) {
    const reason = `${candidate} is the version that the alias serves; the other rollout's weights are cleared`;
    return quiet({ ...start, next: 'promote', wanted, reason });
  }
  if (wantsWarming(start)) return quiet(warming(start));
  return quiet({ ...start, next: 'promoted', reason: `the alias serves ${candidate} already: nothing to do` });
}

/** Why the versions, the alias's configuration or the alarms do not allow the rollout. */
function refusalOf(start: Rollout, facts: StartFacts): string | undefined {
  const { stable, candidate } = facts;
  if (!candidate) return `version ${start.candidate} of ${start.functionName} does not exist; publish it first`;
  if (!stable) return `version ${start.stable}, which the alias serves, does not exist`;
  if (candidate.state === 'Failed') {
    return `version ${candidate.version} failed to be created: ${candidate.stateReason}`;
  }
  const both = `versions ${stable.version} and ${candidate.version}`;
  if (stable.role !== candidate.role) {
    return `${both} have different execution roles (${stable.role}, ${candidate.role}); Lambda puts no weights on such versions`;
  }
  if (stable.deadLetterTarget !== candidate.deadLetterTarget) {
    return `${both} have different dead-letter queues; Lambda puts no weights on such versions`;
  }
  if (facts.provisionedConcurrency) {
    return `provisioned concurrency is configured on alias ${start.aliasName}; Lambda puts no weights on such an alias, so configure it on versions`;
  }
  return refusalByAlarms(start, facts.alarms);
}

function refusalByAlarms(start: Rollout, alarms: readonly AlarmObservation[]): string | undefined {
  const missing = alarms.find((alarm) => alarm.state === 'missing');
  if (missing) return `${nameInWords(missing)} cannot be found; an alarm that nobody evaluates is not OK`;
  const firing = alarms.find((alarm) => alarm.state === 'ALARM');
  return firing && start.policy.alarmsAlreadyFiring === 'block'
    ? `alarm ${firing.name} is in ALARM already; set "alarmsAlreadyFiring" to "ignore" to ship a fix during an incident`
    : undefined;
}

const wait = (start: Rollout, reason: string): Rollout => ({
  ...start,
  next: 'awaitCommit',
  waitSeconds: preflightInterval(start.preflights),
  reason,
});

const routingOf = ({ functionVersion, additionalVersionWeights }: AliasState) => ({
  functionVersion,
  additionalVersionWeights,
});
