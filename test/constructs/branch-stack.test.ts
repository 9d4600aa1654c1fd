import { App, Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { CheckoutBranch } from '../../bin/checkout-branch.ts';
import { idleCostsOf } from '../../lib/constructs/idle-cost.ts';
import { BranchStage, type BranchStageProps } from '../../lib/index.ts';

const now = new Date('2026-11-21T10:00:00Z');

function aStage(props: Partial<BranchStageProps> = {}, more: (stage: BranchStage) => void = () => {}) {
  const app = new App();
  const stage = new BranchStage(app, {
    service: 'checkout',
    branch: 'feature/login',
    now,
    env: { account: '123456789012', region: 'us-east-1' },
    ...props,
  });
  const handler = new lambda.Function(stage, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    logGroup: new logs.LogGroup(stage, 'Logs', { retention: logs.RetentionDays.ONE_YEAR }),
  });
  stage.alias('Live', handler, 'live').addFunctionUrl();
  more(stage);
  return { app, stage };
}

const resourcesOf = (stage: BranchStage) =>
  Template.fromStack(stage).toJSON()['Resources'] as Record<
    string,
    { Type: string; DeletionPolicy?: string; DependsOn?: string[]; Properties: Record<string, unknown> }
  >;

describe('a branch stage', () => {
  it('is a stack of its own, named and tagged after the branch', () => {
    const { stage } = aStage();
    expect(stage.stackName).toMatch(/^checkout-feature-login-[0-9a-f]{8}$/);
    expect(stage.tags.tagValues()).toEqual({ 'sluice:branch': 'feature/login', 'sluice:service': 'checkout' });
    Template.fromStack(stage).hasOutput('Branch', { Value: 'feature/login' });
  });

  it('shares no resource with another branch', () => {
    const names = ['feature/login', 'feature-login', 'Feature/login'].map(
      (branch) => aStage({ branch }).stage.stackName,
    );
    expect(new Set(names).size).toBe(3);
  });

  it('has a native alias and no controller, so that hotswap works', () => {
    const template = Template.fromStack(aStage().stage);
    template.resourceCountIs('AWS::Lambda::Alias', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  it('leaves nothing behind: everything is deleted with it, and logs are kept for three days', () => {
    for (const [id, { Type, DeletionPolicy, Properties }] of Object.entries(resourcesOf(aStage().stage))) {
      expect(DeletionPolicy, id).toBe('Delete');
      if (Type === 'AWS::Logs::LogGroup') expect(Properties['RetentionInDays']).toBe(3);
    }
  });

  it('says that it costs nothing while idle', () => {
    const { stage } = aStage();
    Annotations.fromStack(stage).hasInfo('*', Match.stringLikeRegexp('costs \\$0\\.00 a month while idle'));
  });
});

describe("the reference service's environment", () => {
  const stage = new CheckoutBranch(new App(), { branch: 'feature/login', release: '1', faultRate: 0, now });
  const resources = resourcesOf(stage);

  it('costs 0.00 while idle', () => {
    expect(idleCostsOf(stage)).toEqual([]);
    Template.fromStack(stage).hasOutput('IdleCostPerMonth', { Value: '0.00' });
  });

  it('holds nothing that survives its deletion', () => {
    for (const [id, { DeletionPolicy }] of Object.entries(resources)) expect(DeletionPolicy, id).toBe('Delete');
  });

  it('runs on arm64 and shows its branch and its URL', () => {
    const template = Template.fromStack(stage);
    template.allResourcesProperties('AWS::Lambda::Function', { Architectures: ['arm64'] });
    template.hasOutput('Branch', { Value: 'feature/login' });
    template.hasOutput('Url', {});
  });
});

describe('what costs while idle', () => {
  const nat = (stage: BranchStage) => {
    new ec2.CfnNatGateway(stage, 'Nat', { subnetId: 'subnet-1' });
  };

  it('is refused, with its price and what to do', () => {
    expect(() => aStage({}, nat).app.synth()).toThrow(
      /Nat is a NAT gateway and costs \$32\.85 a month while idle; leave it out/,
    );
  });

  it('is accepted for a reason, and told in the monthly sum', () => {
    const secret = (stage: BranchStage) => {
      new secretsmanager.Secret(stage, 'Key');
    };
    const { app, stage } = aStage(
      { idleCosts: { 'AWS::SecretsManager::Secret': 'the payment provider wants one' } },
      secret,
    );
    expect(() => app.synth()).not.toThrow();
    Annotations.fromStack(stage).hasInfo('*', Match.stringLikeRegexp('costs \\$0\\.40 a month while idle'));
  });

  it('is not what a service asks for in production only', () => {
    const { app } = aStage({}, (stage) => {
      const handler = new lambda.Function(stage, 'Warm', {
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline('exports.handler = async () => {};'),
        logGroup: new logs.LogGroup(stage, 'WarmLogs'),
      });
      stage.alias('WarmLive', handler, 'live', { provisionedConcurrency: 5 });
    });
    expect(() => app.synth()).not.toThrow();
  });

  it('is provisioned concurrency too', () => {
    const warm = (stage: BranchStage) => {
      new lambda.CfnAlias(stage, 'Warm', {
        name: 'warm',
        functionName: 'f',
        functionVersion: '1',
        provisionedConcurrencyConfig: { provisionedConcurrentExecutions: 1 },
      });
    };
    expect(() => aStage({}, warm).app.synth()).toThrow(/one provisioned instance/);
  });
});

describe('what would outlive the stack', () => {
  it('is a function without a log group of its own', () => {
    const bare = (stage: BranchStage) => {
      new lambda.CfnFunction(stage, 'Bare', { role: 'arn:aws:iam::123456789012:role/x', code: { zipFile: 'x' } });
    };
    expect(() => aStage({}, bare).app.synth()).toThrow(/Bare would leave the log group behind/);
  });

  it('is a bucket that holds objects', () => {
    const bucket = (stage: BranchStage) => {
      new s3.Bucket(stage, 'Files');
    };
    expect(() => aStage({}, bucket).app.synth()).toThrow(/set autoDeleteObjects/);
  });
});

describe('the removal of a branch stage', () => {
  const scheduleOf = (props: Partial<BranchStageProps>) =>
    Object.values(resourcesOf(aStage(props).stage)).find(({ Type }) => Type === 'AWS::Scheduler::Schedule')?.Properties[
      'ScheduleExpression'
    ];

  it.each([
    ['seven whole days after the last deploy', {}, 'at(2026-11-29T00:00:00)'],
    ['as many days as it is given', { ttl: Duration.days(1) }, 'at(2026-11-23T00:00:00)'],
    ['to the second where it is given less than a day', { ttl: Duration.minutes(10) }, 'at(2026-11-21T10:10:00)'],
    ['later with every later deploy', { now: new Date('2026-11-25T23:00:00Z') }, 'at(2026-12-03T00:00:00)'],
  ])('comes %s', (_, props, expected) => {
    expect(scheduleOf(props)).toBe(expected);
  });

  it('does not change between two deploys of a day, so that a watched stack changes in nothing else', () => {
    expect(scheduleOf({ now: new Date('2026-11-21T23:59:00Z') })).toBe(scheduleOf({ now }));
  });

  it('never comes for a protected one', () => {
    expect(scheduleOf({ protected: true })).toBeUndefined();
  });

  it('is called by the schedule itself, under a role that may delete this stack and nothing else', () => {
    const template = Template.fromStack(aStage().stage);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:cloudformation:deleteStack',
        Input: { 'Fn::Join': ['', ['{"StackName":"', { Ref: 'AWS::StackId' }, '"}']] },
      },
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          }),
        ],
      }),
      Policies: [
        Match.objectLike({
          PolicyDocument: Match.objectLike({
            Statement: [{ Action: 'cloudformation:DeleteStack', Effect: 'Allow', Resource: { Ref: 'AWS::StackId' } }],
          }),
        }),
      ],
    });
  });

  it('goes last: everything else was made after it', () => {
    const resources = resourcesOf(aStage().stage);
    const removal = Object.keys(resources).filter((id) => id.startsWith('SelfRemoval'));
    expect(removal).toHaveLength(2);
    for (const [id, { DependsOn = [] }] of Object.entries(resources)) {
      if (!removal.includes(id)) expect(DependsOn, id).toEqual(expect.arrayContaining(removal));
    }
  });
});

it('is refused for a service that no stack could be called', () => {
  expect(() => aStage({ service: '1st' })).toThrow('service: expected a letter');
  expect(() => aStage({ service: 's'.repeat(35) })).toThrow('at most 34');
  expect(aStage({ service: 's'.repeat(34), branch: 'x'.repeat(200) }).stage.stackName.length).toBeLessThanOrEqual(64);
});
