import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Outcome, outcomeOfError } from '../../rollout/contracts/ends.ts';
import type { Report } from '../../rollout/document/record.ts';
import { outcomeIn } from '../../rollout/document/report.ts';
import { type Rollout, weightOf } from '../../rollout/document/rollout.ts';
import type { RolloutExecution } from './executions.ts';
import { readPosition } from './history.ts';

/** A rollout with where it stands or how it ended. */
export interface RolloutView {
  readonly execution: RolloutExecution;
  /** Its document as it was last handed on; undefined where its input made none. */
  readonly rollout: Rollout | undefined;
  /** The token of the approval that it waits for. */
  readonly token: string | undefined;
  /** `stopped` is an execution that a person or a timeout ended, `failed` one that could not put the alias back. */
  readonly state: Outcome | 'running' | 'stopped' | 'failed';
  /** Why it is where it is. */
  readonly reason: string;
  readonly report: Report | undefined;
}

/** Reads what an execution's history tells of a rollout. */
export async function viewOf(sfn: SFNClient, execution: RolloutExecution): Promise<RolloutView> {
  const { rollout, token } = await readPosition(sfn, execution.arn);
  const state = stateOf(execution, rollout);
  const reason = execution.cause ?? (state === 'stopped' ? 'the execution was stopped' : rollout?.reason) ?? '';
  return {
    execution,
    rollout,
    token: state === 'running' ? token : undefined,
    state,
    reason,
    report: rollout?.report ?? undefined,
  };
}

function stateOf({ status, error }: RolloutExecution, rollout: Rollout | undefined): RolloutView['state'] {
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
  if (status === 'SUCCEEDED') return (rollout && outcomeIn(rollout)) ?? 'promoted';
  if (status === 'FAILED') return outcomeOfError(error) ?? 'failed';
  return 'stopped';
}

/** What a running rollout does at the moment. */
export type Doing = 'starting' | 'waitingForCommit' | 'held' | 'waitingForApproval' | 'baking' | 'shifting';

/** What it does, from its document. */
export function doingOf({ rollout, token }: RolloutView): Doing {
  if (token !== undefined) return 'waitingForApproval';
  if (!rollout) return 'starting';
  if (rollout.held !== null) return 'held';
  if (rollout.next === 'awaitCommit') return 'waitingForCommit';
  return rollout.next === 'bake' ? 'baking' : 'shifting';
}

/** A view as JSON for other programs. */
export const viewAsJson = (view: RolloutView) => ({
  function: view.execution.functionName,
  alias: view.execution.aliasName,
  execution: view.execution.name,
  executionArn: view.execution.arn,
  state: view.state,
  doing: view.state === 'running' ? doingOf(view) : null,
  reason: view.reason,
  stable: view.rollout?.stable || null,
  candidate: view.execution.candidate,
  weight: view.rollout ? weightOf(view.rollout) : 0,
  step: view.rollout ? { number: view.rollout.step + 1, of: view.rollout.plan.length } : null,
  startedBy: view.execution.startedBy,
  startedAt: view.execution.startedAt.toISOString(),
  endedAt: view.execution.endedAt?.toISOString() ?? null,
});
