import { describe, expect, it } from 'vitest';
import { ControllerUnknown } from '../../lib/operations/errors.ts';
import { start } from '../../lib/operations/start.ts';
import { status } from '../../lib/operations/status.ts';
import { AnAccount, MACHINE } from '../cli/an-account.ts';

const policy = { preset: 'AllAtOnce' } as const;

/** A function that no stack has registered, and the parameter of a standalone controller. */
function anAccount(stateMachineArn = MACHINE) {
  const account = new AnAccount();
  const alias = {
    name: 'live',
    functionVersion: '41',
    additionalVersionWeights: {},
    description: '',
    revisionId: 'r1',
  };
  account.addFunction('script', ['41', '42'], { aliases: [alias] });
  account.parameters.set('/sluice-controllers/shared/state-machine', stateMachineArn);
  return account;
}

describe('a controller that is named', () => {
  it('starts a rollout of an alias that nothing has registered, by the policy of the request', async () => {
    const account = anAccount();
    const request = { function: 'script', alias: 'live', version: '42', policy, controller: 'shared' } as const;
    expect(await start(request, account.clients())).toMatchObject({ function: 'script', version: '42' });
    const started = account.calls.find(({ call }) => call === 'states:StartExecution');
    expect(started?.input).toMatchObject({ stateMachineArn: MACHINE });
    expect(JSON.parse(String(started?.input['input']))).toMatchObject({
      function: 'script',
      alias: 'live',
      version: '42',
    });
  });

  it('is asked how its aliases stand', async () => {
    const asked = status({ function: 'script', alias: 'live', controller: 'shared' }, anAccount().clients());
    await expect(asked).rejects.toThrow('has had no rollout in the last 90 days');
  });

  it('is unknown if there is no parameter of its name', async () => {
    const asked = status({ function: 'script', alias: 'live', controller: 'other' }, anAccount().clients());
    await expect(asked).rejects.toThrow(ControllerUnknown);
    await expect(asked).rejects.toThrow('/sluice-controllers/other/state-machine does not exist');
  });

  it('is not followed to a state machine that is no controller', async () => {
    const evil = 'arn:aws:states:us-east-1:123456789012:stateMachine:evil';
    const account = anAccount(evil);
    account.foreignMachines.add(evil);
    const asked = start(
      { function: 'script', alias: 'live', version: '42', policy, controller: 'shared' },
      account.clients(),
    );
    await expect(asked).rejects.toThrow('is no controller of Sluice');
    expect(account.calls.filter(({ call }) => call === 'states:StartExecution')).toEqual([]);
  });
});
