import type { ScenarioInput } from '../scenario/scenario.ts';
import type { Baseline } from './baselines.ts';
import type { Injection } from './injections/injection.ts';

/** A rollout, and everything that is injected into it. */
export interface Schedule {
  readonly baseline: Baseline;
  readonly injections: readonly Injection[];
}

/** A schedule as the scenario that rehearses it. */
export function scenarioOf({ baseline: { scenario }, injections }: Schedule): ScenarioInput {
  const events = [...injections.flatMap((each) => each.events ?? []), ...(scenario.events ?? [])];
  const skewed = [scenario, ...injections].flatMap(({ clocks }) => clocks ?? []);
  return {
    ...scenario,
    name: [scenario.name, ...injections.map(({ name }) => name)].join('; '),
    operator: [...(scenario.operator ?? []), ...injections.flatMap((each) => each.operator ?? [])],
    aws: [...injections.flatMap((each) => each.aws ?? []), ...(scenario.aws ?? [])],
    ...(events.length > 0 ? { events } : {}),
    ...(skewed.length > 0 ? { clocks: Object.assign({}, ...skewed) } : {}),
  };
}
