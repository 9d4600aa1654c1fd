import { millisecondsLeft, OutOfTime } from './deadline.ts';

/** How long a call may take. All times are milliseconds. */
export interface CallBudget {
  /** How often it is tried. */
  readonly attempts: number;
  /** How long one request may take, the connection included: a call is begun only while its function has so long. */
  readonly request: number;
  /** How long the whole call may take, the pauses included. */
  readonly call: number;
}

/** What a retry is decided on: the SDK's own classes of errors. */
export interface Failure {
  readonly errorType: 'TRANSIENT' | 'THROTTLING' | 'SERVER_ERROR' | 'CLIENT_ERROR';
}

/** A try of a call. */
export interface Try {
  readonly begunAt: number;
  readonly getRetryCount: () => number;
  readonly getRetryDelay: () => number;
}

/** The longest first pause, in milliseconds; each further one may be twice as long. Throttling gets more time than a fault. */
const FIRST_PAUSE = { TRANSIENT: 100, SERVER_ERROR: 100, THROTTLING: 500 } as const;

/**
 * When the SDK repeats a request. The numbers are Sluice's own, because the SDK's defaults change with its releases, and handlers have
 * to end within their timeouts whatever they are. A request is repeated after a pause of random length only if it can still end
 * within the call's budget and within the time of the function.
 */
export function pinnedRetries({ attempts, request, call }: CallBudget) {
  const tried = (begunAt: number, count: number, delay: number): Try => ({
    begunAt,
    getRetryCount: () => count,
    getRetryDelay: () => delay,
  });
  return {
    async acquireInitialRetryToken(): Promise<Try> {
      if (millisecondsLeft() < request)
        throw new OutOfTime('the time of the function is nearly over: nothing was called');
      return tried(Date.now(), 0, 0);
    },
    async refreshRetryTokenForRetry(last: Try, { errorType }: Failure): Promise<Try> {
      if (errorType === 'CLIENT_ERROR') throw new Error('an error of this kind is not retried');
      const count = last.getRetryCount() + 1;
      const delay = Math.random() * FIRST_PAUSE[errorType] * 2 ** (count - 1);
      const ends = Date.now() + delay + request;
      const inTime = ends <= last.begunAt + call && delay + request <= millisecondsLeft();
      if (count >= attempts || !inTime) throw new Error('the retries are used up');
      return tried(last.begunAt, count, delay);
    },
    recordSuccess: () => {},
  };
}
