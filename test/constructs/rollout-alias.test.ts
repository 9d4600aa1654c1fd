import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sns from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { RolloutAlias, type RolloutAliasProps, RolloutController, type RolloutPolicy } from '../../lib/index.ts';
import { EACH_VERSION_MARK } from '../../lib/rollout/candidate-rate.ts';
import { aStack, inWords, resourcesOf, statementsOf } from './a-stack.ts';

const policy: RolloutPolicy = {
  canary: { weight: 10, bake: Duration.minutes(5) },
  batches: { count: 3, interval: Duration.minutes(5) },
};
const policyJson = { canary: { weight: 10, bakeSeconds: 300 }, batches: { count: 3, intervalSeconds: 300 } };

function aFunction(stack: Stack, id = 'Checkout', props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    ...props,
  });
}

function anAlias(props: Partial<RolloutAliasProps> = {}, stack = aStack()) {
  const handler = props.function ?? aFunction(stack);
  const live = new RolloutAlias(stack, 'Live', { function: handler, aliasName: 'live', policy, ...props });
  return { stack, handler, live };
}

/** The properties of the stack's one resource of a type whose logical id begins so. */
const propertiesOf = (stack: Stack, type: string, prefix = ''): Record<string, unknown> => {
  const found = Object.entries(resourcesOf(stack)).filter(([id, { Type }]) => Type === type && id.startsWith(prefix));
  expect(found).toHaveLength(1);
  return (found[0] as [string, { Properties: Record<string, unknown> }])[1].Properties;
};

/** The policy that the deploy of the stack's one alias hands on, with references told as `<logical id>`. */
const policyOf = (stack: Stack) => JSON.parse(inWords(propertiesOf(stack, 'Custom::SluiceAlias')['Policy']));

const anAlarm = (stack: Stack, id: string) =>
  new cloudwatch.Metric({ namespace: 'a', metricName: id }).createAlarm(stack, id, {
    threshold: 1,
    evaluationPeriods: 1,
  });

/** The ARN of the alias, joined from the function's and from what makes the alias. */
const aliasArn = {
  'Fn::Join': [
    ':',
    [
      { 'Fn::GetAtt': [Match.stringLikeRegexp('^Checkout'), 'Arn'] },
      { 'Fn::GetAtt': [Match.stringLikeRegexp('^LiveAlias'), 'AliasName'] },
    ],
  ],
};

describe('a RolloutAlias stands where a native alias would:', () => {
  it('a function URL points to it and may be called', () => {
    const { stack, live } = anAlias();
    live.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Url', {
      Qualifier: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LiveAlias'), 'AliasName'] },
      TargetFunctionArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Checkout'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunctionUrl',
      FunctionName: aliasArn,
    });
  });

  it('a queue is polled into it', () => {
    const { stack, live } = anAlias();
    live.addEventSource(new SqsEventSource(new sqs.Queue(stack, 'Queue')));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: {
        'Fn::Join': [
          ':',
          [
            { Ref: Match.stringLikeRegexp('^Checkout') },
            { 'Fn::GetAtt': [Match.stringLikeRegexp('^LiveAlias'), 'AliasName'] },
          ],
        ],
      },
    });
  });

  it('a rule invokes it, and may', () => {
    const { stack, live } = anAlias();
    new events.Rule(stack, 'Nightly', {
      schedule: events.Schedule.expression('rate(1 day)'),
      targets: [new targets.LambdaFunction(live)],
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', { Targets: [{ Arn: aliasArn, Id: 'Target0' }] });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      FunctionName: aliasArn,
    });
  });

  it('a topic is subscribed to it, and may invoke it', () => {
    const { stack, live } = anAlias();
    new sns.Topic(stack, 'Topic').addSubscription(new LambdaSubscription(live));
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'lambda', Endpoint: aliasArn });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'sns.amazonaws.com',
      FunctionName: aliasArn,
    });
  });

  it('an HTTP API integrates it, and may invoke it', () => {
    const { stack, live } = anAlias();
    new HttpApi(stack, 'Api', { defaultIntegration: new HttpLambdaIntegration('Checkout', live) });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { IntegrationUri: aliasArn });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'apigateway.amazonaws.com',
      FunctionName: aliasArn,
    });
  });

  it('asynchronous invokes are configured for it, after it was made', () => {
    const { stack, live } = anAlias();
    live.configureAsyncInvoke({ retryAttempts: 0 });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      Qualifier: { 'Fn::GetAtt': [Match.stringLikeRegexp('^LiveAlias'), 'AliasName'] },
      MaximumRetryAttempts: 0,
    });
  });

  it('a role is granted to invoke it', () => {
    const { stack, live } = anAlias();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
    live.grantInvoke(role);
    const [statement] = statementsOf(stack, 'Caller');
    expect(statement?.actions).toEqual(['lambda:InvokeFunction']);
    expect(statement?.resources).toEqual(['<Checkout.Arn>:<LiveAlias.AliasName>']);
  });

  it('its metrics have the dimensions under which Lambda publishes what goes through an alias', () => {
    const { stack, live } = anAlias();
    const { dimensions } = live.metricErrors();
    const resolved = (stack.resolve(dimensions) as { name?: string; value: unknown }[] | Record<string, unknown>) ?? {};
    expect(Object.entries(resolved).map(([name, value]) => [name, inWords(value)])).toEqual([
      ['FunctionName', '<Checkout>'],
      ['Resource', '<Checkout>:live'],
    ]);
  });
});

