import { nameInWords, remarksOnAlarms } from '../alarms-in-words.ts';
import { type AliasState, allTrafficTo, carriesWeights, routingInWords, sameRouting } from '../alias/alias.ts';
import { type Owner, ownerOf, previousOf, showsWeightsOf, writerOf } from '../alias/description.ts';
import { commitOf } from '../contracts/stack.ts';
import { oneLine } from '../contracts/text.ts';
import { type Change, quiet, updated, withEvent } from '../document/change.ts';
import { movedOn } from '../document/revisions.ts';
import { type Rollout, routingAt } from '../document/rollout.ts';
import type { History } from '../evidence/history.ts';
import { firstWeight, lagOf } from '../evidence/next-weight.ts';
import type { VersionSize, VersionSizes } from '../evidence/version-cost.ts';
import { hangInWords } from '../hang.ts';
import { firingBefore } from '../ignored-alarms.ts';
import { logsInWords } from '../logs/in-words.ts';
import type { Logging } from '../logs/logging.ts';
import type { LogMemory } from '../logs/memory.ts';
import { metricsTimingOf } from '../logs/timing.ts';
import { type AlarmObservation, cloudWatchTiming, type Timing } from '../observation.ts';
import { MOST_PREFLIGHTS, preflightInterval } from '../pace.ts';
import { planTowards } from '../policy/plan.ts';
import { notesOn, type VersionContent } from '../version-content.ts';
import { serviceOf, stateInWords, wakingCommand } from '../version-state.ts';
import { heldOrResumed } from './hold.ts';
import { afterJoining, type EarlierRollout, type JoinedExecution, joinable, joinedInWords } from './join.ts';
import { towardsTraffic, wantsWarming, warming } from './warm.ts';

/** A published version as Lambda describes it. */
export interface VersionFacts {
  readonly version: string;
  readonly state: string;
  readonly stateReason: string;
  readonly role: string;
  /** The target of its dead-letter queue; empty if it has none. */
  readonly deadLetterTarget: string;
  /** How long one invocation may take, in seconds; undefined if Lambda does not say. */
  readonly timeoutSeconds?: number | undefined;
  /** By what Lambda bills it; left out if Lambda does not say. */
  readonly size?: VersionSize;
  /** How it logs; undefined if Lambda does not say. */
  readonly logging?: Logging | undefined;
  /** What it is made of; left out if that was not read. */
  readonly content?: VersionContent;
}

/** The facts that are read before any traffic moves. */
export interface StartFacts {
  readonly alias: AliasState | null;
  readonly stable: VersionFacts | null;
  readonly candidate: VersionFacts | null;
  readonly alarms: readonly AlarmObservation[];
  readonly hold: string | null;
  readonly provisionedConcurrency: boolean;
  /** The newest rollout of the alias that runs and was started earlier; null if there is none or nobody has looked. */
  readonly earlier?: EarlierRollout | null;
  /** The execution that the rollout has joined; null if it has joined none, or that one is gone. */
  readonly joined?: JoinedExecution | null;
  /** What the alias has served of late; left out, or null, if the policy does not ask for it or it could not be read. */
  readonly history?: History | null;
  /** What a first look at the log has found; left out, or null, if the policy does not ask for it or it was looked at before. */
  readonly logs?: LogMemory | null;
  /** The status of the stack whose deploy started the rollout; null if none did. */
  readonly stackStatus: string | null;
}

/**
 * Whether it is time to look for an earlier rollout to the same version: at the first look after the commit, and whenever the alias shows
 * such a rollout.
 */
export function looksForEarlier(rollout: Rollout, alias: AliasState): boolean {
  const owner = ownerOf(alias);
  const another = owner?.candidate === rollout.candidate && owner.execution !== rollout.execution.name;
  return rollout.step < 0 && rollout.joined === null && (!rollout.committed || another);
}

/** How often a version that stays pending is looked at again: for some 25 minutes. */
const MOST_PENDING_LOOKS = 150;

