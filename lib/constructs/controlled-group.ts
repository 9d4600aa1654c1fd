import { Lazy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct, DependencyGroup } from 'constructs';
import { groupNameSchema } from '../rollout/contracts/group-registration.ts';
import { MOST_MEMBERS } from '../rollout/document/start.ts';
import { MOST_ALARMS } from '../rollout/policy/policy.ts';
import { type ControllerParts, refuseElsewhere } from './controlled-alias.ts';
import { grantRegistration } from './grants.ts';
import type { HookStage } from './hooks.ts';
import type { GroupMember, GroupTarget, ManagedGroup } from './managed-group.ts';
import { NamedPolicy } from './named-policy.ts';
import { registerGroup } from './registration.ts';

/** The permissions and the registration of a group, in the group's own scope. Members, alarms and hooks may be added later. */
export class ControlledGroup extends DependencyGroup implements ManagedGroup {
  readonly policy: string;
  readonly #named: NamedPolicy;
  readonly #members: GroupMember[];
  readonly #stateMachine: sfn.IStateMachine;
  readonly #registrationArn: string;

  /** @throws Error if the controller is elsewhere, or the name, the policy or an alarm is refused */
  constructor(scope: Construct, parts: ControllerParts, target: GroupTarget) {
    super();
    refuseElsewhere(scope, parts.controller);
    const { groupName, members = [] } = target;
    groupNameSchema.parse(groupName);
    this.#members = [...members];
    this.#stateMachine = parts.stateMachine;
    this.#named = new NamedPolicy(scope, parts.permissions, target, (policy) => this.add(policy));
    const policy = this.#named.json as object;
    this.policy = Stack.of(scope).toJsonString(policy);
    const { parameter, arn } = registerGroup(scope, groupName, {
      stateMachineArn: parts.stateMachine.stateMachineArn,
      policy,
      members: Lazy.any({ produce: () => this.#members.map(inRegistration) }) as never,
    });
    this.#registrationArn = arn;
    this.add(parameter, ...parts.policies, parts.permissions.readStack(scope));
    scope.node.addValidation({ validate: () => [...refusedMembers(this.#members), ...refusedAlarms(this)] });
  }

  get alarms(): readonly cloudwatch.IAlarm[] {
    return this.#named.alarms;
  }

  addAlarm(alarm: cloudwatch.IAlarm): void {
    this.#named.addAlarm(alarm);
  }

  addHook(stage: HookStage, handler: lambda.IFunction): void {
    this.#named.addHook(stage, handler);
  }

  addMember(member: GroupMember): void {
    this.#members.push(member);
  }

  get members(): readonly GroupMember[] {
    return this.#members;
  }

  grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantRegistration({ registrationArns: [this.#registrationArn], stateMachine: this.#stateMachine }, grantee);
  }
}

const inRegistration = ({ functionName, aliasName }: GroupMember) => ({ function: functionName, alias: aliasName });

function refusedMembers({ length }: readonly GroupMember[]): string[] {
  if (length === 0) return ['expected at least one member, found none: give a RolloutAlias the prop "group"'];
  if (length <= MOST_MEMBERS) return [];
  return [
    `expected at most ${MOST_MEMBERS} members, found ${length}: more do not fit into one rollout; make several groups`,
  ];
}

/** A rollout watches the group's alarms and those of all members. */
function refusedAlarms({ alarms, members }: Pick<ControlledGroup, 'alarms' | 'members'>): string[] {
  const arns = [...alarms, ...members.flatMap((member) => member.alarms ?? [])].map(({ alarmArn }) => alarmArn);
  const { size } = new Set(arns);
  if (size <= MOST_ALARMS) return [];
  return [
    `expected at most ${MOST_ALARMS} alarms of the group and its members, found ${size}: give the members fewer, or put several into a composite alarm`,
  ];
}
