import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../lib/package-root.ts';
import { run } from '../a-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bad = fileURLToPath(new URL('lib/rehearsal/scenarios/bad.json', packageRoot()));

/** The report of a scenario, and what the command printed. */
async function reportOf(scenario: string) {
  const file = join(folder, 'out.html');
  const ran = await run('rehearse', scenario, '--report', file, '--json');
  return { ...ran, page: readFileSync(file, 'utf8') };
}

function scenario(content: object): string {
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const member = (name: string) => ({ name, traffic: { requestsPerSecond: 20 }, stable: {}, candidate: {}, alarms: [] });

describe('sluice rehearse --report', () => {
  it('writes a page that tells what the result tells', async () => {
    const { code, out, err, page } = await reportOf(bad);
    const { outcome, timeline, failures, requests } = JSON.parse(out);
    expect({ code, outcome }).toEqual({ code: 1, outcome: 'rolledBack' });
    expect(err).toContain('out.html');
    expect(page).toContain('Rolled back');
    expect(page).toContain(`<dd>${failures.total}<small>of ${requests.total.toLocaleString('en-US')} `);
    for (const { event, reason } of timeline) {
      expect(page).toContain(`<td>${event}</td>`);
      expect(page).toContain(reason.slice(0, 30));
    }
  });

  it('writes what the same traffic would have cost under CodeDeploy', async () => {
    const { page } = await reportOf(bad);
    expect(page).toMatch(/<tr class="first"><td>This policy<\/td><td class="figure">17\.\d/);
    expect(page).toMatch(/CodeDeploy Canary10Percent5Minutes<\/td><td class="figure">[\d.]+</);
  });

  it('writes the same bytes for the same scenario', async () => {
    expect((await reportOf(bad)).page).toBe((await reportOf(bad)).page);
  });

  it('of a group tells of each member, and compares with nobody', async () => {
    const policy = { steps: [{ weight: 50, bakeSeconds: 120 }] };
    const { page } = await reportOf(scenario({ name: 'two', members: [member('prices'), member('basket')], policy }));
    expect(page).toContain('<td>prices</td>');
    expect(page).toContain('<td>basket</td>');
    expect(page).not.toContain('Under other policies');
  });

  it('is refused if the file cannot be written', async () => {
    const { code, err, out } = await run('rehearse', bad, '--report', join(folder, 'nowhere', 'out.html'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('there is no such folder');
  });
});
