import { describe, expect, it } from 'vitest';
import {
  AliasAmbiguous,
  AliasNotFound,
  ControllerUnknown,
  ExecutionExists,
  PolicyNotFound,
  VersionNotFound,
} from '../../lib/operations/errors.ts';
import { start } from '../../lib/operations/start.ts';
import { AnAccount, CALLER, FUNCTIONS, MACHINE } from '../cli/an-account.ts';

function aService() {
  const account = new AnAccount();
  account.addService('checkout', ['41', '42']);
  return account;
}

const checkout = { function: 'checkout', alias: 'live' };
const inputOf = (account: AnAccount) => account.executions[0]?.input;

describe('start', () => {
  it('starts the newest version by the policy that is deployed, and answers the execution', async () => {
    const account = aService();
    const started = await start({ function: 'checkout', version: 'newest' }, account.clients());
    expect(started).toEqual({
      ...checkout,
      version: '42',
      execution: expect.stringMatching(/^start-42-[0-9a-f]{8}$/),
      executionArn: `${MACHINE.replace('stateMachine', 'execution')}:${started.execution}`,
    });
    expect(inputOf(account)).toEqual({ ...checkout, version: '42', startedBy: CALLER });
  });

  it('takes a function by its ARN and a policy of its own', async () => {
    const account = aService();
    const policy = { canary: { weight: 5 }, alarms: ['checkout-errors'] };
    await start({ ...checkout, function: `${FUNCTIONS}checkout`, version: '42', policy }, account.clients());
    expect(inputOf(account)).toMatchObject({
      function: 'checkout',
      policy: { canary: { weight: 5, bakeSeconds: 300 } },
    });
  });

  it('is the same rollout when it is repeated under the same name, and refused for another one', async () => {
    const account = aService();
    const request = { ...checkout, version: '42', name: 'release-7' };
    const first = await start(request, account.clients());
    expect(await start(request, account.clients())).toEqual(first);
    expect(account.executions).toHaveLength(1);
    const other = start({ ...request, version: '41' }, account.clients());
    await expect(other).rejects.toBeInstanceOf(ExecutionExists);
    await expect(other).rejects.toMatchObject({ executionArn: first.executionArn });
  });

  it('joins the rollout that shifts the alias to this version, and starts nothing', async () => {
    const account = aService();
    const first = await start({ ...checkout, version: '42' }, account.clients());
    const second = await start({ ...checkout, version: 'newest' }, account.clients());
    expect(second).toEqual({ ...first, joined: true, warnings: [] });
    expect(account.executions).toHaveLength(1);
  });

  it('says in words that the policy of the rollout which it joins goes on', async () => {
    const account = aService();
    const first = await start({ ...checkout, version: '42' }, account.clients());
    const policy = { preset: 'AllAtOnce' as const };
    const second = await start({ ...checkout, version: '42', policy }, account.clients());
    expect(second).toMatchObject({
      joined: true,
      execution: first.execution,
      warnings: [expect.stringContaining('goes on by the policy that it was started with')],
    });
  });

  it('joins no rollout to another version, of another alias, or one that is over', async () => {
    const account = aService();
    account.addService('basket', ['41', '42']);
    await start({ function: 'basket', alias: 'live', version: '42' }, account.clients());
    await start({ ...checkout, version: '41' }, account.clients());
    expect(await start({ ...checkout, version: '42' }, account.clients())).not.toHaveProperty('joined');
    expect(account.executions).toHaveLength(3);
  });

  it('starts also if it may not read what is under way', async () => {
    const account = aService();
    await start({ ...checkout, version: '42' }, account.clients());
    account.forbidden.add('states:ListExecutions');
    expect(await start({ ...checkout, version: '42' }, account.clients())).not.toHaveProperty('joined');
    expect(account.executions).toHaveLength(2);
  });

  it('works without a registration if the request names the controller and the policy', async () => {
    const account = new AnAccount();
    account.addFunction('checkout', ['42']);
    const policy = { preset: 'AllAtOnce' as const };
    await start({ ...checkout, controller: MACHINE, version: '42', policy }, account.clients());
    expect(inputOf(account)).toMatchObject({ version: '42' });
  });

  it.each<[string, new (...given: never[]) => Error, (account: AnAccount) => unknown, object?]>([
    ['no alias is registered', AliasNotFound, (account) => account.parameters.clear(), { alias: undefined }],
    [
      'several aliases are registered and none is named',
      AliasAmbiguous,
      (account) => account.register('checkout', 'beta', { schema: 1, stateMachineArn: MACHINE }),
      { alias: undefined },
    ],
    ['nothing names the controller', ControllerUnknown, (account) => account.parameters.clear()],
    ['the registration is broken', ControllerUnknown, (account) => account.register('checkout', 'live', { schema: 9 })],
    [
      'there is no policy',
      PolicyNotFound,
      (account) => account.register('checkout', 'live', { schema: 1, stateMachineArn: MACHINE }),
    ],
    ['no version is published', VersionNotFound, (account) => account.addFunction('checkout', [])],
  ])('starts nothing if %s, and says so by the type of the error', async (_, type, change, request = {}) => {
    const account = aService();
    change(account);
    const starting = start({ ...checkout, version: 'newest', ...request }, account.clients());
    await expect(starting).rejects.toBeInstanceOf(type);
    expect(account.executions).toEqual([]);
  });

  it('lets failures of AWS pass as they are', async () => {
    const account = aService();
    account.forbidden.add('states:StartExecution');
    await expect(start({ ...checkout, version: '42' }, account.clients())).rejects.toThrow('not authorized');
  });
});
