import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../lib/cli/target.ts';
import { BranchStack, RolloutAlias, RolloutController, RolloutPolicy } from '../../lib/index.ts';
import { controllerSchema } from '../../lib/operations/request.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { functionSchema } from '../../lib/rollout/document/start.ts';

/** A stack with everything that Sluice makes, in a region of its own partition or in none yet. */
function everything(region: string | undefined): Stack {
  const env = region === undefined ? {} : { env: { account: '123456789012', region } };
  const stack = new Stack(new App(), 'orders', env);
  const live = new RolloutAlias(stack, 'Live', {
    function: new lambda.Function(stack, 'Checkout', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    }),
    aliasName: 'live',
    policy: RolloutPolicy.preset('Canary10Percent5Minutes'),
    controller: new RolloutController(stack, 'Rollouts', {
      notifications: new sns.Topic(stack, 'Topic'),
      encryptionKey: new kms.Key(stack, 'Key'),
    }),
    hooks: { beforeTraffic: [lambda.Function.fromFunctionName(stack, 'Hook', 'theirs')] },
    provisionedConcurrency: 1,
  });
  const operator = new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() });
  live.grantStart(operator);
  live.grantApprove(operator);
  live.grantHold(operator);
  live.grantRollback(operator);
  live.grantWatch(operator);
  return stack;
}

/** An environment of a branch, which deletes itself. */
function anEnvironment(region: string | undefined): Stack {
  const env = region === undefined ? {} : { env: { account: '123456789012', region } };
  const stack = new BranchStack(new App(), { service: 'checkout', branch: 'feature/login', ...env });
  const handler = new lambda.Function(stack, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  stack.alias('Live', handler, 'live').addFunctionUrl();
  return stack;
}

describe.each(['cn-north-1', 'us-gov-west-1', 'eu-central-1', undefined])('a template for %s', (region) => {
  const text = JSON.stringify(Template.fromStack(everything(region)).toJSON());

  it('names no partition: CloudFormation fills in its own', () => {
    expect(text.match(/arn:aws[a-z-]*:[^"]*/g) ?? []).toEqual([]);
  });

  it('names none for an environment of a branch either', () => {
    const environment = JSON.stringify(Template.fromStack(anEnvironment(region)).toJSON());
    expect(environment.match(/arn:aws[a-z-]*:[^"]*/g) ?? []).toEqual([]);
    expect(environment).toContain('{"Ref":"AWS::Partition"},":scheduler:::aws-sdk:cloudformation:deleteStack"');
  });

  it('names the states that invoke functions in the partition of the stack', () => {
    expect(text).toContain('{"Ref":"AWS::Partition"},":states:::lambda:invoke');
  });
});

describe('an ARN of another partition than aws', () => {
  it.each(['aws-cn', 'aws-us-gov', 'aws-iso-b', 'aws-eusc'])('of %s is taken wherever one is parsed', (partition) => {
    const ofFunction = `arn:${partition}:lambda:some-region-1:123456789012:function:checkout`;
    const machine = `arn:${partition}:states:some-region-1:123456789012:stateMachine:sluice`;
    expect(functionSchema.safeParse(ofFunction).success).toBe(true);
    expect(controllerSchema.safeParse(machine).success).toBe(true);
    expect(parseTarget(`${ofFunction}:live`)).toEqual({ function: 'checkout', alias: 'live' });
    const stack = new Stack(new App(), 'orders');
    const controller = RolloutController.fromStateMachineArn(stack, 'Theirs', machine);
    expect(controller.stateMachine.stateMachineArn).toBe(machine);
  });

  it('is written by hand nowhere: rehearsals alone have an account of their own', () => {
    const sources = globSync('{lib,functions}/**/*.ts', { cwd: fileURLToPath(packageRoot()) });
    const exempt = /^lib\/(rehearsal|build)\/|^lib\/cli\/operator-commands\.ts$/;
    const written = sources.filter((file) => {
      const code = readFileSync(new URL(file, packageRoot()), 'utf8').replace(/\/\*\*.*?\*\//gs, '');
      return !exempt.test(file) && /arn:aws:/.test(code);
    });
    expect(sources.length).toBeGreaterThan(150);
    expect(written).toEqual([]);
  });
});
