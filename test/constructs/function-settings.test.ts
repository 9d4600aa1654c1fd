import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { RolloutAlias, RolloutController, type RolloutControllerProps, RolloutPolicy } from '../../lib/index.ts';
import { aStack, resourcesOf, statementsOf } from './a-stack.ts';

/** A stack with a controller of these props and one alias, whose own function is left out of what is told. */
function withProps(props: (stack: Stack) => RolloutControllerProps, stack = aStack()) {
  new RolloutAlias(stack, 'Live', {
    function: new lambda.Function(stack, 'Checkout', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    }),
    aliasName: 'live',
    policy: RolloutPolicy.preset('AllAtOnce'),
    controller: new RolloutController(stack, 'Rollouts', props(stack)),
  });
  return stack;
}

const ofSluice = (stack: Stack, type: string) =>
  Object.entries(resourcesOf(stack)).flatMap(([id, { Type, Properties }]) =>
    Type === type && /^(Rollouts|Sluice)/.test(id) ? [Properties] : [],
  );

describe('the settings of a controller hold for all of its functions, those that make aliases too:', () => {
  it('how long logs are kept', () => {
    const stack = withProps(() => ({ logRetention: logs.RetentionDays.ONE_YEAR }));
    const kept = ofSluice(stack, 'AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays);
    expect(kept).toEqual(Array(9).fill(365));
  });

  it('the key of logs, environment variables and failed events, which CloudWatch Logs may use for them', () => {
    const stack = withProps((scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
    for (const { KmsKeyId } of ofSluice(stack, 'AWS::Logs::LogGroup')) expect(KmsKeyId).toBeDefined();
    for (const { Environment, KmsKeyArn } of ofSluice(stack, 'AWS::Lambda::Function')) {
      expect(KmsKeyArn !== undefined).toBe(Environment !== undefined);
    }
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: { 'Fn::Join': ['', ['logs.us-east-1.', { Ref: 'AWS::URLSuffix' }]] } },
            Condition: Match.objectLike({ ArnLike: Match.anyValue() }),
          }),
        ]),
      },
    });
  });

  it('the network, with what Lambda needs to enter it', () => {
    const stack = withProps((scope) => {
      const vpc = new ec2.Vpc(scope, 'Vpc');
      return { vpc, securityGroups: [new ec2.SecurityGroup(scope, 'Group', { vpc })] };
    });
    const functions = ofSluice(stack, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(8);
    for (const { VpcConfig } of functions) {
      expect(VpcConfig).toMatchObject({
        SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^Group/), 'GroupId'] }],
      });
    }
    const actions = statementsOf(stack, 'SluiceAliasResourceRole').flatMap((statement) => statement.actions);
    expect(actions).toContain('ec2:CreateNetworkInterface');
  });

  it('the beginning of all names', () => {
    const app = new App();
    const stack = withProps(
      (scope) => ({ namePrefix: 'team-a', notifications: new sns.Topic(scope, 'Topic') }),
      aStack(app),
    );
    for (const { FunctionName } of ofSluice(stack, 'AWS::Lambda::Function')) expect(FunctionName).toMatch(/^team-a-/);
    for (const { RoleName } of ofSluice(stack, 'AWS::IAM::Role')) expect(RoleName).toMatch(/^team-a-.{1,57}$/);
    for (const { LogGroupName } of ofSluice(stack, 'AWS::Logs::LogGroup')) expect(LogGroupName).toMatch(/\/team-a/);
    for (const { StateMachineName } of ofSluice(stack, 'AWS::StepFunctions::StateMachine')) {
      expect(StateMachineName).toBe('team-a');
    }
  });

  it('no name that is too long for what follows', () => {
    for (const namePrefix of ['x'.repeat(33), 'a_b', '1a', '']) {
      expect(() => withProps(() => ({ namePrefix }))).toThrow(
        'checkout/Rollouts: namePrefix: expected a letter, then letters, digits and dashes, at most 32 in all',
      );
    }
  });

  it("no names of another controller of the account, in any region: roles are the account's", () => {
    const app = new App();
    const controller = (id: string, env: Environment, namePrefix = 'team') =>
      new RolloutController(new Stack(app, id, { env }), 'Rollouts', { namePrefix });
    const here = { account: '123456789012', region: 'us-east-1' };
    const there = { ...here, region: 'eu-central-1' };
    controller('one', here);
    expect(() => controller('two', there)).toThrow(
      'two/Rollouts: namePrefix: expected one that no other controller of the account has, found "team" of one/Rollouts',
    );
    expect(() => controller('three', there, 'team-eu-central-1')).not.toThrow();
    expect(() => controller('four', { ...here, account: '210987654321' })).not.toThrow();
  });

  it('nothing unless asked: CloudFormation makes the names, and AWS owns the keys', () => {
    const stack = withProps(() => ({}));
    for (const { FunctionName, VpcConfig, KmsKeyArn } of ofSluice(stack, 'AWS::Lambda::Function')) {
      expect([FunctionName, VpcConfig, KmsKeyArn]).toEqual([undefined, undefined, undefined]);
    }
  });
});
