import type { Delivery } from '../../scenario/delivery.ts';
import type { EventCounts, Injection } from './injection.ts';

/** Of so many events of each kind the delivery is explored. */
const MOST_EVENTS = 3;

/** The deliveries that are explored of each kind of event, beside the usual one. The order decides which of them a seed draws. */
const ways: Readonly<Record<Delivery['event'], readonly Delivery['deliver'][]>> = {
  executionEnded: ['late', 'twice', 'never'],
  alarm: ['late', 'twice', 'never'],
};

/** Every odd delivery of a run that had so many events of each kind. */
export const deliveriesOf = (counted: EventCounts): readonly Injection[] =>
  (Object.keys(ways) as Delivery['event'][]).flatMap((event) =>
    Array.from({ length: Math.min(counted[event], MOST_EVENTS) }, (_, index) =>
      ways[event].map((deliver) => ({
        name: `event ${event} ${index + 1} is delivered ${deliver}`,
        events: [{ event, nth: index + 1, deliver }],
      })),
    ).flat(),
  );
