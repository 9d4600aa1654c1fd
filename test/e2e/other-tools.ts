import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where `.ci/tools` has installed the tools of others; undefined if it has not. */
export const TOOLS = process.env['SLUICE_TOOLS'];

const python = () => join(TOOLS as string, 'python/bin/python');

/** A template of SAM as CloudFormation transforms it, with its code in a bucket, as `sam package` writes that. */
export function transformed(template: string, bucket: string, key: string): string {
  const input = template.replace(/CodeUri: .*/, `CodeUri: { Bucket: ${bucket}, Key: ${key} }`);
  const env = { ...process.env, AWS_DEFAULT_REGION: process.env['AWS_REGION'] ?? 'us-east-1' };
  return execFileSync(python(), ['test/e2e/sam.py'], {
    input,
    encoding: 'utf8',
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

/** A folder for a tool's project. */
export const project = (): string => mkdtempSync(join(tmpdir(), 'sluice-project-'));

/** Writes files into a project, by their paths. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Runs the command line of the Serverless Framework in a project. */
export async function serverless(cwd: string, command: 'deploy' | 'remove', release: string): Promise<void> {
  await run(join(TOOLS as string, 'npm/node_modules/.bin/osls'), [command, '--param', `release=${release}`], { cwd });
}

const cdkHere = join(process.cwd(), 'node_modules/.bin/cdk');
const most = 64 * 1024 * 1024;

/** Synthesizes an app in Python into its project. That takes the longest, so it is done once for each release. */
export async function synthPython(cwd: string, stack: string): Promise<void> {
  const env = { ...process.env, STACK: stack };
  await run(cdkHere, ['synth', '--quiet', '--app', `${python()} app.py`], { cwd, env, maxBuffer: most });
}

/** Runs the command line of the CDK on what was synthesized. */
export async function cdkSynthesized(cwd: string, ...words: readonly string[]): Promise<void> {
  await run(cdkHere, [...words, '--app', 'cdk.out'], { cwd, maxBuffer: most });
}
