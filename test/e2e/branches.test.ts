import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentNameOf } from '../../lib/branch/branch-name.ts';
import { eventually } from './deployment.ts';

const run = promisify(execFile);
const output = mkdtempSync(join(tmpdir(), 'sluice-e2e-branches-'));
const cloudformation = new CloudFormationClient({});

const ONE = 'feature/one';
const TWO = 'Feature_Zwölf #2';
const stackOf = (branch: string) => `checkout-${environmentNameOf(branch)}`;

/** The CDK's command line on the reference app, as a developer would type it. */
const cdk = (command: string, context: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  run(
    'npx',
    [
      '--no-install',
      'cdk',
      command,
      '--output',
      join(output, context['branch'] ? environmentNameOf(context['branch']) : 'main'),
      ...Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]),
      ...words,
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );

const deploy = (context: Readonly<Record<string, string>>) => cdk('deploy', context, '--require-approval', 'never');
const destroy = (context: Readonly<Record<string, string>>) => cdk('destroy', context, '--force');

async function sluice(...words: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['bin/sluice.ts', ...words, '--json']);
  return JSON.parse(stdout);
}

/** Who answers under a stack's URL. */
async function answerOf(stack: string): Promise<unknown> {
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stack }));
  const url = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'Url')?.OutputValue as string;
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const here = endpoint ? url.replace(/^https:\/\/(\w+)\.[^/]+/, `${endpoint}/_aws/lambda-url/$1`) : url;
  return (await fetch(here)).json();
}

const exists = (stack: string) =>
  cloudformation.send(new DescribeStacksCommand({ StackName: stack })).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  await cdk('bootstrap', { branch: 'main' });
});

afterAll(async () => {
  for (const branch of [ONE, TWO]) if (await exists(stackOf(branch))) await destroy({ branch });
  if (await exists('checkout')) await destroy({ branch: 'main' });
});

describe('two branches and production side by side', () => {
  it('answer each with their own code', async () => {
    await deploy({ branch: 'main', release: 'production' });
    await deploy({ branch: ONE, release: 'one' });
    await deploy({ branch: TWO, release: 'two', ttlMinutes: '1' });
    expect(await answerOf('checkout')).toMatchObject({ release: 'production' });
    expect(await answerOf(stackOf(ONE))).toMatchObject({ release: 'one' });
    expect(await answerOf(stackOf(TWO))).toMatchObject({ release: 'two' });
  });

  it('are listed, without production', async () => {
    expect(await sluice('env', 'list')).toMatchObject({
      environments: [
        { branch: TWO, stack: stackOf(TWO), idleCostPerMonth: 0, protected: false },
        { branch: ONE, stack: stackOf(ONE), expiresAt: expect.stringMatching(/^20/) },
      ],
    });
    expect(await sluice('env', 'url', ONE)).toMatchObject({ branch: ONE, url: expect.stringMatching(/^https:/) });
  });

  it('have native aliases that move at once', async () => {
    await deploy({ branch: ONE, release: 'one and a half' });
    expect(await answerOf(stackOf(ONE))).toMatchObject({ release: 'one and a half' });
  });

  it('lose the one whose time is up, by its own schedule, and nothing else', async () => {
    await eventually('the stack deletes itself', async () => ((await exists(stackOf(TWO))) ? undefined : true));
    expect(await answerOf('checkout')).toMatchObject({ release: 'production' });
    expect(await answerOf(stackOf(ONE))).toMatchObject({ release: 'one and a half' });
  });

  it('live longer when somebody extends them', async () => {
    const { expiresAt } = (await sluice('env', 'extend', ONE, '--days', '30')) as { expiresAt: string };
    expect(await sluice('env', 'list')).toMatchObject({ environments: [{ branch: ONE, expiresAt }] });
  });

  it('are pruned when their branch is gone, and only when asked for in earnest', async () => {
    const prune = (branches: string, ...words: readonly string[]) =>
      run(
        'sh',
        [
          '-c',
          `printf '%s\\n' "$BRANCHES" | "$NODE" bin/sluice.ts env prune --service checkout --stdin --json ${words.join(' ')}`,
        ],
        {
          env: { ...process.env, BRANCHES: branches, NODE: process.execPath },
        },
      ).then(({ stdout }) => JSON.parse(stdout) as unknown);
    expect(await prune(`main\n${ONE}`, '--yes')).toMatchObject({ removed: [], kept: [{ branch: ONE }] });
    expect(await prune('main')).toMatchObject({ dryRun: true, removed: [{ branch: ONE }] });
    expect(await exists(stackOf(ONE))).toBe(true);
    expect(await prune('main', '--yes')).toMatchObject({ dryRun: false, removed: [{ branch: ONE }] });
    await eventually('the stack is gone', async () => ((await exists(stackOf(ONE))) ? undefined : true));
    expect(await answerOf('checkout')).toMatchObject({ release: 'production' });
  });
});
