import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import {
  RolloutAlias,
  RolloutController,
  type RolloutControllerProps,
  RolloutGroup,
  RolloutPolicy,
} from '../../lib/index.ts';
import { resourcesOf } from './a-stack.ts';

const packs = { AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks, ServerlessChecks };

/** Props that answer what can be answered, and none. */
const variants: Readonly<Record<string, (stack: Stack) => RolloutControllerProps>> = {
  'without props': () => ({}),
  'with every prop for regulated users': (stack) => ({
    encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
    vpc: new ec2.Vpc(stack, 'Vpc'),
    reservedConcurrency: 10,
    notifications: new sns.Topic(stack, 'Topic', { enforceSSL: true }),
    namePrefix: 'team',
  }),
};

const aFunction = (stack: Stack, id: string) =>
  new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    loggingFormat: lambda.LoggingFormat.JSON,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });

/** What a pack finds in Sluice's part of an app, as `rule path`. */
function findings(Pack: (typeof packs)[keyof typeof packs], props: (stack: Stack) => RolloutControllerProps): string[] {
  const app = new App();
  const stack = new Stack(app, 'orders', { env: { account: '123456789012', region: 'us-east-1' } });
  new RolloutAlias(stack, 'Live', {
    function: aFunction(stack, 'Checkout'),
    aliasName: 'live',
    policy: { ...RolloutPolicy.preset('Canary10Percent5Minutes'), evidence: { counts: 'logs' } },
    controller: new RolloutController(stack, 'Rollouts', props(stack)),
    hooks: { beforeTraffic: [lambda.Function.fromFunctionName(stack, 'Theirs', 'theirs')] },
    provisionedConcurrency: 1,
  });
  const group = new RolloutGroup(stack, 'RolloutsOfAll', { policy: RolloutPolicy.preset('AllAtOnce') });
  new RolloutAlias(stack, 'LivePrices', { function: aFunction(stack, 'Prices'), aliasName: 'live', group });
  return new Pack(app)
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.flatMap(({ constructPath = '' }) =>
        /\/(Rollouts(OfAll)?|Live(Prices)?|Sluice[^/]*)(\/|$)/.test(constructPath)
          ? [`${ruleName} ${constructPath}`]
          : [],
      ),
    );
}

describe.each(Object.entries(variants))('a controller %s', (_, props) => {
  it.each(Object.entries(packs))('passes %s: what is left is acknowledged with its reason', (__, Pack) => {
    expect(findings(Pack, props)).toEqual([]);
  });
});

it('the reasons stand in the metadata, too, where cdk-nag 2 reads them, each finding by itself', () => {
  const stack = new Stack(new App(), 'orders', { env: { account: '123456789012', region: 'us-east-1' } });
  new RolloutController(stack, 'Rollouts');
  const metadataOf = (prefix: string) => {
    const resources = Object.entries(resourcesOf(stack)) as [string, { Metadata?: { cdk_nag?: Suppressions } }][];
    return resources.find(([id]) => id.startsWith(prefix))?.[1].Metadata?.cdk_nag?.rules_to_suppress ?? [];
  };
  const revert = metadataOf('RolloutsRevertRole');
  expect(revert.map(({ id }) => id)).toContain('NIST.800.53.R5-IAMNoInlinePolicy');
  const wildcards = revert.filter(({ id }) => id === 'AwsSolutions-IAM5').flatMap(({ applies_to }) => applies_to ?? []);
  expect(wildcards).toContain('Resource::arn:<AWS::Partition>:lambda:us-east-1:123456789012:function:*');
  for (const { reason } of revert) expect(reason).toMatch(/^[\x20-\x7e]{10,}$/);
});

interface Suppressions {
  readonly rules_to_suppress: readonly {
    readonly id: string;
    readonly reason: string;
    readonly applies_to?: readonly string[];
  }[];
}
