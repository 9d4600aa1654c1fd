import { AsyncLocalStorage } from 'node:async_hooks';

/** When the running invocation has to be over, in milliseconds since 1970. */
const deadlines = new AsyncLocalStorage<number>();

/** Runs something that has to be over by then. Every AWS call inside keeps to it. */
export const withDeadline = <T>(milliseconds: number, run: () => T): T => deadlines.run(milliseconds, run);

/** So long before the end of a function's time its last call has to be over, in milliseconds. */
const RESERVE = 500;

/**
 * Runs a handler whose function has so much time left.
 *
 * @param milliseconds infinitely many if nothing limits it
 */
export const withTimeLeft = <T>(milliseconds: number, run: () => T): T =>
  withDeadline(Date.now() + milliseconds - RESERVE, run);

/** How long the running invocation still has, in milliseconds; infinitely long if nothing limits it. */
export const millisecondsLeft = (): number => (deadlines.getStore() ?? Number.POSITIVE_INFINITY) - Date.now();

/** The function's own time is nearly over, so the call was not begun: the state machine repeats the whole. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}
