import { ArnFormat, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { TIMING_VARIABLE, timingSchema } from '../rollout/contracts/environment.ts';
import { type AlarmTrigger, EVENT_SOURCE, type SweepTrigger } from '../rollout/contracts/events.ts';
import { type Registration, registrationName } from '../rollout/contracts/registration.ts';
import { aliasNameSchema } from '../rollout/document/start.ts';
import { cloudWatchTiming, type Timing } from '../rollout/observation.ts';
import type { PolicyInput } from '../rollout/policy/policy.ts';
import { VERSION, VERSION_TAG } from '../version.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import { rollbackAutomation } from './automation.ts';
import { controllerLambda } from './controller-lambda.ts';
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

  /**
   * A topic that is told of every change of a rollout, in one sentence each: requests for approval, steps, promotions, rollbacks with
   * both versions and the reason. The same changes are on the account's event bus, with all their fields.
   *
   * @default only the event bus
   */
  readonly notifications?: sns.ITopic;

  /**
   * The name of the Systems Manager document that rolls an alias back, for people who live there.
   *
   * @default Sluice-Rollback-<name of the stack>
   */
  readonly automationName?: string;
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
  /**
   * Functions that policies name as hooks.
   *
   * @default none
   */
  readonly hooks?: readonly lambda.IFunction[];
  /**
   * How many execution environments rollouts that are started without a number make ready; without one the controller may provision
   * nothing for the alias.
   *
   * @default none
   */
  readonly provisionedConcurrency?: number;
  /**
   * The policy of rollouts that are started without one: by hand, by a pipeline. With the names of its alarms and hooks.
   *
   * @default none: each start has to bring one
   */
  readonly policy?: PolicyInput;
}

/**
 * What carries out rollouts: a state machine, its functions, and the rules that put an alias back when an execution ends badly
 * or an alarm fires. While no rollout is on it costs a few cents a month, for a look every five minutes. One controller serves any
 * number of aliases; each has to be allowed with {@link RolloutController.manage}, which a RolloutAlias does by itself.
 */
