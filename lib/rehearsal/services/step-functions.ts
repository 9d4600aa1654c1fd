import type { VirtualTime } from '../simulation/virtual-time.ts';
import { type Definition, withTimeoutsOfTheInput } from './definition.ts';
import type { Execution, StateEntry } from './execution.ts';
import { type ExecutionParts, InterpretedExecution } from './interpreted-execution.ts';
import { TaskTokens } from './task-tokens.ts';

/**
 * Runs executions of the synthesized definition in aws-local-stepfunctions. Where the interpreter differs from AWS, this corrects
 * it: the Cause of a thrown error is JSON text (FunctionError), that of a timeout is empty, and a timeout's path points into the
 * state's input.
 */
export class StepFunctions {
  readonly #interpreted: Definition;
  readonly #parts: Omit<ExecutionParts, 'tokens'>;
  readonly #time: VirtualTime;
  readonly #tokens = new TaskTokens();
  /** When each execution started, in milliseconds since 1970. No two share one; on AWS that is very unlikely. */
  readonly #startedAt = new Map<string, number>();

  constructor(definition: Definition, parts: Omit<ExecutionParts, 'tokens'>) {
    this.#interpreted = withTimeoutsOfTheInput(definition);
    this.#parts = parts;
    this.#time = parts.time;
  }

  start(name: string, input: unknown): Promise<Execution> {
    return this.#run(name, input);
  }

  /**
   * RedriveExecution: the same execution goes on at the state in which it ended, with the document that it had then. (AWS:
   * RedriveExecution.)
   */
  redrive(execution: Execution): Promise<Execution> {
    return this.#run(execution.name, execution.input, execution.at());
  }

  /** Whether an execution may wait for a person. */
  get mayWaitForAPerson(): boolean {
    return this.#tokens.anyWaits;
  }

  /** SendTaskSuccess. */
  succeed(token: string, output: unknown): void {
    this.#tokens.succeed(token, output);
  }

  /** SendTaskFailure. */
  fail(token: string, error: string | null, cause: string | null): void {
    this.#tokens.fail(token, error, cause);
  }

  async #run(name: string, input: unknown, resumed?: StateEntry): Promise<Execution> {
    const interpreter = await this.#interpreter();
    if (!resumed) this.#startedAt.set(name, Math.max(Date.now(), ...this.#startedAt.values().map((at) => at + 1)));
    const startedAt = this.#startedAt.get(name) as number;
    const start = { name, input, startedAt, resumed };
    return new InterpretedExecution(interpreter, this.#interpreted, start, { ...this.#parts, tokens: this.#tokens });
  }

  /** Loads the interpreter while the clock stands still: reading files must not take virtual time. */
  async #interpreter() {
    using _loading = this.#time.busy();
    return await import('aws-local-stepfunctions');
  }
}