/** The tags of the function whose logical id begins so. */
const tagsOf = (stack: Stack, prefix: string) =>
  Object.fromEntries(
    ((propertiesOf(stack, 'AWS::Lambda::Function', prefix)['Tags'] ?? []) as { Key: string; Value: string }[]).map(
      ({ Key, Value }) => [Key, Value],
    ),
  );

describe('a deploy', () => {
  it('hands version, policy, alarms and hooks to the resource that starts the rollout', () => {
    const stack = aStack();
    const smoke = aFunction(stack, 'Smoke');
    anAlias({ hooks: { beforeTraffic: [smoke] } }, stack);
    Template.fromStack(stack).hasResourceProperties('Custom::SluiceAlias', {
      FunctionName: { Ref: Match.stringLikeRegexp('^Checkout') },
      AliasName: 'live',
      Version: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CheckoutCurrentVersion'), 'Version'] },
      Existing: 'fail',
      StateMachineArn: { Ref: Match.stringLikeRegexp('StateMachine') },
    });
    expect(policyOf(stack)).toEqual({
      ...policyJson,
      alarms: ['<LiveErrorRate>', '<LiveThrottles>'],
      hooks: { beforeTraffic: ['<Smoke>'], eachStep: [], afterTraffic: [] },
    });
    expect(tagsOf(stack, 'Smoke')).toEqual({ 'sluice:hook': 'checkout/SluiceController' });
  });

  it('lets the weights follow the evidence if nobody gives a policy', () => {
    const stack = aStack();
    new RolloutAlias(stack, 'Live', { function: aFunction(stack), aliasName: 'live' });
    expect(policyOf(stack)).toMatchObject({ adaptive: {}, alarms: ['<LiveErrorRate>', '<LiveThrottles>'] });
  });

  it('hands on the same policy that a start by hand takes', () => {
    const stack = aStack();
    anAlias({ hooks: { eachStep: [aFunction(stack, 'Smoke')] } }, stack);
    const { Value } = propertiesOf(stack, 'AWS::SSM::Parameter');
    expect(JSON.parse(inWords(Value))).toEqual({
      schema: 1,
      stateMachineArn: '<SluiceControllerStateMachine>',
      policy: policyOf(stack),
    });
  });

  it('makes no native alias, which CloudFormation would set back in the middle of a shift', () => {
    Template.fromStack(anAlias().stack).resourceCountIs('AWS::Lambda::Alias', 0);
  });

  it('keeps every version that it publishes', () => {
    Template.fromStack(anAlias().stack).hasResource('AWS::Lambda::Version', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('starts no rollout before every permission that it needs is there', () => {
    const { stack } = anAlias();
    const resource = Object.values(resourcesOf(stack)).find(
      ({ Type }) => Type === 'Custom::SluiceAlias',
    ) as unknown as {
      DependsOn: string[];
    };
    expect(resource.DependsOn.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'LiveRegistration',
      expect.stringMatching(/^SluiceCommit/),
      'SluiceControllerEventsPolicy',
      'SluiceControllerJoinPolicy',
    ]);
    expect(tagsOf(stack, 'Checkout')).toEqual({ 'sluice:managed': 'checkout/SluiceController' });
  });

  it('publishes a version where only the salt changed, because the salt is configuration', () => {
    const versionOf = (versionSalt?: string) => {
      const { stack } = anAlias({ versionSalt });
      return Object.entries(resourcesOf(stack)).find(([, { Type }]) => Type === 'AWS::Lambda::Version')?.[0];
    };
    expect(versionOf('a')).not.toBe(versionOf('b'));
    const { stack } = anAlias({ versionSalt: 'table-7' });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Description: '[table-7]' });
  });

  it('is warned about environment values that it cannot see change', () => {
    const stack = aStack();
    const queue = new sqs.Queue(stack, 'Queue');
    anAlias({ function: aFunction(stack, 'Checkout', { environment: { QUEUE: queue.queueUrl, PLAIN: 'x' } }) }, stack);
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('known only at the deploy \\(QUEUE\\).*aws-cdk#25997'),
    );
    const quiet = anAlias({}, aStack()).stack;
    Annotations.fromStack(quiet).hasNoWarning('*', Match.stringLikeRegexp('aws-cdk#25997'));
  });
});

