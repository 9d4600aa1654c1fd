import { AsyncLocalStorage } from 'node:async_hooks';

/** One run of a handler. A dead one never hears of anything again. */
export interface Invocation {
  /** The function's name, and what it was invoked with. */
  readonly name: string;
  readonly event: unknown;
  /** When it began, in seconds since the rehearsal's start. */
  readonly begunAt: number;
  readonly alive: () => Promise<void>;
  readonly die: (errorType: string, errorMessage: string) => void;
  /** Hangs, unharmed by the function's own timeout, until a Task that waits for it has been given up. */
  readonly outlive: () => Promise<void>;
}

/** Which invocation the code at hand runs in. */
export const invocations = new AsyncLocalStorage<Invocation>();

/** The invocation that the current call belongs to. */
export const currentInvocation = (): Invocation | undefined => invocations.getStore();
