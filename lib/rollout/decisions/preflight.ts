import { type AliasState, allTrafficTo, carriesWeights, routingInWords, sameRouting } from '../alias/alias.ts';
import { ownerOf, showsWeightsOf, writerOf } from '../alias/description.ts';
import { commitOf } from '../contracts/stack.ts';
import { journal, type Rollout, routingAt } from '../document/rollout.ts';
import type { AlarmObservation } from '../observation.ts';
import { MOST_PREFLIGHTS, preflightInterval } from '../pace.ts';
import { towardsTraffic, wantsWarming, warming } from './warm.ts';

/** What Lambda says of a published version. */
export interface VersionFacts {
  readonly version: string;
  readonly state: string;
  readonly stateReason: string;
  readonly role: string;
  /** The target of its dead-letter queue; empty where it has none. */
  readonly deadLetterTarget: string;
}

/** What was read before any traffic moves. */
export interface StartFacts {
  readonly alias: AliasState | null;
  readonly stable: VersionFacts | null;
  readonly candidate: VersionFacts | null;
  readonly alarms: readonly AlarmObservation[];
  readonly hold: string | null;
  readonly provisionedConcurrency: boolean;
  /** The status of the stack whose deploy started the rollout; null where none did. */
  readonly stackStatus: string | null;
}

/** How often a version that stays pending is looked at again: for some 25 minutes. */
const MOST_PENDING_LOOKS = 150;

/**
 * Whether a rollout may start, and from what. It is refused with its reason before any traffic moves, and waits for
 * what only takes time. The alias decides what is stable, afresh at each look: a rollout that is superseded may go on until
 * our first weight is written.
 */
export function preflight(rollout: Rollout, facts: StartFacts, now: number): Rollout {
  const { alias, candidate } = facts;
  const looked: Rollout = { ...rollout, preflights: rollout.preflights + 1, held: facts.hold };
  const reject = (reason: string): Rollout => ({ ...looked, next: 'rejected', reason });
  const commit = rollout.committed ? 'committed' : commitOf(facts.stackStatus);
  if (commit === 'rolledBack') {
    return {
      ...looked,
      next: 'cancelled',
      reason: `the stack did not commit (${facts.stackStatus}): no traffic was moved`,
    };
  }
  if (rollout.preflights >= MOST_PREFLIGHTS)
    return reject(`it could not start in ${MOST_PREFLIGHTS} looks: ${rollout.reason}`);
  if (commit === 'underWay') return wait(looked, `the stack is not committed yet (${facts.stackStatus})`);
  if (!alias) return reject(`alias ${rollout.aliasName} of ${rollout.functionName} does not exist`);

  const start: Rollout = { ...looked, committed: true, stable: alias.functionVersion, seen: routingOf(alias) };
  if (!/^\d+$/.test(start.stable)) {
    return reject(
      `alias ${rollout.aliasName} serves ${start.stable}, beside which Lambda takes no weights; point it to a published version first`,
    );
  }
  const conflict = conflictWith(start, alias, now);
  if (conflict) return conflict;
  if (start.stable === start.candidate) return nothingToDo(start, alias);
  if (!candidate)
    return reject(`version ${rollout.candidate} of ${rollout.functionName} does not exist; publish it first`);
  if (!facts.stable) return reject(`version ${alias.functionVersion}, which the alias serves, does not exist`);
  const refusal = refusalOf(start, facts as StartFacts & { stable: VersionFacts; candidate: VersionFacts });
  if (refusal) return reject(refusal);

  if (candidate.state === 'Pending') {
    const pendingLooks = (rollout.memory['pendingLooks'] ?? 0) + 1;
    return pendingLooks < MOST_PENDING_LOOKS
      ? wait(
          { ...start, memory: { ...start.memory, pendingLooks } },
          `version ${candidate.version} is still being created`,
        )
      : reject(`version ${candidate.version} is still pending after ${pendingLooks} looks`);
  }
  if (facts.hold !== null) {
    const story = rollout.held === null ? journal(start, now, 'held', 0, facts.hold) : start.journal;
    return { ...wait(start, `held: ${facts.hold || 'no reason given'}`), journal: story };
  }
  const resumed = rollout.held === null ? start.journal : journal(start, now, 'resumed', 0, 'the hold is gone');
  const ready: Rollout = {
    ...start,
    journal: resumed,
    ignoredAlarms: facts.alarms.filter((alarm) => alarm.state === 'ALARM').map((alarm) => alarm.name),
    wanted: routingAt(start, 0),
  };
  const first = ready.plan[0];
  if (first?.approval === 'manual' && ready.approval !== 'approved') {
    const reason = `${first.weight} % of the traffic for ${ready.candidate} needs an approval`;
    return {
      ...ready,
      next: 'awaitApproval',
      approval: 'asked',
      reason,
      journal: journal(ready, now, 'approvalRequested', 0, reason),
    };
  }
  return towardsTraffic({
    ...ready,
    reason: `preflight passed: ${ready.candidate} takes over from ${ready.stable} step by step`,
  });
}

