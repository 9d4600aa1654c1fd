import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADOPTED_PLACE } from '../../lib/aws/controller/adoption.ts';
import { unregister } from '../../lib/aws/stack/write-registration.ts';
import { readRollouts } from '../../lib/aws/states/executions.ts';
import { blocks, page } from '../docs/documents.ts';
import {
  aliasOf,
  anUntaggedFunction,
  bucket,
  CONTROLLER,
  codeOf,
  deleteFunction,
  deleteStack,
  deployController,
  deployStack,
  outputOf,
  publish,
  putRelease,
  quick,
  revertOf,
  stateMachine,
  underRequests,
  whyFailed,
} from './any-tool.ts';
import { BAKE_SECONDS, eventually, sluice } from './deployment.ts';
import { cdkSynthesized, project, serverless, synthPython, TOOLS, transformed, write } from './other-tools.ts';
import { parseHcl, Terraform } from './terraform.ts';

/** A tool that deploys a release of a function with an alias, and removes it. */
interface Tool {
  /** Answers the function's name. */
  readonly deploy: (release: string, bad?: boolean) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const stack = (tool: string) => `sluice-e2e-${tool}-${process.pid}`;

/** The example of a page that has a text in it, with steps of seconds. */
function example(path: string, language: string, having: string): string {
  const found = blocks([page(path)], language).find(({ text }) => text.includes(having));
  if (!found) throw new Error(`${path} has no ${language} with ${having}`);
  return quick(found.text);
}

const withoutTools: Readonly<Record<string, () => Tool>> = {
  'CloudFormation deploys': () => {
    const name = stack('cfn');
    const template = example('docs/cloudformation.md', 'yaml', 'AWSTemplateFormatVersion');
    return {
      async deploy(Release, bad) {
        const CodeKey = await putRelease(Release, bad);
        return (await deployStack(name, template, { Release, CodeBucket: bucket, CodeKey }))['FunctionName'] as string;
      },
      remove: () => deleteStack(name),
    };
  },
};

const withTools: Readonly<Record<string, () => Tool>> = {
  'SAM deploys': () => {
    const name = stack('sam');
    const template = example('docs/tools.md', 'yaml', 'AWS::Serverless-2016-10-31');
    return {
      async deploy(Release, bad) {
        const body = transformed(template, bucket, await putRelease(Release, bad));
        return (await deployStack(name, body, { Release }))['FunctionName'] as string;
      },
      remove: () => deleteStack(name),
    };
  },
  'the Serverless Framework deploys': () => {
    const folder = project();
    const service = example('docs/tools.md', 'yaml', 'service: shop').replace('shop', stack('sls'));
    return {
      async deploy(release, bad) {
        write(folder, { 'serverless.yml': service, 'index.js': codeOf(release, bad) });
        await serverless(folder, 'deploy', release);
        return `${stack('sls')}-dev-checkout`;
      },
      remove: () => serverless(folder, 'remove', 'none'),
    };
  },
  'the CDK in Python deploys': () => {
    const [name, folder] = [stack('py'), project()];
    const app = example('docs/tools.md', 'python', 'Custom::SluiceAlias');
    return {
      async deploy(release, bad) {
        write(folder, { 'app.py': app, 'src/index.js': codeOf(release, bad) });
        await synthPython(folder, name);
        if (release === 'one') await cdkSynthesized(folder, 'bootstrap');
        await cdkSynthesized(folder, 'deploy', '--require-approval', 'never');
        return outputOf(name, 'FunctionName');
      },
      remove: () => cdkSynthesized(folder, 'destroy', '--force'),
    };
  },
  'Terraform hands over': () => {
    const terraform = new Terraform(stack('tf'), example('docs/tools.md', 'hcl', 'aws_lambda_invocation'));
    return {
      deploy: (release, bad) => terraform.apply(release, bad),
      remove: () => terraform.destroy(),
    };
  },
};

const tools = { ...withoutTools, ...(TOOLS === undefined ? {} : withTools) };

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

describe.each(Object.entries(tools))('a function that %s', (_, make) => {
  const tool = make();
  let name = '';

  afterAll(() => tool.remove());

  it('serves its first version at once', async () => {
    name = await tool.deploy('one');
    expect(await aliasOf(name)).toEqual(alone('1'));
  });

  it('is shifted to a good version step by step, after the stack has committed', async () => {
    await tool.deploy('two');
    const rollout = await underRequests(name, () => ended(name, '2'));
    expect(rollout.status).toBe('SUCCEEDED');
    expect(await aliasOf(name)).toEqual(alone('2'));
  });

  it('is put back if its version fails', async () => {
    await tool.deploy('three', true);
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

describe('a function that a script deploys', () => {
  const name = stack('script');
  const policy = join(project(), 'policy.json');

  afterAll(() => deleteFunction(name));

  it('is handed over, and shifted from then on by its name alone', async () => {
    await anUntaggedFunction(name);
    writeFileSync(policy, JSON.stringify({ canary: { weight: 10, bakeSeconds: BAKE_SECONDS }, settleSeconds: 0 }));
    const words = ['adopt', `${name}:live`, '--controller', CONTROLLER, '--policy', policy];
    expect(await sluice(...words)).toMatchObject({ code: 0, out: expect.stringContaining('would hand') });
    expect(await sluice(...words, '--yes')).toMatchObject({ code: 0 });
    expect(await aliasOf(name)).toEqual(alone('1'));
    await publish(name, await putRelease('two'));
    const rollout = await sluice('start', `${name}:live`, '--version', 'newest', '--wait');
    expect([rollout.code, rollout.err]).toEqual([0, '']);
    expect(await aliasOf(name)).toEqual(alone('2'));
    await unregister(new SSMClient({}), { functionName: name, aliasName: 'live' }, ADOPTED_PLACE);
  });
});

describe.skipIf(TOOLS === undefined)('the module of Terraform', () => {
  it('leaves the routing of the alias alone, and tells every change of the input', () => {
    const { resource } = parseHcl(example('docs/tools.md', 'hcl', 'aws_lambda_invocation'));
    const all = resource as readonly Readonly<Record<string, Readonly<Record<string, object>>>>[];
    const of = (type: string) => Object.values(all.find((each) => type in each)?.[type] ?? {});
    const ignore_changes = ['function_version', 'routing_config', 'description'];
    expect(of('aws_lambda_alias')).toMatchObject([{ lifecycle: [{ ignore_changes }] }]);
    expect(of('aws_lambda_invocation')).toMatchObject([{ lifecycle_scope: 'CRUD' }]);
    expect(of('aws_lambda_function')).toMatchObject([{ publish: true, tags: { 'sluice:managed': CONTROLLER } }]);
  });
});

describe.skipIf(TOOLS === undefined)('an alias that SAM has generated', () => {
  const name = stack('sam-alias');
  const wanted = example('docs/tools.md', 'yaml', 'AWS::Serverless-2016-10-31');
  const retained = 'Type: AWS::Serverless::Function\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain';
  const before = wanted
    .replace('Type: AWS::Serverless::Function', retained)
    .replace(/ {2}CheckoutVersion:[\s\S]*?(?= {2}CheckoutErrors:)/, '')
    .replace(/ {2}CheckoutLive:[\s\S]*?(?=Outputs:)/, '')
    .replace('Handler: index.handler', 'Handler: index.handler\n      AutoPublishAlias: live');

  afterAll(() => deleteStack(name));

  it('is retained if its function is, also under a DeploymentPreference', async () => {
    const preference = 'AutoPublishAlias: live\n      DeploymentPreference: { Type: Canary10Percent5Minutes }';
    const { Resources } = JSON.parse(transformed(before.replace('AutoPublishAlias: live', preference), bucket, 'key'));
    expect(Resources.CheckoutAliaslive).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      UpdatePolicy: { CodeDeployLambdaAliasUpdate: expect.anything() },
    });
  });

  it('is taken over as it is, and shifted by the rollout alone', async () => {
    const Release = 'one';
    const code = await putRelease(Release);
    const first = await deployStack(name, transformed(before, bucket, code), { Release });
    const functionName = first['FunctionName'] as string;
    expect(await aliasOf(functionName)).toEqual(alone('1'));
    const adopting = wanted
      .replace('Type: AWS::Serverless::Function', retained)
      .replace('AliasName: live', 'AliasName: live\n      Existing: adopt');
    await deployStack(name, transformed(adopting, bucket, code), { Release: 'two' });
    expect((await aliasOf(functionName)).version).toBe('1');
    const rollout = await underRequests(functionName, () => ended(functionName, '2'));
    expect(rollout.status).toBe('SUCCEEDED');
    expect(await aliasOf(functionName)).toEqual(alone('2'));
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