export class RolloutController extends Construct {
  /** The controller of a stack that names none: made when it is first asked for. */
  static of(scope: Construct): RolloutController {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as RolloutController | undefined) ?? new RolloutController(stack, ID);
  }

  /** The state machine. An execution of it is a rollout. */
  readonly stateMachine: sfn.StateMachine;

  readonly functions: Readonly<Record<ControllerFunction, lambda.Function>>;
  readonly #roles = new Map<ControllerFunction, iam.Role>();

  constructor(scope: Construct, id: string, props: RolloutControllerProps = {}) {
    super(scope, id);
    if (props.timing) timingSchema.parse(props.timing);
    this.functions = Object.fromEntries(
      controllerFunctions.map((name) => [name, this.#function(name, props)]),
    ) as Record<ControllerFunction, lambda.Function>;
    this.#allowWhatIsNoOnesOwn();
    this.stateMachine = this.#stateMachine(props);
    this.#revertWhatEndsBadly();
    this.#revertWhatIsLeft();
    if (props.notifications) this.#notify(props.notifications);
    Tags.of(this.stateMachine).add(VERSION_TAG, VERSION);
    rollbackAutomation(new Construct(this, 'Automation'), {
      name: props.automationName,
      revert: this.functions.revert,
      stateMachineArn: this.stateMachine.stateMachineArn,
    });
  }

  /**
   * Allows the controller to shift an alias: its functions get the few calls on this function that they make, and nothing on
   * any other. With alarms, their going to ALARM puts the alias back at once.
   *
   * @param scope where the policies and the rule are made: in the stack of the alias, so that it may be another than the
   *   controller's
   * @returns what a rollout of the alias has to wait for
   * @throws Error where the ARN carries a qualifier, or an alarm is in another region
   */
  manage(scope: Construct, target: RolloutTarget): IDependable {
    const { functionArn, aliasName, alarms = [], hooks = [] } = target;
    if (!Token.isUnresolved(functionArn) && !unqualifiedArn.test(functionArn)) {
      throw new Error(`expected the ARN of a function without a qualifier, found ${functionArn}`);
    }
    aliasNameSchema.parse(aliasName);
    const versions = `${functionArn}:*`;
    const policies = [
      this.#allow(scope, 'preflight', [
        [['lambda:GetAlias', 'lambda:ListTags', 'lambda:GetFunction'], [functionArn]],
        [['lambda:GetFunction'], [versions]],
        [['lambda:GetProvisionedConcurrencyConfig'], [`${functionArn}:${aliasName}`]],
        [['cloudformation:DescribeStacks'], [outermostStack(scope).stackId]],
        [['ssm:GetParameter'], [this.#register(scope, target)]],
      ]),
      this.#allow(scope, 'observe', [[['lambda:GetAlias', 'lambda:ListTags', 'lambda:GetFunction'], [functionArn]]]),
      this.#allow(scope, 'shift', [[['lambda:GetAlias', 'lambda:UpdateAlias'], [functionArn]]]),
      this.#allow(scope, 'revert', [[['lambda:GetAlias', 'lambda:UpdateAlias'], [functionArn]]]),
    ];
    acknowledgeWildcard(
      policies[0] as iam.Policy,
      versions,
      'Which versions a rollout compares is known only when it runs.',
    );
    if (hooks.length > 0) {
      const arns = [...new Set(hooks.map((hook) => hook.functionArn))];
      policies.push(this.#allow(scope, 'run-hooks', [[['lambda:InvokeFunction'], arns]]));
    }
    if (target.provisionedConcurrency !== undefined) {
      const provisioning = this.#allow(scope, 'provision', [
        [['lambda:GetAlias'], [functionArn]],
        [
          [
            'lambda:GetProvisionedConcurrencyConfig',
            'lambda:PutProvisionedConcurrencyConfig',
            'lambda:DeleteProvisionedConcurrencyConfig',
          ],
          [versions],
        ],
      ]);
      acknowledgeWildcard(provisioning, versions, 'Which versions a rollout warms is known only when it runs.');
      policies.push(provisioning);
    }
    if (alarms.length > 0) this.#revertOn(scope, alarms, target);
    return new DependencyGroup(...policies);
  }

  /** Leaves word which controller shifts the alias, and how; for those who start and roll back by hand. */
  #register(scope: Construct, { functionName, aliasName, policy, provisionedConcurrency }: RolloutTarget): string {
    const registration: Registration = {
      schema: 1,
      stateMachineArn: this.stateMachine.stateMachineArn,
      ...(policy === undefined ? {} : { policy }),
      ...(provisionedConcurrency === undefined ? {} : { provisionedConcurrency }),
    };
    const name = registrationName(functionName, aliasName);
    new ssm.CfnParameter(scope, 'Registration', {
      name,
      description: `Sluice: how alias ${aliasName} is shifted; changed by deploys alone`,
      type: 'String',
      // A policy with many alarms outgrows the 4 KB of the standard tier.
      tier: 'Intelligent-Tiering',
      value: Stack.of(scope).toJsonString(registration),
    });
    return Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });
  }

  #allow(
    scope: Construct,
    name: ControllerFunction,
    grants: readonly (readonly [actions: string[], resources: string[]])[],
  ): iam.Policy {
    return new iam.Policy(scope, `${pascal(name)}Policy`, {
      roles: [this.#roles.get(name) as iam.Role],
      statements: grants.map(([actions, resources]) => new iam.PolicyStatement({ actions, resources })),
    });
  }

  #function(
    name: ControllerFunction,
    { logRetention, timing = cloudWatchTiming }: RolloutControllerProps,
  ): lambda.Function {
    const { handler, role } = controllerLambda(new Construct(this, pascal(name)), name, {
      description: `Sluice: ${purposes[name]}`,
      timeout: Duration.seconds(functionTimeout(name)),
      logRetention: logRetention ?? logs.RetentionDays.ONE_MONTH,
      environment: timed.has(name) ? { [TIMING_VARIABLE]: JSON.stringify(timing) } : {},
    });
    this.#roles.set(name, role);
    return handler;
  }

  /** The calls that are not made on a function: reading alarms and metrics, and asking for approvals. */
  #allowWhatIsNoOnesOwn(): void {
    const stack = Stack.of(this);
    const allow = (name: ControllerFunction, action: string, resource: string, conditions?: iam.Conditions) =>
      this.#roles
        .get(name)
        ?.addToPolicy(new iam.PolicyStatement({ actions: [action], resources: [resource], conditions }));
    // DescribeAlarms knows no narrower resource than all alarms of the region.
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    for (const name of ['preflight', 'observe'] as const) {
      allow(name, 'cloudwatch:DescribeAlarms', alarms);
      acknowledgeWildcard(
        this.#roles.get(name) as iam.Role,
        alarms,
        'DescribeAlarms is judged on all alarms of the region, whichever it asks for.',
      );
    }
    // GetMetricData has no resources at all.
    allow('observe', 'cloudwatch:GetMetricData', '*');
    const bus = stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
    for (const name of ['preflight', 'shift', 'observe', 'revert', 'announce-approval', 'provision'] as const) {
      // AWS knows the source of every event that is put; an endpoint that does not is no reason to be silent.
      allow(name, 'events:PutEvents', bus, { StringEqualsIfExists: { 'events:source': EVENT_SOURCE } });
    }
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

  /** Events of executions are delivered at best effort, and a handler that was at work may write after them: so look again. */
  #revertWhatIsLeft(): void {
    const { stateMachineArn } = this.stateMachine;
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // Not in the role's own policy, which the function waits for, and with it the state machine that this names.
    const policy = new iam.Policy(this, 'SweepPolicy', {
      roles: [this.#roles.get('revert') as iam.Role],
      statements: [
        // Tokens of a state machine's tasks are judged on its ARN, though the documentation knows no resource. (Tried: aws-cdk#8486.)
        new iam.PolicyStatement({
          actions: ['states:ListExecutions', 'states:SendTaskFailure'],
          resources: [stateMachineArn],
        }),
        new iam.PolicyStatement({
          actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
          resources: [executions],
        }),
      ],
    });
    acknowledgeWildcard(policy, executions, 'Which executions ended badly is known only when it runs.');
    const trigger: SweepTrigger = { trigger: 'sweep', stateMachineArn };
    new events.Rule(this, 'Sweep', {
      description: 'Sluice: puts back what a rollout left behind whose end nobody told of',
      schedule: events.Schedule.rate(Duration.minutes(5)),
      targets: [
        new targets.LambdaFunction(this.functions.revert, { event: events.RuleTargetInput.fromObject(trigger) }),
      ],
    });
  }

  /** The topic hears of this controller's rollouts alone. */
  #notify(topic: sns.ITopic): void {
    const execution = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new events.Rule(this, 'Notifications', {
      description: 'Sluice: tells a topic how rollouts go',
      eventPattern: { source: [EVENT_SOURCE], detail: { execution: [{ prefix: execution }] } },
      targets: [
        new targets.SnsTopic(topic, {
          message: events.RuleTargetInput.fromText(events.EventField.fromPath('$.detail.summary')),
        }),
      ],
    });
  }

  #revertOn(scope: Construct, alarms: readonly cloudwatch.IAlarm[], target: RolloutTarget): void {
    const { region } = Stack.of(scope);
    for (const alarm of alarms) {
      const alarmRegion = regionOf(alarm);
      if (!Token.isUnresolved(region) && !Token.isUnresolved(alarmRegion) && alarmRegion !== region) {
        throw new Error(
          `alarm ${alarm.node.path} is in ${alarmRegion}, but the alias is in ${region}: a rollout sees alarms of its own region only`,
        );
      }
    }
    const trigger: AlarmTrigger = {
      trigger: 'alarm',
      function: target.functionName,
      alias: target.aliasName,
      alarm: events.EventField.fromPath('$.detail.alarmName'),
      stateMachineArn: this.stateMachine.stateMachineArn,
      reason: events.EventField.fromPath('$.detail.state.reason'),
      time: events.EventField.time,
    };
    for (let first = 0; first < alarms.length; first += ALARMS_PER_RULE) {
      new events.Rule(scope, first === 0 ? 'AlarmFires' : `AlarmFires${first}`, {
        description: `Sluice: puts alias ${target.aliasName} back when one of its alarms fires`,
        eventPattern: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources: alarms.slice(first, first + ALARMS_PER_RULE).map((alarm) => alarm.alarmArn),
          detail: { state: { value: ['ALARM'] } },
        },
        targets: [
          new targets.LambdaFunction(this.functions.revert, { event: events.RuleTargetInput.fromObject(trigger) }),
        ],
      });
    }
  }
}

