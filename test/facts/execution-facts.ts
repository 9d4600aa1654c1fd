import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import {
  DescribeExecutionCommand,
  ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { executionEventSchema } from '../../lib/rollout/contracts/events.ts';
import type { Asked, Fact, Fixture, Started } from './fact.ts';
import { outcomeOf, refused } from './refusal.ts';

/** What a Catch got of what was asked for, as a function that is handed it sees it. */
async function caught(aws: Fixture, asked: Asked) {
  return caughtIn(aws, await aws.machine.start(asked));
}

async function caughtIn(aws: Fixture, execution: Started) {
  const { output } = await aws.machine.ended(execution);
  return (output as { error: { Error: unknown; Cause: unknown } }).error;
}

/** The token that an execution waits with, from its history. */
const tokenOf = (aws: Fixture, { arn }: Started): Promise<string> =>
  aws.eventually('the execution waits for an answer', async () => {
    const scheduled = await scheduledIn(aws, arn);
    const parameters = JSON.parse(scheduled?.taskScheduledEventDetails?.parameters ?? '{}') as {
      Payload?: { taskToken?: string };
    };
    return parameters.Payload?.taskToken;
  });

async function scheduledIn(aws: Fixture, executionArn: string): Promise<HistoryEvent | undefined> {
  const { events } = await aws.clients.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events?.find(({ type }) => type === 'TaskScheduled');
}

const describe = (aws: Fixture, { arn }: Started) =>
  aws.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }));

const noSuccess = "its operators approve without SendTaskSuccess, by the interpreter's own means";

