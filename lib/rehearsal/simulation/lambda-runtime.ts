import { withTimeLeft } from '../../aws/handler/deadline.ts';
import type { HandlerFactory } from '../../aws/handler/entry.ts';
import type { RehearsedAws } from '../services/aws.ts';
import { beginInvocation, FunctionError, invocations } from './invocation.ts';
import { EPOCH, pause, type VirtualTime } from './virtual-time.ts';

/** A function's configuration, as the synthesized template has it. */
export interface FunctionConfiguration {
  readonly arn: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /**
   * How many events it works on at a time.
   *
   * @default as many as there are
   */
  readonly reservedConcurrency?: number;
}

/** How long Lambda waits before it repeats an asynchronous invocation that failed, in seconds. */
const WAITS_BETWEEN_ATTEMPTS = [60, 120];

type Handler = (event: unknown) => Promise<unknown>;

/**
 * Runs the real handlers as Lambda would: JSON in and out, a timeout, and an end that may come at any moment. An execution environment
 * works on one event at a time and keeps what its handler keeps; one that died is not used again.
 */
export class LambdaRuntime {
  invocationCount = 0;
  readonly #running = new Set<Promise<unknown>>();
  readonly #makers = new Map<string, () => Handler>();
  /** Execution environments that are at rest, by the function's name. */
  readonly #resting = new Map<string, Handler[]>();
  /** How many events a function works on, and the events that wait until it has room, the oldest first. */
  readonly #busy = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #configurations: Readonly<Record<string, FunctionConfiguration>>;
  readonly #time: VirtualTime;

  constructor(
    factories: Readonly<Record<string, HandlerFactory>>,
    configurations: Readonly<Record<string, FunctionConfiguration>>,
    parts: {
      readonly aws: RehearsedAws;
      readonly time: VirtualTime;
      readonly environment: Readonly<Record<string, string>>;
      /**
       * By how many seconds each function's clock is ahead.
       *
       * @default 0
       */
      readonly clocks?: Readonly<Record<string, number | undefined>>;
    },
  ) {
    this.#configurations = configurations;
    this.#time = parts.time;
    for (const [name, create] of Object.entries(factories)) {
      const make = () =>
        create({
          clients: parts.aws.clientsFor(name),
          environment: { ...configurations[name]?.environment, ...parts.environment },
          now: () => EPOCH / 1000 + parts.time.second() + (parts.clocks?.[name] ?? 0),
        });
      this.#makers.set(name, make);
      this.#resting.set(name, []);
      this.#waiting.set(name, []);
    }
  }

  /**
   * Invokes a function by its name.
   *
   * @throws FunctionError if the handler threw, died or timed out, or if the function has no room for a further event
   */
  async invoke(name: string, payload: unknown): Promise<unknown> {
    if (!this.#hasRoom(name)) throw new FunctionError('TooManyRequestsException', 'Rate Exceeded.');
    return this.#run(name, payload);
  }

  async #run(name: string, payload: unknown): Promise<unknown> {
    this.invocationCount++;
    this.#busy.set(name, this.#working(name) + 1);
    const resting = this.#resting.get(name);
    const make = this.#makers.get(name);
    const configuration = this.#configurations[name];
    if (!resting || !make || !configuration) throw new Error(`no function of the controller is called ${name}`);
    const handler = resting.pop() ?? make();
    let died = false;
    const { invocation, dead, finish } = beginInvocation(name, payload, configuration.timeoutSeconds, this.#time);
    try {
      const result = invocations.run(invocation, () =>
        withTimeLeft(configuration.timeoutSeconds * 1000, () => handler(structuredClone(payload))),
      );
      this.#follow(Promise.race([result, dead]));
      return structuredClone(await Promise.race([result, dead]));
    } catch (error) {
      died = error instanceof FunctionError;
      if (died) throw error;
      const { name: errorType, message } = error as Error;
      throw new FunctionError(errorType, message);
    } finally {
      finish();
      if (!died) resting.push(handler);
      this.#busy.set(name, this.#working(name) - 1);
      this.#waiting.get(name)?.shift()?.();
    }
  }

  #working(name: string): number {
    return this.#busy.get(name) ?? 0;
  }

  #hasRoom(name: string): boolean {
    return this.#working(name) < (this.#configurations[name]?.reservedConcurrency ?? Number.POSITIVE_INFINITY);
  }

  /** Invokes a function as soon as it has room: Lambda keeps events that were sent to it in a queue. */
  async #invokeInTurn(name: string, event: unknown): Promise<unknown> {
    while (!this.#hasRoom(name)) await new Promise<void>((resolve) => this.#waiting.get(name)?.push(resolve));
    return this.#run(name, event);
  }

  /** Invokes the function with that ARN. @throws FunctionError if the handler threw, died or timed out */
  async invokeArn(arn: string, payload: unknown): Promise<unknown> {
    const found = Object.entries(this.#configurations).find(([, configuration]) => configuration.arn === arn);
    if (!found) throw new Error(`no function of the controller has the ARN ${arn}`);
    return this.invoke(found[0], payload);
  }

  /** Invokes a function as an event source does: an invocation that fails is repeated twice, a minute and two later. */
  async deliver(name: string, event: unknown): Promise<unknown> {
    for (const wait of WAITS_BETWEEN_ATTEMPTS) {
      try {
        return await this.#invokeInTurn(name, event);
      } catch {
        await pause(wait);
      }
    }
    return this.#invokeInTurn(name, event).catch((error: unknown) => error);
  }

  /** Waits until no handler is at work, not even one whose execution was stopped. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #follow(run: Promise<unknown>): void {
    const followed = run.catch(() => {}).finally(() => this.#running.delete(followed));
    this.#running.add(followed);
  }
}
