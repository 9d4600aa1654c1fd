import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  RolloutAlias,
  type RolloutAliasProps,
  RolloutController,
  RolloutGroup,
  type RolloutGroupProps,
  type RolloutPolicy,
} from '../../lib/index.ts';
import { aStack, inWords, resourcesOf, statementsOf } from './a-stack.ts';

const env = { account: '123456789012', region: 'us-east-1' };
const policy: RolloutPolicy = { canary: { weight: 10, bake: Duration.minutes(5) } };

const aFunction = (scope: Construct, id: string) =>
  new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });

const aMember = (scope: Construct, id: string, group: RolloutGroup, props: Partial<RolloutAliasProps> = {}) =>
  new RolloutAlias(scope, id, { function: aFunction(scope, `${id}Function`), aliasName: 'live', group, ...props });

const aGroup = (scope: Construct, props: Partial<RolloutGroupProps> = {}) =>
  new RolloutGroup(scope, 'Service', { policy, ...props });

const anAlarm = (scope: Construct, id: string) =>
  new cloudwatch.Metric({ namespace: 'a', metricName: id, period: Duration.minutes(1) }).createAlarm(scope, id, {
    alarmName: id,
    threshold: 1,
    evaluationPeriods: 1,
  });

/** A stack with a group of so many members. */
function aService(members = 2, props: Partial<RolloutGroupProps> = {}, stack = aStack()) {
  const group = aGroup(stack, props);
  const aliases = Array.from({ length: members }, (_, index) => aMember(stack, `Member${index}`, group));
  return { stack, group, aliases };
}

type Properties = Readonly<Record<string, unknown>>;

const only = (stack: Stack, type: string, prefix = ''): Properties => {
  const found = Object.entries(resourcesOf(stack)).filter(([id, { Type }]) => Type === type && id.startsWith(prefix));
  expect(found).toHaveLength(1);
  return (found[0] as [string, { Properties: Properties }])[1].Properties;
};

const groupOf = (stack: Stack) =>
  only(stack, 'Custom::SluiceGroup') as Properties & { readonly Members: readonly Properties[] };

