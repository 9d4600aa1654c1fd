import { allTrafficTo, shareOf } from '../../rollout/alias/alias.ts';
import { CANDIDATE, STABLE } from '../names.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ControllerUnderTest } from '../simulation/controller.ts';
import { rehearse } from '../simulation/rehearse.ts';
import { decisionsAlone } from './decisions-alone.ts';
import { type FinishedRun, Run } from './run.ts';

/** Runs the scenario's own policy: by Sluice's decisions alone if they tell everything, and else by a whole rehearsal. */
export async function runPolicy(scenario: Scenario, controller: () => ControllerUnderTest): Promise<FinishedRun> {
  return decisionsAlone(scenario) ?? rehearsed(scenario, controller());
}

/** The course of the weights in a rehearsal, on the traffic that the others meet. */
export async function rehearsed(scenario: Scenario, controller: ControllerUnderTest): Promise<FinishedRun> {
  const changes: { readonly second: number; readonly weight: number }[] = [];
  const { result } = await rehearse(scenario, controller, {
    onAliasChange: ({ after }, _, second) => {
      changes.push({ second, weight: shareOf(CANDIDATE, after ?? allTrafficTo(STABLE)) });
    },
  });
  const run = new Run(scenario);
  for (const { second, weight } of changes) run.give(weight, second);
  return { endedAt: result.seconds.total, outcomeAt: (second) => run.outcomeAt(second) };
}
