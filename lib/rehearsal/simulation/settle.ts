import type { AliasState } from '../../rollout/alias/alias.ts';
import { endOf, ownerOf } from '../../rollout/alias/description.ts';
import { isDeliberate, SWEEP_SECONDS } from '../../rollout/contracts/events.ts';
import { revertByDescription } from '../../rollout/decisions/revert.ts';
import { isTornApart } from '../../rollout/group/torn.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import { alarmsIn } from '../scenario/scenario.ts';
import type { ExecutionEnd } from '../services/execution.ts';
import type { RunningRollout } from './rollouts.ts';
import type { Actor } from './setup.ts';
import type { Simulation } from './simulation.ts';
import { pause } from './virtual-time.ts';

/** How often the synthesized rule starts a sweep, in seconds. */
const SWEEP_INTERVAL_SECONDS = 300;

/** How often the world is simulated even if nobody looks at it, in milliseconds: alarms fire by themselves. */
const MINUTE = 60_000;

/** Starts the clockwork of a simulation: sweeps, the world, and everybody who acts. Call the returned function to stop it. */
export function startClockwork(
  { members, time, background, operators, ...simulation }: Simulation,
  actors: readonly Actor[],
) {
  const { rollouts, eventBridge, scenario, stepFunctions } = simulation;
  const sweep = async () => {
    // A sweep finds nothing to do as long as no execution has ended, every alarm is there and quiet, no version's own rate is judged while
    // an execution waits for a person, and no alias was put back whose execution goes on.
    const alarms = members.flatMap(({ world }) => world.alarms);
    const planned = alarmsIn(scenario);
    const allQuiet = alarms.length === planned.length && alarms.every(({ state }) => state !== 'ALARM');
    const judgesRates = stepFunctions.mayWaitForAPerson && planned.some(({ eachVersion }) => eachVersion);
    const names = new Set(rollouts.all.map(({ execution }) => execution.name));
    const wasPutBack = members.some(({ lambda }) => lambda.alias && names.has(endOf(lambda.alias)?.execution ?? ''));
    if (rollouts.haveEnded || judgesRates || wasPutBack || !allQuiet) await eventBridge.sweep();
  };
  const sweeps = setInterval(() => background.add(sweep()), SWEEP_INTERVAL_SECONDS * 1000);
  const advance = () => {
    for (const { world } of members) world.advanceTo(time.second());
  };
  const minutes = setInterval(advance, MINUTE);
  const unschedule = operators.schedule(actors);
  return () => {
    clearInterval(sweeps);
    clearInterval(minutes);
    unschedule();
  };
}

/** Runs the scenario's rollout until it is over: until it has ended, and the event of a bad end has reverted the alias. */
export async function runFirstRollout(simulation: Simulation): Promise<ExecutionEnd> {
  const { rollouts } = simulation;
  const first = await rollouts.deploy();
  const end = await lastEndOf(first, simulation);
  if (end.status === 'SUCCEEDED' || isDeliberate(end.error)) return end;
  await rollouts.endAnnounced(first);
  // If the event is lost, a sweep reverts the alias.
  while (weightsAreLeft(simulation, first.execution.name)) await pause(SWEEP_INTERVAL_SECONDS);
  return end;
}

/** How a rollout ended at last: a redriven one goes on. */
async function lastEndOf(rollout: RunningRollout, simulation: Simulation): Promise<ExecutionEnd> {
  const { execution } = rollout;
  const end = await execution.ended;
  while (simulation.operators.mayRedrive && rollout.execution === execution) await pause(1);
  return rollout.execution === execution ? end : lastEndOf(rollout, simulation);
}

/** Runs on until everything rests: no handler and no delivery is under way, nobody will act, and no sweep has anything to do. */
export async function settle(simulation: Simulation): Promise<void> {
  const { runtime, background, operators } = simulation;
  do {
    await runtime.idle();
    if (isLeft(simulation)) await pause(SWEEP_INTERVAL_SECONDS);
    await (!background.isDone || operators.areDone ? background.finished() : pause(1));
  } while (!background.isDone || !operators.areDone || isLeft(simulation));
}

/** Whether the next sweep has something to do. */
const isLeft = (simulation: Simulation): boolean => weightsAreLeft(simulation) || isTorn(simulation);

/** Whether a rollout that has ended badly has promoted some of its members only. */
function isTorn({ members, rollouts, time }: Simulation): boolean {
  const aliases = members.map(({ lambda: { alias } }) => alias);
  return [...rollouts.ends].some(
    ([{ name }, { status, error, second }]) =>
      status !== 'SUCCEEDED' &&
      !isDeliberate(error) &&
      time.second() - second <= SWEEP_SECONDS &&
      isTornApart(aliases, name),
  );
}

/** Whether an alias shows weights of a rollout that has ended, or of one rollout alone: the next sweep takes them away. */
const weightsAreLeft = (simulation: Simulation, only?: string): boolean =>
  simulation.members.some(({ lambda: { alias } }) => weightsAreLeftOn(alias, simulation, only));

function weightsAreLeftOn(
  alias: AliasState | null,
  { rollouts, scenario, time }: Simulation,
  only: string | undefined,
): boolean {
  const execution = alias && ownerOf(alias)?.execution;
  if (only !== undefined && execution !== only) return false;
  const ended = [...rollouts.ends].find(([{ name }]) => name === execution)?.[1];
  if (!execution || !ended || time.second() - ended.second > SWEEP_SECONDS) return false;
  const planned = isDeliberate(ended.error) ? [] : planOf(scenario.policy).steps.map(({ weight }) => weight);
  return ended.status !== 'SUCCEEDED' && revertByDescription(alias, { execution, planned }).kind === 'write';
}
