import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { LambdaRuntime } from '../simulation/lambda-runtime.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';
import { MACHINE } from './machine.ts';

/** The parts of a state machine's definition that the rehearsal itself looks at. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSecondsPath?: string;
  readonly Parameters?: object;
}

/** How an execution ended, as DescribeExecution and the status event tell it. */
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
  readonly stop: () => void;
  /** The token that the execution waits with, if it waits for an answer. */
  readonly waitingToken: () => string | undefined;
  /** What it has been through, newest first: the events that tell where it stands. */
  readonly history: () => readonly HistoryEvent[];
  /** States entered so far, retries included: what Step Functions bills. */
  readonly transitions: () => number;
  /** The state entered last, with what it was given: where a redrive goes on. */
  readonly at: () => StateEntry | undefined;
}

/** A state that an execution entered, with what it was given. */
export interface StateEntry {
  readonly execution: string;
  readonly state: string;
  readonly input: unknown;
}

/** What a handler was given and what it answered, for those who watch. */
export interface TaskRun {
  readonly execution: string;
  readonly state: string;
  readonly input: unknown;
  readonly output: unknown;
}

/**
 * Runs executions of the synthesized definition in aws-local-stepfunctions. What the interpreter does unlike AWS is added here:
 * the Cause of a thrown error is JSON text (FunctionError), that of a timeout is empty, and a timeout's path
 * is one into the state's input.
 */
export class StepFunctions {
  readonly #interpreted: Definition;
  readonly #runtime: LambdaRuntime;
  readonly #time: VirtualTime;
  readonly #onTask: (run: TaskRun) => void;
  readonly #onState: (entry: StateEntry) => void;
  readonly #tokens = new Map<string, PromiseWithResolvers<unknown>>();
  #issued = 0;
  /** When each execution started, in milliseconds since 1970: no two in the same one, as on AWS nearly never. */
  readonly #startedAt = new Map<string, number>();

  constructor(
    definition: Definition,
    parts: {
      readonly runtime: LambdaRuntime;
      readonly time: VirtualTime;
      readonly onTask: (run: TaskRun) => void;
      readonly onState: (entry: StateEntry) => void;
    },
  ) {
    this.#interpreted = withTimeoutsOfTheInput(definition);
    this.#runtime = parts.runtime;
    this.#time = parts.time;
    this.#onTask = parts.onTask;
    this.#onState = parts.onState;
  }

  start(name: string, input: unknown): Promise<Execution> {
    return this.#run(name, input);
  }

  /**
   * RedriveExecution: the same execution goes on at the state that it was in when it ended, with the document that it had then.
   * (AWS: RedriveExecution.)
   */
  redrive({ name, input, at }: Execution): Promise<Execution> {
    return this.#run(name, input, at());
  }

