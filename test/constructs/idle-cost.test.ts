import { App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { idleCostsOf, idleSumOf } from '../../lib/constructs/idle-cost.ts';
import freeTypes from '../../lib/constructs/idle-free.json' with { type: 'json' };
import prices from '../../lib/constructs/idle-prices.json' with { type: 'json' };
import { idleRules } from '../../lib/constructs/idle-rules.ts';
import { costly, free } from './idle-configurations.ts';

const aStack = () => new Stack(new App(), 'stack');

function costOf(type: string, properties: Readonly<Record<string, unknown>>) {
  const stack = aStack();
  new CfnResource(stack, 'R', { type, properties });
  return idleCostsOf(stack);
}

const handlerOf = (stack: Stack, props: Partial<lambda.FunctionProps> = {}) =>
  new lambda.Function(stack, 'F', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('x'),
    ...props,
  });

describe('what a resource costs while idle', () => {
  it('is known of many configurations', () => {
    expect(costly.length + free.length).toBeGreaterThan(170);
  });

  it.each(costly)('%s %j: %s dollars a month', (type, properties, dollars) => {
    const costs = costOf(type, properties);
    expect(costs.length).toBeGreaterThan(0);
    for (const { what } of costs) expect(what).not.toBeNull();
    const { dollars: sum, unknown } = idleSumOf(costs);
    if (dollars === null) expect(unknown).toHaveLength(1);
    else {
      expect(unknown).toEqual([]);
      expect(sum).toBeCloseTo(dollars, 1);
    }
  });

  it.each(free)('%s %j: nothing', (type, properties) => {
    expect(costOf(type, properties)).toEqual([]);
  });

  it.each(['AWS::Nobody::Knows', 'Acme::Service::Type', 'AWS::GroundStation::Config'])(
    'is told as unknown of a type that no list names: %s',
    (type) => {
      expect(costOf(type, {})).toEqual([{ path: 'stack/R', resource: type, type, what: null, price: null }]);
    },
  );

  it('is nothing of a custom resource, whose function is judged by itself', () => {
    expect(costOf('Custom::Thing', {})).toEqual([]);
  });

  it('is found in a nested stack', () => {
    const stack = aStack();
    new ec2.CfnNatGateway(new NestedStack(stack, 'Nested'), 'Nat', { subnetId: 'subnet-1' });
    expect(idleCostsOf(stack)).toMatchObject([{ type: 'AWS::EC2::NatGateway', price: 32.85 }]);
  });
});

describe('what Lambda costs while idle', () => {
  it.each([
    ['a Python snapshot, for each GB of its version', lambda.Runtime.PYTHON_3_13, 1024, 3.92],
    ['a Java snapshot: nothing', lambda.Runtime.JAVA_21, 1024, 0],
  ])('is that of %s', (_, runtime, memorySize, dollars) => {
    const stack = aStack();
    const snapStart = lambda.SnapStartConf.ON_PUBLISHED_VERSIONS;
    void handlerOf(stack, {
      runtime,
      memorySize,
      snapStart,
      code: lambda.Code.fromBucket(s3.Bucket.fromBucketName(stack, 'Code', 'code'), 'key'),
    }).currentVersion;
    expect(idleSumOf(idleCostsOf(stack))).toEqual({ dollars: expect.closeTo(dollars, 1), unknown: [] });
  });

  it('follows the memory of the function that a version warms', () => {
    const stack = aStack();
    const handler = handlerOf(stack, { memorySize: 1024 });
    new lambda.Version(stack, 'V', { lambda: handler, provisionedConcurrentExecutions: 2 });
    expect(idleSumOf(idleCostsOf(stack)).dollars).toBeCloseTo(1.37 * 8 * 2);
  });

  it('is that of autoscaled provisioned concurrency', () => {
    const stack = aStack();
    const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: handlerOf(stack).currentVersion });
    alias.addAutoScaling({ minCapacity: 2, maxCapacity: 5 });
    expect(idleCostsOf(stack)).toMatchObject([{ type: 'Lambda provisioned', price: 2.74 }]);
  });

  it('is that of a queue that is polled while it is empty, and of no stream', () => {
    const stack = aStack();
    handlerOf(stack).addEventSource(new SqsEventSource(new sqs.Queue(stack, 'Queue')));
    expect(idleCostsOf(stack)).toMatchObject([{ type: 'Lambda polls SQS', price: 0.26 }]);
  });

  it('depends on more than the configuration tells on Managed Instances, for each version', () => {
    const stack = aStack();
    const handler = handlerOf(stack);
    (handler.node.defaultChild as CfnResource).addPropertyOverride('CapacityProviderConfig', { Arn: 'x' });
    void handler.currentVersion;
    expect(idleCostsOf(stack)).toMatchObject([{ type: 'Lambda scaling', price: null }]);
  });
});

it('counts the units of a table that scales by itself', () => {
  const stack = aStack();
  new dynamodb.TableV2(stack, 'T', {
    partitionKey: { name: 'p', type: dynamodb.AttributeType.STRING },
    billing: dynamodb.Billing.provisioned({
      readCapacity: dynamodb.Capacity.fixed(100),
      writeCapacity: dynamodb.Capacity.autoscaled({ maxCapacity: 100 }),
    }),
  });
  expect(idleSumOf(idleCostsOf(stack)).dollars).toBeCloseTo(100 * 0.0949 + 0.4745);
});

describe('the lists of types', () => {
  const named = Object.entries(freeTypes.types).flatMap(([service, names]) =>
    names.split(' ').map((name) => `AWS::${service}::${name}`),
  );

  it('name their date and their source', () => {
    for (const list of [prices, freeTypes]) {
      expect(list.date).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(list.source).toContain('AWS price pages');
    }
  });

  it('do not call a type free that has a price or a rule', () => {
    const priced = [...Object.keys(prices.perMonth), ...Object.keys(idleRules)];
    expect(named.filter((type) => priced.includes(type))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });
});
