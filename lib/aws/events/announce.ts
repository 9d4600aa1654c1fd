import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type Announcement, announcementsOf } from '../../rollout/contracts/announcement.ts';
import { EVENT_SOURCE, ROLLOUT_CHANGED } from '../../rollout/contracts/events.ts';
import { bounded } from '../../rollout/document/bounds.ts';
import { type Change, updated } from '../../rollout/document/change.ts';
import { outcomeIn, reportOf } from '../../rollout/document/report.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { ANNOUNCEMENT_MILLISECONDS } from '../handler/clients.ts';
import type { HandlerContext } from '../handler/entry.ts';
import { atMost } from '../handler/pause.ts';
import { putEvents } from './put-events.ts';

/** PutEvents takes so many entries. (AWS: EventBridge quotas.) */
const MOST_ENTRIES = 10;

/** How long an announcement is waited for, in milliseconds: longer than the client tries. */
export const PATIENCE = ANNOUNCEMENT_MILLISECONDS + 500;

/**
 * Puts changes of a rollout on the account's event bus. If the bus fails, the announcement is dropped: a rollout goes on, and an alias is
 * reverted, whether or not anybody can be notified.
 */
export async function announce(events: EventBridgeClient, announcements: readonly Announcement[]): Promise<void> {
  for (let first = 0; first < announcements.length; first += MOST_ENTRIES) {
    const entries = announcements.slice(first, first + MOST_ENTRIES).map((announcement) => ({
      Source: EVENT_SOURCE,
      DetailType: ROLLOUT_CHANGED,
      Resources: [announcement.execution],
      Detail: JSON.stringify(announcement),
    }));
    try {
      await atMost(PATIENCE, putEvents(events, entries));
    } catch (error) {
      console.warn(`the announcement was dropped: ${(error as Error).name}`);
      return;
    }
  }
}

/**
 * The last thing that a handler does with a change: sums up a rollout that has ended, announces what happened, and hands the document
 * on to the state machine.
 */
export async function handOn(
  { clients, now }: Pick<HandlerContext<'notifications'>, 'clients' | 'now'>,
  change: Change,
): Promise<Rollout> {
  try {
    const recorded = summedUp(change, now());
    await announce(clients.notifications, announcementsOf(recorded, now()));
    return bounded(recorded.rollout);
  } catch (error) {
    // The work is done. A document that cannot be summed up, perhaps that of another release, is handed on as it is.
    console.warn(`nothing could be recorded: ${(error as Error).name}`);
    return change.rollout;
  }
}

function summedUp(change: Change, now: number): Change {
  const outcome = outcomeIn(change.rollout);
  return outcome ? updated(change, { report: reportOf(change.rollout, outcome, now), passed: [] }) : change;
}
