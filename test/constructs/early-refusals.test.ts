import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { RolloutAlias, type RolloutAliasProps, RolloutController, RolloutPolicy } from '../../lib/index.ts';
import { aStack, resourcesOf } from './a-stack.ts';

const policy = RolloutPolicy.canary({ weight: 10, bake: Duration.minutes(5) });

/** An app with one alias, whose function is as `change` leaves it. */
function anApp(change: (resource: lambda.CfnFunction) => void, props: Partial<RolloutAliasProps> = {}) {
  const app = new App();
  const stack = aStack(app);
  const handler = new lambda.Function(stack, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  new RolloutAlias(stack, 'Live', { function: handler, aliasName: 'live', policy, ...props });
  change(handler.node.defaultChild as lambda.CfnFunction);
  return { app, stack };
}

const unchanged = () => {};
const managedInstances = (resource: lambda.CfnFunction) => {
  resource.capacityProviderConfig = {
    lambdaManagedInstancesCapacityProviderConfig: { capacityProviderArn: 'arn:of:a:provider' },
  };
};

describe('provisioned concurrency is refused at synth with', () => {
  it.each<[string, (resource: lambda.CfnFunction) => void, RegExp]>([
    ['SnapStart', (resource) => (resource.snapStart = { applyOn: 'PublishedVersions' }), /has SnapStart/],
    [
      'tenant isolation',
      (resource) => (resource.tenancyConfig = { tenantIsolationMode: 'PER_TENANT' }),
      /has tenant isolation/,
    ],
    ['Managed Instances', managedInstances, /has Managed Instances/],
  ])('%s', (_, change, reason) => {
    expect(() => anApp(change, { provisionedConcurrency: 5 }).app.synth()).toThrow(reason);
    expect(() => anApp(change).app.synth()).not.toThrow();
  });

  it('nothing else', () => {
    expect(() =>
      anApp((resource) => (resource.snapStart = { applyOn: 'None' }), { provisionedConcurrency: 5 }).app.synth(),
    ).not.toThrow();
  });
});

describe('a rollout that nothing watches', () => {
  const warned = (props: Partial<RolloutAliasProps>) =>
    Annotations.fromStack(anApp(unchanged, props).stack).findWarning('*', Match.stringLikeRegexp('time alone decides'));

  it('is warned of: no alarms, and no evidence', () => {
    expect(warned({ alarms: [] })).toHaveLength(1);
  });

  it('is none with the default alarms, or with evidence', () => {
    expect(warned({})).toEqual([]);
    expect(warned({ alarms: [], policy: { ...policy, evidence: { minimumInvocations: 50 } } })).toEqual([]);
  });
});

describe('steps on Managed Instances', () => {
  const steps = (...weights: number[]) =>
    RolloutPolicy.steps(...weights.map((weight) => ({ weight, bake: Duration.minutes(5) })));
  const warnings = (change: (resource: lambda.CfnFunction) => void, ...weights: number[]) =>
    Annotations.fromStack(anApp(change, { policy: steps(...weights) }).stack)
      .findWarning('*', Match.stringLikeRegexp('Managed Instances'))
      .map(({ entry }) => String(entry.data));

  it('are warned of if they more than double', () => {
    const [warning] = warnings(managedInstances, 10, 40, 80);
    expect(warning).toContain('the policy goes from 10 to 40 %. Let each step at most double');
  });

  it('are not if they at most double, and none are elsewhere', () => {
    expect(warnings(managedInstances, 13, 25, 50, 100)).toEqual([]);
    expect(warnings(unchanged, 10, 40)).toEqual([]);
  });
});

const documentsOf = (stack: Stack) =>
  Object.values(resourcesOf(stack)).flatMap(({ Type, Properties }) =>
    Type === 'AWS::SSM::Document' ? [Properties['Name']] : [],
  );

describe('what is too long is told at synth:', () => {
  it('a description together with the salt, wherever it was set', () => {
    const salted = { versionSalt: 'x'.repeat(60) };
    expect(() =>
      anApp((resource) => (resource.description = `${'d'.repeat(240)} [${'x'.repeat(60)}]`), salted).app.synth(),
    ).toThrow(/versionSalt: the description of checkout\/Checkout has 303 characters with it, and Lambda takes 256/);
    expect(() => anApp(unchanged, salted).app.synth()).not.toThrow();
  });

  it('the name of a document, and a default one is cut and stays different', () => {
    const nameOf = (stackName: string, automationName?: string) => {
      const stack = new Stack(new App(), 'orders', { stackName });
      if (automationName === undefined) RolloutController.of(stack);
      else new RolloutController(stack, 'Rollouts', { automationName });
      return documentsOf(stack)[0] as string;
    };
    expect(nameOf('orders')).toBe('Sluice-Rollback-orders');
    expect(nameOf('s'.repeat(112))).toBe(`Sluice-Rollback-${'s'.repeat(112)}`);
    expect(nameOf('s'.repeat(128))).toMatch(/^Sluice-Rollback-s+-[0-9a-f]{8}$/);
    expect(nameOf('s'.repeat(128))).toHaveLength(128);
    for (const wrong of ['x'.repeat(129), 'a b', 'ab']) {
      expect(() => nameOf('orders', wrong)).toThrow(/automationName: expected 3 to 128 letters/);
    }
  });
});

it('a controller may take over from another one of its stack: their documents have names of their own', () => {
  const stack = new Stack(new App(), 'orders');
  const nested = new NestedStack(stack, 'Basket');
  RolloutController.of(stack);
  new RolloutController(stack, 'Rollouts');
  RolloutController.of(nested);
  expect(documentsOf(stack)).toEqual(['Sluice-Rollback-orders', 'Sluice-Rollback-orders-Rollouts']);
  expect(documentsOf(nested)).toEqual(['Sluice-Rollback-orders-Basket-SluiceController']);
});

describe('a controller elsewhere is refused by what is wrong:', () => {
  it.each([
    ['region', { account: '123456789012', region: 'eu-west-1' }],
    ['account', { account: '210987654321', region: 'us-east-1' }],
  ])('in another %s', (_, env) => {
    const app = new App();
    const controller = new RolloutController(aStack(app), 'Rollouts');
    const there = new Stack(app, 'there', { env });
    const handler = lambda.Function.fromFunctionName(there, 'Basket', 'basket');
    expect(() =>
      controller.manage(there, { functionArn: handler.functionArn, functionName: 'basket', aliasName: 'live' }),
    ).toThrow(
      `there: expected a controller of its own account and region (${env.account}, ${env.region}), found checkout/Rollouts in 123456789012, us-east-1`,
    );
  });
});
