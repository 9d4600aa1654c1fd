import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../lib/package-root.ts';
import { medians } from './median.ts';

const MEGABYTE = 1024 * 1024;

const npm = (cwd: string, ...words: readonly string[]): string =>
  execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The packages in a folder's node_modules, and the megabytes of their files. */
function installed(app: string): { readonly packages: number; readonly megabytes: number } {
  const modules = join(app, 'node_modules');
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: object };
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { packages: Object.keys(lock.packages).length, megabytes: bytes / MEGABYTE };
}

/** An app of one function with an alias. */
const appWith = (alias: string): string => `
  const { App, Stack } = require('aws-cdk-lib');
  const lambda = require('aws-cdk-lib/aws-lambda');
  const app = new App();
  const stack = new Stack(app, 'Service');
  const handler = new lambda.Function(stack, 'Handler', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => "hello";'),
  });
  ${alias}
  app.synth();
`;

/** Prints what the package costs a user: to fetch, to keep, and at each synth. Packs what was built last. */
export function printPackage(folder: string): void {
  const root = fileURLToPath(packageRoot());
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(npm(root, ...words)) as [{ filename: string; size: number; unpackedSize: number }];
  console.log(
    `tarball                              ${(packed.size / MEGABYTE).toFixed(1)} MB, ${(packed.unpackedSize / MEGABYTE).toFixed(1)} MB unpacked`,
  );

  const app = join(folder, 'app');
  mkdirSync(app);
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk-lib/package.json'), 'utf8'));
  writeFileSync(join(app, 'package.json'), '{}');
  npm(app, 'install', '--silent', `aws-cdk-lib@${version}`, 'constructs@10');
  const without = installed(app);
  npm(app, 'install', '--silent', join(folder, packed.filename));
  const all = installed(app);
  console.log(
    `installed with Sluice                ${all.packages - without.packages} package, ${(all.megabytes - without.megabytes).toFixed(1)} MB more than the ${without.packages} packages, ${without.megabytes.toFixed(1)} MB of the CDK`,
  );

  const plain = join(app, 'plain.cjs');
  writeFileSync(
    plain,
    appWith("new lambda.Alias(stack, 'Live', { aliasName: 'live', version: handler.currentVersion });"),
  );
  const rollout = join(app, 'rollout.cjs');
  const policy = "{ preset: 'Canary10Percent5Minutes' }";
  writeFileSync(
    rollout,
    appWith(
      `new (require('sluice').RolloutAlias)(stack, 'Live', { function: handler, aliasName: 'live', policy: ${policy} });`,
    ),
  );
  const [before, after] = medians([plain], [rollout]) as [number, number];
  console.log(`synth of an app with a lambda.Alias  ${before.toFixed(0)} ms`);
  console.log(`synth of it with a RolloutAlias      ${after.toFixed(0)} ms, ${(after / before).toFixed(2)} times that`);
}
