import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import { CreateAliasCommand, DeleteAliasCommand, GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRegistration } from '../../lib/aws/stack/registrations.ts';
import { cloudWatchTiming } from '../../lib/rollout/observation.ts';
import { eventually, sluice } from './deployment.ts';
import type { Step } from './ownership-app.ts';

const run = promisify(execFile);
const name = `sluice-e2e-own-${process.pid}`;
const output = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
const endpoint = process.env['AWS_ENDPOINT_URL'];
const quick = { periodSeconds: 1, delaySeconds: 0 };
const timing = endpoint === undefined ? cloudWatchTiming : { metrics: quick, alarms: quick };
const cloudformation = new CloudFormationClient({});
const lambda = new LambdaClient({});
const live = { FunctionName: name, Name: 'live' };

async function cdk(command: string, step: Omit<Step, 'stack'>, ...words: string[]): Promise<void> {
  const context = `step=${JSON.stringify({ stack: name, timing, ...step })}`;
  const app = 'node test/e2e/ownership-app.ts';
  await run('npx', ['--no-install', 'cdk', command, '--output', output, '--app', app, '--context', context, ...words], {
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Deploys a step; answers whether the stack committed. */
const deploy = (step: Omit<Step, 'stack'>): Promise<boolean> =>
  cdk('deploy', step, '--require-approval', 'never').then(
    () => true,
    () => false,
  );

/** The alias as AWS holds it; undefined if it does not exist. */
async function alias() {
  const found = await lambda.send(new GetAliasCommand(live)).catch(() => undefined);
  return (
    found && {
      version: found.FunctionVersion,
      weights: found.RoutingConfig?.AdditionalVersionWeights ?? {},
      description: found.Description ?? '',
    }
  );
}

/** The release that answers at the URL of the stack. */
async function served(): Promise<string> {
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
  const url = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'ServiceUrl')?.OutputValue ?? '';
  const here = endpoint ? url.replace(/^https:\/\/(\w+)\.[^/]+/, `${endpoint}/_aws/lambda-url/$1`) : url;
  const answer = await fetch(here);
  return answer.ok ? ((await answer.json()) as { release: string }).release : `${answer.status}`;
}

const status = async (): Promise<string | undefined> =>
  (await cloudformation.send(new DescribeStacksCommand({ StackName: name }))).Stacks?.[0]?.StackStatus;

/** Why the last deploy failed, as the stack's events tell it. */
async function whyRefused(): Promise<string> {
  for await (const { StackEvents = [] } of paginateDescribeStackEvents(
    { client: cloudformation },
    { StackName: name },
  )) {
    const failed = StackEvents.find(
      ({ ResourceType, ResourceStatus }) =>
        ResourceType === 'Custom::SluiceAlias' && ResourceStatus?.endsWith('_FAILED'),
    );
    if (failed) return failed.ResourceStatusReason ?? '';
  }
  return '';
}

beforeAll(async () => {
  await cdk('bootstrap', { alias: 'native' });
});

afterAll(async () => {
  await cdk('destroy', { alias: 'none' }, '--force').catch(() => {});
});

const MARK = /\[sluice:[0-9a-f]{12}\]$/;

describe('an alias of CloudFormation', () => {
  it('serves, and is kept from then on when its resource goes', async () => {
    expect(await deploy({ alias: 'native' })).toBe(true);
    expect(await deploy({ alias: 'kept' })).toBe(true);
    expect(await served()).toBe('one');
  });

  it('survives a deploy that adopts it and rolls back, with its URL and permissions', async () => {
    const before = await alias();
    expect(await deploy({ alias: 'rollout', existing: 'adopt', broken: true })).toBe(false);
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await alias()).toEqual(before);
    expect(await served()).toBe('one');
  });

  it('is adopted as it is', async () => {
    const before = await alias();
    expect(await deploy({ alias: 'rollout', existing: 'adopt' })).toBe(true);
    expect(await alias()).toEqual({ ...before, description: expect.stringMatching(MARK) });
    expect(await served()).toBe('one');
  });
});

describe('a RolloutAlias', () => {
  it('moves to another construct id only if it is told to take the alias over', async () => {
    const before = await alias();
    expect(await deploy({ alias: 'rollout', existing: 'adopt', id: 'Renamed' })).toBe(false);
    expect(await whyRefused()).toContain("existing: 'takeOver'");
    expect(await alias()).toEqual(before);
    expect(await deploy({ alias: 'rollout', existing: 'takeOver', id: 'Renamed' })).toBe(true);
    const after = await alias();
    expect({ ...after, description: '' }).toEqual({ ...before, description: '' });
    expect(after?.description).toMatch(MARK);
    expect(after?.description).not.toBe(before?.description);
    expect(await served()).toBe('one');
    expect(await readRegistration(new SSMClient({}), { functionName: name, aliasName: 'live' })).toBeDefined();
  });

  it('keeps its controller in the middle of a rollout', async () => {
    expect(await deploy({ alias: 'rollout', id: 'Renamed', release: 'two' })).toBe(true);
    const midway = await eventually('the rollout has shifted', async () => {
      const now = await alias();
      return Object.keys(now?.weights ?? {}).length > 0 ? now : undefined;
    });
    expect(await deploy({ alias: 'rollout', id: 'Renamed', release: 'two', controller: 'Others' })).toBe(false);
    expect(await whyRefused()).toContain('cannot change its controller in the middle of a rollout');
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await alias()).toEqual(midway);
    expect(await sluice('rollback', `${name}:live`, '--reason', 'to deploy')).toMatchObject({ code: 0 });
    expect(await deploy({ alias: 'rollout', id: 'Renamed', release: 'two', controller: 'Others' })).toBe(true);
    expect(await alias()).toMatchObject({ version: '1', weights: {} });
  });

  it('is refused if somebody has deleted its alias, and goes on when that was made again', async () => {
    await lambda.send(new DeleteAliasCommand(live));
    const next = { alias: 'rollout', id: 'Renamed', release: 'three', controller: 'Others' } as const;
    expect(await deploy(next)).toBe(false);
    expect(await whyRefused()).toContain('was deleted by hand');
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    await lambda.send(new CreateAliasCommand({ ...live, FunctionVersion: '1' }));
    expect(await deploy({ ...next, bakeSeconds: 2 })).toBe(true);
    await eventually('the rollout ends', async () => ((await alias())?.version === '1' ? undefined : true));
    expect(await alias()).toMatchObject({ weights: {}, description: expect.stringMatching(MARK) });
  });

  it('is left by taking it out of the stack, which leaves the alias', async () => {
    const before = await alias();
    const last = { alias: 'rollout', id: 'Renamed', release: 'three', controller: 'Others' } as const;
    expect(await deploy({ ...last, existing: 'adopt' })).toBe(true);
    expect(await deploy({ alias: 'none', release: 'three' })).toBe(true);
    expect(await alias()).toEqual({ ...before, description: before?.description.replace(/ ?\[sluice:.*/, '') });
  });

  it('serves with its URL again after it was made anew', async () => {
    expect(await deploy({ alias: 'rollout', existing: 'adopt', id: 'Anew', release: 'three' })).toBe(true);
    expect(await served()).toBe('three');
  });
});