describe('a RolloutGroup', () => {
  it('has one resource that starts the rollouts, with what every member has been given by the deploy', () => {
    const { stack } = aService(2);
    const { GroupName, Members, Policy } = groupOf(stack);
    expect(GroupName).toBe('checkout-Service');
    expect(
      Members.map(({ Alarms, ...member }) =>
        Object.fromEntries(Object.entries(member).map(([key, value]) => [key, inWords(value)])),
      ),
    ).toMatchObject(
      ['Member0', 'Member1'].map((id) => ({
        FunctionName: `<${id}Function>`,
        AliasName: 'live',
        Version: expect.stringMatching(new RegExp(`^<${id}FunctionCurrentVersion.*\\.Version>$`)),
        NewVersion: `<${id}Alias.NewVersion>`,
      })),
    );
    expect(JSON.parse(Policy as string)).toEqual({
      canary: { weight: 10, bakeSeconds: 300 },
      alarms: [],
      hooks: { beforeTraffic: [], eachStep: [], afterTraffic: [] },
    });
  });

  it('starts after every member, for it asks each for its version', () => {
    const { stack } = aService(3);
    const refers = JSON.stringify(groupOf(stack).Members);
    for (const index of [0, 1, 2]) expect(refers).toMatch(new RegExp(`"Member${index}Alias[0-9A-F]+","NewVersion"`));
  });

  it('leaves its members no policy, and names itself to them: another group is another property', () => {
    const { stack } = aService(1);
    const member = only(stack, 'Custom::SluiceAlias');
    expect(member).not.toHaveProperty('Policy');
    expect(member).toMatchObject({ Group: expect.stringMatching(/^c8[0-9a-f]{40}$/) });
  });

  it('publishes its members, policy and controller in a parameter of its own, and its name in those of the members', () => {
    const { stack } = aService(2, { alarms: [] });
    const parameters = Object.entries(resourcesOf(stack)).filter(([, { Type }]) => Type === 'AWS::SSM::Parameter');
    const [group, ...members] = ['Service', 'Member0', 'Member1'].map((prefix) => {
      const [, found] = parameters.find(([id]) => id.startsWith(prefix)) as [string, { Properties: Properties }];
      return { name: inWords(found.Properties['Name']), value: JSON.parse(inWords(found.Properties['Value'])) };
    });
    expect(group?.name).toMatch(/^\/sluice-groups\/checkout-Service\/checkout-c8[0-9a-f]{8}$/);
    expect(group?.value).toEqual({
      schema: 1,
      stateMachineArn: '<SluiceControllerStateMachine>',
      policy: expect.objectContaining({ canary: { weight: 10, bakeSeconds: 300 } }),
      members: ['Member0', 'Member1'].map((id) => ({ function: `<${id}Function>`, alias: 'live' })),
    });
    for (const [index, { name, value }] of members.entries()) {
      expect(name).toMatch(new RegExp(`^/sluice/<Member${index}Function>/live/checkout-c8`));
      expect(value).toEqual({
        schema: 1,
        stateMachineArn: '<SluiceControllerStateMachine>',
        group: 'checkout-Service',
        alarms: [`<Member${index}ErrorRate>`, `<Member${index}Throttles>`],
      });
    }
  });

  it('has two resources beyond its members, whatever their number', () => {
    const resources = (members: number, grouped: boolean) => {
      const stack = aStack();
      const group = grouped ? aGroup(stack) : undefined;
      for (let each = 0; each < members; each++) {
        const handler = aFunction(stack, `F${each}`);
        new RolloutAlias(stack, `A${each}`, {
          function: handler,
          aliasName: 'live',
          ...(group ? { group } : { policy }),
        });
      }
      return Object.keys(resourcesOf(stack)).length;
    };
    for (const members of [1, 20]) expect(resources(members, true) - resources(members, false)).toBe(2);
  });

  it('watches the default alarms of each member, which that member alone answers for', () => {
    const { stack, group } = aService(2, { alarms: [] });
    group.addAlarm(anAlarm(stack, 'backlog'));
    const { Members, Policy } = groupOf(stack);
    expect(JSON.parse(inWords(Policy))).toMatchObject({ alarms: ['<backlog>'] });
    expect(Members.map(({ Alarms }) => (Alarms as unknown[]).map(inWords))).toEqual([
      ['<Member0ErrorRate>', '<Member0Throttles>'],
      ['<Member1ErrorRate>', '<Member1Throttles>'],
    ]);
  });

  it('calls its hooks, also those that are added later, and may', () => {
    const { stack, group } = aService(1, { hooks: { beforeTraffic: [] } });
    group.addHook('eachStep', aFunction(stack, 'Smoke'));
    expect(JSON.parse(inWords(groupOf(stack)['Policy']))).toMatchObject({ hooks: { eachStep: ['<Smoke>'] } });
    expect(JSON.stringify(resourcesOf(stack))).toContain('"Key":"sluice:hook"');
  });

  it('may have members in nested stacks of its own stack', () => {
    const stack = aStack();
    const group = aGroup(stack);
    aMember(new NestedStack(stack, 'Prices'), 'Member', group);
    expect(() => App.of(stack)?.synth()).not.toThrow();
    expect(groupOf(stack).Members).toHaveLength(1);
  });

  it('is called by its stack and its id, or as it is told', () => {
    expect(aService(1).group.groupName).toBe('checkout-Service');
    expect(aService(1, { groupName: 'shop' }).group.groupName).toBe('shop');
    const long = new RolloutGroup(aStack(), 'S'.repeat(80), { policy }).groupName;
    expect(long).toMatch(/^checkout-S{46}-[0-9a-f]{8}$/);
  });
});

