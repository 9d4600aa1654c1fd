import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BAKE_SECONDS, cdk, eventually, sluiceJson, timing } from './deployment.ts';
import type { Shop } from './group-app.ts';

const STACK = `e2e-shop-${process.pid}`;
const GROUP = `${STACK}-Service`;
const members = ['prices', 'orders', 'front'] as const;
type Versions = Readonly<Record<(typeof members)[number], string>>;

const output = mkdtempSync(join(tmpdir(), 'sluice-shop-'));
const lambda = new LambdaClient({});
const sfn = new SFNClient({});
const cloudformation = new CloudFormationClient({});
let outputs: Readonly<Record<string, string>> = {};

const each = (release: string): Versions => ({ prices: release, orders: release, front: release });
const words = (releases: Versions, shop: Partial<Shop> = {}) => {
  const whole: Shop = { stack: STACK, releases, bakeSeconds: BAKE_SECONDS, timing, ...shop };
  return ['--output', output, '--app', 'node test/e2e/group-app.ts', '--context', `shop=${JSON.stringify(whole)}`];
};

/** Deploys releases of the three functions, and answers the versions that were published. */
async function deploy(releases: Versions, shop: Partial<Shop> = {}): Promise<Versions> {
  await cdk('deploy', '--require-approval', 'never', ...words(releases, shop));
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: STACK }));
  outputs = Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
  return Object.fromEntries(members.map((name) => [name, outputs[`${name}Version`]])) as Versions;
}

const aliasOf = (name: string) => lambda.send(new GetAliasCommand({ FunctionName: `${STACK}-${name}`, Name: 'live' }));

/** The versions that the aliases serve alone; one that carries weights is told with them. */
async function serving(): Promise<Versions> {
  const found = await Promise.all(
    members.map(async (name) => {
      const { FunctionVersion = '', RoutingConfig } = await aliasOf(name);
      const weights = Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {});
      return [name, [FunctionVersion, ...weights].join('+')] as const;
    }),
  );
  return Object.fromEntries(found) as Versions;
}

/** The releases that a request to the one URL meets. */
async function request(): Promise<Record<string, string | null>> {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  const url = outputs['Url'] as string;
  const reached = endpoint ? url.replace(/^https:\/\/(\w+)\.[^/]+/, `${endpoint}/_aws/lambda-url/$1`) : url;
  return (await (await fetch(reached)).json()) as Record<string, string | null>;
}

/** The executions so far, newest first. */
async function executions(): Promise<readonly DescribeExecutionCommandOutput[]> {
  const found = await sfn.send(new ListExecutionsCommand({ stateMachineArn: outputs['StateMachineArn'] }));
  return Promise.all(
    (found.executions ?? []).map(({ executionArn }) => sfn.send(new DescribeExecutionCommand({ executionArn }))),
  );
}

/** Requests to the URL until the newest rollout has ended. */
async function endedUnderTraffic(): Promise<DescribeExecutionCommandOutput> {
  let over = false;
  const callers = Array.from({ length: 3 }, async () => {
    while (!over) {
      await request();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  try {
    return await eventually('the rollout ends', async () => {
      const [newest] = await executions();
      return newest && newest.status !== 'RUNNING' ? newest : undefined;
    });
  } finally {
    over = true;
    await Promise.all(callers);
  }
}

const membersIn = ({ input = '{}' }: DescribeExecutionCommandOutput) =>
  Object.fromEntries(
    (JSON.parse(input) as { members: { function: string; version: string }[] }).members.map((member) => [
      member.function.replace(`${STACK}-`, ''),
      member.version,
    ]),
  );

describe('three functions behind one URL', () => {
  let good = each('');
  let before = each('');

  beforeAll(async () => {
    await cdk('bootstrap', ...words(each('one')));
  }, 600_000);

  afterAll(() => cdk('destroy', '--force', ...words(each('one'))), 600_000);

  it('serve their first versions after the first deploy, without a rollout', async () => {
    good = await deploy(each('one'));
    expect(await serving()).toEqual(good);
    expect(await request()).toEqual(each('one'));
    expect(await executions()).toEqual([]);
  });

  it('are promoted together by one rollout, which has them in their order', async () => {
    before = good;
    good = await deploy(each('two'));
    const ended = await endedUnderTraffic();
    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(Object.entries(membersIn(ended))).toEqual(members.map((name) => [name, good[name]]));
    expect(await executions()).toHaveLength(1);
    expect(await serving()).toEqual(good);
    expect(await request()).toEqual(each('two'));
  });

  it('start nothing when a deploy changes nothing', async () => {
    expect(await deploy(each('two'))).toEqual(good);
    expect(await executions()).toHaveLength(1);
  });

  it('go back together when one of them fails under traffic', async () => {
    const bad = await deploy(each('three'), { bad: 'orders' });
    const ended = await endedUnderTraffic();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(membersIn(ended)).toEqual(bad);
    expect(ended.cause).toContain('ALARM');
    expect(await serving()).toEqual(good);
    expect(await request()).toEqual(each('two'));
  });

  it('are promoted with the fix of the one, which brings the others along', async () => {
    before = good;
    good = await deploy({ ...each('three'), orders: 'four' });
    const ended = await endedUnderTraffic();
    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(membersIn(ended)).toEqual(good);
    expect(await serving()).toEqual(good);
    expect(await request()).toEqual({ ...each('three'), orders: 'four' });
  });

  it('are told of by their name, or by the name of any of them', async () => {
    const { rollouts } = (await sluiceJson('history', GROUP)) as { readonly rollouts: readonly object[] };
    expect(rollouts).toHaveLength(3);
    const told = await sluiceJson('status', `${STACK}-orders:live`);
    expect(told['rollouts']).toMatchObject([
      {
        function: `${STACK}-orders`,
        group: GROUP,
        state: 'promoted',
        members: members.map((name) => ({ function: `${STACK}-${name}`, candidate: good[name] })),
      },
    ]);
  });

  it('are rolled back together by their name', async () => {
    const done = await sluiceJson('rollback', GROUP, '--reason', 'orders are missing');
    expect(done).toMatchObject({ action: 'rolledBack', group: GROUP });
    expect(done['members']).toHaveLength(2);
    expect(await serving()).toEqual(before);
  });
});