describe('provisioned concurrency', () => {
  const { stack } = anAlias({ provisionedConcurrency: 5 });
  const template = Template.fromStack(stack);
  const idOf = (type: string) =>
    Object.entries(resourcesOf(stack)).find(([, { Type }]) => Type === type)?.[0] as string;

  it('is handed to the resource that starts the rollout, as text, and to no version or alias', () => {
    template.hasResourceProperties('Custom::SluiceAlias', { ProvisionedConcurrency: '5' });
    template.allResourcesProperties('AWS::Lambda::Version', { ProvisionedConcurrencyConfig: Match.absent() });
    template.resourceCountIs('AWS::Lambda::Alias', 0);
  });

  it('is released by a resource that goes before the alias does', () => {
    const { DependsOn: dependsOn, Properties: properties } = resourcesOf(stack)[
      idOf('Custom::SluiceProvisionedConcurrency')
    ] as unknown as { DependsOn: string[]; Properties: Record<string, unknown> };
    expect(dependsOn).toContain(idOf('Custom::SluiceAlias'));
    expect(properties).toMatchObject({ AliasName: 'live' });
  });

  it('is allowed by a further tag on the function', () => {
    expect(tagsOf(stack, 'Checkout')).toEqual({
      'sluice:managed': 'checkout/SluiceController',
      'sluice:provisioned': '5',
    });
  });

  it('leaves no trace where it is not asked for', () => {
    const without = Template.fromStack(anAlias().stack);
    without.resourceCountIs('Custom::SluiceProvisionedConcurrency', 0);
    without.hasResourceProperties('Custom::SluiceAlias', { ProvisionedConcurrency: Match.absent() });
  });

  it('belongs to one alias of a function', () => {
    const two = aStack();
    const { handler } = anAlias({ provisionedConcurrency: 5 }, two);
    const another = { function: handler, aliasName: 'beta', policy };
    expect(() => new RolloutAlias(two, 'Beta', { ...another, provisionedConcurrency: 1 })).toThrow(
      'expected provisionedConcurrency on one RolloutAlias of checkout/Checkout only',
    );
    expect(() => new RolloutAlias(two, 'Gamma', { ...another, aliasName: 'gamma' })).not.toThrow();
  });
});

