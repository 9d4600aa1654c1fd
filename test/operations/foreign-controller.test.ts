import { describe, expect, it } from 'vitest';
import { advance } from '../../lib/operations/advance.ts';
import { approve, reject } from '../../lib/operations/approve.ts';
import { ControllerUnknown } from '../../lib/operations/errors.ts';
import { history } from '../../lib/operations/history.ts';
import { rollback } from '../../lib/operations/rollback.ts';
import { start } from '../../lib/operations/start.ts';
import { status, statusOfAll } from '../../lib/operations/status.ts';
import { runIn } from '../cli/a-terminal.ts';
import { AnAccount, MACHINE } from '../cli/an-account.ts';

const EVIL = 'arn:aws:states:us-east-1:123456789012:stateMachine:evil';
const ELSEWHERE = 'arn:aws:states:us-east-1:999999999999:stateMachine:sluice';
const alias = { function: 'checkout', alias: 'live' };

/** An account in which somebody has written another state machine into the parameter of an alias. */
function rewritten(stateMachineArn: string, shown = {}) {
  const account = new AnAccount();
  account.addService('checkout', ['41', '42'], shown);
  account.foreignMachines.add(EVIL);
  account.register('checkout', 'live', { schema: 1, stateMachineArn, policy: { preset: 'AllAtOnce' } });
  return account;
}

const reached = ({ calls }: AnAccount) =>
  calls.filter(({ call }) => /Execution|SendTask/.test(call)).map(({ call }) => call);

describe.each([
  ['is no controller', EVIL, /is no controller of Sluice: expected one with the tag sluice:version/],
  ['is of another account', ELSEWHERE, /names a state machine of another partition, region or account/],
])('a state machine that %s', (_, machine, why) => {
  it.each([
    ['approve', approve],
    ['reject', reject],
    ['advance', advance],
    ['status', status],
    ['history', history],
    ['start', (given: typeof alias, clients: never) => start({ ...given, version: '42' }, clients)],
  ] as const)('is not followed by %s, whatever the parameter of the alias says', async (_name, operation) => {
    const account = rewritten(machine);
    const called = operation(alias, account.clients() as never);
    await expect(called).rejects.toThrow(ControllerUnknown);
    await expect(called).rejects.toThrow(why);
    expect(reached(account)).toEqual([]);
  });

  it('is not followed by a rollback, which writes the alias all the same', async () => {
    const account = rewritten(machine, {
      functionVersion: '41',
      additionalVersionWeights: { 42: 0.1 },
      description:
        'sluice: 41 -> 42 at 10%, step 1/4, execution deploy-7, started 2026-01-01T00:00:00Z [sluice:0123456789ab]',
    });
    const { action } = await rollback(alias, account.clients());
    expect(action).toBe('rolledBack');
    expect(reached(account)).toEqual([]);
  });
});

describe('the list of all rollouts', () => {
  it('leaves out what a foreign parameter names, and tells why', async () => {
    const account = rewritten(EVIL);
    account.addService('payments', ['7']);
    const told: string[] = [];
    expect(await statusOfAll({ onLeftOut: (why) => told.push(why) }, account.clients())).toEqual([]);
    expect(told).toEqual([expect.stringContaining(`${EVIL} is no controller`)]);
    const asked = account.calls.filter(({ call }) => call === 'states:ListExecutions');
    expect(asked.map(({ input }) => input['stateMachineArn'])).toEqual([MACHINE]);
  });

  it('tells it to people on standard error', async () => {
    const { code, err } = await runIn(rewritten(EVIL).clients(), 'status');
    expect(code).toBe(0);
    expect(err.replace(/\s+/g, ' ')).toContain('left out: state machine');
  });
});

it('a state machine whose tags the caller may not read is not followed, and the message says what to allow', async () => {
  const account = rewritten(MACHINE);
  account.forbidden.add('states:ListTagsForResource');
  await expect(approve(alias, account.clients())).rejects.toThrow(/allow states:ListTagsForResource/);
});
