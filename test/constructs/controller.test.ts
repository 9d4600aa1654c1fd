import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { RolloutController } from '../../lib/constructs/controller.ts';
import { controllerFunctions } from '../../lib/constructs/definition.ts';
import { VERSION } from '../../lib/version.ts';
import { aStack, FUNCTION_ARN, resourcesOf, statementsOf } from './a-stack.ts';

const ALARM_ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout-errors';

function aController(stack = aStack()) {
  const controller = new RolloutController(stack, 'Rollouts');
  const alarm = cloudwatch.Alarm.fromAlarmArn(stack, 'Errors', ALARM_ARN);
  const hook = lambda.Function.fromFunctionArn(stack, 'Smoke', FUNCTION_ARN.replace('checkout', 'smoke'));
  const target = { functionArn: FUNCTION_ARN, functionName: 'checkout', aliasName: 'live' };
  controller.manage(new Construct(stack, 'Live'), {
    ...target,
    alarms: [alarm],
    hooks: { beforeTraffic: [hook] },
    provisionedConcurrency: 5,
  });
  return { stack, controller };
}

const { stack } = aController();
const template = Template.fromStack(stack);

const logging = (name: string) => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`<Rollouts${name}Logs.Arn>`],
});
const tracing = { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] };
const telling = {
  actions: ['events:PutEvents'],
  resources: ['arn:aws:events:us-east-1:123456789012:event-bus/default'],
  conditions: { StringEqualsIfExists: { 'events:source': 'sluice' } },
};
const alarms = {
  actions: ['cloudwatch:DescribeAlarms'],
  resources: ['arn:aws:cloudwatch:us-east-1:123456789012:alarm:*'],
};
const histories = { actions: ['cloudwatch:DescribeAlarmHistory'], resources: alarms.resources };
const metrics = { actions: ['cloudwatch:GetMetricData', ...tracing.actions], resources: ['*'] };

const FUNCTIONS = FUNCTION_ARN.replace('checkout', '*');
const managed = { StringEquals: { 'aws:ResourceTag/sluice:managed': 'checkout/Rollouts' } };
const onManaged = (...actions: string[]) => ({ actions, resources: [FUNCTIONS], conditions: managed });

describe('a function of the controller may do what its work takes on functions with its tag, and nothing else:', () => {
  it.each([
    [
      'Preflight',
      [
        logging('Preflight'),
        { actions: ['states:ListExecutions'], resources: ['<RolloutsStateMachine>'] },
        {
          actions: ['states:DescribeExecution'],
          resources: ['arn:aws:states:us-east-1:123456789012:execution:<RolloutsStateMachine.Name>:*'],
        },
        alarms,
        metrics,
        onManaged('lambda:GetAlias', 'lambda:GetFunction', 'lambda:ListTags', 'lambda:GetProvisionedConcurrencyConfig'),
        { actions: ['cloudformation:DescribeStacks'], resources: ['<AWS::StackId>'] },
        {
          actions: ['ssm:GetParametersByPath'],
          resources: ['sluice', 'sluice-groups'].map(
            (path) => `arn:aws:ssm:us-east-1:123456789012:parameter/${path}/*`,
          ),
        },
        telling,
      ],
    ],
    ['Shift', [logging('Shift'), tracing, telling, onManaged('lambda:GetAlias', 'lambda:UpdateAlias')]],
    [
      'Observe',
      [
        logging('Observe'),
        telling,
        alarms,
        histories,
        metrics,
        onManaged('lambda:GetAlias', 'lambda:GetFunction', 'lambda:ListTags'),
      ],
    ],
    [
      'Revert',
      [
        logging('Revert'),
        metrics,
        alarms,
        histories,
        telling,
        onManaged('lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetFunctionConfiguration'),
        { actions: ['states:ListExecutions', 'states:SendTaskFailure'], resources: ['<RolloutsStateMachine>'] },
        {
          actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
          resources: ['arn:aws:states:us-east-1:123456789012:execution:<RolloutsStateMachine.Name>:*'],
        },
        {
          actions: ['ssm:GetParametersByPath'],
          resources: ['sluice', 'sluice-groups'].map((path) => `arn:aws:ssm:us-east-1:123456789012:parameter/${path}`),
        },
        { actions: ['sqs:SendMessage'], resources: ['<RolloutsFailuresQueue.Arn>'] },
      ],
    ],
    ['AnnounceApproval', [logging('AnnounceApproval'), tracing, telling]],
    [
      'RunHooks',
      [
        logging('RunHooks'),
        tracing,
        {
          actions: ['lambda:InvokeFunction'],
          resources: [FUNCTIONS],
          conditions: { StringEquals: { 'aws:ResourceTag/sluice:hook': 'checkout/Rollouts' } },
        },
        { actions: ['lambda:InvokeFunction'], resources: [FUNCTION_ARN.replace('checkout', 'smoke')] },
      ],
    ],
    [
      'Provision',
      [
        logging('Provision'),
        tracing,
        telling,
        onManaged('lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig'),
        {
          actions: ['lambda:PutProvisionedConcurrencyConfig', 'lambda:DeleteProvisionedConcurrencyConfig'],
          resources: [FUNCTIONS],
          conditions: { ...managed, Null: { 'aws:ResourceTag/sluice:provisioned': 'false' } },
        },
      ],
    ],
  ])('%s', (name, expected) => {
    const granted = granting(statementsOf(stack, `Rollouts${name}Role`));
    expect(granted).toEqual(granting(expected));
  });

  it('an event is put only in the name of Sluice', () => {
    expect(
      statementsOf(stack, 'RolloutsAnnounceApprovalRole').find(({ actions }) => actions.includes('events:PutEvents'))
        ?.conditions,
    ).toEqual({
      StringEqualsIfExists: { 'events:source': 'sluice' },
    });
  });

  it('the state machine may invoke these functions, trace and deliver its logs', () => {
    const [invoke, rest] = statementsOf(stack, 'RolloutsStateMachineRole');
    expect(invoke?.actions).toEqual(['lambda:InvokeFunction']);
    expect(invoke?.resources).toHaveLength(controllerFunctions.length);
    expect(rest?.actions.every((action) => /^(logs|xray):/.test(action))).toBe(true);
  });

  it('no managed policy is attached to any role', () => {
    for (const { Type, Properties } of Object.values(resourcesOf(stack))) {
      if (Type === 'AWS::IAM::Role') expect(Properties['ManagedPolicyArns']).toBeUndefined();
    }
  });
});

