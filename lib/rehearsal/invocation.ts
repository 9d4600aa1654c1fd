import { AsyncLocalStorage } from 'node:async_hooks';

/** One run of a handler. A dead one never hears of anything again. */
export interface Invocation {
  readonly alive: () => Promise<void>;
  readonly die: (errorType: string, errorMessage: string) => void;
}

/** Which invocation the code at hand runs in. */
export const invocations = new AsyncLocalStorage<Invocation>();

/** The invocation that the current call belongs to. */
export const currentInvocation = (): Invocation | undefined => invocations.getStore();
