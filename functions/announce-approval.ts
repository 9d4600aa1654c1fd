import { putEvents } from '../lib/aws/events/put-events.ts';
import { events } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { summaryOf } from '../lib/rollout/contracts/announcement.ts';
import { APPROVAL_REQUESTED, EVENT_SOURCE } from '../lib/rollout/contracts/events.ts';
import { identityOf, parseRollout } from '../lib/rollout/document/rollout.ts';

/**
 * Puts an event on the account's bus: a step waits for a person. The task token stays out of the event. Only callers who may read
 * the execution's history find it, and only they may answer.
 *
 * @throws EventRefused if EventBridge takes the call and refuses the event
 */
export const create: HandlerFactory<'events'> =
  ({ clients, now }) =>
  async (event) => {
    const rollout = parseRollout((event as { readonly rollout?: unknown } | null)?.rollout);
    const identity = identityOf(rollout);
    const detail = {
      schema: 1,
      summary: summaryOf({ ...identity, event: 'waits for an approval', reason: rollout.reason }),
      ...identity,
      nextWeight: rollout.plan[rollout.step + 1]?.weight ?? 100,
      reason: rollout.reason,
      expiresAt: new Date((now() + rollout.approvalSeconds) * 1000).toISOString(),
    };
    const [refused] = await putEvents(clients.events, [
      { Source: EVENT_SOURCE, DetailType: APPROVAL_REQUESTED, Detail: JSON.stringify(detail) },
    ]);
    if (refused) throw new EventRefused(`${refused.ErrorCode}: ${refused.ErrorMessage ?? 'no message'}`);
    return {};
  };

export const handler = entry(create, { events });

/** EventBridge took the call and refused the event. */
class EventRefused extends Error {
  override readonly name = 'EventRefused';
}
