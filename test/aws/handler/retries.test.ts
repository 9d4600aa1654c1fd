import { GetAliasCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { PATIENCE } from '../../../lib/aws/events/announce.ts';
import { CALL_MILLISECONDS, hooks, lambda, notifications } from '../../../lib/aws/handler/clients.ts';
import { withDeadline } from '../../../lib/aws/handler/deadline.ts';
import { pause } from '../../../lib/aws/handler/pause.ts';
import { type ControllerFunction, controllerFunctions, functionTimeout } from '../../../lib/constructs/definition.ts';
import { inVirtualTime } from '../../../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';

const where = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

/** An error as the SDK makes it. */
const awsError = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error(name), { name, $metadata: httpStatusCode === undefined ? {} : { httpStatusCode } });

/** A call whose every request fails after some seconds: when the requests were sent, how it ended, and when. */
async function failing(
  error: Error,
  secondsEach: number,
  { seed = 1, secondsLeft = Number.POSITIVE_INFINITY, make = lambda as () => unknown } = {},
) {
  const sentAt: number[] = [];
  return inVirtualTime(createRandom(seed), async (time) => {
    const client = (make as (options: typeof where) => LambdaClient)(where);
    let reading: Disposable | undefined = time.busy();
    client.middlewareStack.add(
      () => async () => {
        reading?.[Symbol.dispose]();
        reading = undefined;
        sentAt.push(time.second());
        await pause(secondsEach * 1000);
        throw error;
      },
      { step: 'finalizeRequest', priority: 'low', name: 'fails' },
    );
    const thrown = await withDeadline(Date.now() + secondsLeft * 1000, () =>
      client.send(new GetAliasCommand({ FunctionName: 'f', Name: 'live' })).catch(({ name }: Error) => name),
    );
    reading?.[Symbol.dispose]();
    return { thrown, requests: sentAt.length, seconds: time.second() };
  });
}

const seeds = [1, 2, 3, 4, 5];
const throttled = awsError('TooManyRequestsException', 429);

describe('a call of AWS', () => {
  it.each(seeds)(
    'that is throttled is tried some times and never takes longer than its budget (seed %i)',
    async (seed) => {
      const { thrown, requests, seconds } = await failing(throttled, 0.02, { seed });
      expect(thrown).toBe('TooManyRequestsException');
      expect(requests).toBeGreaterThanOrEqual(4);
      expect(requests).toBeLessThanOrEqual(5);
      expect(seconds).toBeLessThanOrEqual(7.6);
    },
  );

  it.each(seeds)('whose requests hang is repeated once, within its budget (seed %i)', async (seed) => {
    const { thrown, requests, seconds } = await failing(awsError('TimeoutError'), 5, { seed });
    expect({ thrown, requests }).toEqual({ thrown: 'TimeoutError', requests: 2 });
    expect(seconds * 1000).toBeLessThanOrEqual(CALL_MILLISECONDS);
  });

  it('that meets a fault of the server is tried five times', async () => {
    const { requests, seconds } = await failing(awsError('ServiceException', 500), 0.02);
    expect(requests).toBe(5);
    expect(seconds).toBeLessThan(2);
  });

  it('that is refused is not repeated', async () => {
    expect(await failing(awsError('AccessDeniedException', 403), 0.02)).toMatchObject({
      thrown: 'AccessDeniedException',
      requests: 1,
    });
  });

  it('is not begun if the function has no time left for one request', async () => {
    expect(await failing(throttled, 0.02, { secondsLeft: 6.9 })).toMatchObject({ thrown: 'OutOfTime', requests: 0 });
  });

  it.each(seeds)('is not repeated beyond the time of the function (seed %i)', async (seed) => {
    const { requests, seconds } = await failing(throttled, 2, { seed, secondsLeft: 10 });
    expect(requests).toBeLessThan(3);
    expect(seconds).toBeLessThanOrEqual(10);
  });

  it.each(seeds)('that announces gives up before its handler stops waiting for it (seed %i)', async (seed) => {
    const { requests, seconds } = await failing(awsError('TimeoutError'), 2, { seed, make: notifications as never });
    expect(requests).toBe(2);
    expect(seconds * 1000).toBeLessThan(PATIENCE);
  });
});

describe('the call of a hook', () => {
  it.each(['TooManyRequestsException', 'TimeoutError', 'ServiceException'])(
    'is never repeated by the SDK, for the hook may have run: %s',
    async (name) => {
      const error = awsError(name, name === 'TimeoutError' ? undefined : 500);
      expect(await failing(error, 1, { make: hooks as never })).toMatchObject({ thrown: name, requests: 1 });
    },
  );

  it('is begun however little time the function has left', async () => {
    const error = awsError('ServiceException', 500);
    expect(await failing(error, 0.1, { make: hooks as never, secondsLeft: 1 })).toMatchObject({ requests: 1 });
  });
});

describe('a client', () => {
  it.each([
    ['of a service', lambda, 5000],
    ['of hooks', hooks, 840_000],
    ['of announcements', notifications, 2000],
  ])('%s gives up a connection after 2 s, and a request in its own time', async (_, make, requestTimeout) => {
    const client = make(where);
    const handler = client.config.requestHandler as unknown as { readonly configProvider: Promise<object> };
    expect(await handler.configProvider).toMatchObject({
      connectionTimeout: 2000,
      requestTimeout,
      throwOnRequestTimeout: true,
    });
  });
});

/**
 * The calls that a handler makes one after the other before it announces, and whether it announces. Calls made at once count as
 * one. The calls that repeat a write after a conflict, or come after the alias was reverted, are kept within the function's time by
 * its deadline.
 */
const sequences: Readonly<
  Record<Exclude<ControllerFunction, 'run-hooks'>, { calls: readonly string[]; announces: boolean }>
> = {
  preflight: { calls: ['registration', 'stack', 'alias', 'versions, hold, alarms'], announces: true },
  shift: { calls: ['alias', 'write', 'read back'], announces: true },
  observe: { calls: ['alias, alarms, hold, counts', 'alias again, if it is missing'], announces: true },
  revert: { calls: ['alias', 'write', 'read back'], announces: true },
  'announce-approval': { calls: ['event'], announces: false },
  provision: { calls: ['alias, concurrency', 'put', 'delete'], announces: true },
};

describe('a handler whose every call takes as long as it may', () => {
  it.each(Object.entries(sequences))('ends within its own timeout: %s', (name, { calls, announces }) => {
    const longest = calls.length * CALL_MILLISECONDS + (announces ? PATIENCE : 0);
    expect(longest).toBeLessThan(functionTimeout(name as ControllerFunction) * 1000);
  });

  it('is every handler but the one that waits for hooks', () => {
    expect([...Object.keys(sequences), 'run-hooks'].sort()).toEqual([...controllerFunctions].sort());
  });
});
