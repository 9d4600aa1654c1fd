import { clockSkews } from './clocks.ts';
import { deliveriesOf } from './deliveries.ts';
import { faults } from './faults.ts';
import type { Call, CallInjection, EventCounts, Injection } from './injection.ts';
import { operators, unsettledOperators } from './operators.ts';

const callInjections: readonly CallInjection[] = [...faults, ...operators];

/**
 * Everything that can be injected into a run by itself: at every call, and into the delivery of every event.
 *
 * @param unsettled whether to inject also what breaks an invariant today, because it is open what has to hold then
 */
export const injectionsInto = (
  run: { readonly calls: readonly Call[]; readonly events: EventCounts },
  unsettled = false,
): readonly Injection[] => [
  ...run.calls.flatMap((at) =>
    [...callInjections, ...(unsettled ? unsettledOperators : [])].flatMap((injection) => injection(at) ?? []),
  ),
  ...deliveriesOf(run.events),
  ...clockSkews,
];
