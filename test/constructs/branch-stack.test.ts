import { App, CfnResource, Duration, NestedStack, RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as notifications from 'aws-cdk-lib/aws-s3-notifications';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as customResources from 'aws-cdk-lib/custom-resources';
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
    expect(stack.stackName).toMatch(/^checkout-feature-login-[0-9a-f]{12}$/);
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

it('the metadata that the CDK adds to every template is no resource that would stay', () => {
  const app = new App({ context: { 'sluice:now': NOW }, analyticsReporting: true });
  const env = { account: '123456789012', region: 'us-east-1' };
  const stack = new BranchStack(app, { service: 'checkout', branch: 'feature/login', env });
  Template.fromStack(stack).resourceCountIs('AWS::CDK::Metadata', 1);
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

  it.each(['DynamoDB provisioned', 'AWS::DynamoDB::Table'])('is accepted for a reason by the name %s', (key) => {
    const table = raw('AWS::DynamoDB::Table', {});
    expect(madeOf('AWS::DynamoDB::Table', table, { idleCosts: { [key]: 'a table of fixed capacity' } })).toHaveLength(
      1,
    );
    expect(madeOf('AWS::DynamoDB::Table', table, { idleCosts: { [key]: ' ' } })).toMatch(/costs \$0\.57 a month/);
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

/** The refusal of a synth, or the properties of the resources of a type. */
function madeOf(type: string, make: (stack: BranchStack) => void, props: Partial<BranchStackProps> = {}) {
  const { app, stack } = aBranchStack(props, make);
  try {
    app.synth();
  } catch (error) {
    return (error as Error).message;
  }
  return Object.values(Template.fromStack(stack).findResources(type)).map(({ Properties }) => Properties as object);
}

const raw =
  (type: string, properties: Readonly<Record<string, unknown>>) =>
  (stack: BranchStack): void => {
    new CfnResource(stack, 'R', { type, properties });
  };

const everything = (type: string) => ({ idleCosts: { [type]: 'this test wants one' } });

describe('what costs an unknown price', () => {
  it('is refused for want of a reason, because the list does not know the type', () => {
    expect(madeOf('', raw('AWS::Nobody::Knows', {}))).toMatch(
      /R is AWS::Nobody::Knows, which the price list of 20\d\d-\d\d-\d\d does not know; leave it out .* or give idleCosts a reason/,
    );
  });

  it('is told beside the sum when there is a reason', () => {
    const { app, stack } = aBranchStack(everything('AWS::Nobody::Knows'), raw('AWS::Nobody::Knows', {}));
    expect(() => app.synth()).not.toThrow();
    Template.fromStack(stack).hasOutput('IdleCostPerMonth', { Value: '0.00+' });
    Annotations.fromStack(stack).hasInfo(
      '*',
      Match.stringLikeRegexp('at least \\$0\\.00 a month while idle; the price of AWS::Nobody::Knows is not known'),
    );
  });
});

describe('what the whole account shares', () => {
  it('is refused: the account of API Gateway, which a RestApi makes by default', () => {
    const api = (stack: BranchStack) => {
      new apigateway.RestApi(stack, 'Api', { cloudWatchRole: true }).root.addMethod('GET');
    };
    expect(madeOf('', api)).toMatch(/Api\/Account is AWS::ApiGateway::Account.*set cloudWatchRole: false/);
  });

  it('is not in a RestApi without a role for logs', () => {
    const api = (stack: BranchStack) => {
      new apigateway.RestApi(stack, 'Api', { cloudWatchRole: false }).root.addMethod('GET');
    };
    expect(madeOf('AWS::ApiGateway::RestApi', api)).toHaveLength(1);
  });

  it.each(['AWS::GuardDuty::Detector', 'AWS::IAM::OIDCProvider', 'AWS::ECR::ReplicationConfiguration'])(
    'is refused, also in a nested stack and with a reason for its cost: %s',
    (type) => {
      const nested = (stack: BranchStack) => {
        new CfnResource(new NestedStack(stack, 'Nested'), 'R', { type });
      };
      expect(madeOf('', nested, everything(type))).toMatch(/which the whole account shares/);
    },
  );
});

describe('protection from deletion', () => {
  const serverless = { ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 1 } };

  it.each([
    [
      'AWS::DynamoDB::Table',
      { BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true },
      { DeletionProtectionEnabled: false },
    ],
    [
      'AWS::DynamoDB::GlobalTable',
      {
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [
          { Region: 'a', DeletionProtectionEnabled: true },
          { Region: 'b', DeletionProtectionEnabled: true },
        ],
      },
      {
        Replicas: [
          { Region: 'a', DeletionProtectionEnabled: false },
          { Region: 'b', DeletionProtectionEnabled: false },
        ],
      },
    ],
    ['AWS::Cognito::UserPool', { DeletionProtection: 'ACTIVE' }, { DeletionProtection: 'INACTIVE' }],
    ['AWS::RDS::DBCluster', { ...serverless, DeletionProtection: true }, { DeletionProtection: false }],
    ['AWS::RDS::DBCluster', { ...serverless, DeletionProtection: 'true' }, { DeletionProtection: false }],
    ['AWS::RDS::DBCluster', { ...serverless, DeleteAutomatedBackups: false }, { DeleteAutomatedBackups: true }],
    ['AWS::Logs::LogGroup', { DeletionProtectionEnabled: true }, { DeletionProtectionEnabled: false }],
    ['AWS::DSQL::Cluster', { DeletionProtectionEnabled: true }, { DeletionProtectionEnabled: false }],
    [
      'AWS::VerifiedPermissions::PolicyStore',
      { DeletionProtection: { Mode: 'ENABLED' } },
      { DeletionProtection: { Mode: 'DISABLED' } },
    ],
    ['AWS::Nobody::Knows', { TerminationProtection: true }, { TerminationProtection: false }],
    ['AWS::EC2::Instance', { DisableApiTermination: true }, { DisableApiTermination: false }],
    [
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      {
        LoadBalancerAttributes: [
          { Key: 'a', Value: 'b' },
          { Key: 'deletion_protection.enabled', Value: 'true' },
        ],
      },
      {
        LoadBalancerAttributes: [
          { Key: 'a', Value: 'b' },
          { Key: 'deletion_protection.enabled', Value: false },
        ],
      },
    ],
    ['AWS::ECR::Repository', {}, { EmptyOnDelete: true }],
    ['AWS::Athena::WorkGroup', {}, { RecursiveDeleteOption: true }],
    ['AWS::EFS::FileSystem', { BackupPolicy: { Status: 'ENABLED' } }, { BackupPolicy: { Status: 'DISABLED' } }],
  ])('is switched off: %s %j', (type, properties, expected) => {
    expect(madeOf(type, raw(type, properties), everything(type))).toContainEqual(expect.objectContaining(expected));
  });

  it('is refused if a parameter decides about it', () => {
    expect(madeOf('', raw('AWS::Cognito::UserPool', { DeletionProtection: { Ref: 'AWS::Region' } }))).toMatch(
      /R is protected from deletion by DeletionProtection/,
    );
  });

  it('is refused as a policy that an override sets', () => {
    const kept = (stack: BranchStack) => {
      new CfnResource(stack, 'R', { type: 'AWS::SNS::Topic' }).addOverride('DeletionPolicy', 'Retain');
    };
    expect(madeOf('', kept)).toMatch(/R would stay: its DeletionPolicy is Retain/);
  });
});

describe('what would keep the stack from being deleted', () => {
  it.each([
    'AWS::S3Express::DirectoryBucket',
    'AWS::S3Tables::TableBucket',
    'AWS::S3Vectors::VectorBucket',
    'AWS::Backup::BackupVault',
    'AWS::ECR::PublicRepository',
  ])('is refused: %s', (type) => {
    expect(madeOf('', raw(type, {}))).toMatch(/R could not be deleted while it holds something/);
  });

  it.each([
    ['a Bucket', (stack: BranchStack) => void new s3.Bucket(stack, 'R')],
    ['a plain resource', raw('AWS::S3::Bucket', {})],
  ])('is a bucket that holds objects: %s', (_, make) => {
    expect(madeOf('', make)).toMatch(/R.* could not be deleted while it holds objects; set autoDeleteObjects/);
  });
});

describe('a log group that would outlive the stack', () => {
  const inline = {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  };
  const bucket = (stack: BranchStack) =>
    new s3.Bucket(stack, 'Files', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });

  it.each([
    ['without one', (stack: BranchStack) => void new lambda.Function(stack, 'F', inline)],
    ['of a plain resource', raw('AWS::Lambda::Function', { LoggingConfig: { LogFormat: 'JSON' } })],
    ['in a nested stack', (stack: BranchStack) => void new lambda.Function(new NestedStack(stack, 'N'), 'F', inline)],
    ['that the CDK makes to empty a bucket', (stack: BranchStack) => void bucket(stack)],
    [
      'that the CDK makes for notifications',
      (stack: BranchStack) => {
        const target = new lambda.Function(stack, 'F', inline);
        bucket(stack).addEventNotification(s3.EventType.OBJECT_CREATED, new notifications.LambdaDestination(target));
      },
    ],
    [
      'that the CDK makes for a VPC',
      (stack: BranchStack) =>
        void new ec2.Vpc(stack, 'V', { natGateways: 0, maxAzs: 1, restrictDefaultSecurityGroup: true }),
    ],
    [
      'that the CDK makes for a call',
      (stack: BranchStack) =>
        void new customResources.AwsCustomResource(stack, 'C', {
          onCreate: {
            service: 'STS',
            action: 'getCallerIdentity',
            physicalResourceId: customResources.PhysicalResourceId.of('x'),
          },
          policy: customResources.AwsCustomResourcePolicy.fromSdkCalls({ resources: ['arn:aws:s3:::x'] }),
        }),
    ],
  ])('is none of a function %s: it gets one of the stack', (_, make) => {
    const { app, stack } = aBranchStack({}, make);
    const assembly = app.synth();
    const templates = [stack, ...stack.node.findAll().filter((node) => node instanceof NestedStack)].map((each) =>
      Template.fromStack(each as BranchStack),
    );
    for (const template of templates) {
      const groups = Object.entries(template.findResources('AWS::Logs::LogGroup'));
      for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
        const id = Properties['LoggingConfig'].LogGroup.Ref;
        expect(groups.map(([name]) => name)).toContain(id);
      }
      for (const [, group] of groups) {
        expect(group).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 3 } });
      }
    }
    expect(assembly.stacks).toHaveLength(1);
  });

  it.each([
    ['logRetention', 'Custom::LogRetention', {}, /instead of logRetention/],
    ['CodeBuild', 'AWS::CodeBuild::Project', {}, /that CodeBuild makes/],
    ['API Gateway', 'AWS::ApiGateway::Stage', { MethodSettings: [{ LoggingLevel: 'INFO' }] }, /that API Gateway makes/],
    ['a WebSocket API', 'AWS::ApiGatewayV2::Stage', { DefaultRouteSettings: { LoggingLevel: 'ERROR' } }, /API Gateway/],
    ['AppSync', 'AWS::AppSync::GraphQLApi', { LogConfig: {} }, /that AppSync makes/],
    [
      'a database',
      'AWS::RDS::DBCluster',
      { ServerlessV2ScalingConfiguration: { MinCapacity: 0 }, EnableCloudwatchLogsExports: ['postgresql'] },
      /that the database makes/,
    ],
    ['a Glue job', 'AWS::Glue::Job', {}, /in \/aws-glue\/jobs, a log group that the account shares/],
    ['a Batch job', 'AWS::Batch::JobDefinition', { ContainerProperties: { Image: 'a' } }, /in \/aws\/batch\/job/],
    [
      'EKS',
      'AWS::EKS::Cluster',
      { Logging: { ClusterLogging: { EnabledTypes: [{ Type: 'api' }] } } },
      /that EKS makes/,
    ],
    [
      'Lambda@Edge',
      'AWS::CloudFront::Distribution',
      { DistributionConfig: { CacheBehaviors: [{ LambdaFunctionAssociations: [{ EventType: 'viewer-request' }] }] } },
      /in other regions/,
    ],
    [
      'Container Insights',
      'AWS::ECS::Cluster',
      { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] },
      /Insights/,
    ],
  ])('is refused, with what to do: that of %s', (_, type, properties, expected) => {
    expect(madeOf('', raw(type, properties))).toMatch(expected);
  });

  it('is none of a build that is given a log group', () => {
    const project = (stack: BranchStack) => {
      new codebuild.Project(stack, 'P', {
        buildSpec: codebuild.BuildSpec.fromObject({ version: '0.2' }),
        encryptionKey: undefined,
        logging: { cloudWatch: { logGroup: new logs.LogGroup(stack, 'BuildLogs') } },
      });
    };
    expect(madeOf('AWS::CodeBuild::Project', project)).toHaveLength(1);
  });
});

