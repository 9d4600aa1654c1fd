import type { ScenarioInput } from '../scenario/scenario.ts';
import type { Baseline } from './baselines.ts';
import { type Injection, injectionsAt, injectionsOfEvents } from './injections.ts';
import type { Run } from './run.ts';

/** A rollout, and what is injected into it. */
export interface Schedule {
  readonly baseline: Baseline;
  readonly injections: readonly Injection[];
}

/** A schedule as the scenario that rehearses it. */
export function scenarioOf({ baseline: { scenario }, injections }: Schedule): ScenarioInput {
  const events = [...injections.flatMap((each) => each.events ?? []), ...(scenario.events ?? [])];
  return {
    ...scenario,
    name: [scenario.name, ...injections.map(({ name }) => name)].join('; '),
    operator: [...(scenario.operator ?? []), ...injections.flatMap((each) => each.operator ?? [])],
    aws: injections.flatMap((each) => each.aws ?? []),
    ...(events.length > 0 ? { events } : {}),
  };
}

/** Everything that can be injected into a run by itself: at every call, and into the delivery of every event. */
export const injectionsInto = ({ calls, events }: Pick<Run, 'calls' | 'events'>): readonly Injection[] => [
  ...calls.flatMap(injectionsAt),
  ...injectionsOfEvents(events),
];
