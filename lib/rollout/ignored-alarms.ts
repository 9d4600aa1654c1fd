import { isBadRate } from './candidate-rate.ts';
import type { Rollout } from './document/rollout.ts';
import type { AlarmObservation, CountedObservation, VersionCounts } from './observation.ts';

/** Whether an alarm has been firing since before the rollout, and no look has seen it OK since. */
export const isIgnored = ({ ignoredAlarms }: Pick<Rollout, 'ignoredAlarms'>, { name }: AlarmObservation): boolean =>
  ignoredAlarms.includes(name);

/** The alarms that fire before the first weight, and those that did at an earlier look and were not seen OK since. */
export const firingBefore = (rollout: Rollout, alarms: readonly AlarmObservation[]): string[] =>
  alarms
    .filter((alarm) => alarm.state === 'ALARM' || (alarm.state !== 'OK' && isIgnored(rollout, alarm)))
    .map(({ name }) => name);

/**
 * The alarms that are ignored at a look. An alarm of before stays ignored until a look sees it OK: having no data is not OK. If it fires
 * again, it is ignored again as long as the counts say that it speaks of the stable version: that one still fails, and the candidate does
 * not.
 */
export function ignoredNow(rollout: Rollout, { alarms, counts }: CountedObservation): string[] {
  const again = speakOfStable(counts) ? rollout.firedBefore : [];
  return alarms
    .filter(({ name, state }) =>
      rollout.ignoredAlarms.includes(name) ? state !== 'OK' : state === 'ALARM' && again.includes(name),
    )
    .map(({ name }) => name);
}

const speakOfStable = (counts: VersionCounts | null): boolean =>
  counts !== null && isBadRate(counts.stable) && counts.candidate.invocations > 0 && counts.candidate.errors === 0;
