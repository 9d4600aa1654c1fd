import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { RolloutAlias, type RolloutAliasProps, RolloutController, RolloutPolicy } from '../../lib/index.ts';
import { inWords, resourcesOf } from './a-stack.ts';

const env = { account: '123456789012', region: 'us-east-1' };
const policy = RolloutPolicy.preset('Canary10Percent5Minutes');

const aFunction = (scope: Construct, id: string, props: Partial<lambda.FunctionProps> = {}) =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    ...props,
  });

const anAlias = (scope: Construct, id: string, props: Partial<RolloutAliasProps> = {}) =>
  new RolloutAlias(scope, id, {
    function: props.function ?? aFunction(scope, `${id}Function`),
    aliasName: 'live',
    policy,
    ...props,
  });

/** A controller in a stack of its own, and stacks that each hold so many aliases of it. */
function sharing(stacks: number, aliases: number, stackName = (index: number) => `service-${index}`) {
  const app = new App();
  const platform = new Stack(app, 'platform', { env });
  const controller = new RolloutController(platform, 'Rollouts');
  const services = Array.from({ length: stacks }, (_, index) => {
    const stack = new Stack(app, `Service${index}`, { env, stackName: stackName(index) });
    for (let each = 0; each < aliases; each++) anAlias(stack, `Live${each}`, { controller });
    return stack;
  });
  return { app, platform, services };
}

interface AttachedPolicy {
  readonly name: string;
  readonly role: string;
  readonly document: unknown;
}

/** The policies of all stacks that are no part of a role, with the roles that have them. */
const policiesOf = (stacks: readonly Stack[]): readonly AttachedPolicy[] =>
  stacks.flatMap((stack) =>
    Object.values(resourcesOf(stack)).flatMap(({ Type, Properties }) =>
      Type === 'AWS::IAM::Policy'
        ? (Properties['Roles'] as unknown[]).map((role) => ({
            name: inWords(Properties['PolicyName']),
            role: JSON.stringify(role),
            document: Properties['PolicyDocument'],
          }))
        : [],
    ),
  );

describe('a controller that stacks share', () => {
  it('gives no role two policies of one name, though the constructs are called the same in every stack', () => {
    const { platform, services } = sharing(2, 1);
    const names = policiesOf([platform, ...services]).map(({ name, role }) => `${name} of ${role}`);
    expect(new Set(names).size).toBe(names.length);
    const commits = policiesOf(services).map(({ name }) => name);
    expect(new Set(commits).size).toBe(2);
  });

  it('gives none either in two nested stacks of one parent', () => {
    const app = new App();
    const parent = new Stack(app, 'parent', { env });
    const controller = new RolloutController(parent, 'Rollouts');
    const theirs = 'arn:aws:lambda:us-east-1:123456789012:function:theirs';
    const nested = ['A', 'B'].map((id) => {
      const stack = new NestedStack(parent, id);
      const hooks = { beforeTraffic: [lambda.Function.fromFunctionArn(stack, 'Hook', theirs)] };
      anAlias(stack, 'Live', { controller, hooks });
      return stack;
    });
    app.synth();
    const names = policiesOf([parent, ...nested]).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('sluice-hook'))).toHaveLength(2);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives none either if the same app is deployed a second time under another stack name', () => {
    const [one] = sharing(1, 1, () => 'blue').services;
    const [other] = sharing(1, 1, () => 'green').services;
    const [[first], [second]] = [policiesOf([one as Stack]), policiesOf([other as Stack])];
    expect(first?.name).not.toBe(second?.name);
  });

  it.each([
    ['a nested stack', (parent: Stack) => new NestedStack(parent, 'Nested')],
    ['the parent of one', (parent: Stack) => parent],
  ])('may be nested itself, for an alias in %s: no stack waits for one that waits for it', (_, placeOf) => {
    const parent = new Stack(new App(), 'parent', { env });
    const place = placeOf(parent);
    const controllers = new NestedStack(parent, 'Controllers');
    for (const controller of [new RolloutController(controllers, 'Rollouts'), RolloutController.of(place)]) {
      anAlias(place, `Live${controller.node.id}`, { controller });
    }
    const stacks = [...new Set([parent, place, controllers])];
    for (const stack of stacks) expect(() => Template.fromStack(stack)).not.toThrow();
    const commits = policiesOf(stacks).map(({ name }) => name);
    expect(new Set(commits).size).toBe(commits.length);
    expect(commits.filter((name) => name.startsWith('sluice-commit'))).toHaveLength(2);
  });

  it('still exports what the release before imported, for CloudFormation does not drop an export in use', () => {
    const { platform } = sharing(1, 1);
    const exported = JSON.stringify(Template.fromStack(platform).findOutputs('*'));
    for (const name of ['Preflight', 'Shift', 'Observe', 'Revert', 'RunHooks', 'Provision']) {
      expect(exported).toMatch(new RegExp(`"Ref":"Rollouts${name}Role`));
    }
    expect(exported).toMatch(/RevertFunction[^"]*","Arn"/);
  });
});

