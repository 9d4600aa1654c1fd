import { Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { TIMING_VARIABLE, timingSchema } from '../rollout/contracts/environment.ts';
import { cloudWatchTiming, type Timing } from '../rollout/observation.ts';
import { VERSION, VERSION_TAG } from '../version.ts';
import { rollbackAutomation } from './automation.ts';
import { ControlledAlias } from './controlled-alias.ts';
import { controllerLambda } from './controller-lambda.ts';
import { type ControllerFunction, controllerFunctions, definition, functionTimeout } from './definition.ts';
import { grantApprove, grantStart, grantWatch } from './grants.ts';
import { ImportedController, type IRolloutController } from './imported-controller.ts';
import type { ManagedAlias, RolloutTarget } from './managed-alias.ts';
import { allowEvents, allowUnmanaged, type ControllerRoles, stateMachineRole } from './permissions.ts';
import { notify, revertAfterBadEnds, revertOnAlarms, sweepEveryFiveMinutes } from './rules.ts';

/** Properties of a controller. */
export interface RolloutControllerProps {
  /**
   * How long the controller's logs are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * How old the data is that rollouts are judged by, in seconds: for an endpoint whose metrics are quicker than CloudWatch's.
   *
   * @default - CloudWatch's minutes: periods of 60 s that can be read 60 s late
   */
  readonly timing?: Timing;

  /**
   * A topic that gets every change of a rollout as one sentence: requests for approval, steps, promotions, and reverts with both
   * versions and the reason. The account's event bus gets the same changes with all their fields.
   *
   * @default - only the event bus
   */
  readonly notifications?: sns.ITopic;

  /**
   * How many events the function that reverts works on at a time. So many of the account's concurrent executions are reserved for it: it
   * finds room while an incident takes all others, and a storm of alarms does not use up the quotas of AWS's APIs. Events beyond that wait.
   * 0 reserves nothing: for an account with a low limit, for Lambda keeps 100 unreserved.
   *
   * @default 10
   */
  readonly revertConcurrency?: number;

  /**
   * The name of the Systems Manager document that rolls an alias back.
   *
   * @default - `Sluice-Rollback-` and the name of the stack
   */
  readonly automationName?: string;
}

/**
 * Carries out rollouts: a state machine, its functions, and the rules that revert an alias if an alarm fires or an execution ends
 * badly. While no rollout is under way it costs a few cents a month, for a look every five minutes. One controller serves any number
 * of aliases. {@link RolloutController.manage} allows it to shift an alias; a RolloutAlias calls that itself.
 */
export class RolloutController extends Construct implements IRolloutController {
  /** The controller of a stack whose aliases name none: made when it is first asked for. */
  static of(scope: Construct): RolloutController {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as RolloutController | undefined) ?? new RolloutController(stack, ID);
  }

  /**
   * A controller that another app has deployed, to grant the operation of its rollouts and to start them. It cannot manage an alias:
   * the roles of its functions are not known here, so nothing could be allowed to them.
   *
   * @throws Error if the text is not the ARN of a state machine
   */
  static fromStateMachineArn(scope: Construct, id: string, stateMachineArn: string): IRolloutController {
    return new ImportedController(scope, id, stateMachineArn);
  }

  /** The state machine. An execution of it is a rollout. */
  readonly stateMachine: sfn.StateMachine;

  /** The controller's functions by their names. To invoke one directly is equivalent to holding its role. */
  readonly functions: Readonly<Record<ControllerFunction, lambda.Function>>;

  readonly #roles: ControllerRoles;

  constructor(scope: Construct, id: string, props: RolloutControllerProps = {}) {
    super(scope, id);
    if (props.timing) timingSchema.parse(props.timing);
    const made = controllerFunctions.map((name) => [name, this.#function(name, props)] as const);
    this.functions = recordOf(made.map(([name, { handler }]) => [name, handler]));
    this.#roles = recordOf(made.map(([name, { role }]) => [name, role]));
    allowUnmanaged(this, this.#roles);
    this.stateMachine = this.#stateMachine(props);
    const { revert } = this.functions;
    revertOnAlarms(this, this.stateMachine, revert);
    revertAfterBadEnds(this, this.stateMachine, revert);
    allowEvents(this, this.#roles, this.stateMachine);
    sweepEveryFiveMinutes(this, this.stateMachine, revert);
    if (props.notifications) notify(this, this.stateMachine, props.notifications);
    Tags.of(this.stateMachine).add(VERSION_TAG, VERSION);
    const { stateMachineArn } = this.stateMachine;
    rollbackAutomation(new Construct(this, 'Automation'), { name: props.automationName, revert, stateMachineArn });
  }

  /**
   * Allows the controller to shift an alias. Its functions get the few calls that they make on this function, and none on any other.
   * If an alarm fires that the policy of a running rollout names, the alias is reverted at once: the target's own alarms are those of
   * rollouts that bring no policy.
   *
   * @param scope where the policies are made: in the alias's own stack, which may be another than the controller's
   * @returns what a rollout of the alias depends on; alarms and hooks may be added to it
   * @throws Error if the ARN has a qualifier, if the policy is refused, or if an alarm is in another region
   */
  manage(scope: Construct, target: RolloutTarget): ManagedAlias {
    const { stateMachine, functions } = this;
    return new ControlledAlias(scope, { roles: this.#roles, revert: functions.revert, stateMachine }, target);
  }

  /**
   * Allows to start rollouts of every alias that the controller manages, to any published version and under any policy. `grantStart`
   * of an alias also allows what `sluice start` reads first.
   */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return grantStart(this.stateMachine, grantee);
  }

  /** Allows to find rollouts that wait for an approval and to answer them, whichever alias they shift. */
  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return grantApprove(this.stateMachine, grantee);
  }

  /** Allows to read rollouts, whichever alias they shift: list them, describe them, read their histories. */
  grantWatch(grantee: iam.IGrantable): iam.Grant {
    return grantWatch(this.stateMachine, grantee);
  }

  #function(name: ControllerFunction, props: RolloutControllerProps) {
    const { logRetention, timing = cloudWatchTiming, revertConcurrency = REVERT_CONCURRENCY } = props;
    return controllerLambda(new Construct(this, pascal(name)), name, {
      description: `Sluice: ${purposes[name]}`,
      timeout: Duration.seconds(functionTimeout(name)),
      logRetention: logRetention ?? logs.RetentionDays.ONE_MONTH,
      environment: timed.has(name) ? { [TIMING_VARIABLE]: JSON.stringify(timing) } : {},
      concurrency: name === 'revert' && revertConcurrency > 0 ? revertConcurrency : undefined,
    });
  }

  #stateMachine({ logRetention }: RolloutControllerProps): sfn.StateMachine {
    const arns = recordOf(controllerFunctions.map((name) => [name, this.functions[name].functionArn]));
    return new sfn.StateMachine(this, 'StateMachine', {
      role: stateMachineRole(this, Object.values(arns)),
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition(arns))),
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
}

const ID = 'SluiceController';

/**
 * Ten answer a thousand events within seconds. Each lists executions once in ten seconds: 60 a minute, where the smallest quota
 * is 100 and 2 a second on top. (AWS: Step Functions quotas.)
 */
const REVERT_CONCURRENCY = 10;

/** One thing for each of the controller's functions. */
const recordOf = <T>(entries: readonly (readonly [ControllerFunction, T])[]): Record<ControllerFunction, T> =>
  Object.fromEntries(entries) as Record<ControllerFunction, T>;

const purposes: Readonly<Record<ControllerFunction, string>> = {
  preflight: 'decides whether a rollout may start',
  shift: 'gives the candidate its next weight',
  observe: 'reads the alias, alarms, counts and hold, and decides how a rollout goes on',
  revert: 'gives an alias back to its stable version',
  'announce-approval': 'publishes an event if a step waits for an approval',
  'run-hooks': 'calls the hooks of a stage',
  provision: 'warms the candidate, and releases the versions that are no longer served',
};

/** The functions that reckon with the age of the data. */
const timed: ReadonlySet<ControllerFunction> = new Set(['preflight', 'shift', 'observe', 'revert']);

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
