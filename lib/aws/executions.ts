import {
  DescribeExecutionCommand,
  ExecutionStatus,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { StartInput } from '../rollout/start.ts';
import { isNamed } from './errors.ts';

/** Starts a rollout under a name of its own; one that was started under that name already is the same one. */
export async function startRollout(
  sfn: SFNClient,
  stateMachineArn: string,
  name: string,
  input: StartInput,
): Promise<void> {
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
  } catch (error) {
    if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
  }
}

/** An execution that ended otherwise than it should, as the event of its end would tell. */
export interface BadEnd {
  readonly executionArn: string;
  readonly name: string;
  readonly status: string;
  readonly input: string | null;
  readonly error: string | null;
  readonly cause: string | null;
}

/** A bad end that was found by looking, and when it came, in seconds since 1970. */
export interface FoundEnd extends BadEnd {
  readonly stoppedAt: number;
}

/** So many ends of a kind are looked at in one go, the newest. */
const MOST_ENDS = 50;

/** The executions that ended badly since `since` (seconds since 1970), newest first. */
export async function readBadEnds(
  sfn: SFNClient,
  stateMachineArn: string,
  since: number,
): Promise<readonly FoundEnd[]> {
  const lists = await Promise.all(
    [ExecutionStatus.ABORTED, ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT].map((statusFilter) =>
      sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: MOST_ENDS })),
    ),
  );
  const recent = lists
    .flatMap(({ executions = [] }) => executions)
    .map((execution) => ({ ...execution, stoppedAt: (execution.stopDate?.getTime() ?? 0) / 1000 }))
    .filter(({ stoppedAt }) => stoppedAt >= since);
  return Promise.all(
    recent.map(async ({ executionArn = '', name = '', status = '', stoppedAt }) => {
      const { input, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return {
        executionArn,
        name,
        status,
        stoppedAt,
        input: input ?? null,
        error: error ?? null,
        cause: cause ?? null,
      };
    }),
  );
}
