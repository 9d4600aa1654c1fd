import type { JournalEntry, RolloutEvent } from './record.ts';
import type { Rollout } from './rollout.ts';

/** The result of a handler: the document as it goes on, and the events in the order in which they happened. */
export interface Change {
  readonly rollout: Rollout;
  readonly events: readonly RolloutEvent[];
}

/** A document that goes on without anything to announce. */
export const quiet = (rollout: Rollout): Change => ({ rollout, events: [] });

/** The same change with some fields of the document set. */
export const updated = ({ rollout, events }: Change, fields: Partial<Rollout>): Change => ({
  rollout: { ...rollout, ...fields },
  events,
});

/** The longest journal that a document carries. How many bytes the whole document may take is bounded where it is handed on. */
const LONGEST_JOURNAL = 200;

/**
 * The same change with one more event, which goes into the journal too. A journal that outgrows the document keeps its beginning and its
 * latest entries.
 *
 * @param now when it happened, in seconds since 1970
 * @param weight the candidate's weight in percent after the event
 * @param kept the reason as the journal keeps it, if another field of the document has the whole already
 */
export function withEvent(
  { rollout, events }: Change,
  now: number,
  event: JournalEntry['event'],
  weight: number,
  reason: string,
  kept: string = reason,
): Change {
  const entry = { at: now, event, weight, reason };
  const entries = [...rollout.journal, { ...entry, reason: kept }];
  const journal = entries.length <= LONGEST_JOURNAL ? entries : entries.toSpliced(LONGEST_JOURNAL / 2, 1);
  return { rollout: { ...rollout, journal }, events: [...events, entry] };
}
