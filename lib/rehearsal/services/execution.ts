import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { MACHINE } from '../names.ts';
import { EPOCH } from '../simulation/virtual-time.ts';
import type { UnwrittenEvent } from './execution-history.ts';

/** How an execution ended, as DescribeExecution and the status event say. */
export interface ExecutionEnd {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  readonly error: string | null;
  readonly cause: string | null;
  readonly output: unknown;
  /** Seconds since the rehearsal's start. */
  readonly second: number;
}

/** A running or ended execution. */
export interface Execution {
  readonly name: string;
  readonly arn: string;
  readonly input: unknown;
  /** In milliseconds since 1970; no other execution has the same. */
  readonly startedAt: number;
  readonly ended: Promise<ExecutionEnd>;
  /** StopExecution: no Catch runs, and a handler that is at work runs on. */
  stop(): void;
  /** The token that the execution waits with, if it waits for an answer. */
  waitingToken(): string | undefined;
  /** The events that show where it stands, newest first. */
  history(): readonly UnwrittenEvent[];
  /** States entered so far, retries included: Step Functions bills these. */
  transitions(): number;
  /** The state entered last with its input: a redrive goes on there. */
  at(): StateEntry | undefined;
}

/** A state that an execution entered, with its input. */
export interface StateEntry {
  readonly execution: string;
  readonly state: string;
  readonly input: unknown;
}

/** A handler's input and answer as a Task of an execution. */
export interface TaskRun {
  readonly execution: string;
  readonly state: string;
  readonly input: unknown;
  readonly output: unknown;
}

/** An execution as DescribeExecution returns it; `end` is undefined while it runs. */
export const described = (
  { arn, name, input, startedAt }: Execution,
  end: ExecutionEnd | undefined,
): DescribeExecutionCommandOutput => ({
  $metadata: {},
  executionArn: arn,
  stateMachineArn: MACHINE,
  name,
  status: end?.status ?? 'RUNNING',
  startDate: new Date(startedAt),
  stopDate: end && new Date(EPOCH + end.second * 1000),
  input: JSON.stringify(input),
  output: end?.status === 'SUCCEEDED' ? JSON.stringify(end.output) : undefined,
  error: end?.error ?? undefined,
  cause: end?.cause ?? undefined,
});