/** The characters of a role's policies, as IAM counts them, with tokens as long as they may become. */
function inlineSizes(stacks: readonly Stack[]): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const size = (document: unknown) => JSON.stringify(document, (_, value) => asDeployed(value)).length;
  for (const stack of stacks) {
    for (const [id, { Type, Properties }] of Object.entries(resourcesOf(stack))) {
      if (Type !== 'AWS::IAM::Role') continue;
      const own = (Properties['Policies'] ?? []) as readonly { PolicyDocument: unknown }[];
      sizes[id] = own.reduce((sum, { PolicyDocument }) => sum + size(PolicyDocument), 0);
    }
  }
  for (const { role, document } of policiesOf(stacks)) {
    const id = Object.keys(sizes).find((each) => role.includes(each));
    if (id) sizes[id] = (sizes[id] as number) + size(document);
  }
  return sizes;
}

/** What CloudFormation makes of a reference: an ARN with a name of 64 characters. */
function asDeployed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('Ref' in value && value.Ref === 'AWS::Partition') return 'aws';
  if ('Ref' in value && value.Ref === 'AWS::StackId') {
    return `arn:aws:cloudformation:us-east-1:123456789012:stack/${'s'.repeat(30)}/${'0'.repeat(36)}`;
  }
  if ('Fn::Join' in value) {
    return (value['Fn::Join'] as [string, unknown[]])[1].map(asDeployed).join('');
  }
  return 'Ref' in value || 'Fn::GetAtt' in value || 'Fn::ImportValue' in value
    ? `arn:aws:lambda:us-east-1:123456789012:function:${'x'.repeat(64)}`
    : value;
}

describe('the size of what a controller has', () => {
  it('is the same for one alias of a stack and for forty, in every role and every resource policy', () => {
    const [few, many] = [1, 40].map((aliases) => {
      const { platform, services } = sharing(2, aliases);
      const permissions = [platform, ...services].flatMap((stack) =>
        Object.values(resourcesOf(stack)).filter(({ Type }) => Type === 'AWS::Lambda::Permission'),
      );
      const sluice = Object.entries(inlineSizes([platform, ...services])).filter(([id]) => /Rollouts|Sluice/.test(id));
      return { sizes: Object.fromEntries(sluice), permissions: permissions.length };
    });
    expect(few?.permissions).toBe(3);
    expect(many).toEqual(few);
  });

  it('leaves the roles room: each stack adds one short policy to that of preflight', () => {
    const { platform, services } = sharing(20, 1);
    const sizes = inlineSizes([platform, ...services]);
    for (const [id, size] of Object.entries(sizes)) expect(size, id).toBeLessThan(10_240);
    const own = inlineSizes([sharing(0, 0).platform]);
    for (const [id, size] of Object.entries(own)) expect(size, id).toBeLessThan(3000);
  });

  it('is refused at synth, with the number, before IAM would', () => {
    expect(() => sharing(20, 1).app.synth()).not.toThrow();
    expect(() => sharing(60, 1).app.synth()).toThrow(
      /\[platform\/Rollouts\] the policies for 60 stacks of aliases would give the role of preflight up to \d{5} characters, and IAM allows 10240: give some of the aliases a second RolloutController/,
    );
  });

  it('is two resources an alias beyond alarms, and fewer than 44 once', () => {
    const countOf = (aliases: number) => {
      const stack = new Stack(new App(), 'one', { env });
      const alarm = cloudwatch.Alarm.fromAlarmArn(stack, 'Mine', 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a');
      for (let each = 0; each < aliases; each++) anAlias(stack, `Live${each}`, { alarms: [alarm] });
      const functions = 3 * aliases;
      return Object.keys(resourcesOf(stack)).length - functions;
    };
    expect(countOf(2) - countOf(1)).toBe(2);
    expect(countOf(1) - 2).toBeLessThan(44);
  });

  it('lets a stack hold 85 aliases with own alarms, and says how to split one of 100', () => {
    const holding = (aliases: number, role: boolean) => {
      const app = new App();
      const stack = new Stack(app, 'orders', { env });
      const shared = role
        ? new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })
        : undefined;
      for (let each = 0; each < aliases; each++) {
        const handler = aFunction(stack, `F${each}`, shared ? { role: shared } : {});
        const alarm = handler.metricErrors().createAlarm(stack, `A${each}`, { threshold: 1, evaluationPeriods: 1 });
        anAlias(stack, `Live${each}`, { function: handler, alarms: [alarm] });
      }
      return app;
    };
    expect(() => holding(85, true).synth()).not.toThrow();
    expect(() => holding(100, false).synth()).toThrow(
      /orders has 642 resources with 100 RolloutAliases, and CloudFormation takes 500 in a stack: split it into 2 stacks or more, .* give all of them one RolloutController/,
    );
  });
});

