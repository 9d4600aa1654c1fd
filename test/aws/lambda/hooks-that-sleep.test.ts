import type { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { invokeHook } from '../../../lib/aws/lambda/hooks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A hook that fails so often with an error, and then agrees; with the seconds at which it was asked. */
async function asking(name: string, times: number) {
  const began = Date.now();
  const seconds: number[] = [];
  const send = async () => {
    seconds.push((Date.now() - began) / 1000);
    if (seconds.length <= times) throw Object.assign(new Error('so it is'), { name });
    return { Payload: new TextEncoder().encode('{"ok":true}') };
  };
  const asked = invokeHook({ send } as unknown as LambdaClient, 'smoke', {}).catch((error: Error) => error);
  await vi.runAllTimersAsync();
  return { answer: await asked, seconds };
}

describe('a hook that has not run', () => {
  it.each([
    'ResourceNotReadyException',
    'SnapStartNotReadyException',
    'ResourceConflictException',
    'ENINotReadyException',
  ])('is waited for, for minutes, if that passes by itself: %s', async (name) => {
    const { answer, seconds } = await asking(name, 20);
    expect(answer).toEqual({ answer: { ok: true } });
    expect(seconds).toHaveLength(21);
  });

  it('is given up after five minutes, with the reason', async () => {
    const { answer, seconds } = await asking('ResourceNotReadyException', 1_000_000);
    expect(answer).toEqual({ failure: expect.stringContaining('ResourceNotReadyException: so it is') });
    expect(seconds.at(-1)).toBeGreaterThanOrEqual(300);
    expect(seconds.at(-1)).toBeLessThan(330);
  });

  it.each(['KMSDisabledException', 'CodeArtifactUserFailedException', 'RuntimeVersionDeletedException'])(
    'is asked five times if somebody has to put it right, and then refuses with the reason: %s',
    async (name) => {
      const { answer, seconds } = await asking(name, 1_000_000);
      expect(answer).toEqual({ failure: `hook smoke could not be run in 5 tries: ${name}: so it is` });
      expect(seconds).toEqual([0, 1, 3, 7, 15]);
    },
  );
});

describe('a hook that may have run', () => {
  it('is not asked again if it did not answer in time', async () => {
    const { answer, seconds } = await asking('TimeoutError', 1);
    expect(answer).toEqual({ failure: 'hook smoke did not answer within 840 s' });
    expect(seconds).toHaveLength(1);
  });

  it.each(['ECONNRESET', 'NetworkingError', 'SomethingNewException'])(
    'is not asked again after an error that is not known: %s',
    async (name) => {
      const { answer, seconds } = await asking(name, 1);
      expect(answer).toBeInstanceOf(Error);
      expect(seconds).toHaveLength(1);
    },
  );
});
