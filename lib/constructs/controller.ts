import { Stack, Tags } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { timingSchema } from '../rollout/contracts/environment.ts';
import { MANAGED_TAG, VERSION_TAG } from '../rollout/contracts/tags.ts';
import { cloudWatchTiming, type Timing } from '../rollout/observation.ts';
import { VERSION } from '../version.ts';
import { AliasPermissions } from './alias-permissions.ts';
import { rollbackAutomation, STACK_CONTROLLER } from './automation.ts';
import { ControlledAlias, type ControllerParts } from './controlled-alias.ts';
import { ControlledGroup } from './controlled-group.ts';
import { makeFunctions } from './controller-functions.ts';
import type { ControllerFunction } from './definition.ts';
import { watchedFailures } from './failures.ts';
import { checkSettings, type FunctionSettings } from './function-settings.ts';
import { grantApprove, grantStart, grantWatch } from './grants.ts';
import { ImportedController, type IRolloutController } from './imported-controller.ts';
import type { ManagedAlias, RolloutTarget } from './managed-alias.ts';
import type { GroupTarget, ManagedGroup } from './managed-group.ts';
import { controllerName } from './managed-tags.ts';
import { acknowledgeControllerWildcards, allowExecutions, controllerStatements } from './permissions.ts';
import { notify, revertAfterBadEnds, revertOnAlarms, sweepEveryFiveMinutes } from './rules.ts';
import { makeStateMachine } from './state-machine.ts';

/** Properties of a controller. Those of its functions hold for the functions that make aliases, too. */
export interface RolloutControllerProps extends FunctionSettings {
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
   * Ten are recommended: they answer a thousand events within seconds, and list executions 60 times a minute, where the smallest quota is
   * 100 and 2 a second on top. (AWS: Step Functions quotas.)
   *
   * @default - none are reserved: Lambda keeps 100 unreserved, so an account with a low limit can reserve none
   */
  readonly reservedConcurrency?: number;

  /**
   * Whether the state machine's log also holds inputs and outputs of its states: policies and task tokens among them. Whoever may read the
   * log may then approve. `sluice history` and the console read the execution itself and need no log.
   *
   * @default false
   */
  readonly includeExecutionData?: boolean;

  /**
   * The name of the Systems Manager document that rolls an alias back.
   *
   * @default - `Sluice-Rollback-` and the name of the stack; with the ids of the controller behind it if it is not the one that a stack makes
   *   by itself; cut to the 128 characters that a document's name may have
   */
  readonly automationName?: string;

  /**
   * The name of the controller in the tags of the functions that it serves, for functions that are deployed by other means. No other
   * controller of the account and region may have it. 1 to 256 letters, digits, spaces and `_ . : / = + @ -`.
   *
   * @default - the name of the stack, and the path of the controller below it
   */
  readonly tagValue?: string;
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
    const made = stack.node.tryFindChild(STACK_CONTROLLER) as RolloutController | undefined;
    return made ?? new RolloutController(stack, STACK_CONTROLLER);
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

  /**
   * The tag of the functions whose aliases this controller may move. A RolloutAlias puts it on its function; a function that is managed by
   * its ARN needs it from whoever deploys it. With {@link RolloutTarget.provisionedConcurrency} it needs `sluice:provisioned` as well.
   */
  readonly managedTag: {
    /** The tag's key. */
    readonly key: string;
    /** The tag's value: the name of this controller. */
    readonly value: string;
  };

  /** How the controller's functions run and log: the functions that make its aliases do so too. */
  readonly settings: FunctionSettings;

  readonly #parts: ControllerParts;

  constructor(scope: Construct, id: string, props: RolloutControllerProps = {}) {
    super(scope, id);
    if (props.timing) timingSchema.parse(props.timing);
    checkSettings(this, props);
    const { logRetention, encryptionKey, vpc, vpcSubnets, securityGroups, namePrefix } = props;
    this.settings = { logRetention, encryptionKey, vpc, vpcSubnets, securityGroups, namePrefix };
    this.managedTag = { key: MANAGED_TAG, value: controllerName(this, props.tagValue) };
    const failures = watchedFailures(this, props);
    const { functions, roles } = makeFunctions(this, {
      settings: this.settings,
      statements: controllerStatements(this, this.managedTag.value),
      timing: props.timing ?? cloudWatchTiming,
      reservedConcurrency: props.reservedConcurrency,
      failures: failures.queue,
    });
    acknowledgeControllerWildcards(this, roles);
    this.functions = functions;
    this.stateMachine = makeStateMachine(this, functions, this.settings, props.includeExecutionData ?? false);
    const { revert } = functions;
    failures.watch(revert);
    revertOnAlarms(this, this.stateMachine, revert, failures.queue);
    revertAfterBadEnds(this, this.stateMachine, revert, failures.queue);
    sweepEveryFiveMinutes(this, this.stateMachine, revert, failures.queue);
    const named = (what: string) => namePrefix && `${namePrefix}-${what}`;
    if (props.notifications) {
      notify(this, this.stateMachine, props.notifications, failures.queue, named('notifications'));
    }
    Tags.of(this.stateMachine).add(VERSION_TAG, VERSION);
    this.#parts = {
      controller: this,
      roles,
      revert,
      stateMachine: this.stateMachine,
      policies: allowExecutions(this, roles, this.stateMachine),
      permissions: new AliasPermissions(this, this.managedTag.value, roles),
    };
    const { stateMachineArn } = this.stateMachine;
    rollbackAutomation(new Construct(this, 'Automation'), {
      controller: this,
      name: props.automationName,
      roleName: named('automation'),
      revert,
      stateMachineArn,
    });
  }

  /**
   * Allows the controller to shift an alias. Its functions may make the few calls that they make on every function that bears
   * {@link RolloutController.managedTag}, and on no other: a RolloutAlias tags its function, and for others you do.
   * If an alarm fires that the policy of a running rollout names, the alias is reverted at once: the target's own alarms are those of
   * rollouts that bring no policy.
   *
   * @param scope where the policies are made: in the alias's own stack, which may be another than the controller's
   * @returns what a rollout of the alias depends on; alarms and hooks may be added to it
   * @throws Error if the ARN has a qualifier, if the policy is refused, if an alarm is in another region, or if the scope is in another
   *   account or region than the controller
   */
  manage(scope: Construct, target: RolloutTarget): ManagedAlias {
    return new ControlledAlias(scope, this.#parts, target);
  }

  /**
   * Publishes a group of aliases that move together, and its policy, for whoever starts a rollout of it. {@link RolloutController.manage}
   * allows the controller to shift each of them. A RolloutGroup calls both itself.
   *
   * @param scope where the parameter is made: in the stack whose deploys start the rollouts
   * @returns what a rollout of the group depends on; members, alarms and hooks may be added to it
   * @throws Error if the name or the policy is refused, if an alarm is in another region, or if the scope is in another account or region
   *   than the controller
   */
  manageGroup(scope: Construct, target: GroupTarget): ManagedGroup {
    return new ControlledGroup(scope, this.#parts, target);
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
}
