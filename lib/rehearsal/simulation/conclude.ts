import { allTrafficTo, inPercent, sameRouting } from '../../rollout/alias/alias.ts';
import { type Outcome, outcomeOfError } from '../../rollout/contracts/ends.ts';
import { versionCostsIn } from '../../rollout/cost-in-words.ts';
import { dollars } from '../../rollout/document/cost.ts';
import { rolloutIn } from '../../rollout/document/rollout.ts';
import { versionDurationsIn } from '../../rollout/logs/durations-in-words.ts';
import type { ExecutionEnd } from '../services/execution.ts';
import type { SimulatedMember } from './member.ts';
import type { MemberResult, RehearsalResult } from './result.ts';
import type { Simulation } from './simulation.ts';
import { totalsOf } from './totals.ts';

/** The result of the scenario's rollout, at the second at which it is over. */
export function conclude(simulation: Simulation, end: ExecutionEnd): RehearsalResult {
  const { scenario, members, timeline, time } = simulation;
  const second = time.second();
  for (const { world } of members) world.advanceTo(second);
  const outcome = outcomeOf(end, members);
  const each = members.map(
    (member): MemberResult => ({
      name: member.name,
      versions: member.versions,
      alias: aliasOf(member),
      ...trafficOf([member]),
    }),
  );
  const { versions, alias } = each[0] as MemberResult;
  const { lastLook } = simulation;
  return {
    outcome,
    reason: reasonOf(end, outcome),
    versions,
    alias,
    timeline: timeline.entries,
    seconds: secondsOf(simulation, second),
    ...trafficOf(members),
    ...(scenario.members ? { members: each } : {}),
    ...(lastLook?.trial ? { ...versionCostsIn(lastLook), ...versionDurationsIn(lastLook) } : {}),
    cost: costOf(simulation),
  };
}

/** The alias as it is now, in percent. */
const aliasOf = ({ lambda }: Pick<SimulatedMember, 'lambda'>): RehearsalResult['alias'] =>
  inPercent(lambda.alias ?? allTrafficTo(''));

/** The aliases when all has come to rest. */
export function aliasesAtTheEnd(
  result: RehearsalResult,
  members: readonly SimulatedMember[],
): Pick<RehearsalResult, 'alias' | 'members'> {
  const aliases = members.map(aliasOf);
  const each = result.members?.map((member, index) => ({ ...member, alias: aliases[index] ?? member.alias }));
  return { alias: aliases[0] ?? result.alias, ...(each ? { members: each } : {}) };
}

/** How a rollout ended: as its execution says, or, if that was stopped or lost, as the aliases show afterwards. */
function outcomeOf(end: ExecutionEnd, members: readonly SimulatedMember[]): Outcome {
  if (end.status === 'SUCCEEDED') return 'promoted';
  const deliberate = outcomeOfError(end.error);
  if (deliberate) return deliberate;
  const allServe = (role: 'stable' | 'candidate') =>
    members.every(({ lambda: { alias }, versions }) => alias && sameRouting(alias, allTrafficTo(versions[role])));
  if (allServe('candidate')) return 'promoted';
  return allServe('stable') ? 'rolledBack' : 'superseded';
}

function reasonOf(end: ExecutionEnd, outcome: Outcome): string {
  if (end.status === 'SUCCEEDED') return rolloutIn(end.output)?.reason ?? '';
  if (end.status === 'ABORTED') {
    return `the execution was stopped${outcome === 'rolledBack' ? '; the alias was put back' : ''}`;
  }
  return end.cause ?? `the execution ended as ${end.status}`;
}

/** A group has full traffic, or is reverted, when its last member is. */
function secondsOf({ members }: Simulation, second: number): RehearsalResult['seconds'] {
  const faults = members.flatMap(({ world, versions }) => world.faultBeganAt(versions.candidate) ?? []);
  const faultAt = faults.length > 0 ? Math.min(...faults) : null;
  const full = members.map(({ shares }) => shares.fullTrafficAt);
  const reverted = members.flatMap(({ shares }) => shares.revertedAt ?? []);
  const fullTrafficAt = full.includes(null) ? null : Math.max(...(full as number[]));
  const revertedAt = reverted.length > 0 ? Math.max(...reverted) : null;
  const faultWasReverted = faultAt !== null && revertedAt !== null && revertedAt >= faultAt;
  return {
    toFullTraffic: fullTrafficAt === null ? null : Math.round(fullTrafficAt),
    faultToRevert: faultWasReverted ? Math.round(revertedAt - faultAt) : null,
    total: Math.round(second),
  };
}

function trafficOf(members: readonly SimulatedMember[]): Pick<RehearsalResult, 'requests' | 'failures'> {
  const [stable, candidate] = totalsOf(members);
  const excess = members.reduce((sum, { world, versions }) => sum + world.excessFailures(versions.candidate), 0);
  return {
    requests: {
      total: stable.requests + candidate.requests,
      stable: stable.requests,
      candidate: candidate.requests,
    },
    failures: {
      total: stable.failures + candidate.failures,
      candidate: candidate.failures,
      excess: Math.round(excess * 10) / 10 || 0,
    },
  };
}

function costOf({ rollouts, runtime, faults, aws: { bytesScanned } }: Simulation): RehearsalResult['cost'] {
  const usage = {
    stateTransitions: rollouts.first?.execution.transitions() ?? 0,
    lambdaInvocations: runtime.invocationCount,
    awsCalls: faults.counted,
  };
  return { ...usage, usd: dollars({ ...usage, bytesScanned }) };
}
