import { afterEach, describe, expect, it, vi } from 'vitest';
import { lambda } from '../../../lib/aws/handler/clients.ts';
import { millisecondsLeft } from '../../../lib/aws/handler/deadline.ts';
import { entry, type HandlerFactory } from '../../../lib/aws/handler/entry.ts';
import { atStep } from '../../rollout/a-rollout.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('an entry point', () => {
  it('makes its clients and its handler once, at the first event', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.spyOn(console, 'info').mockImplementation(() => {});
    const create = vi.fn(() => async (event: unknown) => event);
    const handler = entry(create, { lambda });
    expect(create).not.toHaveBeenCalled();
    await handler(1);
    expect(await handler(2)).toBe(2);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it("gives its handler the function's variables and the time in seconds", async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('OF_THE_FUNCTION', 'yes');
    vi.spyOn(console, 'info').mockImplementation(() => {});
    vi.spyOn(Date, 'now').mockReturnValue(1_767_225_600_500);
    const create: HandlerFactory<'lambda'> = (context) => async () => [
      context.now(),
      context.environment['OF_THE_FUNCTION'],
      Object.keys(context.clients),
    ];
    expect(await entry(create, { lambda })({})).toEqual([1_767_225_600.5, 'yes', ['lambda']]);
  });

  it('gives its calls the time that Lambda has left, less a reserve', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.spyOn(console, 'info').mockImplementation(() => {});
    const handler = entry(() => async () => millisecondsLeft(), { lambda });
    const left = (await handler({}, { getRemainingTimeInMillis: () => 60_000, invokedFunctionArn: '' })) as number;
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(59_500);
    expect(await handler({})).toBe(Number.POSITIVE_INFINITY);
  });

  it('logs which rollout it was, what came of it and why, and nothing else of what it was given', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const logged = vi.spyOn(console, 'info').mockImplementation(() => {});
    const rollout = { ...atStep(1), answer: { by: 'ada', comment: 'secret' }, next: 'bake', reason: 'all is well' };
    await entry(() => async () => rollout, { lambda })({});
    expect(logged).toHaveBeenCalledExactlyOnceWith({
      execution: 'deploy-7',
      functionName: 'checkout',
      aliasName: 'live',
      stable: '41',
      candidate: '42',
      step: 1,
      next: 'bake',
      reverted: undefined,
      reason: 'all is well',
    });
  });
});
