import type { AlarmFired } from '../contracts/events.ts';
import type { Watch } from '../document/requested.ts';

/** An event may arrive a few seconds after its alarm. After so many seconds more may have happened than it tells. */
export const LATE_SECONDS = 30;

/**
 * What an alarm means for a running rollout:
 *
 * - `revert`: the rollout is to be reverted;
 * - `unlessIgnored`: only its document tells, which names the alarms that it ignores;
 * - `nothing`: the alarm is none of its own, or the next look decides.
 */
export type Concern = 'revert' | 'unlessIgnored' | 'nothing';

/**
 * Whether the event of an alarm speaks against a running rollout.
 *
 * An alarm that fired before the rollout started is the preflight's to judge. If the policy ignores alarms that fire already, an alarm
 * is ignored until it has been OK: an event that does not come from OK changes nothing. One that comes late may tell of a moment
 * before the rollout ignored the alarm.
 *
 * @param watch the alarms of the rollout's policy
 * @param startedAt when its execution started, in seconds since 1970
 * @param now in seconds since 1970
 */
export function concernOf(watch: Watch, startedAt: number, { alarm, before, at }: AlarmFired, now: number): Concern {
  if (!watch.alarms.includes(alarm) || (at !== null && at < startedAt)) return 'nothing';
  if (watch.alarmsAlreadyFiring === 'block') return 'revert';
  if (before !== 'OK') return 'nothing';
  return at !== null && now - at <= LATE_SECONDS ? 'revert' : 'unlessIgnored';
}
