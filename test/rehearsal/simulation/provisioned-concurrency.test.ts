import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { MACHINE } from '../../../lib/rehearsal/names.ts';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { Actor, Setup } from '../../../lib/rehearsal/simulation/setup.ts';
import { alone } from '../../functions/alone.ts';
import { eventsOf, firstByHand, rehearsing } from '../a-scenario.ts';

const warm = { provisionedConcurrency: 5 };
const warming = (changes: Partial<ScenarioInput> = {}) => rehearsing(changes, [], warm);

describe('a rollout with provisioned concurrency', () => {
  it('gives the first weight when the candidate is warm, two minutes later than without', async () => {
    const [cold, hot] = [await rehearsing(), await warming()];
    const firstWeight = ({ result }: typeof hot) =>
      result.timeline.find(({ event }) => event === 'shifted')?.second ?? 0;
    expect(firstWeight(hot) - firstWeight(cold)).toBeGreaterThanOrEqual(120);
    expect(firstWeight(hot) - firstWeight(cold)).toBeLessThanOrEqual(130);
    expect(eventsOf(hot)).toEqual(eventsOf(cold));
  });

  it('keeps both versions warm until it is promoted, then releases the version before', async () => {
    const { result, provisionedConcurrency } = await warming();
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
    expect(provisionedConcurrency).toEqual({ 42: 5 });
    expect(result.cost.awsCalls).toMatchObject({
      'lambda:PutProvisionedConcurrencyConfig': 1,
      'lambda:DeleteProvisionedConcurrencyConfig': 1,
    });
  });

  it('that is reverted keeps the stable version warm all the time and releases the candidate', async () => {
    const { result, calls, provisionedConcurrency } = await warming({ candidate: { errorRate: 1 } });
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(provisionedConcurrency).toEqual({ 41: 5 });
    const changed = calls.filter(({ action }) => /(Put|Delete)Provisioned/.test(action));
    expect(changed.map(({ action, resource }) => `${action.slice(7, 10)} ${resource.split(':').at(-1)}`)).toEqual([
      'Put 42',
      'Del 42',
    ]);
  });

  it('that a newer deploy supersedes releases its candidate, and the newer one the version before', async () => {
    const { result, provisionedConcurrency } = await warming({ operator: [{ atSecond: 500, do: 'deploy' }] });
    expect(result).toMatchObject({ outcome: 'superseded', alias: alone('43') });
    expect(provisionedConcurrency).toEqual({ 43: 5 });
  });

  it('whose candidate cannot be initialized is rejected without any traffic', async () => {
    const { result, provisionedConcurrency } = await rehearsing({}, [], { ...warm, provisioningFails: true });
    expect(result).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('FUNCTION_ERROR_INIT_FAILURE'),
      alias: alone('41'),
      requests: { candidate: 0 },
    });
    expect(result.cost.awsCalls['lambda:UpdateAlias']).toBeUndefined();
    expect(provisionedConcurrency).toEqual({ 41: 5 });
  });

  it('asks for nothing while it is held', async () => {
    const operator: ScenarioInput['operator'] = [
      { atSecond: 0, do: 'hold' },
      { atSecond: 600, do: 'resume' },
    ];
    const { result } = await warming({
      operator,
      aws: [{ call: 'cloudformation:DescribeStacks', nth: 1, fail: 'crash' }],
    });
    const shifted = result.timeline.find(({ event }) => event === 'shifted')?.second ?? 0;
    expect(shifted).toBeGreaterThanOrEqual(720);
    expect(result.outcome).toBe('promoted');
  });

  it('is warm before its hooks and after the approval of the first weight', async () => {
    const { result, provisionedConcurrency } = await warming({
      policy: {
        steps: [{ weight: 10, bakeSeconds: 120, approval: 'manual' }],
        hooks: { beforeTraffic: ['smoke'] },
      },
      operator: [{ atSecond: 60, do: 'approve' }],
    });
    const shifted = result.timeline.find(({ event }) => event === 'shifted')?.second ?? 0;
    expect(shifted).toBeGreaterThanOrEqual(180);
    expect(result).toMatchObject({ outcome: 'promoted' });
    expect(provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('goes on from a first weight that a person gave by hand', async () => {
    const rehearsal = await warming(firstByHand);
    expect(eventsOf(rehearsal)).toEqual(['approvalRequested', 'shifted 10', 'shifted 50', 'shifted 100', 'promoted']);
    expect(rehearsal.provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('that a person promotes by hand while it is being warmed releases the version before', async () => {
    const operator = [{ atSecond: 60, do: 'setAlias', functionVersion: '42', additionalVersionWeights: {} }] as const;
    const { result, provisionedConcurrency } = await warming({ operator: [...operator] });
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
    expect(provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('does not call the provision function if no provisioned concurrency is asked for', async () => {
    const { calls, provisionedConcurrency } = await rehearsing();
    expect(calls.filter(({ caller }) => caller === 'provision')).toEqual([]);
    expect(provisionedConcurrency).toEqual({});
  });
});

describe('if any single call on provisioned concurrency fails in any way', () => {
  const calls = ['Put', 'Get', 'Delete'].map((verb) => `lambda:${verb}ProvisionedConcurrencyConfig`);
  const fails = ['TooManyRequestsException', 'ServiceException', 'timeout', 'crash'];

  it.each(calls)('the good version is promoted warm and the bad one reverted: %s', async (call) => {
    for (const fail of fails) {
      for (const nth of [1, 2, 3, 15]) {
        const good = await warming({ aws: [{ call, nth, fail }] });
        expect(good.result, `${fail} at ${nth}`).toMatchObject({ outcome: 'promoted', alias: alone('42') });
        expect(good.provisionedConcurrency, `${fail} at ${nth}`).toEqual({ 42: 5 });
        const bad = await warming({ candidate: { errorRate: 0.5 }, aws: [{ call, nth, fail }] });
        expect(bad.result, `${fail} at ${nth}`).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
        expect(bad.provisionedConcurrency, `${fail} at ${nth}`).toEqual({ 41: 5 });
      }
    }
  });
});

describe('provisioned concurrency whose calls are throttled for long', () => {
  const throttled = (call: string, times: number): Pick<ScenarioInput, 'aws'> => ({
    aws: [{ call: `lambda:${call}ProvisionedConcurrencyConfig`, nth: 1, times, fail: 'TooManyRequestsException' }],
  });

  it('is asked for until Lambda grants it', async () => {
    const { result, provisionedConcurrency } = await warming(throttled('Put', 22));
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
    expect(provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('gives no traffic to a cold version', async () => {
    const { result, provisionedConcurrency } = await warming(throttled('Put', 1_000_000));
    expect(result).toMatchObject({ outcome: 'rejected', requests: { candidate: 0 }, alias: alone('41') });
    expect(provisionedConcurrency).toEqual({ 41: 5 });
  });

  it('is released once Lambda answers', async () => {
    const { result, provisionedConcurrency } = await warming(throttled('Delete', 12));
    expect(result.reason).not.toContain('still costs money');
    expect(provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('and is never released changes only the reason of the end', async () => {
    const good = await warming(throttled('Delete', 1_000_000));
    expect(good.result).toMatchObject({
      outcome: 'promoted',
      alias: alone('42'),
      reason: expect.stringMatching(/could not be released and still costs money.*TooManyRequestsException/),
    });
    expect(good.provisionedConcurrency).toEqual({ 41: 5, 42: 5 });
    const bad = await warming({ candidate: { errorRate: 1 }, ...throttled('Delete', 1_000_000) });
    expect(bad.result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('still costs money') });
  });

  it('and whose release always dies does not change the end', async () => {
    const { result } = await warming({
      aws: [{ call: 'lambda:DeleteProvisionedConcurrencyConfig', nth: 1, times: 1_000_000, fail: 'crash' }],
    });
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
  });
});

it('a rollout with provisioned concurrency that fails before its first document is rejected', async () => {
  const { result } = await warming({
    aws: [{ call: 'cloudformation:DescribeStacks', nth: 1, times: 1_000_000, fail: 'crash' }],
  });
  expect(result).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('no traffic was moved') });
});

it('a rollout that is started by hand without a number takes the provisioned concurrency of its stack', async () => {
  const starting = (number?: null): Actor => ({
    atSecond: 4000,
    does: ({ sfn }) => {
      const input = { function: 'checkout', alias: 'live', version: '41', provisionedConcurrency: number };
      return sfn.send(
        new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'hand', input: JSON.stringify(input) }),
      );
    },
  });
  expect(await rehearsing({}, [starting()], warm)).toMatchObject({
    result: { alias: alone('41') },
    provisionedConcurrency: { 41: 5 },
  });
  const cold = await rehearsing({}, [starting(null)], warm);
  expect(cold).toMatchObject({ result: { alias: alone('41') }, provisionedConcurrency: { 42: 5 } });
});

it('the end of a rollout is announced once, and not again when provisioned concurrency is released', async () => {
  const announcers = async (setup: Setup) => {
    const { calls } = await rehearsing({}, [], setup);
    return calls.filter(({ action }) => action === 'events:PutEvents').map(({ caller }) => caller);
  };
  expect(await announcers(warm)).not.toContain('provision');
  expect((await announcers({ ...warm, provisioningFails: true })).at(-1)).toBe('provision');
});

it('a rollout with provisioned concurrency is rehearsed to the same bytes twice', async () => {
  expect(JSON.stringify(await warming())).toBe(JSON.stringify(await warming()));
});