describe('the default alarms', () => {
  const { stack } = anAlias();
  const alarms = Object.entries(resourcesOf(stack)).filter(
    ([id, { Type }]) => Type === 'AWS::CloudWatch::Alarm' && id.startsWith('Live'),
  );
  const dimensionsIn = (value: unknown): string[] =>
    JSON.stringify(value)
      .match(/"Name":"(FunctionName|Resource|ExecutedVersion)"/g)
      ?.map((each) => each.slice(8, -1)) ?? [];

  it('watch error rate and throttles of the alias, and no version: the next deploy would move them away from it', () => {
    expect(alarms.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['LiveErrorRate', 'LiveThrottles']);
  });

  it('ask each rollout to judge its candidate by itself', () => {
    const marked = alarms.filter(([, { Properties }]) =>
      String(Properties['AlarmDescription']).includes(EACH_VERSION_MARK),
    );
    expect(marked.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['LiveErrorRate']);
  });

  it.each(alarms)(
    '%s has dimensions that carry data, fires at two bad minutes of three, and does not take silence for a fault',
    (_, { Properties }) => {
      expect(new Set(dimensionsIn(Properties))).toEqual(new Set(['FunctionName', 'Resource']));
      expect(Properties).toMatchObject({
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        TreatMissingData: 'notBreaching',
      });
    },
  );

  it('give way to those that a user names', () => {
    const named = aStack();
    const mine = new cloudwatch.Metric({ namespace: 'a', metricName: 'b' }).createAlarm(named, 'Mine', {
      threshold: 1,
      evaluationPeriods: 1,
    });
    anAlias({ alarms: [mine] }, named);
    const made = Object.entries(resourcesOf(named)).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    expect(made.filter(([id]) => id.startsWith('Live'))).toEqual([]);
  });
});

describe('the controller', () => {
  it('is made once for a stack', () => {
    const stack = aStack();
    anAlias({}, stack);
    new RolloutAlias(stack, 'Other', { function: aFunction(stack, 'Basket'), aliasName: 'live', policy });
    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });

  it('may be shared with the aliases of other stacks', () => {
    const app = new App();
    const platform = new Stack(app, 'platform', { env: { account: '123456789012', region: 'us-east-1' } });
    const controller = new RolloutController(platform, 'Rollouts');
    const service = aStack(app);
    anAlias({ controller }, service);
    Template.fromStack(service).resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    Template.fromStack(service).resourceCountIs('Custom::SluiceAlias', 1);
    expect(() => app.synth()).not.toThrow();
  });

  it("passes cdk-nag's AwsSolutions checks together with its alias", () => {
    const app = new App();
    const { stack } = anAlias({ provisionedConcurrency: 5 }, aStack(app));
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const ofSluice = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.flatMap(({ constructPath = '' }) =>
        /Sluice|Live/.test(constructPath) ? [`${ruleName} ${constructPath}`] : [],
      ),
    );
    expect(ofSluice).toEqual([]);
    expect(stack.node.tryFindChild('SluiceController')).toBeDefined();
  });
});

describe('alarms that need longer to fire than the shortest step lasts', () => {
  const warningsOf = (stack: Stack) =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('alarms need longer to fire'))
      .map(({ entry }) => String(entry.data));
  const slow = (stack: Stack, period: Duration) =>
    new cloudwatch.Metric({ namespace: 'a', metricName: 'b', period }).createAlarm(stack, 'Slow', {
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });

  it('are warned of at synth, with the numbers', () => {
    const stack = aStack();
    anAlias({ alarms: [slow(stack, Duration.minutes(5))] }, stack);
    const [warning] = warningsOf(stack);
    expect(warning).toContain('watched for 300 s');
    expect(warning).toContain('checkout/Slow fires on 2 of 3 periods of 300 s, up to 1020 s');
  });

  it('are warned of if they are added later, or if the steps are shorter than the default alarms need', () => {
    const stack = aStack();
    const { live } = anAlias({}, stack);
    expect(warningsOf(stack)).toEqual([]);
    const late = aStack();
    anAlias({}, late).live.addAlarm(slow(late, Duration.minutes(5)));
    expect(warningsOf(late)).toHaveLength(1);
    const short = aStack();
    anAlias({ policy: { canary: { weight: 10, bake: Duration.minutes(1) } } }, short);
    expect(warningsOf(short)[0]).toContain('checkout/Live/ErrorRate fires on 2 of 3 minutes, up to 300 s');
    expect(live.alarms).toHaveLength(2);
  });

  it('are not warned of if they are quick enough, or if no step is watched', () => {
    const stack = aStack();
    anAlias({ alarms: [slow(stack, Duration.minutes(1))] }, stack);
    expect(warningsOf(stack)).toEqual([]);
    const unwatched = aStack();
    const policy = { steps: [{ weight: 100, bake: Duration.seconds(0) }] };
    anAlias({ policy, alarms: [slow(unwatched, Duration.minutes(5))] }, unwatched);
    expect(warningsOf(unwatched)).toEqual([]);
  });
});