/** What Sluice relies on where Step Functions runs a rollout and tells of it. */
export const executionFacts: readonly Fact[] = [
  {
    sentence: 'A Catch gets the name of what a function threw as Error, and JSON text with its message as Cause.',
    source: { recorded: 'stepfunctions/v2/error_handling/test_task_service_lambda, 2024-11-28' },
    check: async (aws) => {
      const { Error: error, Cause } = await caught(aws, { do: 'throw' });
      equal(error, 'ProbeError');
      const { errorMessage, errorType } = JSON.parse(String(Cause)) as Record<string, unknown>;
      deepEqual({ errorMessage, errorType }, { errorMessage: 'on purpose', errorType: 'ProbeError' });
    },
  },
  {
    sentence: 'A function that does not exist: Lambda.ResourceNotFoundException, with plain text as Cause.',
    source: {
      recorded: 'stepfunctions/v2/error_handling/test_task_service_lambda: test_no_such_function, 2025-11-25',
    },
    check: async (aws) => {
      const { Error: error, Cause } = await caught(aws, { do: 'callNobody' });
      equal(error, 'Lambda.ResourceNotFoundException');
      match(String(Cause), /^[^{]/);
    },
    unchecked: { rehearsal: 'no function of the controller is ever missing in it' },
  },
  {
    sentence: 'A Task that outlasts its TimeoutSeconds: States.Timeout, with an empty Cause.',
    source: { recorded: 'stepfunctions/v2/error_handling/test_task_service_lambda: test_invoke_timeout, 2024-11-28' },
    check: async (aws) => {
      deepEqual(await caught(aws, { do: 'timeOut' }), { Error: 'States.Timeout', Cause: '' });
    },
  },
  {
    sentence: 'SendTaskFailure without error and cause: States.ALL catches it, Error null and Cause null.',
    source: {
      recorded:
        'stepfunctions/v2/callback/test_callback: test_sqs_failure_in_wait_for_task_tok_no_error_field, 2024-04-29',
    },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'ask' });
      await aws.clients.sfn.send(new SendTaskFailureCommand({ taskToken: await tokenOf(aws, execution) }));
      deepEqual(await caughtIn(aws, execution), { Error: null, Cause: null });
    },
  },
  {
    sentence: 'States.Runtime ends an execution, even where a Catch names it.',
    source: { recorded: 'stepfunctions/v2/scenarios/test_base_scenarios: test_catch_states_runtime, 2023-11-23' },
    check: async (aws) => {
      const { status, error } = await aws.machine.ended(await aws.machine.start({ do: 'pathToNothing' }));
      deepEqual({ status, error }, { status: 'FAILED', error: 'States.Runtime' });
    },
  },
  {
    sentence: 'A Wait of 0 seconds is fine; one of 1.5 or -1 ends the execution with States.Runtime.',
    source: { recorded: 'stepfunctions/v2/base/test_wait, 2024-03-22' },
    check: async (aws) => {
      const endOf = async (seconds: number) => aws.machine.ended(await aws.machine.start({ do: 'wait', seconds }));
      equal((await endOf(0)).status, 'SUCCEEDED');
      for (const seconds of [1.5, -1]) {
        const { status, error } = await endOf(seconds);
        deepEqual({ status, error }, { status: 'FAILED', error: 'States.Runtime' });
      }
    },
  },
  {
    sentence: 'The token of a Task that waits stands in the parameters of TaskScheduled.',
    source: {
      recorded: 'stepfunctions/v2/callback/test_callback: test_sqs_wait_for_task_token_timeout, 2024-04-18',
    },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'ask' });
      notEqual(await tokenOf(aws, execution), '');
      await aws.machine.stop(execution);
    },
  },
  {
    sentence: 'SendTaskSuccess ends the wait; its output stands at the ResultPath of the Task.',
    source: { said: 'AWS Step Functions guide, "Wait for a callback with the task token"' },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'ask' });
      const taskToken = await tokenOf(aws, execution);
      await aws.clients.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"by":"ada"}' }));
      const { status, output } = await aws.machine.ended(execution);
      deepEqual([status, (output as { answer?: unknown }).answer], ['SUCCEEDED', { by: 'ada' }]);
    },
    unchecked: { rehearsal: noSuccess },
  },
  {
    sentence: 'TaskScheduled tells timeoutInSeconds, too.',
    source: {
      recorded: 'stepfunctions/v2/callback/test_callback: test_sqs_wait_for_task_token_timeout, 2024-04-18',
    },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'ask' });
      await tokenOf(aws, execution);
      const scheduled = await scheduledIn(aws, execution.arn);
      await aws.machine.stop(execution);
      equal(Number(scheduled?.taskScheduledEventDetails?.timeoutInSeconds), 60);
    },
    differs: {
      rehearsal: 'its TaskScheduled has no timeoutInSeconds',
      emulator: 'its TaskScheduled has no timeoutInSeconds',
    },
  },
  {
    sentence: 'StartExecution with the name and input of a running execution answers that execution.',
    source: { recorded: 'stepfunctions/v2/test_sfn_api: test_start_execution_idempotent, 2024-08-21' },
    check: async (aws) => {
      const call = {
        stateMachineArn: aws.machine.arn,
        name: `facts-${Date.now()}`,
        input: '{"do":"wait","seconds":60}',
      };
      const first = await aws.clients.sfn.send(new StartExecutionCommand(call));
      const again = await aws.clients.sfn.send(new StartExecutionCommand(call));
      equal(again.executionArn, first.executionArn);
    },
  },
  {
    sentence: 'StartExecution with the name of a running execution and other input: 400 ExecutionAlreadyExists.',
    source: { recorded: 'stepfunctions/v2/test_sfn_api: test_start_execution_idempotent, 2024-08-21' },
    check: async (aws) => {
      const call = {
        stateMachineArn: aws.machine.arn,
        name: `facts-${Date.now()}`,
        input: '{"do":"wait","seconds":60}',
      };
      await aws.clients.sfn.send(new StartExecutionCommand(call));
      const other = { ...call, input: '{"do":"wait","seconds":61}' };
      await refused(aws.clients.sfn.send(new StartExecutionCommand(other)), 'ExecutionAlreadyExists', 400);
    },
  },
  {
    sentence: 'StopExecution ends an execution as ABORTED, and no Catch runs.',
    source: { recorded: 'stepfunctions/v2/test_sfn_api: test_stop_execution, 2024-05-06' },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'ask' });
      await aws.machine.stop(execution);
      const { status, output } = await aws.machine.ended(execution);
      deepEqual({ status, output }, { status: 'ABORTED', output: null });
    },
  },
  {
    sentence: 'DescribeExecution of a FAILED execution has its input, error and cause, and no output.',
    source: { recorded: 'stepfunctions/v2/base/test_base: test_state_fail, 2024-03-06' },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'fail' });
      await aws.machine.ended(execution);
      const { status, input, error, cause, output, stopDate } = await describe(aws, execution);
      deepEqual(
        { status, input: JSON.parse(input ?? ''), error, cause, output },
        { status: 'FAILED', input: { do: 'fail' }, error: 'OnPurpose', cause: 'as asked', output: undefined },
      );
      ok(stopDate instanceof Date);
    },
  },
  {
    sentence: 'DescribeExecution of an execution that was stopped has its input and no output.',
    source: { recorded: 'stepfunctions/v2/test_sfn_api: test_stop_execution, 2024-05-06' },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'wait', seconds: 60 });
      await aws.machine.stop(execution);
      await aws.machine.ended(execution);
      const { status, input, output } = await describe(aws, execution);
      deepEqual([status, JSON.parse(input ?? ''), output], ['ABORTED', { do: 'wait', seconds: 60 }, undefined]);
    },
  },
  {
    sentence: 'DescribeExecution of a TIMED_OUT execution has neither error nor cause nor output.',
    source: { recorded: 'stepfunctions/v2/timeouts/test_timeouts: test_global_timeout, 2024-03-10' },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'outlast' });
      await aws.machine.ended(execution);
      const { status, error, cause, output } = await describe(aws, execution);
      deepEqual([status, error, cause, output], ['TIMED_OUT', undefined, undefined, undefined]);
    },
    unchecked: { rehearsal: 'its state machine has no timeout of its own, as Sluice has none' },
  },
  {
    sentence: 'ListExecutions gives those of the status that is asked for, newest first, at most maxResults.',
    source: {
      recorded:
        'stepfunctions/v2/test_sfn_api: test_list_executions_pagination, test_state_machine_status_filter, 2024',
    },
    check: async (aws) => {
      const older = await aws.machine.start({ do: 'fail' });
      await aws.machine.ended(older);
      await aws.machine.ended(await aws.machine.start({ do: 'wait', seconds: 1 }));
      const newer = await aws.machine.start({ do: 'fail' });
      await aws.machine.ended(newer);
      const list = (maxResults: number) =>
        aws.clients.sfn.send(
          new ListExecutionsCommand({
            stateMachineArn: aws.machine.arn,
            statusFilter: ExecutionStatus.FAILED,
            maxResults,
          }),
        );
      const { executions: two = [] } = await list(2);
      deepEqual(
        two.map(({ executionArn }) => executionArn),
        [newer.arn, older.arn],
      );
      equal((await list(1)).executions?.length, 1);
      ok(two.every(({ status, stopDate }) => status === 'FAILED' && stopDate instanceof Date));
    },
  },
  {
    sentence: 'The status event has name, status, input, error and cause in its detail; what is empty is null.',
    source: { recorded: 'stepfunctions/v2/base/test_base: test_event_bridge_events_base, 2024-02-07' },
    check: async (aws) => {
      const { event, input } = await aws.statusEvent();
      equal((event as { source?: unknown }).source, 'aws.states');
      const { detail } = executionEventSchema.parse(event);
      deepEqual(
        { status: detail.status, input: JSON.parse(String(detail.input)), error: detail.error, cause: detail.cause },
        { status: 'FAILED', input, error: 'OnPurpose', cause: 'as asked' },
      );
      ok(detail.executionArn.endsWith(`:${detail.name}`));
      equal((event as { detail: { output?: unknown } }).detail.output, null);
    },
  },
  {
    sentence: 'A function runs on after its Task timed out.',
    source: { said: 'AWS re:Post; the recording of a timeout does not show it' },
    check: async () => {},
    unchecked: {
      rehearsal: 'its safety tests have handlers that write late',
      emulator: 'nothing outside shows it',
      account: 'nothing outside shows it',
    },
  },
  {
    sentence: 'DescribeExecution of an execution that does not exist: ExecutionDoesNotExist (400).',
    source: { said: 'AWS Step Functions API reference, DescribeExecution' },
    check: async (aws) => {
      const { arn } = await aws.machine.start({ do: 'fail' });
      await refused(describe(aws, { arn: `${arn}-gone` } as Started), 'ExecutionDoesNotExist', 400);
    },
  },
  {
    sentence: 'SendTaskSuccess with a token that nobody waits for any more.',
    source: { unknown: 'whoever answers too late is told so, whatever the error is called' },
    check: async (aws) => {
      const execution = await aws.machine.start({ do: 'askBriefly' });
      const taskToken = await tokenOf(aws, execution);
      await aws.machine.ended(execution);
      notEqual(taskToken, '');
      return outcomeOf(aws.clients.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })));
    },
    unchecked: { rehearsal: noSuccess },
  },
  {
    sentence: 'A function that throws in a Task that waits for a token.',
    source: { unknown: 'AwaitApproval retries service faults and catches everything' },
    check: async (aws) => {
      const { Error: error } = await caught(aws, { do: 'askInVain' });
      return `a Catch gets ${String(error)}`;
    },
  },
];
