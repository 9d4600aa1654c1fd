import { ArnFormat, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { TIMING_VARIABLE } from '../rollout/environment.ts';
import { type AlarmTrigger, EVENT_SOURCE } from '../rollout/events.ts';
import { cloudWatchTiming, type Timing } from '../rollout/observation.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import { bundleOf } from './assets.ts';
import { type ControllerFunction, controllerFunctions, definition, functionTimeout } from './definition.ts';

export interface RolloutControllerProps {
  /**
   * How long the controller's logs are kept.
   *
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * How old the data is that rollouts are judged by, in seconds. For an endpoint whose metrics are quicker than CloudWatch's.
   *
   * @default CloudWatch's minutes: periods of 60 s, 60 s late
   */
  readonly timing?: Timing;
}

/** An alias that a controller shifts. */
export interface RolloutTarget {
  /** The function's ARN without a qualifier. Whoever deploys the function: the controller only needs its ARN. */
  readonly functionArn: string;
  readonly functionName: string;
  readonly aliasName: string;
  /**
   * Alarms that put the alias back by themselves when they fire, without waiting for the next observation.
   *
   * @default none
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];
}

/**
 * What carries out rollouts: a state machine, its functions, and the rules that put an alias back when an execution ends badly
 * or an alarm fires. It costs nothing while no rollout is on. One controller serves any number of aliases; each has to be
 * allowed with {@link RolloutController.manage}.
 */
export class RolloutController extends Construct {
  /** The state machine. An execution of it is a rollout. */
  readonly stateMachine: sfn.StateMachine;

  readonly functions: Readonly<Record<ControllerFunction, lambda.Function>>;

  constructor(scope: Construct, id: string, props: RolloutControllerProps = {}) {
    super(scope, id);
    this.functions = Object.fromEntries(
      controllerFunctions.map((name) => [name, this.#function(name, props)]),
    ) as Record<ControllerFunction, lambda.Function>;
    this.stateMachine = this.#stateMachine(props);
    this.#announce();
    this.#revertWhatEndsBadly();
  }

  /**
   * Allows the controller to shift an alias: its functions get the few calls on this function that they make, and nothing on
   * any other. With alarms, their going to ALARM puts the alias back at once.
   *
   * @throws Error where the ARN carries a qualifier, or an alarm is in another region
   */
  manage(target: RolloutTarget): void {
    const { functionArn, aliasName, alarms = [] } = target;
    if (!Token.isUnresolved(functionArn) && functionArn.split(':').length !== 7) {
      throw new Error(`expected the ARN of a function without a qualifier, found ${functionArn}`);
    }
    const allow = (name: ControllerFunction, actions: string[], ...resources: string[]) =>
      this.functions[name].addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
    const versions = `${functionArn}:*`;
    allow('preflight', ['lambda:GetAlias', 'lambda:ListTags', 'lambda:GetFunction'], functionArn);
    allow('preflight', ['lambda:GetFunction'], versions);
    allow('preflight', ['lambda:GetProvisionedConcurrencyConfig'], `${functionArn}:${aliasName}`);
    allow('observe', ['lambda:GetAlias', 'lambda:ListTags', 'lambda:GetFunction'], functionArn);
    allow('shift', ['lambda:GetAlias', 'lambda:UpdateAlias'], functionArn);
    allow('revert', ['lambda:GetAlias', 'lambda:UpdateAlias'], functionArn);
    acknowledgeWildcard(
      this.functions.preflight.role as iam.IRole,
      versions,
      'Which versions a rollout compares is known only when it runs.',
    );
    if (alarms.length > 0) this.#revertOn(alarms, target);
  }

  #function(
    name: ControllerFunction,
    { logRetention, timing = cloudWatchTiming }: RolloutControllerProps,
  ): lambda.Function {
    const scope = new Construct(this, pascal(name));
    const logGroup = new logs.LogGroup(scope, 'Logs', {
      retention: logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(scope, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Sluice: what ${name} may do`,
    });
    logGroup.grantWrite(role);
    const readsMetrics = name === 'preflight' || name === 'observe';
    if (readsMetrics) {
      // DescribeAlarms knows no narrower resource than all alarms of the region.
      const alarms = Stack.of(this).formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: '*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }));
      acknowledgeWildcard(role, alarms, 'DescribeAlarms is judged on all alarms of the region, whichever it asks for.');
    }
    if (name === 'observe') {
      // GetMetricData has no resources at all.
      role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
    }
    const created = new lambda.Function(scope, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundleOf(name)),
      memorySize: 256,
      timeout: Duration.seconds(functionTimeout(name)),
      description: `Sluice: ${purposes[name]}`,
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      tracing: lambda.Tracing.ACTIVE,
      environment: { [TIMING_VARIABLE]: JSON.stringify(timing) },
    });
    acknowledgeWildcard(role, '*', 'X-Ray and GetMetricData know no resources.');
    return created;
  }

  #stateMachine({ logRetention }: RolloutControllerProps): sfn.StateMachine {
    const arns = Object.fromEntries(
      controllerFunctions.map((name) => [name, this.functions[name].functionArn]),
    ) as Record<ControllerFunction, string>;
    const role = new iam.Role(this, 'StateMachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: 'Sluice: what a rollout may do by itself: invoke the functions of its controller',
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: Object.values(arns) }));
    acknowledgeWildcard(role, '*', 'X-Ray and the delivery of logs know no resources.');
    return new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition(arns))),
      role,
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'StateMachineLogs', {
          retention: logRetention ?? logs.RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: true,
      },
      comment: 'Sluice: one execution is one rollout',
    });
  }

  #announce(): void {
    const bus = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
    this.functions['announce-approval'].addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [bus],
        conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
      }),
    );
  }

  /** StopExecution and a lost execution run no Catch: the event of their end does. */
  #revertWhatEndsBadly(): void {
    new events.Rule(this, 'BadEnds', {
      description: 'Sluice: puts the alias back when a rollout was stopped, timed out or failed',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
          stateMachineArn: [this.stateMachine.stateMachineArn],
        },
      },
      targets: [new targets.LambdaFunction(this.functions.revert)],
    });
  }

  #revertOn(alarms: readonly cloudwatch.IAlarm[], { functionName, aliasName, functionArn }: RolloutTarget): void {
    const { region } = Stack.of(this);
    for (const alarm of alarms) {
      const alarmRegion = alarm.env.region;
      if (!Token.isUnresolved(region) && !Token.isUnresolved(alarmRegion) && alarmRegion !== region) {
        throw new Error(
          `alarm ${alarm.node.path} is in ${alarmRegion}, but the alias is in ${region}: a rollout sees alarms of its own region only`,
        );
      }
    }
    const trigger: AlarmTrigger = {
      trigger: 'alarm',
      function: functionName,
      alias: aliasName,
      alarm: events.EventField.fromPath('$.detail.alarmName'),
      reason: events.EventField.fromPath('$.detail.state.reason'),
    };
    new events.Rule(
      this,
      `Alarms of ${Token.isUnresolved(functionArn) ? alarms[0]?.node.path : functionName} ${aliasName}`,
      {
        description: `Sluice: puts alias ${aliasName} back when one of its alarms fires`,
        eventPattern: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources: alarms.map((alarm) => alarm.alarmArn),
          detail: { state: { value: ['ALARM'] } },
        },
        targets: [
          new targets.LambdaFunction(this.functions.revert, { event: events.RuleTargetInput.fromObject(trigger) }),
        ],
      },
    );
  }
}

const purposes: Readonly<Record<ControllerFunction, string>> = {
  preflight: 'looks whether a rollout may start',
  shift: 'gives the candidate its next weight',
  observe: 'reads alias, alarms, counts and hold, and decides',
  revert: 'puts an alias back',
  'announce-approval': 'tells the event bus that a step waits for a person',
  'run-hooks': 'asks the hooks of a stage',
};

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
