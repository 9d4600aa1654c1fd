import { bytesOf, LONGEST_DOCUMENT } from '../document/bounds.ts';
import { sizeOf } from '../document/members.ts';
import type { Rollout } from '../document/rollout.ts';
import { metricSignalsIn } from '../evidence/streams.ts';

/** What a member's part may grow by until the end, in bytes: its counts, its trial in all streams, and the revisions of its alias. */
const MEMBER_GROWS_BY = 4200;

/** What a member may remember of its log, in bytes: eighteen periods, the lines of 42 more, and some words. */
const LOG_GROWS_BY = 6000;

/** What a step may grow by: its moments, counts and an empty verdict, once while it is passed and once in the report. */
const STEP_GROWS_BY = 300;

/** What the shortest record takes beside: reasons, a journal, the last approvals. */
const SHORTEST_RECORD = 20_000;

/**
 * How many members of a new rollout its document has room for, however it goes on. All that decides is kept, also of a group: so a policy with
 * many steps and long names of alarms leaves room for fewer.
 *
 * @param rollout before anything was looked at
 */
export function roomForMembers(rollout: Rollout): number {
  const growsBy = MEMBER_GROWS_BY + (rollout.policy.evidence?.counts === 'logs' ? LOG_GROWS_BY : 0);
  const members = bytesOf([rollout.others]) / Math.max(1, rollout.others.length) + growsBy;
  // Alarms are named once more if they fired before, and once more while they are ignored.
  const fixed =
    bytesOf({ ...rollout, others: [] }) +
    2 * bytesOf(rollout.policy.alarms) +
    rollout.plan.length * STEP_GROWS_BY +
    SHORTEST_RECORD +
    growsBy;
  return Math.max(1, 1 + Math.floor((LONGEST_DOCUMENT - fixed) / members));
}

/** Why a new rollout has too many members for its document; undefined if it has not. */
export function tooManyMembers(rollout: Rollout): string | undefined {
  const room = roomForMembers(rollout);
  const size = sizeOf(rollout);
  return size > 1 && size > room
    ? `members: expected at most ${room} beside the alarms and steps of this policy, for so many fit into one rollout, found ${size}`
    : undefined;
}

/** Why a policy does not fit several members; undefined if it does. A metric's dimensions tell a version, and not of which function. */
export function notForSeveral(rollout: Rollout): string | undefined {
  const metrics = metricSignalsIn(rollout.policy.evidence?.signals ?? []).length;
  return sizeOf(rollout) > 1 && metrics > 0
    ? `policy.evidence.signals: expected no metrics beside several members, for a metric does not tell whose version failed; found ${metrics}`
    : undefined;
}