describe('the tags of functions', () => {
  it('name the controller, and refuse a second one', () => {
    const stack = new Stack(new App(), 'two', { env });
    const handler = aFunction(stack, 'Checkout');
    anAlias(stack, 'Live', { function: handler, controller: new RolloutController(stack, 'One') });
    expect(() =>
      anAlias(stack, 'Beta', { function: handler, aliasName: 'beta', controller: new RolloutController(stack, 'Two') }),
    ).toThrow(
      "two/Beta: expected one controller for all aliases of two/Checkout, found two/Two beside two/One: the function's tag sluice:managed names one",
    );
  });

  it('are put on the function alone, also across stacks, and change no version', () => {
    const versions = (managed: boolean) => {
      const stack = new Stack(new App(), 'one', { env });
      const handler = aFunction(stack, 'Checkout');
      if (managed) anAlias(stack, 'Live', { function: handler });
      else new lambda.Alias(stack, 'Live', { aliasName: 'live', version: handler.currentVersion });
      const resources = Object.entries(resourcesOf(stack));
      const tagged = resources.filter(([, { Properties }]) => JSON.stringify(Properties).includes('"sluice:managed"'));
      const plain = tagged.filter(([, { Properties }]) =>
        JSON.stringify(Properties['Tags'] ?? []).includes('sluice:managed'),
      );
      return { version: resources.find(([, { Type }]) => Type === 'AWS::Lambda::Version')?.[0], plain };
    };
    expect(versions(true).version).toBe(versions(false).version);
    expect(versions(true).plain.map(([, { Type }]) => Type)).toEqual(['AWS::Lambda::Function']);
  });

  it('leave a hook of another controller as it is, and allow it by a policy', () => {
    const stack = new Stack(new App(), 'two', { env });
    const smoke = aFunction(stack, 'Smoke');
    for (const id of ['One', 'Two']) {
      const controller = new RolloutController(stack, id);
      anAlias(stack, `Live${id}`, { controller, hooks: { beforeTraffic: [smoke] } });
    }
    const hooks = policiesOf([stack]).filter(({ name }) => name.startsWith('sluice-hook'));
    expect(hooks.map(({ role }) => role)).toEqual([expect.stringMatching(/TwoRunHooksRole/)]);
  });

  it('stand for the function of a version or an alias that is a hook', () => {
    const stack = new Stack(new App(), 'one', { env });
    const smoke = aFunction(stack, 'Smoke');
    anAlias(stack, 'Live', { hooks: { beforeTraffic: [smoke.currentVersion] } });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Tags: [{ Key: 'sluice:hook', Value: 'one/SluiceController' }],
    });
  });

  it('hold a name that AWS takes, of whatever the controller is called', () => {
    const stack = new Stack(new App(), 'one', { env });
    const plain = new RolloutController(stack, 'Ärger & mehr').managedTag.value;
    const long = new RolloutController(new Stack(new App(), 'two', { env }), 'x'.repeat(253)).managedTag.value;
    for (const value of [plain, long]) {
      expect(value.length).toBeLessThanOrEqual(256);
      expect(value).toMatch(/^[A-Za-z0-9_.:/=+@ -]+-[0-9a-f]{12}$/);
    }
  });
});