/**
 * Whether a rollout may start, and from which version. It is refused with its reason before any traffic moves, and waits for
 * everything that only takes time. The alias says which version is stable, afresh at each look: a rollout that is superseded may go on
 * until our first weight is written.
 *
 * @param minutes how old the data of CloudWatch are
 */
export function preflight(
  rollout: Rollout,
  facts: StartFacts,
  now: number,
  minutes: Timing = cloudWatchTiming,
): Change {
  const { alias } = facts;
  const logs = rollout.logs ?? facts.logs ?? null;
  const timing = { ...minutes, metrics: metricsTimingOf({ logs }, minutes.metrics) };
  const looked: Rollout = {
    ...rollout,
    preflights: rollout.preflights + 1,
    notes: notesOn(facts.stable, facts.candidate),
  };
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
    logs,
    remarks: [...remarksOn(looked, facts, timing), ...logsInWords([{ ...rollout, logs }])],
    revisions: movedOn(looked.revisions, [], alias.revisionId),
    before: previousBeside(looked.candidate, alias),
    sizes: sizesOf(facts),
    ...adapted(looked, facts.history ?? null, timing),
  };
  if (!/^\d+$/.test(start.stable)) {
    const reason = `alias ${start.aliasName} serves ${start.stable}, beside which Lambda takes no weights; point it to a published version first`;
    return quiet(rejected(looked, reason));
  }
  if (start.joined !== null) return quiet(joinedOn(start, alias, facts.joined ?? null));
  const joins = joinable(start, facts.earlier);
  if (joins) {
    const { execution } = joins;
    return quiet(wait({ ...start, joined: execution }, joinedInWords(start.candidate, execution)));
  }
  const ended = conflictWith(start, alias, now) ?? nothingToDo(start, alias);
  if (ended) return ended;
  const settling = settlingBeside(start, alias, now);
  if (settling) return quiet(settling);
  const refusal = refusalOf(start, facts);
  if (refusal) return quiet(rejected(looked, refusal));
  const beside = heldOrResumed(quiet(start), facts.hold, now);
  if (facts.hold !== null) return updated(beside, wait(beside.rollout, `held: ${facts.hold || 'no reason given'}`));
  if (facts.candidate && serviceOf(facts.candidate.state) === 'later') {
    return updated(beside, pending(looked, beside.rollout, facts.candidate));
  }
  return towardsFirstWeight(
    updated(beside, { wanted: routingAt(start, 0), settlingSince: null }),
    displacedInWords(start, alias),
    now,
  );
}

const sizesOf = ({ stable, candidate }: StartFacts): VersionSizes | null =>
  stable?.size && candidate?.size ? { stable: stable.size, candidate: candidate.size } : null;

/** Adaptive weights begin with one that the traffic decides. If that is not known, it may be any. */
function adapted(rollout: Rollout, history: History | null, timing: Timing): Partial<Rollout> {
  const { policy, plan } = rollout;
  if (!policy.adaptive) return {};
  const weight = firstWeight({
    ...policy.adaptive,
    lagSeconds: lagOf(timing.metrics),
    requestsPerSecond: history?.requestsPerSecond ?? Number.POSITIVE_INFINITY,
  });
  return { history, plan: planTowards(plan, 0, weight) };
}

/** What people should know before the first weight, which refuses nothing. */
function remarksOn(rollout: Rollout, { alarms, candidate }: StartFacts, timing: Timing): readonly string[] {
  const hang =
    candidate?.timeoutSeconds === undefined ? undefined : hangInWords(rollout.plan, candidate.timeoutSeconds);
  return [...remarksOnAlarms(rollout, alarms, timing), ...(hang === undefined ? [] : [hang])];
}

