import type { ScenarioInput } from '../scenario/scenario.ts';
import type { Run } from './run.ts';
import type { Violation } from './violation.ts';

/** A scenario that breaks an invariant. */
export interface Failure {
  readonly scenario: ScenarioInput;
  readonly violation: Violation;
}

const parts = ['aws', 'operator', 'events'] as const;

/** The number of faults, actions, odd deliveries and odd clocks in a scenario. */
export const sizeOf = (scenario: ScenarioInput): number =>
  parts.reduce((sum, part) => sum + (scenario[part]?.length ?? 0), Object.keys(scenario.clocks ?? {}).length);

/**
 * Makes a failing scenario smaller: leaves out each fault, each action of an operator, each odd delivery, all odd clocks and each
 * repetition of a fault, as long as the same invariant is still broken without it.
 */
export async function shrink(failure: Failure, run: (scenario: ScenarioInput) => Promise<Run>): Promise<Failure> {
  let smallest = failure;
  for (;;) {
    const smaller = await firstFailing(simpler(smallest.scenario), smallest.violation, run);
    if (!smaller) return smallest;
    smallest = smaller;
  }
}

async function firstFailing(
  scenarios: Iterable<ScenarioInput>,
  { invariant }: Violation,
  run: (scenario: ScenarioInput) => Promise<Run>,
): Promise<Failure | undefined> {
  for (const scenario of scenarios) {
    const { violation } = await run(scenario);
    if (violation?.invariant === invariant) return { scenario, violation };
  }
  return undefined;
}

/** A rollout that nobody lets go on again takes days. */
function isHeldForEver({ operator = [] }: ScenarioInput): boolean {
  const count = (name: 'hold' | 'resume') =>
    operator.filter((action) => action.do === name || (action.do === 'command' && action.command.startsWith(name)))
      .length;
  return count('hold') > count('resume');
}

function* simpler(scenario: ScenarioInput): Iterable<ScenarioInput> {
  for (const part of parts) {
    for (const index of scenario[part]?.keys() ?? []) {
      const without = { ...scenario, [part]: scenario[part]?.toSpliced(index, 1) };
      if (!isHeldForEver(without)) yield without;
    }
  }
  const { clocks, ...onTime } = scenario;
  if (clocks) yield onTime;
  for (const [index, fault] of (scenario.aws ?? []).entries()) {
    if ((fault.times ?? 1) === 1) continue;
    yield { ...scenario, aws: scenario.aws?.with(index, { ...fault, times: 1 }) };
  }
}