describe('a name', () => {
  it.each([
    ['AWS::Lambda::Function', 'FunctionName'],
    ['AWS::Logs::LogGroup', 'LogGroupName'],
    ['AWS::SQS::Queue', 'QueueName'],
    ['AWS::Events::Archive', 'ArchiveName'],
    ['AWS::CloudFront::CachePolicy', 'CachePolicyConfig.Name', { CachePolicyConfig: { Name: 'checkout' } }],
  ])(
    'that every environment would share is refused: %s',
    (type, property, given: object = { [property]: 'checkout' }) => {
      expect(madeOf('', raw(type, { ...given }))).toMatch(
        new RegExp(`R is called "checkout" in every environment.*leave ${property} out`),
      );
    },
  );

  it('that holds the name of the environment is fine', () => {
    const named = (stack: BranchStack) =>
      raw('AWS::SQS::Queue', { QueueName: `orders-${stack.environmentName}` })(stack);
    expect(madeOf('AWS::SQS::Queue', named)).toHaveLength(1);
  });
});

describe('the removal of a branch stack', () => {
  const settingsOf = (props: Partial<BranchStackProps>, now?: string) =>
    Object.values(resourcesOf(aBranchStack(props, undefined, now).stack)).find(
      ({ Type }) => Type === 'AWS::Scheduler::Schedule',
    )?.Properties;
  const scheduleOf = (props: Partial<BranchStackProps>, now?: string) => settingsOf(props, now)?.['StartDate'];

  it('is tried again until the stack is gone, every six hours, or as often as its whole life', () => {
    expect(settingsOf({})).toMatchObject({ ScheduleExpression: 'rate(360 minutes)' });
    expect(settingsOf({ ttl: Duration.minutes(10) })).toMatchObject({ ScheduleExpression: 'rate(10 minutes)' });
  });

  it('does not retry one call for so long that it could meet an environment that was deployed again', () => {
    expect(settingsOf({})).toMatchObject({
      Target: { RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 300 } },
    });
  });

  it('is refused less than a minute after the deploy', () => {
    expect(() => aBranchStack({ ttl: Duration.seconds(10) })).toThrow('ttl: expected at least a minute');
  });

  it.each([
    ['comes seven whole days after the last deploy', {}, NOW, '2026-11-29T00:00:00Z'],
    ['comes after as many days as it is given', { ttl: Duration.days(1) }, NOW, '2026-11-23T00:00:00Z'],
    ['comes to the second if it is given less than a day', { ttl: Duration.minutes(10) }, NOW, '2026-11-21T10:10:00Z'],
    ['comes later with every later deploy', {}, '2026-11-25T23:00:00Z', '2026-12-03T00:00:00Z'],
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
        StartDate: '2027-01-01T00:00:00Z',
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
        Arn: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:cloudformation:deleteStack']],
        },
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
