import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { environmentNameOf } from '../../lib/branch/branch-name.ts';
import { atStep } from '../rollout/a-rollout.ts';
import { run, runIn } from './a-terminal.ts';
import { AnAccount } from './an-account.ts';
import { aStack, SomeStacks } from './some-stacks.ts';

const EVIL = 'A\u001b]0;pwned\u0007\u001b[2J\u001b[31mB\u009b2JC\u202etxtD\u200fE';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** An account in which others have written control characters wherever they can. */
function hostile() {
  const account = new AnAccount();
  const checkout = account.addService('checkout', ['41', '42'], { description: `${EVIL} [sluice:0123456789ab]` });
  checkout.tags['sluice:hold'] = EVIL;
  const at = 1_767_225_600;
  const document = {
    ...atStep(0),
    reason: EVIL,
    startedBy: EVIL,
    held: EVIL,
    journal: [{ at, event: 'approved', weight: 10, reason: EVIL }],
    approvals: [{ at, weight: 10, verdict: 'approved', by: EVIL, comment: EVIL }],
  };
  const input = { function: 'checkout', alias: 'live', version: '42', startedBy: EVIL };
  account.executions.push({ name: `run\u202e`, status: 'RUNNING', input, document });
  account.executions.push({
    name: 'failed',
    status: 'FAILED',
    input,
    document,
    error: 'RolledBack',
    cause: EVIL,
  } as never);
  account.executions.push({ name: 'aborted', status: 'ABORTED', input, document, error: EVIL, cause: EVIL } as never);
  account.addAlarm('checkout-errors', { FunctionName: 'checkout' }, { StateValue: 'ALARM', StateReason: EVIL });
  return account.clients();
}

it.each([
  ['status'],
  ['status', 'checkout'],
  ['status', 'checkout', '--json'],
  ['history', 'checkout'],
  ['history', 'checkout', '--json'],
  ['doctor', 'checkout'],
  ['doctor', 'checkout', '--json'],
  ['versions', 'list', 'checkout'],
  ['versions', 'list', 'checkout', '--json'],
  ['versions', 'prune', 'checkout', '--keep', '1'],
  ['rollback', 'checkout:live'],
  ['advance', 'checkout'],
  ['approve', 'checkout'],
  ['hold', 'checkout', '--reason', EVIL],
  ['resume', 'checkout'],
  ['status', EVIL],
  [EVIL],
  ['plan', EVIL],
])('sluice %s %s %s prints no control character that came from outside', async (...words) => {
  const { out, err } = await runIn(hostile(), ...words);
  expect(out + err).not.toBe('');
  expect(out).not.toMatch(CONTROLS);
  expect(err).not.toMatch(CONTROLS);
});

const folder = mkdtempSync(join(tmpdir(), 'sluice-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['plan', { canary: { weight: EVIL }, [EVIL]: 1 }],
  ['rehearse', { name: EVIL, policy: { canary: { weight: 10 } }, [EVIL]: 1 }],
])('sluice %s prints none of a file that it refuses', async (command, content) => {
  const file = join(folder, `${command}.json`);
  writeFileSync(file, JSON.stringify(content));
  const { code, out, err } = await run(command, file);
  expect(code).toBe(2);
  expect(err).toContain('A');
  expect(out + err).not.toMatch(CONTROLS);
});

it.each([['list'], ['list', '--json'], ['url', 'feature/x'], ['url', 'feature/x', '--json']])(
  'sluice env %s prints none of what a stack has put out',
  async (...words) => {
    const outputs = ['Branch', 'Owner', 'Url', 'IdleCostPerMonth'];
    const stack = aStack('feature/x', { Outputs: outputs.map((OutputKey) => ({ OutputKey, OutputValue: EVIL })) });
    const { code, out, err } = await runIn(new SomeStacks([stack]).account, 'env', ...words);
    expect(code).toBe(0);
    expect(out).toContain(words[0] === 'list' ? environmentNameOf('feature/x') : 'A');
    expect(out + err).not.toMatch(CONTROLS);
  },
);
