import { AsyncLocalStorage } from 'node:async_hooks';
import { pause, type VirtualTime } from './virtual-time.ts';

/** One run of a handler. A dead one never gets another answer. */
export interface Invocation {
  /** The function's name. */
  readonly name: string;
  /** The event that the function was invoked with. */
  readonly event: unknown;
  /** When it began, in seconds since the rehearsal's start. */
  readonly begunAt: number;
  readonly alive: () => Promise<void>;
  readonly die: (errorType: string, errorMessage: string) => void;
  /**
   * Hangs, not ended by the function's own timeout, until a Task that waits for it has been given up. The call that hangs is still carried
   * out; the function's time is over, so its client begins no other.
   */
  readonly outlive: () => Promise<void>;
}

/** A function's error as Lambda gives it to the caller. */
export class FunctionError extends Error {
  constructor(errorType: string, errorMessage: string) {
    super(JSON.stringify({ errorMessage, errorType, stackTrace: [] }));
    this.name = errorType;
  }
}

/** An invocation that has begun: `dead` rejects if it dies or times out, and `finish` stops the clock of its timeout. */
export interface BegunInvocation {
  readonly invocation: Invocation;
  readonly dead: Promise<never>;
  readonly finish: () => void;
}

/**
 * How long a hanging handler goes on after its function's timeout, in seconds. A Task gives up 15 s after the timeout, and tries
 * again 2 s later.
 */
const OUTLIVED_SECONDS = 40;

export function beginInvocation(
  name: string,
  event: unknown,
  timeoutSeconds: number,
  time: VirtualTime,
): BegunInvocation {
  const death = Promise.withResolvers<never>();
  death.promise.catch(() => {});
  let dead = false;
  const begunAt = time.second();
  const invocation: Invocation = {
    name,
    event,
    begunAt,
    alive: () => (dead ? new Promise(() => {}) : Promise.resolve()),
    die: (errorType, errorMessage) => {
      dead = true;
      death.reject(new FunctionError(errorType, errorMessage));
    },
    outlive: () => {
      clearTimeout(timeout);
      return pause(begunAt + timeoutSeconds + OUTLIVED_SECONDS - time.second());
    },
  };
  const timeout = setTimeout(
    () => invocation.die('Sandbox.Timedout', `Task timed out after ${timeoutSeconds}.00 seconds`),
    timeoutSeconds * 1000,
  );
  return { invocation, dead: death.promise, finish: () => clearTimeout(timeout) };
}

/** The invocation that the running code belongs to. */
export const invocations = new AsyncLocalStorage<Invocation>();

/** The invocation that the current call belongs to; undefined outside of every handler. */
export const currentInvocation = (): Invocation | undefined => invocations.getStore();
