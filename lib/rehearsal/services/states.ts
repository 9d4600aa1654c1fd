import {
  type DescribeExecutionCommandInput,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type GetExecutionHistoryCommandInput,
  InvalidExecutionInput,
  InvalidOutput,
  type ListExecutionsCommandInput,
  type ListTagsForResourceCommandInput,
  type SendTaskFailureCommandInput,
  type SendTaskSuccessCommandInput,
  type StartExecutionCommandInput,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { VERSION_TAG } from '../../rollout/contracts/tags.ts';
import { VERSION } from '../../version.ts';
import { MACHINE } from '../names.ts';
import type { Answers } from './answer.ts';
import { MOST_BYTES } from './data-limit.ts';
import type { StepFunctionsPort } from './step-functions-port.ts';

const $metadata = { httpStatusCode: 400 };

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
    'states:ListTagsForResource': ({ resourceArn = '' }: ListTagsForResourceCommandInput) => ({
      resource: resourceArn,
      output: () => ({ tags: resourceArn === MACHINE ? [{ key: VERSION_TAG, value: VERSION }] : [] }),
    }),
    'states:DescribeExecution': ({ executionArn = '' }: DescribeExecutionCommandInput) => ({
      resource: executionArn,
      output: () => {
        const found = port.executions().find((each) => each.executionArn === executionArn);
        if (!found)
          throw new ExecutionDoesNotExist({ message: `Execution Does Not Exist: '${executionArn}'`, $metadata });
        return found;
      },
    }),
    'states:GetExecutionHistory': (input: GetExecutionHistoryCommandInput) => ({
      resource: input.executionArn ?? '',
      output: () => executionHistory(port, input),
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
        if (Buffer.byteLength(output) > MOST_BYTES) throw new InvalidOutput({ message: 'Invalid Output', $metadata });
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

/** A page has so many executions or events unless said otherwise. (AWS: ListExecutions and GetExecutionHistory, `maxResults`.) */
const USUAL_PAGE = 100;

/** Executions of a status, newest first. The token of the next page is the number of those before it. */
function listExecutions(port: StepFunctionsPort, input: ListExecutionsCommandInput): object {
  const { statusFilter, nextToken = '0', maxResults: asked } = input;
  const from = Number(nextToken);
  const until = from + (asked || USUAL_PAGE);
  const all = port.executions().filter(({ status }) => (statusFilter ?? status) === status);
  return { executions: all.slice(from, until), ...(until < all.length ? { nextToken: String(until) } : {}) };
}

/** The events of an execution, oldest first unless said otherwise. The token of the next page is the number of those before it. */
function executionHistory(port: StepFunctionsPort, input: GetExecutionHistoryCommandInput): object {
  const { executionArn = '', reverseOrder, nextToken = '0', maxResults } = input;
  const from = Number(nextToken);
  const until = from + (maxResults || USUAL_PAGE);
  const newestFirst = port.historyOf(executionArn);
  const all = reverseOrder ? newestFirst : newestFirst.toReversed();
  const page = all.slice(from, until).map((unwritten) => unwritten());
  return { events: page, ...(until < all.length ? { nextToken: String(until) } : {}) };
}

/** A name that was started before with the same input is the same execution: it is taken to run still. */
async function startExecution(
  port: StepFunctionsPort,
  started: StartedExecution[],
  { stateMachineArn = '', name = '', input: text = '' }: StartExecutionCommandInput,
): Promise<object> {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new InvalidExecutionInput({ message: 'Invalid Execution Input', $metadata });
  }
  const input: unknown = JSON.parse(text);
  const before = started.find((each) => each.name === name);
  if (before && JSON.stringify(before.input) !== JSON.stringify(input)) {
    const message = `Execution Already Exists: '${name}'`;
    throw new ExecutionAlreadyExists({ message, $metadata });
  }
  if (!before) {
    started.push({ name, input });
    await port.start(name, input);
  }
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return { executionArn, startDate: new Date() };
}
