import { putEvents } from '../lib/aws/events/put-events.ts';
import { events } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { summaryOf } from '../lib/rollout/contracts/announcement.ts';
import { APPROVAL_REQUESTED, EVENT_SOURCE } from '../lib/rollout/contracts/events.ts';
import { oneLine } from '../lib/rollout/contracts/text.ts';
import { identityOf, parseRollout } from '../lib/rollout/document/rollout.ts';

/**
 * Puts an event on the account's bus: a step waits for a person. The task token stays out of the event. Only callers who may read
 * the execution's history find it, and only they may answer.
 *
 * @throws BusRefused if EventBridge takes the call and refuses the event
 */
export const create: HandlerFactory<'events'> =
  ({ clients, now }) =>
  async (event) => {
    const rollout = parseRollout((event as { readonly rollout?: unknown } | null)?.rollout);
    const identity = identityOf(rollout);
    const reason = oneLine(rollout.reason, LONGEST_REASON);
    const detail = {
      schema: 1,
      summary: summaryOf({ ...identity, event: 'waits for an approval', reason }),
      ...identity,
      nextWeight: rollout.plan[rollout.step + 1]?.weight ?? 100,
      reason,
      expiresAt: new Date((now() + rollout.approvalSeconds) * 1000).toISOString(),
    };
    const [refused] = await putEvents(clients.events, [
      { Source: EVENT_SOURCE, DetailType: APPROVAL_REQUESTED, Detail: JSON.stringify(detail) },
    ]);
    if (refused) throw new BusRefused(`${refused.ErrorCode}: ${refused.ErrorMessage ?? 'no message'}`);
    return {};
  };

export const handler = entry(create, { events });

/** So much of the reason goes into the event. */
const LONGEST_REASON = 2000;

/** EventBridge took the call and refused the event. */
class BusRefused extends Error {
  override readonly name = 'BusRefused';
}
