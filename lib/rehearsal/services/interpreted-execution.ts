import type * as interpreter from 'aws-local-stepfunctions';
import { MACHINE } from '../names.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';
import { checkSize } from './data-limit.ts';
import { type Definition, startingAt, tasksOf } from './definition.ts';
import type { Execution, ExecutionEnd, StateEntry, TaskRun } from './execution.ts';
import { ExecutionHistory } from './execution-history.ts';
import type { TaskTokens } from './task-tokens.ts';

/** Runs a Task's function, and follows an execution. */
export interface ExecutionParts {
  readonly time: VirtualTime;
  readonly tokens: TaskTokens;
  /** Invokes the function with that ARN. @throws the function's error */
  readonly invoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  readonly onTask: (run: TaskRun) => void;
  readonly onState: (entry: StateEntry) => void;
}

/** The start of an execution; `resumed` is the state at which a redriven one goes on. */
export interface ExecutionStart {
  readonly name: string;
  readonly input: unknown;
  readonly startedAt: number;
  readonly resumed?: StateEntry | undefined;
}

type Interpreter = typeof interpreter;
type Running = ReturnType<InstanceType<Interpreter['StateMachine']>['run']>;
type TaskHandler = (parameters: unknown) => Promise<unknown>;

/** An execution of the synthesized definition in aws-local-stepfunctions. */
export class InterpretedExecution implements Execution {
  readonly name: string;
  readonly arn: string;
  readonly input: unknown;
  readonly startedAt: number;
  readonly ended: Promise<ExecutionEnd>;
  readonly #parts: ExecutionParts;
  readonly #running: Running;
  readonly #history = new ExecutionHistory();
  #entered: StateEntry | undefined;
  #token: string | undefined;
  #stopped = false;
  #transitions = 0;

  constructor(interpreted: Interpreter, definition: Definition, start: ExecutionStart, parts: ExecutionParts) {
    const { name, input, startedAt, resumed } = start;
    this.name = name;
    this.arn = `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;
    this.input = input;
    this.startedAt = startedAt;
    this.#entered = resumed;
    this.#parts = parts;
    this.#running = this.#run(interpreted, startingAt(definition, resumed?.state), resumed ? resumed.input : input);
    const following = this.#follow();
    const ended = this.#endOf(interpreted);
    this.ended = Promise.all([ended, following]).then(([end]) => end);
  }

  stop(): void {
    this.#stopped = true;
    this.#running.abort();
  }

  waitingToken(): string | undefined {
    return this.#token !== undefined && this.#parts.tokens.isWaiting(this.#token) ? this.#token : undefined;
  }

  history(): ReturnType<Execution['history']> {
    return this.#history.events;
  }

  transitions(): number {
    return this.#transitions;
  }

  at(): StateEntry | undefined {
    return this.#entered;
  }

  #run({ StateMachine }: Interpreter, definition: Definition, input: unknown): Running {
    const { name, arn } = this;
    const { tokens } = this.#parts;
    const machine = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
    const overrides = Object.fromEntries(
      tasksOf(definition).map(({ state, waits }) => [state, this.#task(state, waits)]),
    );
    return machine.run(input as never, {
      overrides: { taskResourceLocalHandlers: overrides as never },
      context: {
        Execution: { Id: arn, Name: name },
        StateMachine: { Id: MACHINE, Name: 'sluice' },
        Task: {
          get Token() {
            return tokens.issue(name);
          },
        },
      },
    });
  }

  #task(state: string, waits: boolean): TaskHandler {
    return async (parameters) => {
      // The interpreter repeats a Task that failed although its execution was stopped meanwhile. Step Functions does not.
      if (this.#stopped) return new Promise(() => {});
      const { FunctionName, Payload } = parameters as { FunctionName: string; Payload: unknown };
      if (waits) this.#token = (Payload as { taskToken: string }).taskToken;
      checkSize(`The input of ${state}`, Payload);
      this.#history.taskScheduled(waits, { FunctionName, Payload });
      const answer = waits ? this.#parts.tokens.expect(this.#token as string) : undefined;
      const output = await this.#parts.invoke(FunctionName, withAwsCauses(this.#withStart(Payload)));
      // The result of a Task that was running when its execution was stopped is dropped: nobody waits for it.
      if (this.#stopped) return new Promise(() => {});
      this.#parts.onTask({ execution: this.name, state, input: Payload, output });
      checkSize(`The result of ${state}`, output);
      if (answer) return answered(state, Payload, await answer);
      return { Payload: output, StatusCode: 200, ExecutedVersion: '$LATEST' };
    };
  }

  /** The interpreter gives its own clock as an execution's start, even for a redriven one. */
  #withStart(payload: unknown): unknown {
    const { execution } = payload as { execution?: { startTime?: unknown } };
    if (execution?.startTime === undefined) return payload;
    const startTime = new Date(this.startedAt).toISOString();
    return { ...(payload as object), execution: { ...execution, startTime } };
  }

  async #follow(): Promise<void> {
    for await (const event of this.#running.eventLogs) {
      if (event.type === 'StateEntered' || event.type === 'StateRetried') this.#transitions++;
      if (event.type === 'StateExited') {
        this.#history.stateExited(event.state.type, event.state.name, event.state.output);
      }
      if (event.type !== 'StateEntered') continue;
      const { type, name: state, input } = event.state;
      this.#history.stateEntered(type, state, input);
      this.#entered = { execution: this.name, state, input };
      this.#parts.onState(this.#entered);
    }
  }

  #endOf({ ExecutionAbortedError, ExecutionTimeoutError }: Interpreter): Promise<ExecutionEnd> {
    const end = (status: ExecutionEnd['status'], rest: Partial<ExecutionEnd>): ExecutionEnd => ({
      status,
      error: null,
      cause: null,
      output: null,
      second: this.#parts.time.second(),
      ...rest,
    });
    return this.#running.result.then(
      (output) => end('SUCCEEDED', { output }),
      (error: Error) => {
        if (error instanceof ExecutionAbortedError) return end('ABORTED', {});
        if (error instanceof ExecutionTimeoutError) return end('TIMED_OUT', {});
        const { name, message } = (error.cause ?? error) as Error;
        return end('FAILED', { error: name, cause: message });
      },
    );
  }
}

/** The answer that a waiting Task gets becomes a part of its input. */
function answered(state: string, payload: unknown, answer: unknown): unknown {
  checkSize(`The result of ${state}`, payload, answer);
  return answer;
}

/**
 * A Task that timed out leaves an empty Cause on AWS; the interpreter repeats the error's name. A Task that was failed without
 * error and cause leaves null for both; the interpreter knows only texts.
 */
function withAwsCauses(payload: unknown): unknown {
  const { error } = payload as { error?: { Error?: unknown } | null };
  if (error?.Error === 'States.Timeout') return { ...(payload as object), error: { ...error, Cause: '' } };
  return error?.Error === '' ? { ...(payload as object), error: { Error: null, Cause: null } } : payload;
}