describe('a RolloutAlias in a group', () => {
  it('has the controller and the group of its group', () => {
    const stack = aStack();
    const controller = new RolloutController(stack, 'Rollouts');
    const group = aGroup(stack, { controller });
    const alias = aMember(stack, 'Prices', group);
    expect(alias.controller).toBe(controller);
    expect(alias.group).toBe(group);
    expect(group.members).toEqual([alias]);
  });

  it('keeps its own alarms instead of the default ones', () => {
    const stack = aStack();
    const group = aGroup(stack);
    const alias = aMember(stack, 'Prices', group, { alarms: [anAlarm(stack, 'slow')] });
    alias.addAlarm(anAlarm(stack, 'stale'));
    expect(groupOf(stack).Members.map(({ Alarms }) => (Alarms as unknown[]).map(inWords))).toEqual([
      ['<slow>', '<stale>'],
    ]);
  });

  it('is warmed if it asks for it', () => {
    const stack = aStack();
    aMember(stack, 'Prices', aGroup(stack), { provisionedConcurrency: 5 });
    expect(groupOf(stack).Members).toMatchObject([{ ProvisionedConcurrency: '5' }]);
  });
});

describe('synth refuses', () => {
  it('a policy or hooks beside a group', () => {
    const stack = aStack();
    const group = aGroup(stack);
    const hooks = { beforeTraffic: [aFunction(stack, 'Smoke')] };
    expect(() => aMember(stack, 'Prices', group, { policy, hooks })).toThrow(
      [
        'checkout/Prices: the props of the RolloutAlias are refused',
        '  policy: expected none beside "group": a group has one; give it to checkout/Service',
        '  hooks: expected none beside "group": a group has one; give it to checkout/Service',
      ].join('\n'),
    );
    const member = aMember(stack, 'Orders', group);
    expect(() => member.addHook('eachStep', aFunction(stack, 'Late'))).toThrow(
      'checkout/Orders: expected the hooks on the group checkout/Service',
    );
  });

  it('a group without members', () => {
    const { stack } = aService(0);
    expect(() => App.of(stack)?.synth()).toThrow(
      '[checkout/Service] expected at least one member, found none: give a RolloutAlias the prop "group"',
    );
  });

  it('more members than fit beside its policy, with the number', () => {
    const steps = Array.from({ length: 100 }, (_, index) => ({ weight: index + 1, bake: Duration.minutes(5) }));
    const { stack, group } = aService(20, { policy: { steps } });
    for (let index = 0; index < 60; index++) group.addAlarm(anAlarm(stack, `alarm${index}`));
    expect(() => App.of(stack)?.synth()).toThrow(
      /\[checkout\/Service\] members: expected at most \d+ beside the alarms and steps of this policy, .* found 20/,
    );
  });

  it('metrics as signals, which do not tell of which function a version is', () => {
    const signal = { name: 'http-5xx', namespace: 'Shop', failures: 'Http5xx', versionDimension: 'version' };
    const { stack } = aService(2, { policy: { preset: 'AllAtOnce', evidence: { signals: [signal] } } });
    expect(() => App.of(stack)?.synth()).toThrow(
      /\[checkout\/Service\] policy.evidence.signals: expected no metrics beside several members/,
    );
  });

  it('more than 20 members, with the number', () => {
    expect(() => App.of(aService(20).stack)?.synth()).not.toThrow();
    expect(() => App.of(aService(21).stack)?.synth()).toThrow(
      '[checkout/Service] expected at most 20 members, found 21: more do not fit into one rollout; make several groups',
    );
  });

  it('more than 100 alarms of a group and its members, with the number', () => {
    const { stack, group } = aService(20);
    for (let each = 0; each <= 60; each++) group.addAlarm(anAlarm(stack, `alarm-${each}`));
    expect(() => App.of(stack)?.synth()).toThrow(/expected at most 100 alarms of the group and its members, found 101/);
  });

  it('a member of another stack: a rollout waits for the commit of one', () => {
    const app = new App();
    const group = aGroup(new Stack(app, 'one', { env }));
    expect(() => aMember(new Stack(app, 'two', { env }), 'Prices', group)).toThrow(
      'two/Prices: expected a group of its own stack two, found one/Service of one: a rollout waits for the commit of one stack; put the members of a group into one stack or its nested stacks',
    );
  });

  it('a member of another controller', () => {
    const stack = aStack();
    const controller = new RolloutController(stack, 'Mine');
    expect(() => aMember(stack, 'Prices', aGroup(stack), { controller })).toThrow(
      /checkout\/Prices: expected the controller of its group checkout\/Service, which is checkout\/SluiceController, found checkout\/Mine/,
    );
  });

  it('a group whose controller is in another region', () => {
    const app = new App();
    const controller = new RolloutController(new Stack(app, 'west', { env: { ...env, region: 'us-west-2' } }), 'R');
    expect(() => aGroup(new Stack(app, 'east', { env }), { controller })).toThrow(
      /east\/Service: expected a controller of its own account and region/,
    );
  });

  it('a name that no parameter can have, an imported controller, and a policy that is wrong', () => {
    expect(() => aGroup(aStack(), { groupName: 'a/b' })).toThrow(/groupName: expected the name of a group/);
    const stack = aStack();
    const controller = RolloutController.fromStateMachineArn(
      stack,
      'Theirs',
      'arn:aws:states:us-east-1:123456789012:stateMachine:theirs',
    ) as RolloutController;
    expect(() => aGroup(stack, { controller, policy: { canary: { weight: 60 } } })).toThrow(
      /props of the RolloutGroup are refused\n {2}controller: expected the RolloutController itself[^\n]*\n {2}policy.canary.weight: expected at most 50/,
    );
  });
});

