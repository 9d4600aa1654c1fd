import { type AliasState, sameRouting, shareOf } from '../alias/alias.ts';
import { secondsCounted } from '../coverage.ts';
import { type Change, quiet, updated, withEvent } from '../document/change.ts';
import { isAlone, membersOf, withMembers, withStepOver } from '../document/members.ts';
import { movedOn } from '../document/revisions.ts';
import { passedUntil, promotedRouting, type Rollout, revertedRouting, routingAt } from '../document/rollout.ts';
import { trialAtNextStep } from '../evidence/trial-of-rollout.ts';
import { seenMembers } from '../group/seen.ts';
import { type Looked, together } from '../group/together.ts';
import { logsInWords } from '../logs/in-words.ts';
import { logAtNextStep } from '../logs/memory.ts';
import { timingOfRollout } from '../logs/timing.ts';
import { type CountedObservation, noCounts, type Observation, type Timing } from '../observation.ts';
import { approvalSeconds, intervalOf, passableAt, secondsUntilNextLook, unknownShapes } from '../pace.ts';
import { planTowards } from '../policy/plan.ts';
import { withAnswer } from './approval.ts';
import { decide } from './decide.ts';
import { heldOrResumed } from './hold.ts';
import { nextThroughHooks } from './hooks.ts';
import type { Decision } from './rules/decision.ts';
import { towardsTraffic } from './warm.ts';

/**
 * A whole look at a rollout: takes in the answer to an approval request, if one came, decides on what was observed, and says how the
 * document goes on.
 *
 * @param observations of each member, in their order
 * @param now in seconds since 1970
 */
export function observeStep(rollout: Rollout, observations: readonly Observation[], now: number): Change {
  const answered = withAnswer(rollout, now);
  const seen = seenMembers(answered.rollout, observations, now);
  const looks = seen.map(({ member, seen }) => ({ member, seen, decision: decide(member, seen, now) }));
  return applied(answered, looks, withLogs(answered.rollout, looks, together(looks)), now);
}

/** A decision tells what the logs of the members could not, and a look that only watches tells what is new of that. */
function withLogs(before: Rollout, looks: readonly Looked[], decision: Decision): Decision {
  const members = looks.map(({ member }) => member);
  const known = decision.kind === 'keepWatching' ? membersOf(before) : [];
  return { ...decision, reason: [decision.reason, ...logsInWords(members, known)].join('; ') };
}

/** How the document goes on after an observation and the decision on it. */
function applied(before: Change, looks: readonly Looked[], decision: Decision, now: number): Change {
  const { rollout } = before;
  const aliases = looks.map(({ seen }) => seen.alias);
  const [alias = null] = aliases;
  const hold = looks[0]?.seen.hold ?? null;
  const held = heldOrResumed(before, hold, now);
  const observed: Change = {
    ...held,
    rollout: {
      ...withMembers(
        held.rollout,
        looks.map(({ member, seen }) => ({ ...member, ...countedIn(member, seen, now), found: false })),
      ),
      ignoredAlarms: looks[0]?.member.ignoredAlarms ?? [],
      remarks: [
        ...rollout.remarks,
        ...logsInWords(
          looks.map(({ member }) => member),
          membersOf(rollout),
        ),
      ],
      observations: rollout.observations + 1,
      reason: decision.reason,
    },
  };
  switch (decision.kind) {
    case 'keepWatching':
      return updated(observed, { next: 'bake', waitSeconds: decision.waitSeconds });
    case 'advance':
      return { ...observed, rollout: advancing(towards(observed.rollout, decision), decision.step, aliases) };
    case 'askApproval':
      return asking(observed, rollout, alias, now);
    case 'complete': {
      const next = nextThroughHooks(rollout, 'afterTraffic');
      return {
        ...observed,
        rollout: withFound({ ...observed.rollout, next, wanted: promotedRouting(rollout) }, aliases),
      };
    }
    case 'revert':
      return { ...observed, rollout: reverting(observed.rollout, decision.reason) };
    case 'superseded':
      return isAlone(rollout)
        ? superseded(observed, decision.reason, alias, now)
        : { ...observed, rollout: reverting(observed.rollout, decision.reason) };
  }
}

/** What is known of the step's requests: of counts that cannot be read, as much as was known before. */
function countedIn(rollout: Rollout, observation: CountedObservation, now: number) {
  const { current, countedSeconds } = rollout;
  if (!observation.counts) return { current, countedSeconds };
  return {
    current: observation.counts,
    countedSeconds: Math.max(0, secondsCounted(rollout.shiftedAt, observation, now)),
  };
}

