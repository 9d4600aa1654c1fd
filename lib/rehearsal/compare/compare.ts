import type { Scenario } from '../scenario/scenario.ts';
import type { ControllerUnderTest } from '../simulation/controller.ts';
import { peers } from './peers.ts';
import { runPolicy } from './policy-run.ts';
import type { RunOutcome } from './run.ts';
import { type Comparison, summaryOf } from './summary.ts';

/**
 * A run is told as it stands after an hour, or when the slowest one of the same seed is over: until then a bad version that was promoted
 * goes on to fail.
 */
const SHORTEST_SECONDS = 3600;

/** The name of the given policy. */
const POLICY = 'policy';

/**
 * Runs a scenario under its policy and under those of others, on the same simulated traffic, seed by seed.
 *
 * @param seeds how many; the scenario's own seed is the first
 * @param controller loads what a rehearsal runs. It is called only if the scenario asks for what a rehearsal alone knows
 */
export async function compare(
  scenario: Scenario,
  seeds: number,
  controller: () => ControllerUnderTest,
): Promise<Comparison> {
  const outcomes = new Map<string, RunOutcome[]>();
  for (let index = 0; index < seeds; index++) {
    const seeded = { ...scenario, seed: scenario.seed + index };
    const runs = [
      [POLICY, await runPolicy(seeded, controller)] as const,
      ...Object.entries(peers).map(([name, run]) => [name, run(seeded)] as const),
    ];
    const until = Math.max(SHORTEST_SECONDS, ...runs.map(([, { endedAt }]) => endedAt));
    for (const [name, run] of runs) outcomes.set(name, [...(outcomes.get(name) ?? []), run.outcomeAt(until)]);
  }
  return { strategies: [...outcomes].map(([name, all]) => summaryOf(name, all)) };
}
