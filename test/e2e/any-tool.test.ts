import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRollouts } from '../../lib/aws/states/executions.ts';
import { blocks, page } from '../docs/documents.ts';
import {
  aliasOf,
  anUntaggedFunction,
  bucket,
  CONTROLLER,
  deleteFunction,
  deleteStack,
  deployController,
  deployStack,
  putRelease,
  quick,
  revertOf,
  stateMachine,
  underRequests,
  whyFailed,
} from './any-tool.ts';
import { eventually, sluice } from './deployment.ts';

/** A tool that deploys a release of a function with an alias, and removes it. Both answer the function's name. */
interface Tool {
  readonly deploy: (release: string, codeKey: string) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const stack = (tool: string) => `sluice-e2e-${tool}-${process.pid}`;

/** The example of a page that has a text in it, with steps of seconds. */
function example(path: string, language: string, having: string): string {
  const found = blocks([page(path)], language).find(({ text }) => text.includes(having));
  if (!found) throw new Error(`${path} has no ${language} with ${having}`);
  return quick(found.text);
}

const tools: Readonly<Record<string, () => Tool>> = {
  CloudFormation: () => {
    const name = stack('cfn');
    const template = example('docs/cloudformation.md', 'yaml', 'AWSTemplateFormatVersion');
    return {
      deploy: async (Release, CodeKey) =>
        (await deployStack(name, template, { Release, CodeBucket: bucket, CodeKey }))['FunctionName'] as string,
      remove: () => deleteStack(name),
    };
  },
};

beforeAll(deployController);

afterAll(async () => {
  const { code, err } = await sluice('controller', 'remove', CONTROLLER);
  expect([code, err]).toEqual([0, '']);
});

const alone = (version: string) => ({ version, weights: {} });

/** How the last rollout of a function ended. */
async function ended(functionName: string, candidate: string) {
  const sfn = new SFNClient({});
  const stateMachineArn = await stateMachine();
  return eventually(`the rollout to ${candidate} ends`, async () => {
    const alias = { functionName, aliasName: 'live' };
    for await (const rollout of readRollouts(sfn, stateMachineArn, { alias })) {
      if (rollout.candidate === candidate && rollout.status !== 'RUNNING') return rollout;
    }
    return undefined;
  });
}

describe.each(Object.entries(tools))('a function that %s deploys', (_, make) => {
  const tool = make();
  let name = '';

  afterAll(() => tool.remove());

  it('serves its first version at once', async () => {
    name = await tool.deploy('one', await putRelease('one'));
    expect(await aliasOf(name)).toEqual(alone('1'));
  });

  it('is shifted to a good version step by step, after the stack has committed', async () => {
    await tool.deploy('two', await putRelease('two'));
    const rollout = await underRequests(name, () => ended(name, '2'));
    expect(rollout.status).toBe('SUCCEEDED');
    expect(await aliasOf(name)).toEqual(alone('2'));
  });

  it('is put back if its version fails', async () => {
    await tool.deploy('three', await putRelease('three', true));
    const rollout = await underRequests(name, () => ended(name, '3'));
    expect(rollout).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(rollout.cause).toMatch(/alarm/i);
    expect(await aliasOf(name)).toEqual(alone('2'));
  });

  it('is found by those who operate rollouts, without the name of its controller', async () => {
    const { code, out } = await sluice('history', `${name}:live`);
    expect(code).toBe(0);
    expect(out).toContain('-> 3');
  });
});

describe('a function without the tag of the controller', () => {
  const name = stack('untagged');
  const tagged = example('docs/cloudformation.md', 'yaml', 'AWSTemplateFormatVersion');
  const template = tagged.replace(/ {6}Tags:\n.*\n/, '');

  afterAll(() => deleteStack(name));

  it('gets no alias: the call is denied, and the stack says so', async () => {
    const CodeKey = await putRelease('one');
    const deployed = deployStack(name, template, { Release: 'one', CodeBucket: bucket, CodeKey });
    await expect(deployed).rejects.toThrow(/ROLLBACK/);
    expect(await whyFailed(name)).toMatch(/AccessDenied/);
  });

  it('cannot be shifted: the role that puts aliases back may not even read it', async () => {
    const functionName = await anUntaggedFunction(`${name}-plain`);
    expect(await revertOf(functionName)).toMatchObject({ errorType: expect.stringMatching(/AccessDenied/) });
    expect(await aliasOf(functionName)).toEqual(alone('1'));
    await deleteFunction(functionName);
  });
});
