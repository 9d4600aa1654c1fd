import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runIn } from '../a-terminal.ts';
import { AnAccount } from '../an-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-report-'));
const file = join(folder, 'out.html');
afterAll(() => rmSync(folder, { recursive: true }));

/** An account in which a rollout of checkout was stopped. */
function stopped() {
  const account = new AnAccount();
  account.addService('checkout', ['41', '42']);
  const input = { function: 'checkout', alias: 'live', version: '42' };
  account.executions.push({ name: 'deploy-7', status: 'ABORTED', input });
  return account.clients();
}

describe('sluice report', () => {
  it('writes the page of an execution and says where it is', async () => {
    const { code, out, err } = await runIn(stopped(), 'report', 'deploy-7', '--out', file);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: expect.stringContaining('The report of deploy-7 is in'),
      err: '',
    });
    expect(readFileSync(file, 'utf8')).toContain('>Stopped</span>');
  });

  it('prints one JSON document with --json', async () => {
    const { out } = await runIn(stopped(), 'report', 'deploy-7', '--out', file, '--json');
    expect(JSON.parse(out)).toMatchObject({ file, execution: 'deploy-7', state: 'stopped' });
  });

  it.each([
    ['the file is not named', ['report', 'deploy-7'], '--out is missing'],
    ['there is no such execution', ['report', 'deploy-8', '--out', file], 'no rollout deploy-8 is known'],
    ['the file cannot be written', ['report', 'deploy-7', '--out', join(folder, 'no', 'out.html')], 'no such folder'],
    [
      'the controller is none',
      ['report', 'deploy-7', '--out', file, '--controller', '1'],
      'or the ARN of its state machine',
    ],
  ])('is refused if %s', async (_, words, why) => {
    const { code, out, err } = await runIn(stopped(), ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(why);
  });
});
