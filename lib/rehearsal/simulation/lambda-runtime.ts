import type { HandlerFactory } from '../../aws/handler/entry.ts';
import type { RehearsedAws } from '../services/aws.ts';
import { beginInvocation, FunctionError, invocations } from './invocation.ts';
import { EPOCH, pause, type VirtualTime } from './virtual-time.ts';

/** A function's configuration, as the synthesized template has it. */
export interface FunctionConfiguration {
  readonly arn: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** How long Lambda waits before it repeats an asynchronous invocation that failed, in seconds. */
const WAITS_BETWEEN_ATTEMPTS = [60, 120];

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
      const handler = create({
        clients: parts.aws.clientsFor(name),
        environment: { ...configurations[name]?.environment, ...parts.environment },
        now: () => EPOCH / 1000 + parts.time.second() + (parts.clocks?.[name] ?? 0),
      });
      this.#handlers.set(name, handler);
    }
  }

  /**
   * Invokes a function by its name.
   *
   * @throws FunctionError if the handler threw, died or timed out
   */
  async invoke(name: string, payload: unknown): Promise<unknown> {
    this.invocationCount++;
    const handler = this.#handlers.get(name);
    const configuration = this.#configurations[name];
    if (!handler || !configuration) throw new Error(`no function of the controller is called ${name}`);
    const { invocation, dead, finish } = beginInvocation(name, payload, configuration.timeoutSeconds, this.#time);
    try {
      const result = invocations.run(invocation, () => handler(structuredClone(payload)));
      this.#follow(Promise.race([result, dead]));
      return structuredClone(await Promise.race([result, dead]));
    } catch (error) {
      if (error instanceof FunctionError) throw error;
      const { name: errorType, message } = error as Error;
      throw new FunctionError(errorType, message);
    } finally {
      finish();
    }
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
        return await this.invoke(name, event);
      } catch {
        await pause(wait);
      }
    }
    return this.invoke(name, event).catch((error: unknown) => error);
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
