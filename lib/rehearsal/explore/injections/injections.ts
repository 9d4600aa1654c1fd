import { clockSkews } from './clocks.ts';
import { deliveriesOf } from './deliveries.ts';
import { faults } from './faults.ts';
import type { Call, CallInjection, EventCounts, Injection } from './injection.ts';
import { operators } from './operators.ts';

const callInjections: readonly CallInjection[] = [...faults, ...operators];

/** Everything that can be injected into a run by itself: at every call, and into the delivery of every event. */
export const injectionsInto = (run: {
  readonly calls: readonly Call[];
  readonly events: EventCounts;
}): readonly Injection[] => [
  ...run.calls.flatMap((at) => callInjections.flatMap((injection) => injection(at) ?? [])),
  ...deliveriesOf(run.events),
  ...clockSkews,
];
