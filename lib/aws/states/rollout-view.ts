import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Outcome, outcomeOfError } from '../../rollout/contracts/ends.ts';
import type { Report } from '../../rollout/document/record.ts';
import { outcomeIn } from '../../rollout/document/report.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { RolloutExecution } from './executions.ts';
import { readPosition } from './history.ts';

/** A rollout with where it stands or how it ended. */
export interface RolloutView {
  readonly execution: RolloutExecution;
  /** Its latest document; undefined if its input made none. */
  readonly rollout: Rollout | undefined;
  /** The token of the approval that it waits for. */
  readonly token: string | undefined;
  /** `stopped`: a person or a timeout ended the execution. `failed`: it could not put the alias back. */
  readonly state: Outcome | 'running' | 'stopped' | 'failed';
  /** Why it is where it is. */
  readonly reason: string;
  readonly report: Report | undefined;
}

/** Reads where a rollout stands from the end of its execution's history. */
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

/** Whether a rollout is running, and only waits for the end of the one that it has joined. */
export const waitsForAnother = ({ state, rollout }: RolloutView): boolean =>
  state === 'running' && typeof rollout?.joined === 'string';

/** What a running rollout is doing. */
export type Doing = 'starting' | 'waitingForCommit' | 'held' | 'waitingForApproval' | 'baking' | 'shifting';

/** What a running rollout is doing, from its document. */
export function doingOf({ rollout, token }: RolloutView): Doing {
  if (token !== undefined) return 'waitingForApproval';
  if (!rollout) return 'starting';
  if (rollout.held !== null) return 'held';
  if (rollout.next === 'awaitCommit') return 'waitingForCommit';
  return rollout.next === 'bake' ? 'baking' : 'shifting';
}