describe('synth warns', () => {
  it('once, of a group that nothing watches', () => {
    const stack = aStack();
    const group = aGroup(stack);
    aMember(stack, 'Prices', group, { alarms: [] });
    const warnings = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('neither alarms nor evidence'),
    );
    expect(warnings.map(({ id }) => id)).toEqual(['/checkout/Service']);
  });

  it('of an alarm of a member that is slower than the shortest step of the group', () => {
    const stack = aStack();
    const slow = new cloudwatch.Metric({ namespace: 'a', metricName: 'slow', period: Duration.minutes(5) });
    const alarm = slow.createAlarm(stack, 'Slow', { threshold: 1, evaluationPeriods: 3 });
    aMember(stack, 'Prices', aGroup(stack), { alarms: [alarm] });
    Annotations.fromStack(stack).hasWarning('/checkout/Service', Match.stringLikeRegexp('alarms need longer to fire'));
  });
});

describe('a group grants', () => {
  it('the operation of all its members, also of those that join later, and to read what it has registered', () => {
    const stack = aStack();
    const group = aGroup(stack);
    const role = new iam.Role(stack, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() });
    group.grantRollback(role);
    group.grantApprove(role);
    group.grantHold(role);
    group.grantStart(role);
    group.grantWatch(role);
    for (const id of ['Prices', 'Orders']) aMember(stack, id, group);
    const allowed = statementsOf(stack, 'OnCall').flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`)),
    );
    for (const id of ['Prices', 'Orders']) {
      expect(allowed).toContain(`lambda:UpdateAlias on <${id}Function.Arn>`);
      expect(allowed).toContain(`lambda:TagResource on <${id}Function.Arn>`);
    }
    expect(allowed).toContain(
      'ssm:GetParametersByPath on arn:aws:ssm:us-east-1:123456789012:parameter/sluice-groups/checkout-Service',
    );
  });

  it('reading its registration to whoever may operate a member, for the policy stands there', () => {
    const stack = aStack();
    const role = new iam.Role(stack, 'OnCall', { assumedBy: new iam.AccountRootPrincipal() });
    aMember(stack, 'Prices', aGroup(stack)).grantStart(role);
    expect(statementsOf(stack, 'OnCall').flatMap(({ resources }) => resources)).toContain(
      'arn:aws:ssm:us-east-1:123456789012:parameter/sluice-groups/checkout-Service',
    );
  });
});
