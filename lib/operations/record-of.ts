import type { AliasName } from '../aws/lambda/alias.ts';
import type { RolloutExecution, RolloutMember } from '../aws/states/executions.ts';
import { doingOf, type RolloutView } from '../aws/states/rollout-view.ts';
import { inPercent } from '../rollout/alias/alias.ts';
import { versionCostsIn } from '../rollout/cost-in-words.ts';
import { totalOf } from '../rollout/coverage.ts';
import { membersOf } from '../rollout/document/members.ts';
import { memberAt } from '../rollout/document/requested.ts';
import { type Rollout, weightOf } from '../rollout/document/rollout.ts';
import { versionDurationsIn } from '../rollout/logs/durations-in-words.ts';
import type { MemberRecord, RolloutRecord } from './rollout-record.ts';

/**
 * The view of an execution as a public record.
 *
 * @param asked the member that was asked for. Left out: the first one
 */
export function recordOf(view: RolloutView, asked?: AliasName): RolloutRecord {
  const { execution, rollout, state, reason, report } = view;
  const looked = rollout ? membersOf(rollout) : [];
  const member = (asked && memberAt(execution, asked)) ?? (execution.members[0] as RolloutMember);
  const { function: functionName, alias, stable, candidate } = memberRecord(member, rollout, looked);
  return {
    function: functionName,
    alias,
    ...(isOfGroup(execution)
      ? { group: execution.group, members: execution.members.map((each) => memberRecord(each, rollout, looked)) }
      : {}),
    execution: execution.name,
    executionArn: execution.arn,
    state,
    doing: state === 'running' ? doingOf(view) : null,
    reason,
    stable,
    candidate,
    weight: rollout ? weightOf(rollout) : 0,
    step: rollout ? { number: rollout.step + 1, of: rollout.plan.length } : null,
    startedBy: execution.startedBy,
    startedAt: execution.startedAt.toISOString(),
    endedAt: execution.endedAt?.toISOString() ?? null,
    requests: rollout ? totalOf(looked.map(({ current }) => current)) : null,
    ...(rollout ? { ...versionCostsIn(rollout), ...versionDurationsIn(rollout) } : {}),
    events: (rollout?.journal ?? []).map(({ at, ...entry }) => ({ at: new Date(at * 1000).toISOString(), ...entry })),
    report: report ?? null,
  };
}

/** Whether a rollout is that of a group, even if one member alone takes part. */
export const isOfGroup = ({ group, members }: Pick<RolloutExecution, 'group' | 'members'>): boolean =>
  group !== null || members.length > 1;

function memberRecord(
  { functionName, aliasName, candidate }: RolloutMember,
  rollout: Rollout | undefined,
  looked: readonly Rollout[],
): MemberRecord {
  const name = { functionName, aliasName };
  const found = memberAt({ members: looked }, name);
  const out = memberAt({ members: rollout?.leftOut ?? [] }, name);
  const left = memberAt({ members: rollout?.leftTo ?? [] }, name);
  return {
    function: functionName,
    alias: aliasName,
    stable: (found?.stable || out?.version) ?? null,
    candidate,
    requests: found?.current ?? null,
    ...(out ? { leftOut: true } : {}),
    ...(left ? { leftAt: left.routing && inPercent(left.routing) } : {}),
  };
}
