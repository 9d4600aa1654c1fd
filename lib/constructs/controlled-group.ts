import { Lazy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct, DependencyGroup } from 'constructs';
import { groupNameSchema } from '../rollout/contracts/group-registration.ts';
import { begun, isNoRollout } from '../rollout/decisions/begin.ts';
import { MOST_MEMBERS, readStartInput, type StartRequest } from '../rollout/document/start.ts';
import { MOST_ALARMS } from '../rollout/policy/policy.ts';
import { type ControllerParts, refuseElsewhere } from './controlled-alias.ts';
import { grantRegistration } from './grants.ts';
import type { HookStage } from './hooks.ts';
import type { GroupMember, GroupTarget, ManagedGroup } from './managed-group.ts';
import { NamedPolicy } from './named-policy.ts';
import type { RolloutPolicy } from './policy.ts';
import { toPolicyInput } from './policy-json.ts';
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
    scope.node.addValidation({
      validate: () => {
        const refused = [...refusedMembers(this.#members), ...refusedAlarms(this)];
        return refused.length > 0 ? refused : refusedStart(target.policy, this);
      },
    });
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

type Watching = Pick<ControlledGroup, 'alarms' | 'members'>;

/** A rollout watches the group's alarms and those of all members. */
const alarmsOf = ({ alarms, members }: Watching): number =>
  new Set([...alarms, ...members.flatMap((member) => member.alarms ?? [])].map(({ alarmArn }) => alarmArn)).size;

function refusedAlarms(group: Watching): string[] {
  const size = alarmsOf(group);
  if (size <= MOST_ALARMS) return [];
  return [
    `expected at most ${MOST_ALARMS} alarms of the group and its members, found ${size}: give the members fewer, or put several into a composite alarm`,
  ];
}

/** How long a name is taken to be that is not known before the deploy. The start itself knows it. */
const ORDINARY_NAME = 48;

const ordinary = (kind: string, index: number): string => `${kind}${index}-`.padEnd(ORDINARY_NAME, 'x');

/** What the start of a rollout of the whole group would refuse, such as more members than fit beside its policy. */
function refusedStart(policy: RolloutPolicy, group: Watching): string[] {
  const request = {
    members: group.members.map((_, index) => ({ function: ordinary('function', index), alias: 'live', version: '1' })),
    policy: {
      ...toPolicyInput(policy),
      alarms: Array.from({ length: alarmsOf(group) }, (_, index) => ordinary('alarm', index)),
    },
  };
  const change = begun(readStartInput(request).data as StartRequest, [], { id: '', name: '', startedAt: 0 });
  return isNoRollout(change) ? [change.reason] : [];
}
