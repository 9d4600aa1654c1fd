import { describe, expect, it } from 'vitest';
import { runIn } from './a-terminal.ts';
import { AnAccount, MACHINE } from './an-account.ts';

function aService() {
  const account = new AnAccount();
  account.addService('checkout', ['41', '42']);
  return account;
}

describe('a refusal', () => {
  it.each<[string, (account: AnAccount) => unknown, string]>([
    ['approve checkout', () => {}, 'try: sluice history checkout'],
    [
      'start checkout --version 4x',
      () => {},
      '--version: found "4x", expected a published version such as 42, or newest; of a group newest, or versions such as prices=8,checkout=42.',
    ],
    ['start checkout', () => {}, '--version: found nothing, expected a published version such as 42, or newest;'],
    ['rollback checkout:live --to live', () => {}, '--to: found "live", expected a published version'],
    ['rollback checkout:live', () => {}, 'for example: sluice rollback checkout:live --to 41'],
    ['history checkout --limit 501', () => {}, '--limit: found 501, expected a whole number from 1 to 500.'],
    ['hold checkout --reason ""', () => {}, '--reason: found "", expected 1 to 200 characters.'],
    ['status checkout', (account) => account.parameters.clear(), 'or deploy it with a RolloutAlias'],
    [
      'status checkout:live',
      (account) => account.parameters.clear(),
      'or --controller with the ARN of the state machine',
    ],
    [
      'status checkout',
      (account) => account.register('checkout', 'beta', { schema: 1, stateMachineArn: MACHINE }),
      'expected: one of checkout:beta, checkout:live',
    ],
    [
      'start checkout --version 42',
      (account) => account.register('checkout', 'live', { schema: 1, stateMachineArn: MACHINE }),
      'expected: --policy with a file',
    ],
    [
      'start checkout --version 42 --name taken',
      (account) => account.executions.push({ name: 'taken', status: 'SUCCEEDED', input: {} }),
      'expected: another --name',
    ],
    [
      'status checkout:live',
      (account) => account.register('checkout', 'live', { schema: 9 }),
      'deploy the stack again',
    ],
    [
      'versions prune checkout',
      (account) => account.register('checkout', 'live', { schema: 9 }),
      'deploy the stack again',
    ],
    [
      'versions prune checkout --controller a:b',
      () => {},
      '--controller: found a:b, expected the name of a controller',
    ],
    ['start checkout:live --version 42 --controller other', () => {}, 'there is no controller other'],
  ])('of %j has exit code 2 and says what to do', async (line, change, text) => {
    const account = aService();
    change(account);
    const words = line.split(' ').map((word) => (word === '""' ? '' : word));
    const { code, out, err } = await runIn(account.clients(), ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.replaceAll(/\s+/g, ' ')).toContain(text);
    expect(err).toMatch(/^sluice: /);
  });
});

describe('a failure of AWS', () => {
  it('has exit code 1 and names the error', async () => {
    const account = aService();
    account.forbidden.add('states:StartExecution');
    const { code, err } = await runIn(account.clients(), 'start', 'checkout', '--version', '42');
    expect(code).toBe(1);
    expect(err).toContain('AWS answered AccessDeniedException');
  });
});

describe('--json', () => {
  it('prints one document with the undo of a write', async () => {
    const account = aService();
    const json = async (...words: string[]) => JSON.parse((await runIn(account.clients(), ...words, '--json')).out);
    expect(await json('hold', 'checkout')).toEqual({
      action: 'held',
      functions: ['checkout'],
      reason: 'no reason given - user/ann',
      undo: 'sluice resume checkout',
    });
    expect(await json('resume', '--all', '--tag', 'team')).toEqual({ action: 'resumed', functions: [] });
    expect(await json('start', 'checkout', '--version', 'newest', '--name', 'release-7')).toEqual({
      function: 'checkout',
      alias: 'live',
      version: '42',
      execution: 'release-7',
      executionArn: expect.stringContaining('release-7'),
      undo: 'sluice rollback checkout:live',
    });
  });
});
