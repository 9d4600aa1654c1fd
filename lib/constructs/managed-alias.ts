import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IDependable } from 'constructs';
import type { HookStage, RolloutHooks } from './hooks.ts';
import type { RolloutPolicy } from './policy.ts';

/**
 * An alias that a controller is to manage: of a function that whoever deploys, the controller needs only its ARN, and on the function the
 * tag that {@link RolloutController.managedTag} tells.
 */
export interface RolloutTarget {
  /** The function's ARN without a qualifier. */
  readonly functionArn: string;

  /** The function's name. */
  readonly functionName: string;

  /** The alias's name: letters, digits, "-" and "_", not only digits. */
  readonly aliasName: string;

  /**
   * The alarms of the policy: they stop each rollout that brings no policy of its own. If one fires, the alias is reverted at once,
   * without waiting for the next observation. A rollout with another policy is stopped by the alarms that this one names.
   *
   * @default - none
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];

  /**
   * Functions that are called during a rollout.
   *
   * @default - none
   */
  readonly hooks?: RolloutHooks;

  /**
   * How many execution environments a rollout makes ready if it is started without a number: a whole number from 1 on. The controller may
   * provision only for functions that also bear the tag `sluice:provisioned`, with any value.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;

  /**
   * The policy of rollouts that are started without one: by hand, by a pipeline.
   *
   * @default - none: each start has to bring one
   */
  readonly policy?: RolloutPolicy;

  /**
   * The name of the group whose rollouts shift the alias: of {@link RolloutController.manageGroup}. The group has policy, alarms and hooks.
   *
   * @default - none: the alias has rollouts of its own
   */
  readonly group?: string;

  /**
   * The name of the function's log group, which rollouts read that count by logs (`evidence.counts`): the controller may query it then.
   *
   * @default - none: rollouts count by CloudWatch's minutes
   */
  readonly logGroupName?: string;
}

/**
 * An alias that a controller manages. Whatever starts a rollout of it should depend on it: it stands for every permission that a
 * rollout needs.
 */
export interface ManagedAlias extends IDependable {
  /**
   * The policy with the names of its alarms and hooks, as JSON text: the `policy` of a start.
   *
   * @default - the alias is managed without a policy
   */
  readonly policy?: string;

  /** The alarms that stop a rollout. */
  readonly alarms: readonly cloudwatch.IAlarm[];

  /**
   * Adds an alarm that stops a rollout.
   *
   * @throws Error if it was added before, or is in another region than the alias
   */
  addAlarm(alarm: cloudwatch.IAlarm): void;

  /** Adds a function that is called during a rollout. */
  addHook(stage: HookStage, handler: lambda.IFunction): void;

  /**
   * Allows what `sluice start` and a pipeline's start of the state machine take: to start an execution, and to read which controller
   * manages the alias. Whoever may start may shift every alias of the same controller to any published version, under any policy.
   */
  grantStart(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows what `sluice approve` and `sluice reject` take: to find the rollout that waits and to answer it. The permission covers the
   * rollouts of every alias of the same controller.
   */
  grantApprove(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows what `sluice hold` and `sluice resume` take: to set and remove the tag `sluice:hold` of the function, and no other tag.
   */
  grantHold(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows what `sluice rollback` takes: to write the alias, and to stop or end the rollout that is under way. Whoever may write an
   * alias may send it to any published version.
   */
  grantRollback(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows what `sluice status`, `sluice watch` and `sluice history` take: to read the alias and the rollouts of its controller.
   */
  grantWatch(grantee: iam.IGrantable): iam.Grant;
}