/** The version that a rollback after a revert leads to. The candidate is none, for it has just been reverted then. */
function previousBeside(candidate: string, alias: AliasState): string | null {
  const previous = previousOf(alias);
  return previous === undefined || previous === candidate ? null : previous;
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

/** The candidate is still being created, or asleep until somebody invokes it: that takes its time, but not for ever. */
function pending(looked: Rollout, start: Rollout, candidate: VersionFacts): Rollout {
  const pendingLooks = start.pendingLooks + 1;
  const waiting =
    candidate.state === 'Inactive'
      ? `${stateInWords(start.candidate, candidate)}: Lambda brings it back once it is invoked, so wake it: ${wakingCommand(start.functionName, start.candidate)}`
      : `version ${start.candidate} is still being created`;
  return pendingLooks < MOST_PENDING_LOOKS
    ? wait({ ...start, pendingLooks }, waiting)
    : rejected(
        looked,
        `version ${start.candidate} is still ${candidate.state} after ${pendingLooks} looks: ${waiting}`,
      );
}

/** Nothing is in the way any more: the first weight is given, or a person is asked for it. */
function towardsFirstWeight(ready: Change, displaced: string, now: number): Change {
  const { plan, candidate, stable, approval, remarks } = ready.rollout;
  const first = plan[0];
  const remarked = (reason: string) => oneLine([reason, ...remarks].join('; '));
  if (first?.approval === 'manual' && approval !== 'approved') {
    const reason = remarked(`${first.weight} % of the traffic for ${candidate} needs an approval${displaced}`);
    const asking = updated(ready, { next: 'awaitApproval', approval: 'asked', reason });
    return withEvent(asking, now, 'approvalRequested', 0, reason);
  }
  const reason = remarked(`preflight passed: ${candidate} takes over from ${stable} step by step${displaced}`);
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
  if (owner.execution === start.execution.name || start.policy.onConflict !== 'reject') return undefined;
  const reason = `execution ${owner.execution} is shifting the alias to ${owner.candidate}, and the policy rejects a second rollout`;
  return quiet(rejected(start, reason));
}

/**
 * The document while the rollout that it has joined goes on, and when that one has ended. Provisioned concurrency is still asked for
 * then, for this start may want another number.
 */
function joinedOn(start: Rollout, alias: AliasState, joined: JoinedExecution | null): Rollout {
  const { kind, next, reason } = afterJoining(start, joined);
  const serves = sameRouting(alias, allTrafficTo(start.candidate));
  if (next === 'promoted' && serves && wantsWarming(start)) return warming({ ...start, reason });
  return kind === 'wait' ? wait(start, reason) : { ...start, next, reason };
}

/** Another rollout whose weights the alias shows, and which this one is to supersede. */
function displacedBy(start: Rollout, alias: AliasState): Owner | undefined {
  const owner = carriesWeights(alias) ? ownerOf(alias) : undefined;
  return owner && owner.execution !== start.execution.name && owner.candidate !== start.candidate ? owner : undefined;
}

/** How long a rollout waits at the most until another one has settled, in seconds: a day. */
const LONGEST_SETTLE_SECONDS = 24 * 3600;

/** Waits, if the policy says so, while another rollout has all of the traffic and is only watched. */
function settlingBeside(start: Rollout, alias: AliasState, now: number): Rollout | undefined {
  const owner = displacedBy(start, alias);
  if (start.policy.onConflict !== 'waitForSettle' || owner?.weight !== 100) return undefined;
  const settlingSince = start.settlingSince ?? now;
  if (now >= settlingSince + LONGEST_SETTLE_SECONDS) return undefined;
  const reason = `waiting for ${owner.candidate} to settle at 100 % (execution ${owner.execution}), for a day at the most`;
  return wait({ ...start, settlingSince }, reason);
}

/** What this rollout takes away from another one, as the end of a sentence. */
function displacedInWords(start: Rollout, alias: AliasState): string {
  const owner = displacedBy(start, alias);
  if (!owner) return '';
  const waited = start.settlingSince === null ? '' : ' for the day that this rollout has waited';
  return `; ${owner.candidate}, which had ${owner.weight} % and was not promoted yet${waited} (execution ${owner.execution}), loses its traffic: ${start.stable}, the version before it, stays stable`;
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
  if (serviceOf(candidate.state) === 'never') {
    return `${stateInWords(candidate.version, candidate)}, and only an Active version can be invoked`;
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
