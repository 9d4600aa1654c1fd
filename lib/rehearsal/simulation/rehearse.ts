import type { Scenario } from '../scenario/scenario.ts';
import type { RecordedCall } from '../services/aws.ts';
import { createRandom } from '../world/random.ts';
import { aliasesAtTheEnd, conclude } from './conclude.ts';
import type { ControllerUnderTest } from './controller.ts';
import type { EventDelivery } from './event-delivery.ts';
import type { Faults } from './faults.ts';
import type { Observer } from './observer.ts';
import type { RehearsalResult } from './result.ts';
import { runFirstRollout, settle, startClockwork } from './settle.ts';
import type { Actor, Setup } from './setup.ts';
import { Simulation } from './simulation.ts';
import { inVirtualTime } from './virtual-time.ts';

/** A result, and the calls behind it, each with the role that must allow it. */
export interface Rehearsal {
  readonly result: RehearsalResult;
  readonly calls: readonly RecordedCall[];
  /** Execution environments that are configured at the end, by version. */
  readonly provisionedConcurrency: Readonly<Record<string, number>>;
  /** How many calls of each name and events of each kind there were until everything had come to rest. */
  readonly counted: { readonly calls: Faults['counted']; readonly events: EventDelivery['counted'] };
}

/**
 * Rehearses a scenario: runs the synthesized state machine with the real handlers against AWS in virtual time, until every
 * rollout has ended. The same scenario and seed give the same result, to the byte.
 *
 * @param actors people who act beside the scenario's operator
 * @throws Error if everything waits for something that never comes, or if a call is not answered by any service of the rehearsal
 */
export async function rehearse(
  scenario: Scenario,
  controller: ControllerUnderTest,
  observer: Observer = {},
  actors: readonly Actor[] = [],
  setup: Setup = {},
): Promise<Rehearsal> {
  const actions = [...scenario.operator, ...scenario.aws.map(({ operator }) => operator)];
  if (actions.some((action) => action?.do === 'command')) await controller.commands?.load();
  const random = createRandom(scenario.seed);
  return inVirtualTime(random.fork('back-off'), (time) =>
    run(new Simulation({ scenario, controller, observer, setup, time }), actors),
  );
}

async function run(simulation: Simulation, actors: readonly Actor[]): Promise<Rehearsal> {
  const stop = startClockwork(simulation, actors);
  const end = await runFirstRollout(simulation);
  const result = conclude(simulation, end);
  await settle(simulation);
  stop();
  const { aws, members, faults, deliveries } = simulation;
  if (aws.unknownCall) throw aws.unknownCall;
  return {
    result: { ...result, ...aliasesAtTheEnd(result, members) },
    calls: aws.calls,
    provisionedConcurrency: Object.assign({}, ...members.map(({ lambda }) => lambda.provisionedConcurrency)),
    counted: { calls: faults.counted, events: deliveries.counted },
  };
}
