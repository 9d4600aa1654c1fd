import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';

/** Ninety simulated minutes at 1,000 requests a second. */
const long: ScenarioInput = {
  traffic: { requestsPerSecond: 1000 },
  stable: { errorRate: 0.001 },
  candidate: { errorRate: 0.001 },
  alarms: [{ name: 'errors', metric: 'errorRate', threshold: 0.05, evaluationPeriods: 3, datapointsToAlarm: 2 }],
  policy: {
    canary: { weight: 10, bakeSeconds: 1200 },
    batches: { count: 3, intervalSeconds: 1200 },
    settleSeconds: 1500,
    alarms: ['errors'],
  },
};

const RUNS = 5;
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const file = join(folder, 'long.json');
const sluice = fileURLToPath(new URL('../../bin/sluice.ts', import.meta.url));

/** The median time of a whole process, in milliseconds. */
function median(...words: readonly string[]): number {
  const times = Array.from({ length: RUNS }, () => {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, words);
    if (status !== 0) throw new Error(String(stderr));
    return performance.now() - begin;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
}

try {
  writeFileSync(file, JSON.stringify(long));
  // What any rehearsal has to load, and nothing else: the same machine in the same minute.
  const loading = median(
    '--input-type=module',
    '--eval',
    `await import(${JSON.stringify(new URL('../../lib/cli/load-controller.ts', import.meta.url).href)})`,
  );
  const rehearsing = median(sluice, 'rehearse', file, '--json');
  console.log(`loading the SDK and the handlers     ${loading.toFixed(0)} ms`);
  console.log(
    `rehearsing 90 min at 1,000 req/s     ${rehearsing.toFixed(0)} ms, ${(rehearsing / loading).toFixed(1)} times that`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