/** The alias is being shifted already, by a rollout that is ours to supersede or not, or by a person. */
function conflictWith(start: Rollout, alias: AliasState, now: number): Rollout | undefined {
  const owner = ownerOf(alias);
  const end = (next: 'rejected' | 'superseded', reason: string): Rollout => ({
    ...start,
    next,
    reason,
    journal: next === 'superseded' ? journal(start, now, 'superseded', 0, reason) : start.journal,
  });
  const writer = writerOf(alias);
  if (writer && writer.execution !== start.execution.name && writer.startedAt > start.execution.startedAt) {
    return end('superseded', `execution ${writer.execution}, which started later, has had the alias meanwhile`);
  }
  if (!carriesWeights(alias)) return undefined;
  if (!owner || !showsWeightsOf(owner, alias)) {
    return end(
      'rejected',
      `the alias carries weights that no rollout wrote (${routingInWords(alias)}); clear them first`,
    );
  }
  if (owner.execution === start.execution.name) return undefined;
  return start.policy.onConflict === 'reject'
    ? end(
        'rejected',
        `execution ${owner.execution} is shifting the alias to ${owner.candidate}, and the policy rejects a second rollout`,
      )
    : undefined;
}

function nothingToDo(start: Rollout, alias: AliasState): Rollout {
  const wanted = allTrafficTo(start.candidate);
  const served = sameRouting(alias, wanted);
  if (served && wantsWarming(start)) return warming(start);
  return served
    ? { ...start, next: 'promoted', reason: `the alias serves ${start.candidate} already: nothing to do` }
    : {
        ...start,
        next: 'promote',
        wanted,
        reason: `${start.candidate} is what the alias serves; the other rollout's weights go`,
      };
}

function refusalOf(
  start: Rollout,
  facts: StartFacts & { stable: VersionFacts; candidate: VersionFacts },
): string | undefined {
  const { stable, candidate } = facts;
  if (candidate.state === 'Failed')
    return `version ${candidate.version} failed to be created: ${candidate.stateReason}`;
  if (stable.role !== candidate.role) {
    return `versions ${stable.version} and ${candidate.version} have different execution roles (${stable.role}, ${candidate.role}); Lambda puts no weights on such versions`;
  }
  if (stable.deadLetterTarget !== candidate.deadLetterTarget) {
    return `versions ${stable.version} and ${candidate.version} have different dead-letter queues; Lambda puts no weights on such versions`;
  }
  if (facts.provisionedConcurrency) {
    return `provisioned concurrency is configured on alias ${start.aliasName}; Lambda puts no weights on such an alias, so configure it on versions`;
  }
  const missing = facts.alarms.find((alarm) => alarm.state === 'missing');
  if (missing) return `alarm ${missing.name} cannot be found; an alarm that nobody evaluates is not OK`;
  const firing = facts.alarms.find((alarm) => alarm.state === 'ALARM');
  if (firing && start.policy.alarmsAlreadyFiring === 'block') {
    return `alarm ${firing.name} is in ALARM already; set "alarmsAlreadyFiring" to "ignore" to ship a fix during an incident`;
  }
  return undefined;
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
