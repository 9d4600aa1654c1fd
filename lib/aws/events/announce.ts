import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type Announcement, announcementsOf } from '../../rollout/contracts/announcement.ts';
import { EVENT_SOURCE, ROLLOUT_CHANGED } from '../../rollout/contracts/events.ts';
import { outcomeIn, reportOf } from '../../rollout/document/report.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { Clients } from '../handler/clients.ts';
import type { HandlerFactory } from '../handler/entry.ts';
import { atMost } from '../handler/pause.ts';
import { putEvents } from './put-events.ts';

/** PutEvents takes so many entries. (AWS: EventBridge quotas.) */
const MOST_ENTRIES = 10;

/** How long is waited until something was told, in milliseconds: longer than the client tries. */
const PATIENCE = 10_000;

/**
 * Puts changes of a rollout on the account's event bus. Whoever listens must do without where the bus fails: a rollout goes on, and an
 * alias is put back, whether or not anybody can be told.
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
      console.warn(`nobody could be told: ${(error as Error).name}`);
      return;
    }
  }
}

/**
 * What every handler of the state machine does with the document that it answers: sums up a rollout that has ended, and tells what
 * changed.
 */
export const recorded =
  <Name extends keyof Clients>(
    create: HandlerFactory<Name | 'notifications'>,
  ): HandlerFactory<Name | 'notifications'> =>
  (context) => {
    const handle = create(context);
    return async (event) => {
      const answer = await handle(event);
      try {
        const recordedAnswer = summedUp(answer, context.now());
        await announce(context.clients.notifications, announcementsOf(event, recordedAnswer, context.now()));
        return recordedAnswer;
      } catch (error) {
        // What was done is done: a document that cannot be summed up, perhaps of an older release, is handed on as it is.
        console.warn(`nothing could be recorded: ${(error as Error).name}`);
        return answer;
      }
    };
  };

function summedUp(answer: unknown, now: number): unknown {
  const rollout = answer as Rollout;
  const outcome = rollout?.schema === 1 ? outcomeIn(rollout) : undefined;
  return outcome ? { ...rollout, report: reportOf(rollout, outcome, now), passed: [] } : answer;
}
