import { describe, expect, it } from 'vitest';
import { create } from '../../../functions/run-hooks.ts';
import type { Clients } from '../../../lib/aws/handler/clients.ts';
import { HOOK_TIMEOUT_SECONDS, invokeHook } from '../../../lib/aws/lambda/hooks.ts';
import { inVirtualTime } from '../../../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { atStep } from '../../rollout/a-rollout.ts';

type Answer = { readonly Payload?: Uint8Array; readonly FunctionError?: string };

/** A Lambda in which the hook gives these answers one after the other, an error for one that is thrown. */
function aLambda(...answers: (Answer | Error)[]) {
  const invoked: unknown[] = [];
  const send = async ({ input }: { readonly input: { readonly FunctionName: string } }) => {
    invoked.push(input.FunctionName);
    const answer = answers.shift() as Answer | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { invoked, lambda: { send } as unknown as Clients['hooks'] };
}

const payload = (answer: unknown): Answer => ({ Payload: new TextEncoder().encode(JSON.stringify(answer)) });
const error = (name: string) => Object.assign(new Error(name), { name });
const inTime = <T>(run: () => Promise<T>) => inVirtualTime(createRandom(1), run);

describe('a hook', () => {
  it('answers as it likes', async () => {
    const { lambda } = aLambda(payload({ ok: false, reason: 'too slow' }));
    expect(await invokeHook(lambda, 'smoke', {})).toEqual({ answer: { ok: false, reason: 'too slow' } });
  });

  it('that threw has failed, whatever it answered', async () => {
    const { lambda } = aLambda({
      ...payload({ errorType: 'TypeError', errorMessage: 'x is not a function', ok: true }),
      FunctionError: 'Unhandled',
    });
    expect(await invokeHook(lambda, 'smoke', {})).toEqual({
      failure: 'hook smoke failed: TypeError: x is not a function',
    });
  });

  it.each([
    ['nothing', {}],
    ['text that is no JSON', { Payload: new TextEncoder().encode('<html>') }],
    ['null', payload(null)],
  ])('that threw and left %s has failed without a message', async (_, answer) => {
    const { lambda } = aLambda({ ...answer, FunctionError: 'Unhandled' });
    expect(await invokeHook(lambda, 'smoke', {})).toEqual({ failure: 'hook smoke failed: without a message' });
  });

  it.each([
    ['does not exist', error('ResourceNotFoundException'), 'hook smoke does not exist'],
    ['does not answer in time', error('TimeoutError'), `did not answer within ${HOOK_TIMEOUT_SECONDS} s`],
  ])('that %s has failed, and is not invoked again', async (_, thrown, words) => {
    const { lambda, invoked } = aLambda(thrown);
    expect(await invokeHook(lambda, 'smoke', {})).toEqual({ failure: expect.stringContaining(words) });
    expect(invoked).toHaveLength(1);
  });
});

/** A hook that fails so often with an error, and then agrees; with the seconds at which it was asked. */
async function asking(name: string, times = Number.POSITIVE_INFINITY) {
  const seconds: number[] = [];
  const answer = await inTime(async () => {
    const began = Date.now();
    const send = async () => {
      seconds.push((Date.now() - began) / 1000);
      if (seconds.length <= times) throw Object.assign(new Error('so it is'), { name });
      return payload({ ok: true });
    };
    return await invokeHook({ send } as unknown as Clients['hooks'], 'smoke', {}).catch((thrown: Error) => thrown);
  });
  return { answer, seconds };
}

describe('a hook that has not run', () => {
  it.each([
    'TooManyRequestsException',
    'ResourceNotReadyException',
    'ResourceConflictException',
    'CodeArtifactUserPendingException',
    'CodeArtifactUserDeletedException',
    'SnapStartNotReadyException',
    'ENINotReadyException',
    'EC2ThrottledException',
    'ENILimitReachedException',
    'SubnetIPAddressLimitReachedException',
    'EFSMountTimeoutException',
    'EFSMountConnectivityException',
    'S3FilesMountTimeoutException',
    'S3FilesMountConnectivityException',
  ])('is waited for, for minutes, if that passes by itself: %s', async (name) => {
    const { answer, seconds } = await asking(name, 20);
    expect(answer).toEqual({ answer: { ok: true } });
    expect(seconds).toHaveLength(21);
  });

  it('is asked again after 1, 2, 4 and 8 s, and then every 15 s until five minutes have passed', async () => {
    const { answer, seconds } = await asking('ResourceNotReadyException');
    expect(seconds.slice(0, 7)).toEqual([0, 1, 3, 7, 15, 30, 45]);
    expect(seconds.slice(-2)).toEqual([285, 300]);
    expect(answer).toEqual({
      failure: `hook smoke could not be run in ${seconds.length} tries: ResourceNotReadyException: so it is`,
    });
  });

  it.each([
    'ServiceException',
    'CodeArtifactUserFailedException',
    'SnapStartException',
    'SnapStartTimeoutException',
    'SnapStartRegenerationFailureException',
    'EC2UnexpectedException',
    'EC2AccessDeniedException',
    'EFSMountFailureException',
    'S3FilesMountFailureException',
    'KMSDisabledException',
    'KMSInvalidStateException',
    'KMSAccessDeniedException',
    'KMSNotFoundException',
    'InvalidRuntimeException',
    'InvalidZipFileException',
    'InvalidSecurityGroupIDException',
    'InvalidSubnetIDException',
    'ModeNotSupportedException',
    'NoPublishedVersionException',
    'RecursiveInvocationException',
    'RuntimeAliasDeletedException',
    'RuntimeVersionDeletedException',
    'ServiceQuotaExceededException',
  ])('is asked five times if somebody has to put it right, and then refuses with the reason: %s', async (name) => {
    const { answer, seconds } = await asking(name);
    expect(answer).toEqual({ failure: `hook smoke could not be run in 5 tries: ${name}: so it is` });
    expect(seconds).toEqual([0, 1, 3, 7, 15]);
  });
});

describe('a hook that may have run', () => {
  it.each(['ECONNRESET', 'NetworkingError', 'SomethingNewException', 'AccessDeniedException'])(
    'is not asked again after an error that does not say so, and the task ends: %s',
    async (name) => {
      const { answer, seconds } = await asking(name);
      expect(answer).toMatchObject({ name });
      expect(seconds).toEqual([0]);
    },
  );
});

describe('the hooks of a stage', () => {
  const stage = (...answers: (Answer | Error)[]) => {
    const { lambda, invoked } = aLambda(...answers);
    const rollout = { ...atStep(0, { hooks: { eachStep: ['first', 'second'] } }), next: 'eachStep' as const };
    const handler = create({ clients: { hooks: lambda }, environment: {}, now: () => 0 });
    return { invoked, result: handler(rollout) };
  };

  it('let the rollout go on if all agree', async () => {
    const { result, invoked } = stage(payload(null), payload({ ok: true }));
    expect(await result).toMatchObject({ next: 'bake' });
    expect(invoked).toEqual(['first', 'second']);
  });

  it.each([
    ['throws', { ...payload({ errorMessage: 'no' }), FunctionError: 'Unhandled' }],
    ['refuses', payload({ ok: false, reason: 'no' })],
    ['does not exist', error('ResourceNotFoundException')],
  ])('end the rollout with the first that %s', async (_, answer) => {
    const { result, invoked } = stage(answer);
    expect(await result).toMatchObject({ next: 'revert', reason: expect.stringContaining('hook first') });
    expect(invoked).toEqual(['first']);
  });
});