const ID = 'SluiceController';

/** The stack whose commit is final: a nested one is rolled back with the stack that it stands in. */
export function outermostStack(scope: Construct): Stack {
  const stack = Stack.of(scope);
  return stack.nestedStackParent ? outermostStack(stack.nestedStackParent) : stack;
}

const unqualifiedArn = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+$/;

/** An event pattern may have 2,048 characters, and an alarm's ARN some 100. (AWS: EventBridge quotas.) */
const ALARMS_PER_RULE = 10;

/** The region of an alarm: of an imported one that of its ARN, for its construct claims that of the stack. */
const regionOf = (alarm: cloudwatch.IAlarm): string =>
  Token.isUnresolved(alarm.alarmArn) ? alarm.env.region : (alarm.alarmArn.split(':')[3] as string);

const purposes: Readonly<Record<ControllerFunction, string>> = {
  preflight: 'looks whether a rollout may start',
  shift: 'gives the candidate its next weight',
  observe: 'reads alias, alarms, counts and hold, and decides',
  revert: 'puts an alias back',
  'announce-approval': 'tells the event bus that a step waits for a person',
  'run-hooks': 'asks the hooks of a stage',
  provision: 'warms the candidate, and releases what is not served any more',
};

/** Those that reckon with how old the data is. */
const timed: ReadonlySet<ControllerFunction> = new Set(['shift', 'observe']);

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
