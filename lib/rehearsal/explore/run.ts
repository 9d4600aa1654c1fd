import { type ScenarioInput, scenarioSchema } from '../scenario/scenario.ts';
import type { ControllerUnderTest } from '../simulation/controller.ts';
import { together } from '../simulation/observer.ts';
import { rehearse } from '../simulation/rehearse.ts';
import { CallLog } from './call-log.ts';
import { GroupMonitor } from './group-monitor.ts';
import type { Call, EventCounts } from './injections/injection.ts';
import type { Violation } from './violation.ts';

/** The result of a run: the first invariant that it broke, and the places at which something can be injected into it. */
export interface Run {
  readonly violation: Violation | null;
  readonly outcome: string;
  readonly calls: readonly Call[];
  readonly events: EventCounts;
}

/** Somebody owns the alias, so that its mark can be lost. */
const OWNER_MARK = '0123456789ab';

/** Rehearses a scenario under the eyes of a monitor. A rehearsal that stands still is an execution that never ends. */
export async function run(input: ScenarioInput, controller: ControllerUnderTest): Promise<Run> {
  const scenario = scenarioSchema.parse(input);
  const monitor = new GroupMonitor(scenario);
  const log = new CallLog();
  const { calls } = log;
  const ended = await rehearse(scenario, controller, together(log, monitor), [], { ownerMark: OWNER_MARK }).catch(
    (error: unknown) => error as Error,
  );
  if (ended instanceof Error) {
    const violation: Violation = { invariant: 'end', second: Math.round(log.lastSecond), finding: ended.message };
    return { violation, outcome: 'none', calls, events: { executionEnded: 0, alarm: 0 } };
  }
  monitor.finish(log.lastSecond);
  const { result, counted } = ended;
  return { violation: monitor.violations[0] ?? null, outcome: result.outcome, calls, events: counted.events };
}
