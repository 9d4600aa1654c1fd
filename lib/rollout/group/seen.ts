import { formatTarget } from '../alias/format-target.ts';
import { counted, withoutLoss } from '../coverage.ts';
import { decideWhileWaiting } from '../decisions/decide.ts';
import { isAlone, membersOf } from '../document/members.ts';
import type { Rollout } from '../document/rollout.ts';
import { withTrial } from '../evidence/trial-of-rollout.ts';
import { ignoredNow } from '../ignored-alarms.ts';
import type { AlarmObservation, CountedObservation, Observation } from '../observation.ts';

/** A member as a look has seen it, with its trial and the alarms that the whole rollout ignores from now on. */
export interface SeenMember {
  readonly member: Rollout;
  readonly seen: CountedObservation;
}

/**
 * Each member of a rollout as it was observed.
 *
 * @param observations of each member, in their order; the alarms of all may be in each
 * @param now in seconds since 1970
 */
export function seenMembers(
  rollout: Rollout,
  observations: readonly Observation[],
  now: number,
): readonly SeenMember[] {
  const members = membersOf(rollout);
  const hold = holdOf(members, observations);
  const looks = members.map((member, index) => {
    const found = observations[index] as Observation;
    const observation = { ...found, hold, alarms: alarmsOf(member, rollout, found.alarms) };
    const seen = withoutLoss(counted(member.shiftedAt, observation), member, now);
    return { member: withTrial({ ...member, logs: found.logs ?? member.logs }, seen, now), seen };
  });
  const ignoredAlarms = ignoredByAll(looks);
  return looks.map(({ member, seen }) => ({ member: { ...member, ignoredAlarms }, seen }));
}

/** Of alarms that were read for all, those that speak of the member: none that watches another member alone. */
export const alarmsOf = (
  member: Rollout,
  { policy }: Rollout,
  read: readonly AlarmObservation[],
): readonly AlarmObservation[] =>
  read.filter(({ name }) => member.policy.alarms.includes(name) || !policy.alarms.includes(name));

/** A hold on one member holds all. */
export function holdOf(members: readonly Rollout[], holds: readonly { readonly hold: string | null }[]): string | null {
  const index = holds.findIndex(({ hold }) => hold !== null);
  const held = holds[index]?.hold ?? null;
  const member = members[index];
  return held === null || !member || members.length === 1
    ? held
    : `${formatTarget(member)}: ${held || 'no reason given'}`;
}

/** An alarm stays ignored if every member of which it speaks has it ignored. */
function ignoredByAll(looks: readonly SeenMember[]): string[] {
  const ignored = looks.map(({ member, seen }) => ({
    watched: seen.alarms.map(({ name }) => name),
    names: ignoredNow(member, seen),
  }));
  return [...new Set(ignored.flatMap(({ names }) => names))].filter((name) =>
    ignored.every(({ watched, names }) => !watched.includes(name) || names.includes(name)),
  );
}

/**
 * Why a rollout that waits for a person has nothing to wait for any more: something speaks against one of its members, or somebody has changed
 * it. Undefined if it goes on waiting.
 */
export function reasonToWake(rollout: Rollout, observations: readonly Observation[], now: number): string | undefined {
  const found = seenMembers(rollout, observations, now)
    .map(({ member, seen }) => ({ member, decision: decideWhileWaiting(member, seen, now) }))
    .find(({ decision }) => decision !== undefined);
  if (!found?.decision) return undefined;
  const { reason } = found.decision;
  return isAlone(rollout) ? reason : `${formatTarget(found.member)}: ${reason}`;
}
