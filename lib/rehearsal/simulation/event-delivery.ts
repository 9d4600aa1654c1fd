import type { Delivery } from '../scenario/delivery.ts';

/** How long EventBridge takes to deliver, in seconds: an assumption, nobody has recorded it. */
const USUAL_SECONDS = 1;

/** How long a late event takes, and how long after the first a second delivery comes: longer than any handler works. */
const LATE_SECONDS = 180;
const AGAIN_SECONDS = 61;

/**
 * When EventBridge delivers. Usually once, a second later. A scenario may deliver an event late, twice or never, as AWS does:
 * delivery is at least once, and for events of executions only best effort. (AWS: EventBridge events reference.)
 */
export class EventDelivery {
  readonly #planned: readonly Delivery[];
  readonly #counted: Record<Delivery['event'], number> = { executionEnded: 0, alarm: 0 };

  constructor(planned: readonly Delivery[]) {
    this.#planned = planned;
  }

  /** How many events of each kind there were. */
  get counted(): Readonly<Record<Delivery['event'], number>> {
    return { ...this.#counted };
  }

  /** How long after the event each of its deliveries comes, in seconds. */
  delaysOf(event: Delivery['event']): readonly number[] {
    this.#counted[event]++;
    const count = this.#counted[event];
    const planned = this.#planned.find(
      (each) => each.event === event && count >= each.nth && count < each.nth + each.times,
    );
    switch (planned?.deliver) {
      case 'late':
        return [LATE_SECONDS];
      case 'twice':
        return [USUAL_SECONDS, AGAIN_SECONDS];
      case 'never':
        return [];
      default:
        return [USUAL_SECONDS];
    }
  }
}
