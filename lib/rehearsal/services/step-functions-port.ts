import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import type { UnwrittenEvent } from './execution-history.ts';

/** The executions of a state machine as the Step Functions API reaches them. */
export interface StepFunctionsPort {
  /** StartExecution of a name that was not started before. */
  readonly start: (name: string, input: unknown) => Promise<unknown>;
  /** DescribeExecution of every execution, newest first. */
  readonly executions: () => readonly DescribeExecutionCommandOutput[];
  /** GetExecutionHistory, newest event first; empty for an ARN that is not known. */
  readonly historyOf: (executionArn: string) => readonly UnwrittenEvent[];
  /** StopExecution. */
  readonly stop: (executionArn: string) => void;
  /** SendTaskSuccess. */
  readonly succeedTask: (token: string, output: unknown) => void;
  /** SendTaskFailure. */
  readonly failTask: (token: string, error: string | null, cause: string | null) => void;
}
