import { App, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { RolloutAlias } from '../../lib/index.ts';
import { aStack, resourcesOf } from './a-stack.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** A service whose alias stands where a test wants it, and its registration. */
function registered(
  stack: Stack,
  place: (stack: Stack) => readonly [scope: Construct, id: string] = (own) => [own, 'Live'],
) {
  const handler = new lambda.Function(stack, 'Checkout', {
    functionName: 'checkout',
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  new RolloutAlias(...place(stack), {
    function: handler,
    aliasName: 'live',
    policy: { canary: { weight: 10, bake: Duration.minutes(5) } },
  });
  const resources = Object.entries(resourcesOf(stack) as Record<string, Resource>);
  const only = (type: string) => resources.find(([, { Type }]) => Type === type) as [string, Resource];
  const [id, parameter] = only('AWS::SSM::Parameter');
  return { id, parameter, name: JSON.stringify(parameter.Properties['Name']) };
}

describe('the registration of an alias', () => {
  it('has a name of its own wherever the alias moves, so that it stands in the way of no move', () => {
    const here = registered(aStack());
    const renamed = registered(aStack(), (stack) => [stack, 'Renamed']);
    const moved = registered(aStack(), (stack) => [new Construct(stack, 'Api'), 'Live']);
    const elsewhere = registered(new Stack(new App(), 'another'));
    expect(new Set([here, renamed, moved, elsewhere].map(({ name }) => name)).size).toBe(4);
    expect(new Set([here, renamed, moved].map(({ id }) => id)).size).toBe(3);
  });

  it('has the same name at every deploy', () => {
    expect(registered(aStack()).name).toBe(registered(aStack()).name);
  });

  it('keeps the logical id that releases up to 0.1.0 gave it, so that they are updated in place', () => {
    expect(registered(aStack()).id).toBe('LiveRegistration46FFAB04');
  });
});
