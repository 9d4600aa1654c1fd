import { CustomResource, Duration, Lazy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { GROUP_TYPE, type GroupProperties } from '../rollout/contracts/custom-resource.ts';
import { AliasResource } from './alias-resource.ts';
import { RolloutController } from './controller.ts';
import { warnOfNothingWatched } from './early-refusals.ts';
import { checkGroupProps, groupNameOf } from './group-props.ts';
import type { HookStage, RolloutHooks } from './hooks.ts';
import type { ManagedGroup } from './managed-group.ts';
import { outermostStack } from './outermost-stack.ts';
import type { RolloutPolicy } from './policy.ts';
import type { RolloutAlias } from './rollout-alias.ts';
import { warnOfSlowAlarms } from './slow-alarms.ts';

/** Properties of several aliases that move to new versions together. */
export interface RolloutGroupProps {
  /** How the traffic of every member moves, how long each step is watched, and what happens if a step cannot be judged. */
  readonly policy: RolloutPolicy;

  /**
   * Alarms that stop a rollout of the group, whichever member is to blame. `addAlarm` adds more. Each member has alarms of its own beside
   * them; all together are at most 100.
   *
   * @default - none: the members' own alarms stop a rollout
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];

  /**
   * Functions that are called during a rollout, once for the whole group. `addHook` adds more.
   *
   * @default - none
   */
  readonly hooks?: RolloutHooks;

  /**
   * The controller that carries out the rollouts of all members.
   *
   * @default - one controller for each stack
   */
  readonly controller?: RolloutController;

  /**
   * The group's name in commands, events and records: 1 to 64 letters, digits, "-" and "_". No other group of the account and region may
   * have it.
   *
   * @default - the name of the stack and the id of the construct, for example `shop-Service`
   */
  readonly groupName?: string;
}

/** A member, and the properties that the group's resource has of it. */
interface Member {
  readonly alias: RolloutAlias;
  readonly properties: () => Readonly<Record<string, unknown>>;
}

/**
 * Several aliases that move to new versions together and go back together. Give each RolloutAlias the group as the prop `group`, in the
 * order in which the members get their weights: a function comes before those that call it.
 *
 * A deploy starts one rollout of all members to which it brings a version, after all of them are published. Whatever speaks against one
 * member reverts all.
 *
 * @throws Error at synth for invalid props, for a group without members, and for more than 20 of them
 * @example
 * const service = new RolloutGroup(this, 'Service', { policy: RolloutPolicy.preset('Canary10Percent5Minutes') });
 * new RolloutAlias(this, 'Prices', { function: prices, aliasName: 'live', group: service });
 * new RolloutAlias(this, 'Checkout', { function: checkout, aliasName: 'live', group: service });
 */
export class RolloutGroup extends Construct {
  /** The group's name. */
  readonly groupName: string;
  /** The controller that carries out the rollouts. */
  readonly controller: RolloutController;
  /** How the traffic of every member moves. */
  readonly policy: RolloutPolicy;
  readonly #managed: ManagedGroup;
  readonly #members: Member[] = [];
  readonly #grants: ((member: RolloutAlias) => iam.Grant)[] = [];

  constructor(scope: Construct, id: string, props: RolloutGroupProps) {
    super(scope, id);
    checkGroupProps(props, this.node.path);
    const { policy, alarms = [], hooks, controller, groupName } = props;
    this.groupName = groupName ?? groupNameOf(this);
    this.controller = controller ?? RolloutController.of(this);
    this.policy = policy;
    this.#managed = this.controller.manageGroup(this, { groupName: this.groupName, policy, alarms, hooks });
    const allAlarms = () => [...this.alarms, ...this.members.flatMap((member) => member.alarms)];
    warnOfSlowAlarms(this, policy, allAlarms);
    warnOfNothingWatched(this, policy, allAlarms);
    const properties: GroupProperties = {
      GroupName: this.groupName,
      Members: Lazy.any({ produce: () => this.#members.map((member) => member.properties()) }) as never,
      Policy: this.#managed.policy,
      StateMachineArn: this.controller.stateMachine.stateMachineArn,
      Stack: outermostStack(this).stackId,
    };
    const resource = new CustomResource(this, 'Group', {
      resourceType: GROUP_TYPE,
      serviceToken: AliasResource.of(this, this.controller, 0).serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties,
    });
    resource.node.addDependency(this.#managed);
  }

  /** The members, in the order in which they get their weights. */
  get members(): readonly RolloutAlias[] {
    return this.#members.map(({ alias }) => alias);
  }

  /** The alarms that stop a rollout, beside those of the members. */
  get alarms(): readonly cloudwatch.IAlarm[] {
    return this.#managed.alarms;
  }

  /**
   * Adds an alarm that stops a rollout.
   *
   * @throws Error if it was added before, or is in another region than the group
   */
  addAlarm(alarm: cloudwatch.IAlarm): void {
    this.#managed.addAlarm(alarm);
  }

  /** Adds a function that is called during a rollout, after the hooks that the stage has already. */
  addHook(stage: HookStage, handler: lambda.IFunction): void {
    this.#managed.addHook(stage, handler);
  }

  /**
   * Makes an alias a member. A RolloutAlias with the prop `group` calls it itself.
   *
   * @internal
   */
  _join(alias: RolloutAlias, aliasName: string, properties: () => Readonly<Record<string, unknown>>): void {
    const { functionName } = alias.lambda;
    this.#members.push({ alias, properties });
    this.#managed.addMember({
      functionName,
      aliasName,
      get alarms() {
        return alias.alarms;
      },
    });
    for (const grant of this.#grants) grant(alias);
  }

  /** Allows what `grantStart` of an alias allows, for all members: also for those that join later. */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, (member) => member.grantStart(grantee));
  }

  /** Allows what `grantApprove` of an alias allows, for all members: also for those that join later. */
  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, (member) => member.grantApprove(grantee));
  }

  /** Allows what `grantHold` of an alias allows, for all members: also for those that join later. */
  grantHold(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, (member) => member.grantHold(grantee));
  }

  /** Allows what `grantRollback` of an alias allows, for all members: also for those that join later. */
  grantRollback(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, (member) => member.grantRollback(grantee));
  }

  /** Allows what `grantWatch` of an alias allows, for all members: also for those that join later. */
  grantWatch(grantee: iam.IGrantable): iam.Grant {
    return this.#grant(grantee, (member) => member.grantWatch(grantee));
  }

  #grant(grantee: iam.IGrantable, grant: (member: RolloutAlias) => iam.Grant): iam.Grant {
    this.#grants.push(grant);
    return this.members.map(grant).reduce((all, one) => all.combine(one), this.#managed.grantRead(grantee));
  }
}
