import { type AliasState, sameRouting, shareOf } from '../alias/alias.ts';
import { countsSince } from '../coverage.ts';
import {
  journal,
  passedUntil,
  promotedRouting,
  type Rollout,
  revertedRouting,
  routingAt,
  weightOf,
} from '../document/rollout.ts';
import { noCounts, type Observation, type Timing } from '../observation.ts';
import { approvalSeconds, observationInterval, passableAt, secondsUntilNextLook } from '../pace.ts';
import type { Decision } from './decide.ts';
import { nextThroughHooks } from './hooks.ts';
import { towardsTraffic } from './warm.ts';

/** What the observation and the decision on it make of the document. `now` is in seconds since 1970. */
export function apply(rollout: Rollout, observation: Observation, decision: Decision, now: number): Rollout {
  const observed: Rollout = {
    ...rollout,
    current: countsSince(rollout.shiftedAt, observation.periods, observation.timing.metrics),
    observations: rollout.observations + 1,
    ignoredAlarms: rollout.ignoredAlarms.filter((name) =>
      observation.alarms.some((alarm) => alarm.name === name && alarm.state === 'ALARM'),
    ),
    held: observation.hold,
    journal: heldOrResumed(rollout, observation.hold, now),
    reason: decision.reason,
  };
  const tell = (event: 'approvalRequested' | 'superseded') =>
    journal(observed, now, event, shareIn(observed, observation.alias), decision.reason);
  switch (decision.kind) {
    case 'keepWatching':
      return { ...observed, next: 'bake', waitSeconds: decision.waitSeconds };
    case 'advance':
      return onwards({ ...observed, wanted: routingAt(observed, decision.step) }, decision.step, observation.alias);
    case 'askApproval': {
      const story = rollout.approval === 'timedOut' ? observed.journal : tell('approvalRequested');
      return {
        ...observed,
        // A request costs as many events as a look does.
        observations: observed.observations + 1,
        next: 'awaitApproval',
        approval: 'asked',
        approvalSeconds: approvalSeconds(rollout),
        journal: story,
      };
    }
    case 'complete':
      return { ...observed, next: nextThroughHooks(observed, 'afterTraffic'), wanted: promotedRouting(observed) };
    case 'revert':
      return { ...observed, next: 'revert', wanted: revertedRouting(observed) };
    case 'superseded':
      return { ...observed, next: 'superseded', journal: tell('superseded') };
  }
}

/** Before the first weight the version is warmed and the hooks are asked; a person who gave it by hand has asked nobody. */
const onwards = (rollout: Rollout, step: number, alias: AliasState | null): Rollout =>
  step === 0
    ? towardsTraffic(rollout, alias !== null && sameRouting(alias, rollout.wanted))
    : { ...rollout, next: 'shift' };

/** The step's weight is on the alias: its bake begins. */
export function shifted(rollout: Rollout, timing: Timing, now: number): Rollout {
  const step = rollout.step + 1;
  const baking: Rollout = {
    ...rollout,
    step,
    seen: rollout.wanted,
    shiftedAt: now,
    approval: 'none',
    answer: null,
    error: null,
    passed: passedUntil(rollout, now),
    current: noCounts,
    next: nextThroughHooks(rollout, 'eachStep'),
  };
  const { weight, bakeSeconds } = rollout.plan[step] as Rollout['plan'][number];
  const passable = passableAt(rollout.policy, now, bakeSeconds, timing);
  return {
    ...baking,
    waitSeconds: passable > now ? secondsUntilNextLook(now, passable, observationInterval(baking, timing)) : 0,
    journal: journal(baking, now, 'shifted', weight, rollout.reason),
  };
}

/** The alias serves the candidate alone. */
export const promoted = (rollout: Rollout, now: number): Rollout => ({
  ...rollout,
  seen: rollout.wanted,
  next: 'promoted',
  journal: journal(rollout, now, 'promoted', 100, rollout.reason),
});

/** Somebody else's alias: it stays as they set it. */
export const superseded = (rollout: Rollout, reason: string, alias: AliasState | null, now: number): Rollout => ({
  ...rollout,
  next: 'superseded',
  reason,
  journal: journal(rollout, now, 'superseded', shareIn(rollout, alias), reason),
});

/** What the candidate really has, whoever gave it. */
const shareIn = ({ candidate }: Rollout, alias: AliasState | null): number => (alias ? shareOf(candidate, alias) : 0);

function heldOrResumed(rollout: Rollout, hold: string | null, now: number): Rollout['journal'] {
  if (hold !== null && rollout.held === null) return journal(rollout, now, 'held', weightOf(rollout), hold);
  if (hold === null && rollout.held !== null)
    return journal(rollout, now, 'resumed', weightOf(rollout), 'the hold is gone');
  return rollout.journal;
}
