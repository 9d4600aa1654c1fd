import type { Counts } from '../../rollout/observation.ts';
import { CANDIDATE, STABLE } from '../names.ts';
import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type FinishedRun, Run } from './run.ts';
import type { Sight, Strategy } from './strategy.ts';

/** Runs a strategy on a scenario's traffic. */
export function follow(scenario: Scenario, strategy: Strategy, alarms: readonly AlarmSpec[] = []): FinishedRun {
  const run = new Run(scenario, alarms);
  const { world } = run;
  const isFiring = () => world.alarms.some(({ state }) => state === 'ALARM');
  const countsOf =
    (version: string): Sight['candidate'] =>
    (from, until) =>
      world.counts(version, from, until, until - from)[0] ?? nothing;
  const turns = strategy({ firing: isFiring, candidate: countsOf(CANDIDATE), stable: countsOf(STABLE) });
  let second = 0;
  for (;;) {
    const turn = turns.next();
    if (turn.done) {
      run.give(turn.value, second);
      return { endedAt: second, outcomeAt: (at) => run.outcomeAt(at) };
    }
    const { weight, until } = turn.value;
    run.give(weight, second);
    if (alarms.length === 0) {
      second = until;
      world.advanceTo(until);
    }
    while (second < until) {
      second = Math.min(second + 1, until);
      world.advanceTo(second);
      if (isFiring()) break;
    }
  }
}

const nothing: Counts = { invocations: 0, errors: 0 };
