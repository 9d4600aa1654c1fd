import { doingOf, type RolloutView } from '../aws/states/rollout-view.ts';
import { weightOf } from '../rollout/document/rollout.ts';
import type { RolloutRecord } from './rollout-record.ts';

/** The view of an execution as a public record. */
export function recordOf(view: RolloutView): RolloutRecord {
  const { execution, rollout, state, reason, report } = view;
  return {
    function: execution.functionName,
    alias: execution.aliasName,
    execution: execution.name,
    executionArn: execution.arn,
    state,
    doing: state === 'running' ? doingOf(view) : null,
    reason,
    stable: rollout?.stable || null,
    candidate: execution.candidate,
    weight: rollout ? weightOf(rollout) : 0,
    step: rollout ? { number: rollout.step + 1, of: rollout.plan.length } : null,
    startedBy: execution.startedBy,
    startedAt: execution.startedAt.toISOString(),
    endedAt: execution.endedAt?.toISOString() ?? null,
    requests: rollout?.current ?? null,
    events: (rollout?.journal ?? []).map(({ at, ...entry }) => ({ at: new Date(at * 1000).toISOString(), ...entry })),
    report: report ?? null,
  };
}
