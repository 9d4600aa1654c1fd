import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { RolloutAlias } from '../../lib/index.ts';
import { aStack, resourcesOf } from './a-stack.ts';

/** The service of docs/migration.md, with whatever alias the step of the migration has. */
function deploying(alias: (stack: Stack, handler: lambda.Function) => lambda.IAlias) {
  const stack = aStack();
  const handler = new lambda.Function(stack, 'Checkout', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  alias(stack, handler).addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  return resourcesOf(stack) as ReturnType<typeof resourcesOf> &
    Record<string, { DeletionPolicy?: string; UpdateReplacePolicy?: string }>;
}

const native = (stack: Stack, handler: lambda.Function) =>
  new lambda.Alias(stack, 'Live', { aliasName: 'live', version: handler.currentVersion });

const kept = (stack: Stack, handler: lambda.Function) => {
  const alias = native(stack, handler);
  alias.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return alias;
};

const rollout = (stack: Stack, handler: lambda.Function) =>
  new RolloutAlias(stack, 'Live', {
    function: handler,
    aliasName: 'live',
    existing: 'adopt',
    policy: { canary: { weight: 10, bake: Duration.minutes(5) } },
  });

const before = deploying(native);
const first = deploying(kept);
const second = deploying(rollout);

const ofType = (resources: typeof before, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

describe('moving over from lambda.Alias as docs/migration.md has it', () => {
  it('first only tells CloudFormation to leave the alias alone when it goes', () => {
    const [[id, alias]] = ofType(first, 'AWS::Lambda::Alias') as [[string, (typeof first)[string]]];
    expect(alias).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(alias.Properties).toEqual(before[id]?.Properties);
    expect(Object.keys(first).sort()).toEqual(Object.keys(before).sort());
  });

  it('then takes the same alias over as it is: no deploy of it deletes or flips it', () => {
    expect(ofType(second, 'AWS::Lambda::Alias')).toEqual([]);
    const [[, resource]] = ofType(second, 'Custom::SluiceAlias') as [[string, (typeof second)[string]]];
    expect(resource.Properties).toMatchObject({ AliasName: 'live', Existing: 'adopt' });
  });

  it('publishes no version by the way, so that no rollout starts', () => {
    const versions = (resources: typeof before) => ofType(resources, 'AWS::Lambda::Version').map(([id]) => id);
    expect(versions(first)).toEqual(versions(before));
    expect(versions(second)).toEqual(versions(before));
  });

  it('keeps the function URL and its permissions the same resources, so that callers notice nothing', () => {
    for (const type of ['AWS::Lambda::Url', 'AWS::Lambda::Permission']) {
      const ids = ofType(before, type).map(([id]) => id);
      expect(ids.length).toBeGreaterThan(0);
      expect(Object.keys(second)).toEqual(expect.arrayContaining(ids));
    }
  });

  it('gives no resource another type under the name of one before, which CloudFormation refuses', () => {
    for (const [id, { Type }] of Object.entries(second)) {
      if (before[id]) expect(Type).toBe(before[id].Type);
    }
  });
});
