import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { RehearsalPrinter, record } from '../../../lib/cli/terminal/rehearsal-printer.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';

/** What is printed where lines stay, line by line. */
async function printed(policy: object): Promise<readonly string[]> {
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const scenario = scenarioSchema.parse({ traffic: { requestsPerSecond: 10 }, alarms: [], policy });
  const { frames, result } = await record(scenario, loadController());
  await new RehearsalPrinter(out as unknown as NodeJS.WriteStream).tell(scenario, frames, result);
  return text.split('\n');
}

const looksIn = (lines: readonly string[]) => lines.filter((line) => line.includes('41: '));

it('a rehearsal that looks every ten seconds has a line a minute, and one before each verdict', async () => {
  const steps = [{ weight: 10, bakeSeconds: 1200 }];
  const lines = await printed({ steps, settleSeconds: 60, evidence: { counts: 'logs' } });
  expect(looksIn(lines).length).toBeGreaterThan(20);
  expect(looksIn(lines).length).toBeLessThan(30);
  const shifted = lines.findIndex((line) => line.includes('shifted') && line.includes('100 %'));
  expect(lines[shifted - 1]).toContain('41: ');
});

it('a rehearsal that looks once a minute has a line for each look', async () => {
  const lines = await printed({ steps: [{ weight: 10, bakeSeconds: 1200 }], settleSeconds: 60, evidence: {} });
  expect(looksIn(lines).length).toBeGreaterThan(20);
});
