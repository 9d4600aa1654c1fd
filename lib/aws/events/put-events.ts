import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';

/**
 * Puts events on the account's default bus, ten at most. (AWS: EventBridge quotas.)
 *
 * @returns the entries that EventBridge refused although it took the call
 */
export async function putEvents(
  events: EventBridgeClient,
  entries: readonly PutEventsRequestEntry[],
): Promise<readonly PutEventsResultEntry[]> {
  const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [...entries] }));
  return Entries.filter(({ ErrorCode }) => ErrorCode);
}