/** The plan leads to the weight that the evidence chose. */
const towards = (rollout: Rollout, { step, weight }: Decision & { readonly kind: 'advance' }): Rollout =>
  weight === undefined ? rollout : { ...rollout, plan: planTowards(rollout.plan, step, weight) };

/** Before the first weight the version is warmed and the hooks are called; a person who gave that weight by hand has asked nobody. */
function advancing(rollout: Rollout, step: number, aliases: readonly (AliasState | null)[]): Rollout {
  const wanting = withFound({ ...rollout, wanted: routingAt(rollout, step) }, aliases);
  if (step > 0) return { ...wanting, next: 'shift' };
  const isGiven = membersOf(wanting).every(({ wanted }, index) => {
    const alias = aliases[index];
    return alias && sameRouting(alias, wanted);
  });
  return towardsTraffic(wanting, isGiven);
}

/** What somebody has given already, the next write only confirms. If they take it back before that write, it is theirs. */
function withFound(rollout: Rollout, aliases: readonly (AliasState | null)[]): Rollout {
  const members = membersOf(rollout).map((member, index) => {
    const alias = aliases[index];
    return alias && sameRouting(alias, member.wanted)
      ? { ...member, found: true, revisions: movedOn(member.revisions, [], alias.revisionId) }
      : member;
  });
  return withMembers(rollout, members);
}

/** A request that timed out is repeated without another event. */
function asking(observed: Change, before: Rollout, alias: AliasState | null, now: number): Change {
  const { rollout } = observed;
  const asked = updated(observed, {
    // A request costs as many events of the execution's history as a look does.
    observations: rollout.observations + 1,
    next: 'awaitApproval',
    approval: 'asked',
    approvalSeconds: approvalSeconds(before),
    // An answer that is still there was given to another request.
    answer: null,
    error: null,
  });
  return before.approval === 'timedOut'
    ? asked
    : withEvent(asked, now, 'approvalRequested', shareIn(rollout, alias), rollout.reason);
}

/** The candidate's weights are to be taken back. */
export const reverting = (rollout: Rollout, reason: string): Rollout => ({
  ...rollout,
  next: 'revert',
  wanted: revertedRouting(rollout),
  reason,
});

/**
 * The step's weight is on the alias: its bake begins.
 *
 * @param minutes how old the data of CloudWatch are
 */
export function shifted(rollout: Rollout, minutes: Timing, now: number): Change {
  const timing = timingOfRollout(rollout, minutes);
  const step = rollout.step + 1;
  const baking: Rollout = {
    ...rollout,
    step,
    seen: rollout.wanted,
    found: false,
    others: othersAtNextStep(rollout),
    shiftedAt: now,
    approval: 'none',
    answer: null,
    error: null,
    passed: passedUntil(rollout, now),
    current: noCounts,
    countedSeconds: 0,
    trial: trialAtNextStep(rollout.trial),
    logs: logAtNextStep(rollout.logs),
    next: nextThroughHooks(rollout, 'eachStep'),
  };
  const { weight, bakeSeconds } = rollout.plan[step] as Rollout['plan'][number];
  const passable = passableAt(rollout.policy, unknownShapes(rollout.policy.alarms), now, bakeSeconds, timing);
  const interval = intervalOf(baking, timing, now);
  const waitSeconds = passable > now || rollout.policy.adaptive ? secondsUntilNextLook(now, passable, interval) : 0;
  return withEvent(quiet({ ...baking, waitSeconds }), now, 'shifted', weight, rollout.reason);
}

/** The members beside the first when the next weight is given. */
function othersAtNextStep(rollout: Rollout): Rollout['others'] {
  const [, ...members] = membersOf(rollout);
  return rollout.others.map((other, index) => ({
    ...other,
    ...(rollout.step >= 0 ? withStepOver(other) : {}),
    seen: (members[index] as Rollout).wanted,
    found: false,
    current: noCounts,
    countedSeconds: 0,
    trial: trialAtNextStep(other.trial),
    logs: logAtNextStep(other.logs),
  }));
}

/** The alias serves the candidate alone. */
export const promoted = (rollout: Rollout, now: number): Change =>
  withEvent(quiet({ ...rollout, seen: rollout.wanted, next: 'promoted' }), now, 'promoted', 100, rollout.reason);

/** The alias is somebody else's: it stays as they set it. */
export const superseded = (before: Change, reason: string, alias: AliasState | null, now: number): Change =>
  withEvent(updated(before, { next: 'superseded', reason }), now, 'superseded', shareIn(before.rollout, alias), reason);

/** The weight that the candidate really has, whoever gave it. */
const shareIn = ({ candidate }: Rollout, alias: AliasState | null): number => (alias ? shareOf(candidate, alias) : 0);
