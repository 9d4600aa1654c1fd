import type { JournalEntry } from '../../rollout/document/record.ts';
import type { TimelineEntry } from './result.ts';
import { EPOCH } from './virtual-time.ts';

/** The events of one rollout, each once: from its own journal, from alarms, and from whoever else reverted the alias. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  readonly #onEvent: (entry: TimelineEntry) => void;
  #followed = 0;

  constructor(onEvent: (entry: TimelineEntry) => void) {
    this.#onEvent = onEvent;
  }

  /** In the order of their seconds; events of one second in the order in which they were added. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries.toSorted((a, b) => a.second - b.second);
  }

  /** Whether the rollout is over, for better or worse. */
  get isOver(): boolean {
    return this.#entries.some(({ event }) => event === 'promoted' || event === 'reverted' || event === 'superseded');
  }

  /** Adds an event. The alias is reverted once: the first who reports it counts. */
  add(entry: TimelineEntry): void {
    if (entry.event === 'reverted' && this.#entries.some(({ event }) => event === 'reverted')) return;
    const whole = { ...entry, second: Math.round(entry.second) };
    this.#entries.push(whole);
    this.#onEvent(whole);
  }

  /** Adds the entries that the rollout's journal has gained. */
  follow(journal: readonly JournalEntry[]): void {
    for (const { at, event, weight, reason } of journal.slice(this.#followed)) {
      this.add({ second: at - EPOCH / 1000, event, weight, reason });
    }
    this.#followed = Math.max(this.#followed, journal.length);
  }
}
