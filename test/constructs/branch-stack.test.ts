import { App, Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it, vi } from 'vitest';
import { CheckoutBranch } from '../../bin/checkout-branch.ts';
import { idleCostsOf } from '../../lib/constructs/idle-cost.ts';
import { BranchStack, type BranchStackProps } from '../../lib/index.ts';

const NOW = '2026-11-21T10:00:00Z';

function aBranchStack(
  props: Partial<BranchStackProps> = {},
  more: (stack: BranchStack) => void = () => {},
  now: string = NOW,
) {
  const app = new App({ context: { 'sluice:now': now } });
  const stack = new BranchStack(app, {
    service: 'checkout',
    branch: 'feature/login',
    env: { account: '123456789012', region: 'us-east-1' },
    ...props,
  });
  const handler = new lambda.Function(stack, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    logGroup: new logs.LogGroup(stack, 'Logs', { retention: logs.RetentionDays.ONE_YEAR }),
  });
  stack.alias('Live', handler, 'live').addFunctionUrl();
  more(stack);
  return { app, stack };
}

const resourcesOf = (stack: BranchStack) =>
  Template.fromStack(stack).toJSON()['Resources'] as Record<
    string,
    { Type: string; DeletionPolicy?: string; DependsOn?: string[]; Properties: Record<string, unknown> }
  >;

