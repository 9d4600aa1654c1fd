import {
  type DescribeExecutionCommandInput,
  ExecutionAlreadyExists,
  type GetExecutionHistoryCommandInput,
  type ListExecutionsCommandInput,
  type SendTaskFailureCommandInput,
  type SendTaskSuccessCommandInput,
  type StartExecutionCommandInput,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { MACHINE } from '../names.ts';
import type { Answers } from './answer.ts';
import type { StepFunctionsPort } from './step-functions-port.ts';

/** An execution that StartExecution started. */
export interface StartedExecution {
  readonly name: string;
  readonly input: unknown;
}

/**
 * Step Functions' API on the executions behind a port.
 *
 * @param started gains every execution that StartExecution starts
 */
export const statesApi = (port: StepFunctionsPort, started: StartedExecution[]) =>
  ({
    'states:StartExecution': (input: StartExecutionCommandInput) => ({
      resource: input.stateMachineArn ?? '',
      output: () => startExecution(port, started, input),
    }),
    'states:ListExecutions': (input: ListExecutionsCommandInput) => ({
      resource: input.stateMachineArn ?? '',
      output: () => listExecutions(port, input),
    }),
    'states:DescribeExecution': ({ executionArn = '' }: DescribeExecutionCommandInput) => ({
      resource: executionArn,
      output: () => port.executions().find((each) => each.executionArn === executionArn) ?? {},
    }),
    'states:GetExecutionHistory': ({ executionArn = '', maxResults = 100 }: GetExecutionHistoryCommandInput) => ({
      resource: executionArn,
      output: () => ({ events: port.historyOf(executionArn).slice(0, maxResults) }),
    }),
    'states:SendTaskFailure': ({ taskToken = '', error, cause }: SendTaskFailureCommandInput) => ({
      resource: MACHINE,
      output: () => {
        port.failTask(taskToken, error ?? null, cause ?? null);
        return {};
      },
    }),
    'states:SendTaskSuccess': ({ taskToken = '', output = '' }: SendTaskSuccessCommandInput) => ({
      resource: MACHINE,
      output: () => {
        port.succeedTask(taskToken, JSON.parse(output));
        return {};
      },
    }),
    'states:StopExecution': ({ executionArn = '' }: StopExecutionCommandInput) => ({
      resource: executionArn,
      output: () => {
        port.stop(executionArn);
        return { stopDate: new Date() };
      },
    }),
  }) satisfies Answers;

/** A page of executions; the token is the place where the next page begins. */
function listExecutions(
  port: StepFunctionsPort,
  { statusFilter, maxResults = 100, nextToken = '0' }: ListExecutionsCommandInput,
): object {
  const from = Number(nextToken);
  const all = port.executions().filter(({ status }) => (statusFilter ?? status) === status);
  const until = from + maxResults;
  return { executions: all.slice(from, until), ...(until < all.length ? { nextToken: String(until) } : {}) };
}

/** A name that was started before with the same input is the same execution: it is taken to run still. */
async function startExecution(
  port: StepFunctionsPort,
  started: StartedExecution[],
  { stateMachineArn = '', name = '', input: text = '' }: StartExecutionCommandInput,
): Promise<object> {
  const input: unknown = JSON.parse(text);
  const before = started.find((each) => each.name === name);
  if (before && JSON.stringify(before.input) !== JSON.stringify(input)) {
    const message = `Execution Already Exists: '${name}'`;
    throw new ExecutionAlreadyExists({ message, $metadata: { httpStatusCode: 400 } });
  }
  if (!before) {
    started.push({ name, input });
    await port.start(name, input);
  }
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return { executionArn, startDate: new Date() };
}
