import { type ScenarioInput, scenarioSchema } from '../scenario/scenario.ts';
import type { ControllerUnderTest } from '../simulation/controller.ts';
import { rehearse } from '../simulation/rehearse.ts';
import type { Call } from './injections.ts';
import { Monitor } from './monitor.ts';
import type { Violation } from './violation.ts';

/** What came of a run: the first invariant that it broke, and what else could be injected into it. */
export interface Run {
  readonly violation: Violation | null;
  readonly outcome: string;
  readonly calls: readonly Call[];
  readonly events: { readonly executionEnded: number; readonly alarm: number };
}

/** Rehearses a scenario under the eyes of a monitor. A rehearsal that stands still is an execution that never ends. */
export async function run(input: ScenarioInput, controller: ControllerUnderTest): Promise<Run> {
  const scenario = scenarioSchema.parse(input);
  const monitor = new Monitor(scenario.policy);
  const calls: Call[] = [];
  const before: Record<string, number> = {};
  let last = 0;
  const ended = await rehearse(scenario, controller, {
    onExecution: (execution, second) => monitor.onExecution(execution, second),
    onState: (entry, second) => monitor.onState(entry, second),
    onAnswer: (told) => monitor.onAnswer(told),
    onOperatorAction: (act, execution, second) => monitor.onOperatorAction(act, execution, second),
    onAliasChange: (change, invocation, second) => monitor.onAliasChange(change, invocation, second),
    onEnd: (execution, end) => {
      last = end.second;
      monitor.onEnd(execution, end);
    },
    onCall: (call, fate, second) => {
      last = second;
      monitor.onCall(call, fate, second);
      calls.push({ call, nth: (before[call] ?? 0) + 1, second, before: { ...before } });
      before[call] = (before[call] ?? 0) + 1;
    },
  }).catch((error: unknown) => error as Error);
  if (ended instanceof Error) {
    const violation: Violation = { invariant: 'end', second: Math.round(last), what: ended.message };
    return { violation, outcome: 'none', calls, events: { executionEnded: 0, alarm: 0 } };
  }
  monitor.finish(last);
  const { result, counted } = ended;
  return { violation: monitor.violations[0] ?? null, outcome: result.outcome, calls, events: counted.events };
}
