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

  it('that was throttled has not run, and is invoked again', async () => {
    const throttled = error('TooManyRequestsException');
    const { lambda, invoked } = aLambda(throttled, throttled, payload({ ok: true }));
    expect(await inTime(() => invokeHook(lambda, 'smoke', {}))).toEqual({ answer: { ok: true } });
    expect(invoked).toHaveLength(3);
  });

  it('that is throttled for five minutes has failed', async () => {
    const { lambda } = aLambda(...Array<Error>(100).fill(error('TooManyRequestsException')));
    expect(await inTime(() => invokeHook(lambda, 'smoke', {}))).toEqual({
      failure: expect.stringMatching(/could not be run in \d+ tries: TooManyRequestsException/),
    });
  });

  it('that cannot be invoked for another reason ends the task', async () => {
    const { lambda } = aLambda(error('AccessDeniedException'));
    await expect(invokeHook(lambda, 'smoke', {})).rejects.toThrow('AccessDeniedException');
  });
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
