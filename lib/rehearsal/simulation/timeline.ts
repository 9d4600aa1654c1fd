import type { JournalEntry } from '../../rollout/document/record.ts';
import type { TimelineEntry } from './result.ts';
import { EPOCH } from './virtual-time.ts';

/** What happened to one rollout, told once each: by its own journal, by alarms, and by whoever put the alias back beside it. */
export class Timeline {
  readonly #entries: TimelineEntry[] = [];
  readonly #onEvent: (entry: TimelineEntry) => void;
  #followed = 0;

  constructor(onEvent: (entry: TimelineEntry) => void) {
    this.#onEvent = onEvent;
  }

  /** In the order of their seconds; what happened in the same second in the order in which it was told. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries.toSorted((a, b) => a.second - b.second);
  }

  /** Whether the rollout is over, for better or worse. */
  get isOver(): boolean {
    return this.#entries.some(({ event }) => event === 'promoted' || event === 'reverted' || event === 'superseded');
  }

  /** The alias is put back once: told by whom it was first seen, whoever else notices. */
  tell(entry: TimelineEntry): void {
    if (entry.event === 'reverted' && this.#entries.some(({ event }) => event === 'reverted')) return;
    const whole = { ...entry, second: Math.round(entry.second) };
    this.#entries.push(whole);
    this.#onEvent(whole);
  }

  /** Tells what the rollout's journal has gained. */
  follow(journal: readonly JournalEntry[]): void {
    for (const { at, event, weight, reason } of journal.slice(this.#followed)) {
      this.tell({ second: at - EPOCH / 1000, event, weight, reason });
    }
    this.#followed = Math.max(this.#followed, journal.length);
  }
}