describe('the controller', () => {
  it('is told when an execution was stopped, timed out or failed', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('StateMachine') }],
        },
      },
      Targets: [{ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('RevertFunction'), 'Arn'] }, Input: Match.absent() }],
    });
  });

  it('looks every five minutes for what was left by an end that nobody told of', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('RevertFunction'), 'Arn'] },
          Input: {
            'Fn::Join': [
              '',
              ['{"trigger":"sweep","stateMachineArn":"', { Ref: Match.stringLikeRegexp('StateMachine') }, '"}'],
            ],
          },
        },
      ],
    });
  });

  it('is told of every alarm of the account that fires, with the whole event', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: Match.absent(),
        detail: { state: { value: ['ALARM'] } },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('RevertFunction'), 'Arn'] },
          InputTransformer: {
            InputPathsMap: { time: '$.time', detail: '$.detail' },
            InputTemplate: {
              'Fn::Join': [
                '',
                [
                  '{"trigger":"alarm","stateMachineArn":"',
                  { Ref: Match.stringLikeRegexp('StateMachine') },
                  '","time":<time>,"detail":<detail>}',
                ],
              ],
            },
          },
        },
      ],
    });
  });

  it('gains neither a rule nor a permission to invoke its functions with a further alias and its alarms', () => {
    const counts = [1, 3].map((aliases) => {
      const many = aStack();
      const controller = new RolloutController(many, 'Rollouts');
      for (let index = 0; index < aliases; index++) {
        controller.manage(new Construct(many, `Alias${index}`), {
          functionArn: FUNCTION_ARN,
          functionName: 'checkout',
          aliasName: `live${index}`,
          alarms: [cloudwatch.Alarm.fromAlarmArn(many, `Alarm${index}`, `${ALARM_ARN}-${index}`)],
        });
      }
      const types = Object.values(resourcesOf(many)).map(({ Type }) => Type);
      return ['AWS::Events::Rule', 'AWS::Lambda::Permission'].map(
        (type) => types.filter((each) => each === type).length,
      );
    });
    expect(counts[1]).toEqual(counts[0]);
  });

  it.each([
    [undefined, []],
    [10, [10]],
  ])('reserves room for its revert function alone: asked for %s, it reserves %j', (reservedConcurrency, reserved) => {
    const own = aStack();
    new RolloutController(own, 'Rollouts', { reservedConcurrency });
    const found = Object.values(resourcesOf(own)).flatMap(({ Properties }) =>
      'ReservedConcurrentExecutions' in (Properties ?? {}) ? [Properties['ReservedConcurrentExecutions']] : [],
    );
    expect(found).toEqual(reserved);
  });

  it('still exports its revert function to a stack of an alias that had a rule for it', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'us-east-1' };
    const own = new Stack(app, 'controllers', { env });
    const aliases = new Stack(app, 'aliases', { env });
    new RolloutController(own, 'Rollouts').manage(new Construct(aliases, 'Live'), {
      functionArn: FUNCTION_ARN,
      functionName: 'checkout',
      aliasName: 'live',
    });
    const exported = Object.values(Template.fromStack(own).findOutputs('*')).map(({ Value }) => JSON.stringify(Value));
    expect(exported).toContainEqual(expect.stringMatching(/RevertFunction.*Arn/));
  });

  it('leaves word of which controller shifts the alias', () => {
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: Match.stringLikeRegexp('^/sluice/checkout/live/[A-Za-z]+-c8[0-9a-f]{8}$'),
      Value: {
        'Fn::Join': [
          '',
          [
            '{"schema":1,"stateMachineArn":"',
            { Ref: Match.stringLikeRegexp('StateMachine') },
            '","provisionedConcurrency":5}',
          ],
        ],
      },
    });
  });

  it('offers a rollback in Systems Manager, by function:alias and with a reason', () => {
    template.hasResourceProperties('AWS::SSM::Document', {
      Name: Match.stringLikeRegexp('^Sluice-Rollback-'),
      DocumentType: 'Automation',
      Content: Match.objectLike({
        assumeRole: { 'Fn::GetAtt': [Match.stringLikeRegexp('AutomationRole'), 'Arn'] },
        parameters: { Alias: Match.anyValue(), Reason: Match.anyValue() },
        mainSteps: [
          Match.objectLike({
            action: 'aws:invokeLambdaFunction',
            inputs: Match.objectLike({
              InputPayload: Match.objectLike({ operation: 'rollback', alias: '{{ Alias }}', reason: '{{ Reason }}' }),
            }),
          }),
        ],
      }),
    });
  });

  it('tells a topic of its own rollouts, in a sentence', () => {
    const told = aStack();
    new RolloutController(told, 'Rollouts', { notifications: new sns.Topic(told, 'Told', { enforceSSL: true }) });
    Template.fromStack(told).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['sluice'], detail: { execution: [{ prefix: Match.anyValue() }] } },
      Targets: [{ InputTransformer: { InputPathsMap: { 'detail-summary': '$.detail.summary' } } }],
    });
  });

  it('says which version of Sluice deployed it', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      Tags: Match.arrayWith([{ Key: 'sluice:version', Value: VERSION }]),
    });
  });

  it('logs and traces every execution', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('runs on arm64, with a timeout, traces and JSON logs in a group that goes with the stack', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Timeout: Match.anyValue(),
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
    });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  it('refuses an ARN with a qualifier', () => {
    const somewhere = aStack();
    const controller = new RolloutController(somewhere, 'Rollouts');
    expect(() =>
      controller.manage(somewhere, {
        functionArn: `${FUNCTION_ARN}:live`,
        functionName: 'checkout',
        aliasName: 'live',
      }),
    ).toThrow('expected the ARN of a function without a qualifier');
  });

  it('refuses an alarm of another region', () => {
    const app = new App();
    const here = aStack(app);
    const there = new Stack(app, 'there', { env: { account: '123456789012', region: 'eu-central-1' } });
    const alarm = new cloudwatch.Metric({ namespace: 'a', metricName: 'b' }).createAlarm(there, 'Alarm', {
      threshold: 1,
      evaluationPeriods: 1,
    });
    const controller = new RolloutController(here, 'Rollouts');
    expect(() =>
      controller.manage(here, {
        functionArn: FUNCTION_ARN,
        functionName: 'checkout',
        aliasName: 'live',
        alarms: [alarm],
      }),
    ).toThrow('is in eu-central-1, but the alias is in us-east-1');
  });

  it("passes cdk-nag's AwsSolutions checks, each exception with its reason", () => {
    const app = new App();
    aController(aStack(app));
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

/** Every action with every resource it is granted on, and the conditions, sorted: however statements are put together. */
function granting(
  statements: readonly {
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly conditions?: unknown;
  }[],
) {
  return statements
    .flatMap(({ actions, resources, conditions }) =>
      actions.flatMap((action) =>
        resources.map((resource) => `${action} on ${resource} ${JSON.stringify(conditions ?? {})}`),
      ),
    )
    .sort();
}
