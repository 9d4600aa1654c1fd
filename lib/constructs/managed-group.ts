import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IDependable } from 'constructs';
import type { HookStage, RolloutHooks } from './hooks.ts';
import type { RolloutPolicy } from './policy.ts';

/** An alias that is a member of a group. {@link RolloutController.manage} manages it, with the group's name. */
export interface GroupMember {
  /** The function's name. */
  readonly functionName: string;

  /** The alias's name. */
  readonly aliasName: string;

  /**
   * Alarms that watch this member alone. If one fires, the member is put back first, and then the others.
   *
   * @default - none: those of the group watch it
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];
}

/** A group of aliases that a controller is to shift together. */
export interface GroupTarget {
  /** The group's name: 1 to 64 letters, digits, "-" and "_". No other group of the account and region has it. */
  readonly groupName: string;

  /** The policy of every rollout of the group that is started without one. */
  readonly policy: RolloutPolicy;

  /**
   * Alarms that stop a rollout of the group, whichever member is to blame: with those of the members at most 100.
   *
   * @default - none
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];

  /**
   * Functions that are called during a rollout of the group.
   *
   * @default - none
   */
  readonly hooks?: RolloutHooks;

  /**
   * The members, in the order in which they get their weights: a function comes before those that call it.
   *
   * @default - those that are added
   */
  readonly members?: readonly GroupMember[];
}

/**
 * A group of aliases that a controller manages. Whatever starts a rollout of it should depend on it and on its members: they stand for
 * every permission that a rollout needs.
 */
export interface ManagedGroup extends IDependable {
  /** The policy with the names of its alarms and hooks, as JSON text: the `policy` of a start. */
  readonly policy: string;

  /** The alarms that stop a rollout, beside those of the members. */
  readonly alarms: readonly cloudwatch.IAlarm[];

  /**
   * Adds an alarm that stops a rollout.
   *
   * @throws Error if it was added before, or is in another region than the group
   */
  addAlarm(alarm: cloudwatch.IAlarm): void;

  /** Adds a function that is called during a rollout. */
  addHook(stage: HookStage, handler: lambda.IFunction): void;

  /** Adds a member behind those that are there. */
  addMember(member: GroupMember): void;

  /** Allows to read the members, the controller and the policy of the group, as every command that is given its name does first. */
  grantRead(grantee: iam.IGrantable): iam.Grant;
}
