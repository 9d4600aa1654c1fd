import type { RequestedAlias } from '../document/requested.ts';

/**
 * The order in which members are put back: the one that an alarm speaks of first, then the others in the reverse of the order in which they
 * got their weights, so that a callee never loses what its callers still need.
 *
 * @param alarm the name of the alarm that fired; undefined if none did
 */
export function revertOrder<Member extends Pick<RequestedAlias, 'alarms'>>(
  members: readonly Member[],
  alarm?: string,
): readonly Member[] {
  const own = members.filter(({ alarms }) => alarm !== undefined && alarms.includes(alarm));
  return [...own, ...members.filter((member) => !own.includes(member)).toReversed()];
}