describe('a branch stack', () => {
  it('is a stack of its own, named and tagged after the branch', () => {
    const { stack } = aBranchStack();
    expect(stack.stackName).toMatch(/^checkout-feature-login-[0-9a-f]{8}$/);
    expect(stack.tags.tagValues()).toEqual({ 'sluice:branch': 'feature/login', 'sluice:service': 'checkout' });
    Template.fromStack(stack).hasOutput('Branch', { Value: 'feature/login' });
  });

  it('shares no resource with another branch', () => {
    const names = ['feature/login', 'feature-login', 'Feature/login'].map(
      (branch) => aBranchStack({ branch }).stack.stackName,
    );
    expect(new Set(names).size).toBe(3);
  });

  it('has a native alias and no controller, so that hotswap works', () => {
    const template = Template.fromStack(aBranchStack().stack);
    template.resourceCountIs('AWS::Lambda::Alias', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  it('leaves nothing behind: everything is deleted with it, and logs are kept for three days', () => {
    for (const [id, { Type, DeletionPolicy, Properties }] of Object.entries(resourcesOf(aBranchStack().stack))) {
      expect(DeletionPolicy, id).toBe('Delete');
      if (Type === 'AWS::Logs::LogGroup') expect(Properties['RetentionInDays']).toBe(3);
    }
  });

  it('says that it costs nothing while idle', () => {
    const { stack } = aBranchStack();
    Annotations.fromStack(stack).hasInfo('*', Match.stringLikeRegexp('costs \\$0\\.00 a month while idle'));
  });
});

describe("the reference service's environment", () => {
  const stack = new CheckoutBranch(new App(), { branch: 'feature/login', release: '1', faultRate: 0 });
  const resources = resourcesOf(stack);

  it('costs 0.00 while idle', () => {
    expect(idleCostsOf(stack)).toEqual([]);
    Template.fromStack(stack).hasOutput('IdleCostPerMonth', { Value: '0.00' });
  });

  it('holds nothing that survives its deletion', () => {
    for (const [id, { DeletionPolicy }] of Object.entries(resources)) expect(DeletionPolicy, id).toBe('Delete');
  });

  it('runs on arm64 and shows its branch and its URL', () => {
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::Lambda::Function', { Architectures: ['arm64'] });
    template.hasOutput('Branch', { Value: 'feature/login' });
    template.hasOutput('Url', {});
  });
});

describe('what costs while idle', () => {
  const nat = (stack: BranchStack) => {
    new ec2.CfnNatGateway(stack, 'Nat', { subnetId: 'subnet-1' });
  };

  it('is refused, with its price and what to do', () => {
    expect(() => aBranchStack({}, nat).app.synth()).toThrow(
      /Nat is a NAT gateway and costs \$32\.85 a month while idle; leave it out/,
    );
  });

  it('is accepted for a reason, and told in the monthly sum', () => {
    const secret = (stack: BranchStack) => {
      new secretsmanager.Secret(stack, 'Key');
    };
    const { app, stack } = aBranchStack(
      { idleCosts: { 'AWS::SecretsManager::Secret': 'the payment provider wants one' } },
      secret,
    );
    expect(() => app.synth()).not.toThrow();
    Annotations.fromStack(stack).hasInfo('*', Match.stringLikeRegexp('costs \\$0\\.40 a month while idle'));
  });

  it('is not what a service asks for in production only', () => {
    const { app } = aBranchStack({}, (stack) => {
      const handler = new lambda.Function(stack, 'Warm', {
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline('exports.handler = async () => {};'),
        logGroup: new logs.LogGroup(stack, 'WarmLogs'),
      });
      stack.alias('WarmLive', handler, 'live', { provisionedConcurrency: 5 });
    });
    expect(() => app.synth()).not.toThrow();
  });

  it('is provisioned concurrency too', () => {
    const warm = (stack: BranchStack) => {
      new lambda.CfnAlias(stack, 'Warm', {
        name: 'warm',
        functionName: 'f',
        functionVersion: '1',
        provisionedConcurrencyConfig: { provisionedConcurrentExecutions: 1 },
      });
    };
    expect(() => aBranchStack({}, warm).app.synth()).toThrow(/one provisioned instance/);
  });
});

describe('what would outlive the stack', () => {
  it('is a function without a log group of its own', () => {
    const bare = (stack: BranchStack) => {
      new lambda.CfnFunction(stack, 'Bare', { role: 'arn:aws:iam::123456789012:role/x', code: { zipFile: 'x' } });
    };
    expect(() => aBranchStack({}, bare).app.synth()).toThrow(/Bare would leave the log group behind/);
  });

  it('is a bucket that holds objects', () => {
    const bucket = (stack: BranchStack) => {
      new s3.Bucket(stack, 'Files');
    };
    expect(() => aBranchStack({}, bucket).app.synth()).toThrow(/set autoDeleteObjects/);
  });
});

describe('the removal of a branch stack', () => {
  const scheduleOf = (props: Partial<BranchStackProps>, now?: string) =>
    Object.values(resourcesOf(aBranchStack(props, undefined, now).stack)).find(
      ({ Type }) => Type === 'AWS::Scheduler::Schedule',
    )?.Properties['ScheduleExpression'];

  it.each([
    ['comes seven whole days after the last deploy', {}, NOW, 'at(2026-11-29T00:00:00)'],
    ['comes after as many days as it is given', { ttl: Duration.days(1) }, NOW, 'at(2026-11-23T00:00:00)'],
    [
      'comes to the second if it is given less than a day',
      { ttl: Duration.minutes(10) },
      NOW,
      'at(2026-11-21T10:10:00)',
    ],
    ['comes later with every later deploy', {}, '2026-11-25T23:00:00Z', 'at(2026-12-03T00:00:00)'],
  ])('%s', (_, props, now, expected) => {
    expect(scheduleOf(props, now)).toBe(expected);
  });

  it('does not change between two deploys of a day, so that a watched stack changes in nothing else', () => {
    expect(scheduleOf({}, '2026-11-21T23:59:00Z')).toBe(scheduleOf({}));
  });

  it('is counted from the moment of synth if the context names none', () => {
    vi.useFakeTimers({ now: new Date('2026-12-24T18:00:00Z'), toFake: ['Date'] });
    try {
      const stack = new BranchStack(new App(), { service: 'checkout', branch: 'feature/login' });
      Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
        ScheduleExpression: 'at(2027-01-01T00:00:00)',
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is refused for a context that names no moment', () => {
    expect(() => aBranchStack({}, undefined, 'yesterday')).toThrow(
      'context sluice:now: expected a moment such as 2026-11-21T10:00:00Z, found "yesterday"',
    );
  });

  it('never comes for a protected one', () => {
    expect(scheduleOf({ protected: true })).toBeUndefined();
  });

  it('is called by the schedule itself, under a role that may delete this stack and nothing else', () => {
    const template = Template.fromStack(aBranchStack().stack);
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
    const resources = resourcesOf(aBranchStack().stack);
    const removal = Object.keys(resources).filter((id) => id.startsWith('SelfRemoval'));
    expect(removal).toHaveLength(2);
    for (const [id, { DependsOn = [] }] of Object.entries(resources)) {
      if (!removal.includes(id)) expect(DependsOn, id).toEqual(expect.arrayContaining(removal));
    }
  });
});

it('is refused for a service that no stack could be called', () => {
  expect(() => aBranchStack({ service: '1st' })).toThrow('service: expected a letter');
  expect(() => aBranchStack({ service: 's'.repeat(35) })).toThrow('at most 34');
  expect(aBranchStack({ service: 's'.repeat(34), branch: 'x'.repeat(200) }).stack.stackName.length).toBeLessThanOrEqual(
    64,
  );
});
