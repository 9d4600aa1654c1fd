import type { HandlerFactory } from '../../aws/handler/entry.ts';
import type { RehearsedAws } from '../services/aws.ts';
import { type Invocation, invocations } from './invocation.ts';
import { EPOCH, pause, type VirtualTime } from './virtual-time.ts';

/** What a function is configured with, as the synthesized template has it. */
export interface FunctionConfiguration {
  readonly arn: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** How long after its function's timeout a handler goes on that hung: a Task gives up 15 s after it, and tries again 2 s later. */
const OUTLIVED_SECONDS = 40;

/** A function's error as Lambda gives it to whoever invoked it. */
export class FunctionError extends Error {
  constructor(errorType: string, errorMessage: string) {
    super(JSON.stringify({ errorMessage, errorType, stackTrace: [] }));
    this.name = errorType;
  }
}

/** Runs the real handlers as Lambda would: JSON in and out, a timeout, and an end that may come at any moment. */
export class LambdaRuntime {
  invocationCount = 0;
  readonly #running = new Set<Promise<unknown>>();
  readonly #handlers = new Map<string, (event: unknown) => Promise<unknown>>();
  readonly #configurations: Readonly<Record<string, FunctionConfiguration>>;
  readonly #time: VirtualTime;

  constructor(
    factories: Readonly<Record<string, HandlerFactory>>,
    configurations: Readonly<Record<string, FunctionConfiguration>>,
    parts: {
      readonly aws: RehearsedAws;
      readonly time: VirtualTime;
      readonly environment: Readonly<Record<string, string>>;
    },
  ) {
    this.#configurations = configurations;
    this.#time = parts.time;
    for (const [name, create] of Object.entries(factories)) {
      const handler = create({
        clients: parts.aws.clientsFor(name),
        environment: { ...configurations[name]?.environment, ...parts.environment },
        now: () => EPOCH / 1000 + parts.time.second(),
      });
      this.#handlers.set(name, handler);
    }
  }

  /** The name of the function with that ARN. */
  nameOf(arn: string): string {
    const found = Object.entries(this.#configurations).find(([, configuration]) => configuration.arn === arn);
    if (!found) throw new Error(`no function of the controller has the ARN ${arn}`);
    return found[0];
  }

  /**
   * Invokes a function.
   *
   * @throws FunctionError what the handler threw, or that it timed out or died
   */
  async invoke(name: string, payload: unknown): Promise<unknown> {
    this.invocationCount++;
    const handler = this.#handlers.get(name);
    const configuration = this.#configurations[name];
    if (!handler || !configuration) throw new Error(`no function of the controller is called ${name}`);
    const death = Promise.withResolvers<never>();
    death.promise.catch(() => {});
    let dead = false;
    const begunAt = this.#time.second();
    const invocation: Invocation = {
      name,
      event: payload,
      begunAt,
      alive: () => (dead ? new Promise(() => {}) : Promise.resolve()),
      die: (errorType, errorMessage) => {
        dead = true;
        death.reject(new FunctionError(errorType, errorMessage));
      },
      outlive: () => {
        clearTimeout(timeout);
        return pause(begunAt + configuration.timeoutSeconds + OUTLIVED_SECONDS - this.#time.second());
      },
    };
    const timeout = setTimeout(
      () => invocation.die('Sandbox.Timedout', `Task timed out after ${configuration.timeoutSeconds}.00 seconds`),
      configuration.timeoutSeconds * 1000,
    );
    try {
      const result = invocations.run(invocation, () => handler(structuredClone(payload)));
      const run = Promise.race([result, death.promise])
        .catch(() => {})
        .finally(() => this.#running.delete(run));
      this.#running.add(run);
      return structuredClone(await Promise.race([result, death.promise]));
    } catch (error) {
      if (error instanceof FunctionError) throw error;
      const { name: errorType, message } = error as Error;
      throw new FunctionError(errorType, message);
    } finally {
      clearTimeout(timeout);
    }
  }

  /** Waits until no handler is at work, also none whose execution was stopped. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Invokes a function as an event source does: in vain means twice more, a minute and two later. */
  async deliver(name: string, event: unknown): Promise<unknown> {
    for (const wait of [60, 120]) {
      try {
        return await this.invoke(name, event);
      } catch {
        await pause(wait);
      }
    }
    return this.invoke(name, event).catch((error: unknown) => error);
  }
}
