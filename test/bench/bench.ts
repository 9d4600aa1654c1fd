import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import { medians } from './median.ts';
import { printPackage } from './package.ts';
import { printWidget } from './widget.ts';

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

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const file = join(folder, 'long.json');
const sluice = fileURLToPath(new URL('../../bin/sluice.ts', import.meta.url));

/** The modules that a process loads for one import after another, without Node's own. */
function modulesOf(...imports: readonly string[]): readonly (readonly string[])[] {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const lists = [];
    for (const each of ${JSON.stringify(imports)}) {
      await import(each);
      lists.push(loaded.splice(0).filter((url) => !url.startsWith('node:')));
    }
    console.log(JSON.stringify(lists));
  `;
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd });
  if (status !== 0) throw new Error(String(stderr));
  return JSON.parse(String(stdout)) as string[][];
}

/** What an app pays for importing Sluice beside the CDK, in modules. */
function printModules(): void {
  const [cdk = [], sluice = []] = modulesOf('aws-cdk-lib', new URL('../../dist/index.cjs', import.meta.url).href);
  const of = (name: string) => sluice.filter((url) => url.includes(`/node_modules/${name}/`)).length;
  const own = sluice.filter((url) => !url.includes('/node_modules/')).length;
  console.log(`import 'aws-cdk-lib'                 ${cdk.length} modules`);
  console.log(
    `import 'sluice' after it             ${sluice.length} modules: ${own} of its own, ${of('zod')} of zod, ${of('aws-cdk-lib')} more of aws-cdk-lib, ${of('@aws-sdk')} of the SDK`,
  );
}

try {
  printModules();
  writeFileSync(file, JSON.stringify(long));
  // What any rehearsal has to load, and nothing else: the same machine in the same minute.
  const loading = [
    '--input-type=module',
    '--eval',
    `await import(${JSON.stringify(new URL('../../lib/cli/load-controller.ts', import.meta.url).href)})`,
  ];
  const [loaded, rehearsed] = medians(loading, [sluice, 'rehearse', file, '--json']) as [number, number];
  console.log(`loading the SDK and the handlers     ${loaded.toFixed(0)} ms`);
  console.log(
    `rehearsing 90 min at 1,000 req/s     ${rehearsed.toFixed(0)} ms, ${(rehearsed / loaded).toFixed(1)} times that`,
  );
  await printWidget();
  printPackage(folder);
} finally {
  rmSync(folder, { recursive: true });
}
