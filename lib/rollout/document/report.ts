import { allTrafficTo, inPercent } from '../alias/alias.ts';
import { type Outcome, outcomeAt } from '../contracts/ends.ts';
import { versionCostsIn } from '../cost-in-words.ts';
import { totalOf } from '../coverage.ts';
import { versionDurationsIn } from '../logs/durations-in-words.ts';
import { noCounts } from '../observation.ts';
import { dollars, type Usage } from './cost.ts';
import { isAlone, membersOf, sizeOf } from './members.ts';
import type { MemberReport, PassedStep, Report } from './record.ts';
import { memberAt } from './requested.ts';
import { passedUntil, type Rollout } from './rollout.ts';
import { functionNameOf } from './start.ts';

/** How the rollout ended, or undefined while it goes on. */
export const outcomeIn = ({ next }: Pick<Rollout, 'next'>): Outcome | undefined => outcomeAt(next);

/** Sums up a rollout that has ended. `now` is in seconds since 1970. */
export function reportOf(rollout: Rollout, outcome: Outcome, now: number): Report {
  const steps = passedUntil(rollout, now);
  const { startedAt } = rollout.execution;
  const usage = usageOf(rollout, steps);
  return {
    schema: 1,
    outcome,
    reason: rollout.reason,
    function: functionNameOf(rollout.functionName),
    alias: rollout.aliasName,
    ...membersIn(rollout, now),
    versions: { stable: rollout.stable, candidate: rollout.candidate },
    notes: rollout.notes,
    startedBy: rollout.startedBy,
    startedAt: iso(startedAt),
    endedAt: iso(now),
    seconds: Math.round(now - startedAt),
    steps: steps.map(({ weight, from, until, verdict, requests, inAll = requests }) => ({
      weight,
      startedAt: iso(from),
      seconds: Math.round(until - from),
      verdict,
      requests: inAll,
    })),
    remarks: rollout.remarks,
    requests: totalOf(steps.map(({ requests, inAll = requests }) => inAll)),
    ...versionCostsIn(rollout),
    ...versionDurationsIn(rollout),
    approvals: rollout.approvals.map(({ at, ...answered }) => ({ ...answered, at: iso(at) })),
    cost: { ...usage, usd: dollars(usage) },
  };
}

/** The group with its members; nothing for an alias that is in no group. */
function membersIn(rollout: Rollout, now: number): Pick<Report, 'group' | 'members'> {
  const { group, leftOut, leftTo } = rollout;
  if (isAlone(rollout) && leftOut.length === 0 && group === null) return {};
  const members = membersOf(rollout).map((member): MemberReport => {
    const { functionName, aliasName, stable, candidate } = member;
    const left = memberAt({ members: leftTo }, member);
    return {
      function: functionName,
      alias: aliasName,
      stable,
      candidate,
      requests: totalOf(passedUntil(member, now).map(({ requests }) => requests)),
      ...versionCostsIn(member),
      ...versionDurationsIn(member),
      ...(left ? { leftAt: inPercent(left.routing ?? allTrafficTo('')) } : {}),
    };
  });
  const out = leftOut.map(
    ({ functionName, aliasName, version }): MemberReport => ({
      function: functionName,
      alias: aliasName,
      stable: version,
      candidate: version,
      requests: noCounts,
      leftOut: true,
    }),
  );
  return { group, members: [...members, ...out] };
}

/** A look is a Wait, a Task and a Choice; so is a preflight; a shift is a Task and a Choice. */
function usageOf(rollout: Rollout, steps: readonly PassedStep[]): Usage {
  const { observations, preflights, policy } = rollout;
  const members = sizeOf(rollout);
  const logs = [rollout, ...rollout.others].flatMap((member) => member.logs ?? []);
  const shifts = steps.length + 1;
  const hooks =
    (steps.length > 0 ? 1 : 0) * policy.hooks.beforeTraffic.length + steps.length * policy.hooks.eachStep.length;
  return {
    stateTransitions: 2 + 3 * (observations + preflights) + 2 * shifts + 2 * hooks,
    lambdaInvocations: observations + preflights + shifts + hooks,
    awsCalls: {
      'cloudwatch:DescribeAlarms': policy.alarms.length > 0 ? observations + preflights : 0,
      'cloudwatch:GetMetricData': observations * members,
      ...(logs.length > 0 ? { 'logs:StartQuery': (observations + 1) * logs.length } : {}),
      'events:PutEvents': shifts + 1,
    },
    ...(logs.length > 0 ? { bytesScanned: logs.reduce((sum, { bytesScanned }) => sum + bytesScanned, 0) } : {}),
  };
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