describe('an alarm that is added later', () => {
  it('stops rollouts beside the others, without a rule of its own', () => {
    const { stack, live } = anAlias();
    live.addAlarm(anAlarm(stack, 'Late'));
    expect(live.alarms).toHaveLength(3);
    expect(policyOf(stack).alarms.at(-1)).toBe('<Late>');
    const ofTheAlias = Object.entries(resourcesOf(stack)).filter(([id]) => id.startsWith('Live'));
    expect(ofTheAlias.map(([, { Type }]) => Type)).not.toContain('AWS::Events::Rule');
  });

  it('is refused if it was added before', () => {
    const { stack, live } = anAlias();
    const late = anAlarm(stack, 'Late');
    live.addAlarm(late);
    expect(() => live.addAlarm(late)).toThrow('checkout/Live: expected each alarm once, found checkout/Late again');
  });

  it('is refused at synth if there are more than a policy may have', () => {
    const app = new App();
    const { stack, live } = anAlias({ alarms: [] }, aStack(app));
    for (let index = 0; index < 101; index++) live.addAlarm(anAlarm(stack, `Alarm${index}`));
    expect(() => app.synth()).toThrow(/\[checkout\/Live\] alarms: expected at most 100 entries/);
  });
});

describe('a hook that is added later', () => {
  it('is called at its stage after the others, by a controller that may', () => {
    const { stack, live } = anAlias();
    live.addHook('eachStep', aFunction(stack, 'First'));
    live.addHook('eachStep', aFunction(stack, 'Second'));
    live.addHook('afterTraffic', aFunction(stack, 'Last'));
    expect(policyOf(stack).hooks).toEqual({
      beforeTraffic: [],
      eachStep: ['<First>', '<Second>'],
      afterTraffic: ['<Last>'],
    });
    for (const id of ['First', 'Second', 'Last']) {
      expect(tagsOf(stack, id)).toEqual({ 'sluice:hook': 'checkout/SluiceController' });
    }
  });

  it('is allowed before the first rollout starts if it is not of this app, by a policy of its own', () => {
    const { stack, live } = anAlias();
    const theirs = 'arn:aws:lambda:us-east-1:123456789012:function:theirs';
    live.addHook('beforeTraffic', lambda.Function.fromFunctionArn(stack, 'Theirs', theirs));
    const { DependsOn } = Object.values(resourcesOf(stack)).find(
      ({ Type }) => Type === 'Custom::SluiceAlias',
    ) as unknown as { DependsOn: string[] };
    expect(DependsOn.filter((id) => id.startsWith('LiveHook'))).toHaveLength(1);
    expect(statementsOf(stack, 'SluiceControllerRunHooksRole').flatMap(({ resources }) => resources)).toContain(theirs);
  });

  it('is refused at synth if a stage has more than a policy may have', () => {
    const app = new App();
    const { stack, live } = anAlias({}, aStack(app));
    for (let index = 0; index < 21; index++) live.addHook('eachStep', aFunction(stack, `Hook${index}`));
    expect(() => app.synth()).toThrow(/\[checkout\/Live\] hooks\.eachStep: expected at most 20 entries/);
  });
});

