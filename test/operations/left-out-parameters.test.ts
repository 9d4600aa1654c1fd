import { describe, expect, it } from 'vitest';
import { approve } from '../../lib/operations/approve.ts';
import { status, statusOfAll } from '../../lib/operations/status.ts';
import { runIn } from '../cli/a-terminal.ts';
import { AnAccount } from '../cli/an-account.ts';

const ELSEWHERE = 'arn:aws:states:us-east-1:999999999999:stateMachine:sluice';
const GONE = 'arn:aws:states:us-east-1:123456789012:stateMachine:gone';
const A_FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:payments';

/** An account with a rollout of checkout, and a parameter of payments that somebody has written. */
function withParameter(registration: object) {
  const account = new AnAccount();
  account.addService('checkout', ['41', '42']);
  account.addService('payments', ['7']);
  account.register('payments', 'live', registration);
  account.executions.push({
    name: 'run',
    status: 'RUNNING',
    input: { function: 'checkout', alias: 'live', version: '42' },
  });
  return account;
}

describe('a parameter that names', () => {
  it.each([
    ['a state machine of another account', { schema: 1, stateMachineArn: ELSEWHERE }, 'of another partition, region'],
    ['no ARN', { schema: 1, stateMachineArn: 'sluice' }, 'of another partition, region'],
    ['a state machine that does not exist', { schema: 1, stateMachineArn: GONE }, 'is no controller of Sluice'],
    ['a function', { schema: 1, stateMachineArn: A_FUNCTION }, 'is no controller of Sluice'],
    ['nothing that Sluice knows', { owner: 'payments' }, 'does not hold a registration'],
  ])('%s is left out of the list of all rollouts, which tells why and shows the others', async (_, written, why) => {
    const told: string[] = [];
    const account = withParameter(written);
    const rollouts = await statusOfAll({ onLeftOut: (left) => told.push(left) }, account.clients());
    expect(rollouts.map(({ function: functionName }) => functionName)).toEqual(['checkout']);
    expect(told).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    ['a state machine of another account', ELSEWHERE, 'find out who wrote it'],
    ['a state machine that does not exist', GONE, 'is no controller of Sluice'],
    ['a function', A_FUNCTION, 'is no controller of Sluice'],
  ])('%s is told of by what asks for one function, though its alias is not named', async (_, machine, why) => {
    const account = withParameter({ schema: 1, stateMachineArn: machine });
    await expect(status({ function: 'payments' }, account.clients())).rejects.toThrow(why);
    await expect(approve({ function: 'payments' }, account.clients())).rejects.toThrow(why);
    const { out } = await runIn(account.clients(), 'versions', 'list', 'payments', '--json');
    expect(JSON.parse(out).notRead).toEqual([expect.stringContaining(why)]);
  });
});