  async #run(name: string, input: unknown, resumed?: StateEntry): Promise<Execution> {
    const { StateMachine, ExecutionAbortedError, ExecutionTimeoutError } = await this.#interpreter();
    const arn = `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;
    if (!resumed) this.#startedAt.set(name, Math.max(Date.now(), ...this.#startedAt.values().map((at) => at + 1)));
    let entered = resumed;
    let token: string | undefined;
    let stopped = false;
    let transitions = 0;
    const history: (() => HistoryEvent)[] = [];
    let latest: HistoryEvent['type'];
    // Written out only for whoever asks: a rehearsal has many documents and few readers.
    const note = (type: HistoryEvent['type'], details: () => Omit<HistoryEvent, 'timestamp' | 'id' | 'type'>) => {
      // The interpreter tells of what led to a task a little after the task was called.
      const late = latest === 'TaskScheduled' && type !== 'TaskStateExited';
      const about = { id: history.length + 1, timestamp: new Date(Date.now()), type };
      history.splice(late ? 1 : 0, 0, () => ({ ...details(), ...about }));
      if (!late) latest = type;
    };
    const overrides: Record<string, (parameters: unknown) => Promise<unknown>> = {};
    for (const [state, { Type, Resource }] of Object.entries(this.#interpreted.States)) {
      if (Type !== 'Task') continue;
      const waits = Resource?.endsWith('.waitForTaskToken') ?? false;
      overrides[state] = async (parameters) => {
        // The interpreter repeats a Task that failed although its execution was stopped meanwhile; Step Functions does not.
        if (stopped) return new Promise(() => {});
        const { FunctionName, Payload } = parameters as { FunctionName: string; Payload: unknown };
        if (waits) token = (Payload as { taskToken: string }).taskToken;
        note('TaskScheduled', () => ({
          taskScheduledEventDetails: {
            resourceType: 'lambda',
            resource: waits ? 'invoke.waitForTaskToken' : 'invoke',
            region: 'us-east-1',
            parameters: JSON.stringify({ FunctionName, Payload }),
          },
        }));
        const answer = waits ? this.#expect(token as string) : undefined;
        const output = await this.#invoke(FunctionName, this.#withStart(name, Payload));
        this.#onTask({ execution: name, state, input: Payload, output });
        return answer ?? { Payload: output, StatusCode: 200, ExecutedVersion: '$LATEST' };
      };
    }
    const issue = () => {
      this.#issued++;
      return `token-${name}-${this.#issued}`;
    };
    const interpreted = { ...this.#interpreted, StartAt: resumed?.state ?? this.#interpreted.StartAt };
    const machine = new StateMachine(interpreted as never, { validationOptions: { noValidate: true } });
    const running = machine.run((resumed ? resumed.input : input) as never, {
      overrides: { taskResourceLocalHandlers: overrides as never },
      context: {
        Execution: { Id: arn, Name: name },
        StateMachine: { Id: MACHINE, Name: 'sluice' },
        Task: {
          get Token() {
            return issue();
          },
        },
      },
    });
    const counting = (async () => {
      for await (const event of running.eventLogs) {
        if (event.type === 'StateEntered' || event.type === 'StateRetried') transitions++;
        if (event.type === 'StateEntered') {
          const { name: state, input: given } = event.state;
          note(`${event.state.type}StateEntered` as HistoryEvent['type'], () => ({
            stateEnteredEventDetails: { name: state, input: JSON.stringify(given) },
          }));
        }
        if (event.type === 'StateExited') {
          const { name: state, output } = event.state;
          note(`${event.state.type}StateExited` as HistoryEvent['type'], () => ({
            stateExitedEventDetails: { name: state, output: JSON.stringify(output) },
          }));
        }
        if (event.type !== 'StateEntered') continue;
        entered = { execution: name, state: event.state.name, input: event.state.input };
        this.#onState(entered);
      }
    })();
    const end = (status: ExecutionEnd['status'], rest: Partial<ExecutionEnd>): ExecutionEnd => ({
      status,
      error: null,
      cause: null,
      output: null,
      second: this.#time.second(),
      ...rest,
    });
    const ended = running.result.then(
      (output) => end('SUCCEEDED', { output }),
      (error: Error) => {
        if (error instanceof ExecutionAbortedError) return end('ABORTED', {});
        if (error instanceof ExecutionTimeoutError) return end('TIMED_OUT', {});
        const { name: errorName, message } = (error.cause ?? error) as Error;
        return end('FAILED', { error: errorName, cause: message });
      },
    );
    return {
      name,
      arn,
      input,
      startedAt: this.#startedAt.get(name) as number,
      ended: Promise.all([ended, counting]).then(([how]) => how),
      stop: () => {
        stopped = true;
        running.abort();
      },
      waitingToken: () => (token !== undefined && this.#tokens.has(token) ? token : undefined),
      history: () => history.map((written) => written()),
      transitions: () => transitions,
      at: () => entered,
    };
  }

  /** The interpreter tells its own clock as the start of an execution, of a redriven one as well. */
  #withStart(name: string, payload: unknown): unknown {
    const { execution } = payload as { execution?: { startTime?: unknown } };
    if (execution?.startTime === undefined) return payload;
    const startTime = new Date(this.#startedAt.get(name) as number).toISOString();
    return { ...(payload as object), execution: { ...execution, startTime } };
  }

  /** Loads the interpreter while the clock stands still: reading files takes time that is none of the rehearsal's. */
  async #interpreter() {
    using _loading = this.#time.busy();
    return await import('aws-local-stepfunctions');
  }

  /** SendTaskSuccess. */
  succeed(token: string, output: unknown): void {
    this.#take(token)?.resolve(structuredClone(output));
  }

  /** SendTaskFailure. */
  fail(token: string, error: string | null, cause: string | null): void {
    this.#take(token)?.reject(Object.assign(new Error(cause ?? ''), { name: error ?? '' }));
  }

  #expect(token: string): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    answer.promise.catch(() => {});
    this.#tokens.set(token, answer);
    return answer.promise;
  }

  #take(token: string): PromiseWithResolvers<unknown> | undefined {
    const waiting = this.#tokens.get(token);
    this.#tokens.delete(token);
    return waiting;
  }

  async #invoke(arn: string, payload: unknown): Promise<unknown> {
    return this.#runtime.invoke(this.#runtime.nameOf(arn), withAwsCauses(payload));
  }
}

/**
 * AWS takes TimeoutSecondsPath from the state's input (its guide's own example narrows the Parameters and still points there),
 * the interpreter from what Parameters make of it: so the value is handed through them.
 */
function withTimeoutsOfTheInput(definition: Definition): Definition {
  const states = Object.entries(definition.States).map(([name, state]): [string, State] => {
    const { TimeoutSecondsPath: path } = state;
    if (path === undefined) return [name, state];
    const parameters = { ...state.Parameters, 'timeoutSeconds.$': path };
    return [name, { ...state, Parameters: parameters, TimeoutSecondsPath: '$.timeoutSeconds' }];
  });
  return { ...definition, States: Object.fromEntries(states) };
}

/**
 * A Task that timed out leaves an empty Cause on AWS, where the interpreter repeats the error's name; one that was failed without
 * error and cause leaves null for both, where the interpreter knows only texts.
 */
function withAwsCauses(payload: unknown): unknown {
  const { error } = payload as { error?: { Error?: unknown } | null };
  if (error?.Error === 'States.Timeout') return { ...(payload as object), error: { ...error, Cause: '' } };
  return error?.Error === '' ? { ...(payload as object), error: { Error: null, Cause: null } } : payload;
}