describe('props that cannot be meant fail at synth, with what was expected:', () => {
  it.each([
    ['a policy', { policy: { canary: { weight: 60 } } }, /policy\.canary\.weight: expected at most 50.*found 60/s],
    [
      'a number for a time',
      { policy: { canary: { weight: 10, bake: 300 } } },
      /policy\.canary\.bake: expected a Duration, for example Duration\.minutes\(5\), found 300/,
    ],
    [
      'a time of the JSON contract',
      { policy: { canary: { weight: 10, bakeSeconds: 300 } } },
      /policy\.canary\.bakeSeconds: expected bake, for example Duration\.seconds\(300\)/,
    ],
    [
      'a time that is too long',
      { policy: { canary: { weight: 10, bake: Duration.days(30) } } },
      /policy\.canary\.bake: expected at most 1814400, in seconds, found 2592000/,
    ],
    [
      'a part of a second',
      { policy: { canary: { weight: 10, bake: Duration.millis(500) } } },
      /policy\.canary\.bake: expected a whole number, in seconds, found 0\.5/,
    ],
    [
      'a policy without a shape',
      { policy: {} },
      /policy: expected one of "canary" \(with "batches"\), "steps", "preset" or "adaptive"/,
    ],
    [
      'an imported controller',
      {
        controller: RolloutController.fromStateMachineArn(
          aStack(),
          'Theirs',
          'arn:aws:states:us-east-1:123456789012:stateMachine:sluice',
        ),
      },
      /controller: expected the RolloutController itself, found an imported one: the roles of its functions are not known/,
    ],
    ['an unknown key of the policy', { policy: { ...policy, bake: 1 } }, /policy\.bake/],
    ['alarms in the policy', { policy: { ...policy, alarms: ['a'] } }, /policy\.alarms: expected as a prop/],
    ['the name of a version', { aliasName: '42' }, /aliasName: expected the name of an alias/],
    ['$LATEST as a name', { aliasName: '$LATEST' }, /aliasName: expected the name of an alias/],
    [
      'provisioned concurrency of the alias',
      { provisionedConcurrentExecutions: 5 },
      /Lambda puts no weights on an alias with provisioned concurrency.*use provisionedConcurrency/,
    ],
    [
      'none provisioned',
      { provisionedConcurrency: 0 },
      /provisionedConcurrency: expected a whole number from 1 on, found 0/,
    ],
    [
      'half a one provisioned',
      { provisionedConcurrency: 1.5 },
      /provisionedConcurrency: expected a whole number from 1 on, found 1.5/,
    ],
    [
      'a text of provisioned ones',
      { provisionedConcurrency: '5' },
      /provisionedConcurrency: expected a whole number from 1 on, found "5"/,
    ],
    ['an unknown prop', { weight: 10 }, /weight: /],
    ['no function', { function: undefined }, /function: expected a lambda.Function/],
    ['a word for existing', { existing: 'replace' }, /existing: /],
    ['a name for an alarm', { alarms: ['errors'] }, /alarms\[0\]: expected an alarm/],
  ])('%s', (_, props, message) => {
    const stack = aStack();
    expect(
      () =>
        new RolloutAlias(stack, 'Live', { function: aFunction(stack), aliasName: 'live', policy, ...props } as never),
    ).toThrow(message);
  });

  it('$LATEST, a version, a SingletonFunction and an imported function', () => {
    const stack = aStack();
    const handler = aFunction(stack);
    const imported = lambda.Function.fromFunctionName(stack, 'Imported', 'basket');
    const singleton = new lambda.SingletonFunction(stack, 'Singleton', {
      uuid: 'basket',
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
    });
    for (const wrong of [handler.latestVersion, handler.currentVersion, singleton, imported]) {
      expect(
        () =>
          new RolloutAlias(stack, `Live${stack.node.children.length}`, {
            function: wrong as never,
            aliasName: 'live',
            policy,
          }),
      ).toThrow(/\$LATEST, a version, an alias, a SingletonFunction or an imported function will not do/);
    }
  });

  it('the same alias of a function twice', () => {
    const stack = aStack();
    const { handler } = anAlias({}, stack);
    expect(() => new RolloutAlias(stack, 'Again', { function: handler, aliasName: 'live', policy })).toThrow(
      'checkout/Again: expected one RolloutAlias for alias live of checkout/Checkout, found another at checkout/Live',
    );
  });

  it('an alarm of another region', () => {
    const app = new App();
    const stack = aStack(app);
    const alarm = cloudwatch.Alarm.fromAlarmArn(
      stack,
      'There',
      'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors',
    );
    expect(() => anAlias({ alarms: [alarm] }, stack)).toThrow('is in eu-central-1, but the alias is in us-east-1');
  });
});
