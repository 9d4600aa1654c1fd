import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct, DependencyGroup, type IDependable } from 'constructs';
import { refusalLine, refusalsIn } from '../rollout/contracts/refusal.ts';
import { aliasNameSchema } from '../rollout/document/start.ts';
import { policySchema } from '../rollout/policy/policy.ts';
import type { AliasPermissions } from './alias-permissions.ts';
import {
  grantApprove,
  grantHold,
  grantRegistration,
  grantRollback,
  grantStart,
  grantWatchAlias,
  type OperatedAlias,
} from './grants.ts';
import { type HookStage, hookStages } from './hooks.ts';
import type { ManagedAlias, RolloutTarget } from './managed-alias.ts';
import { differ } from './managed-tags.ts';
import type { ControllerRoles } from './permissions.ts';
import { type PolicyJson, toPolicyInput } from './policy-json.ts';
import { register } from './registration.ts';
import { refuseOtherRegion } from './rules.ts';

/** The parts of a controller that an alias is connected to. */
export interface ControllerParts {
  readonly controller: Construct;
  readonly roles: ControllerRoles;
  readonly revert: lambda.Function;
  readonly stateMachine: sfn.StateMachine;
  /** The policies of the controller that are no part of its roles. */
  readonly policies: readonly IDependable[];
  readonly permissions: AliasPermissions;
}

/** The permissions and the registration of an alias, in the alias's own scope. Alarms and hooks may be added later. */
export class ControlledAlias extends DependencyGroup implements ManagedAlias {
  readonly policy: string | undefined;
  readonly #scope: Construct;
  readonly #permissions: AliasPermissions;
  readonly #operated: OperatedAlias;
  readonly #alarms: cloudwatch.IAlarm[] = [];
  readonly #hooks: Record<HookStage, lambda.IFunction[]> = { beforeTraffic: [], eachStep: [], afterTraffic: [] };

  /** @throws Error if the ARN has a qualifier, the controller is elsewhere, or the name, the policy or an alarm is refused */
  constructor(scope: Construct, parts: ControllerParts, target: RolloutTarget) {
    super();
    const { stateMachine, permissions } = parts;
    refuseElsewhere(scope, parts.controller);
    const { functionArn, functionName, aliasName, provisionedConcurrency } = target;
    if (!Token.isUnresolved(functionArn) && !unqualifiedArn.test(functionArn)) {
      throw new Error(`expected the ARN of a function without a qualifier, found ${functionArn}`);
    }
    aliasNameSchema.parse(aliasName);
    const { stateMachineArn } = stateMachine;
    this.#scope = scope;
    this.#permissions = permissions;
    const policy = target.policy === undefined ? undefined : this.#named(toPolicyInput(target.policy));
    this.policy = policy && Stack.of(scope).toJsonString(policy);
    const registration = register(scope, {
      functionName,
      aliasName,
      stateMachineArn,
      policy,
      provisionedConcurrency,
    });
    const registrationArn = registration.arn;
    this.#operated = { stateMachine, functionArn, registrationArn };
    // A rollout that a deploy starts is held against what the parameter says.
    this.add(registration.parameter);
    this.add(...parts.policies, permissions.readStack(scope));
    keepExports(scope, parts);
    for (const alarm of target.alarms ?? []) this.addAlarm(alarm);
    for (const stage of hookStages) for (const hook of target.hooks?.[stage] ?? []) this.addHook(stage, hook);
  }

  get alarms(): readonly cloudwatch.IAlarm[] {
    return [...this.#alarms];
  }

  addAlarm(alarm: cloudwatch.IAlarm): void {
    if (this.#alarms.some(({ alarmArn }) => alarmArn === alarm.alarmArn)) {
      throw new Error(`${this.#scope.node.path}: expected each alarm once, found ${alarm.node.path} again`);
    }
    refuseOtherRegion(this.#scope, alarm);
    this.#alarms.push(alarm);
  }

  addHook(stage: HookStage, handler: lambda.IFunction): void {
    const policy = this.#permissions.callHook(this.#scope, handler);
    if (policy) this.add(policy);
    this.#hooks[stage].push(handler);
  }

  grantStart(grantee: iam.IGrantable): iam.Grant {
    return grantStart(this.#operated.stateMachine, grantee).combine(grantRegistration(this.#operated, grantee));
  }

  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return grantApprove(this.#operated.stateMachine, grantee).combine(grantRegistration(this.#operated, grantee));
  }

  grantHold(grantee: iam.IGrantable): iam.Grant {
    return grantHold(this.#operated, grantee);
  }

  grantRollback(grantee: iam.IGrantable): iam.Grant {
    return grantRollback(this.#operated, grantee);
  }

  grantWatch(grantee: iam.IGrantable): iam.Grant {
    return grantWatchAlias(this.#operated, grantee);
  }

  /** The policy with the names of alarms and hooks, as many as there are when the template is rendered. */
  #named(policy: PolicyJson): object {
    this.#scope.node.addValidation({ validate: () => this.#refusedNames(policy) });
    const hooks = hookStages.map((stage) => [stage, Lazy.any({ produce: () => this.#hookNames(stage) })]);
    return {
      ...policy,
      alarms: Lazy.any({ produce: () => this.#alarms.map(({ alarmName }) => alarmName) }),
      hooks: Object.fromEntries(hooks),
    };
  }

  #hookNames(stage: HookStage): string[] {
    return this.#hooks[stage].map(({ functionName }) => functionName);
  }

  /** What a rollout would refuse of the names; those that only CloudFormation knows are taken to be good. */
  #refusedNames(policy: PolicyJson): string[] {
    const known = (name: string, index: number) =>
      Token.isUnresolved(name) ? `named-by-cloudformation-${index}` : name;
    const alarms = this.#alarms.map(({ alarmName }, index) => known(alarmName, index));
    const hooks = Object.fromEntries(hookStages.map((stage) => [stage, this.#hookNames(stage).map(known)]));
    const parsed = policySchema.safeParse({ ...policy, alarms, hooks }, { reportInput: true });
    return parsed.success ? [] : refusalsIn(parsed.error).map((each) => refusalLine(each, 'policy'));
  }
}

const unqualifiedArn = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+$/;

/** @throws Error if the alias's stack is in another account or region than its controller's */
function refuseElsewhere(scope: Construct, controller: Construct): void {
  const [here, there] = [Stack.of(scope), Stack.of(controller)];
  if (!differ(here.account, there.account) && !differ(here.region, there.region)) return;
  throw new Error(
    `${scope.node.path}: expected a controller of its own account and region (${here.account}, ${here.region}), found ${controller.node.path} in ${there.account}, ${there.region}: a controller shifts aliases beside it only; make one in each account and region`,
  );
}

/**
 * The release before had rules and policies in the alias's stack that named the function that reverts and the controller's roles. If the
 * controller has a stack of its own, that is deployed first, and CloudFormation does not drop an export that is still in use.
 */
function keepExports(scope: Construct, { revert, roles }: ControllerParts): void {
  const stack = Stack.of(revert);
  if (stack === Stack.of(scope) || stack.nested) return;
  stack.exportValue(revert.functionArn);
  for (const { roleName } of Object.values(roles)) stack.exportValue(roleName);
}
