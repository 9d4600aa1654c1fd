import { type AliasState, allTrafficTo, inPercent, sameRouting } from '../../rollout/alias/alias.ts';
import { type Outcome, outcomeOfError } from '../../rollout/contracts/ends.ts';
import { dollars } from '../../rollout/document/cost.ts';
import { rolloutIn } from '../../rollout/document/rollout.ts';
import { CANDIDATE, STABLE } from '../names.ts';
import type { ExecutionEnd } from '../services/execution.ts';
import type { World } from '../world/world.ts';
import type { RehearsalResult } from './result.ts';
import type { Simulation } from './simulation.ts';
import { totalsOf } from './totals.ts';

const versions = { stable: STABLE, candidate: CANDIDATE };

/** The result of the scenario's rollout, at the second at which it is over. */
export function conclude(simulation: Simulation, end: ExecutionEnd): RehearsalResult {
  const { world, lambda, timeline, time } = simulation;
  const second = time.second();
  world.advanceTo(second);
  const outcome = outcomeOf(end, lambda.alias);
  return {
    outcome,
    reason: reasonOf(end, outcome),
    versions,
    alias: aliasOf(simulation),
    timeline: timeline.entries,
    seconds: secondsOf(simulation, second),
    ...trafficOf(world),
    cost: costOf(simulation),
  };
}

/** The alias as it is now, in percent. */
export const aliasOf = ({ lambda }: Pick<Simulation, 'lambda'>): RehearsalResult['alias'] =>
  inPercent(lambda.alias ?? allTrafficTo(''));

/** How a rollout ended: as its execution says, or, if that was stopped or lost, as the alias shows afterwards. */
function outcomeOf(end: ExecutionEnd, alias: AliasState | null): Outcome {
  if (end.status === 'SUCCEEDED') return 'promoted';
  const deliberate = outcomeOfError(end.error);
  if (deliberate) return deliberate;
  if (alias && sameRouting(alias, allTrafficTo(CANDIDATE))) return 'promoted';
  return alias && sameRouting(alias, allTrafficTo(STABLE)) ? 'rolledBack' : 'superseded';
}

function reasonOf(end: ExecutionEnd, outcome: Outcome): string {
  if (end.status === 'SUCCEEDED') return rolloutIn(end.output)?.reason ?? '';
  if (end.status === 'ABORTED') {
    return `the execution was stopped${outcome === 'rolledBack' ? '; the alias was put back' : ''}`;
  }
  return end.cause ?? `the execution ended as ${end.status}`;
}

function secondsOf({ world, shares }: Simulation, second: number): RehearsalResult['seconds'] {
  const faultAt = world.faultBeganAt(CANDIDATE);
  const { fullTrafficAt, revertedAt } = shares;
  const faultWasReverted = faultAt !== null && revertedAt !== null && revertedAt >= faultAt;
  return {
    toFullTraffic: fullTrafficAt === null ? null : Math.round(fullTrafficAt),
    faultToRevert: faultWasReverted ? Math.round(revertedAt - faultAt) : null,
    total: Math.round(second),
  };
}

function trafficOf(world: World): Pick<RehearsalResult, 'requests' | 'failures'> {
  const [stable, candidate] = totalsOf(world);
  return {
    requests: {
      total: stable.requests + candidate.requests,
      stable: stable.requests,
      candidate: candidate.requests,
    },
    failures: {
      total: stable.failures + candidate.failures,
      candidate: candidate.failures,
      excess: Math.round(world.excessFailures(CANDIDATE) * 10) / 10 || 0,
    },
  };
}

function costOf({ rollouts, runtime, faults }: Simulation): RehearsalResult['cost'] {
  const usage = {
    stateTransitions: rollouts.first?.execution.transitions() ?? 0,
    lambdaInvocations: runtime.invocationCount,
    awsCalls: faults.counted,
  };
  return { ...usage, usd: dollars(usage) };
}
