import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cdk, eventually, timing } from './deployment.ts';
import type { Scale } from './scale-app.ts';

/** `20x10` is 200 aliases in 20 stacks: for a run by hand. */
const [stacks = 3, aliases = 3] = (process.env['SCALE'] ?? '3x3').split('x').map(Number);
const NAME = 'e2e-scale';
const output = mkdtempSync(join(tmpdir(), 'sluice-scale-'));
const lambda = new LambdaClient({});
const sfn = new SFNClient({});
const iam = new IAMClient({});
const cloudformation = new CloudFormationClient({});

const words = (scale: Partial<Scale>) => {
  const whole: Scale = { name: NAME, stacks, aliases, release: 'one', timing, ...scale };
  return ['--output', output, '--app', 'node test/e2e/scale-app.ts', '--context', `scale=${JSON.stringify(whole)}`];
};
const deploy = (names: readonly string[], scale: Partial<Scale>) =>
  cdk('deploy', ...names, '--require-approval', 'never', '--concurrency', '4', ...words(scale));

const versionOf = async (stack: number, id = 'f0') =>
  (await lambda.send(new GetAliasCommand({ FunctionName: `${NAME}-${stack}-${id}`, Name: 'live' }))).FunctionVersion;

const outputOf = async (name: string): Promise<string> => {
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: `${NAME}-platform` }));
  return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue as string;
};

/** Starts the state machine as a person may, and waits for its end. */
async function ended(input: object) {
  const stateMachineArn = await outputOf('StateMachineArn');
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  return eventually('the execution ends', async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
}

/** The characters of all inline policies of the role that preflight runs under, and of the policy of the function that reverts. */
async function sizes() {
  const name = await outputOf('PreflightFunction');
  const { Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const RoleName = Role.split('/').at(-1);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const documents = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return JSON.stringify(JSON.parse(decodeURIComponent(PolicyDocument))).length;
    }),
  );
  const { Policy = '' } = await lambda.send(new GetPolicyCommand({ FunctionName: await outputOf('RevertFunction') }));
  return {
    policies: PolicyNames.length,
    preflight: documents.reduce((a, b) => a + b, 0),
    revert: Policy.length,
  };
}

describe(`${stacks * aliases} aliases in ${stacks} stacks on one controller`, () => {
  beforeAll(async () => {
    await cdk('bootstrap', ...words({}));
    const began = Date.now();
    await deploy(['--all'], {});
    console.info(`deployed in ${Math.round((Date.now() - began) / 1000)} s`, await sizes());
  }, 3_600_000);

  afterAll(() => cdk('destroy', '--all', '--force', ...words({})), 3_600_000);

  it('leave the roles room', async () => {
    const { policies, preflight } = await sizes();
    expect(policies).toBe(stacks + 2);
    expect(preflight).toBeLessThan(10_240);
  });

  it('roll out in the first stack and in the last one, which each deployed their own policies', async () => {
    await deploy([`${NAME}-0`, `${NAME}-${stacks - 1}`], { release: 'two' });
    for (const stack of [0, stacks - 1]) {
      await eventually(
        `the alias of stack ${stack} serves 2`,
        async () => (await versionOf(stack)) === '2' || undefined,
      );
    }
  });

  it('are all that the controller may touch: a function without its tag stays as it is', async () => {
    const before = await versionOf(0, 'stranger');
    const input = {
      operation: 'start',
      function: `${NAME}-0-stranger`,
      alias: 'live',
      version: '1',
      policy: { canary: { weight: 10 } },
    };
    const { status, error } = await ended(input);
    expect([status, error]).toEqual(['FAILED', expect.stringMatching(/Rejected|RevertFailed/)]);
    expect(await versionOf(0, 'stranger')).toBe(before);
  });

  it('lose nothing if the last stack goes', async () => {
    await cdk('destroy', `${NAME}-${stacks - 1}`, '--force', ...words({}));
    await deploy([`${NAME}-0`], { release: 'three' });
    await eventually('the alias serves 3', async () => (await versionOf(0)) === '3' || undefined);
  });

  it('are deleted even if their function stays, which has lost the tag by then', async () => {
    const last = `f${aliases - 1}`;
    expect(await versionOf(0, last)).toBe('1');
    await deploy([`${NAME}-0`], { release: 'three', left: true });
    await expect(versionOf(0, last)).rejects.toThrow(/ResourceNotFound|Cannot find alias/);
  });
});
