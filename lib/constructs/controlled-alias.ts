import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct, DependencyGroup, type IDependable } from 'constructs';
import { aliasNameSchema } from '../rollout/document/start.ts';
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
import type { HookStage } from './hooks.ts';
import type { ManagedAlias, RolloutTarget } from './managed-alias.ts';
import { differ } from './managed-tags.ts';
import { NamedPolicy } from './named-policy.ts';
import type { ControllerRoles } from './permissions.ts';
import { register, registrationArnOfGroup } from './registration.ts';

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
  readonly #operated: OperatedAlias;
  readonly #named: NamedPolicy;

  /** @throws Error if the ARN has a qualifier, the controller is elsewhere, or the name, the policy or an alarm is refused */
  constructor(scope: Construct, parts: ControllerParts, target: RolloutTarget) {
    super();
    const { stateMachine, permissions } = parts;
    refuseElsewhere(scope, parts.controller);
    const { functionArn, functionName, aliasName, provisionedConcurrency, group, logGroupName } = target;
    if (!Token.isUnresolved(functionArn) && !unqualifiedArn.test(functionArn)) {
      throw new Error(`expected the ARN of a function without a qualifier, found ${functionArn}`);
    }
    aliasNameSchema.parse(aliasName);
    const { stateMachineArn } = stateMachine;
    this.#named = new NamedPolicy(scope, permissions, target, (policy) => this.add(policy));
    const policy = this.#named.json;
    this.policy = policy && Stack.of(scope).toJsonString(policy);
    const registration = register(scope, {
      functionName,
      aliasName,
      stateMachineArn,
      policy,
      group,
      alarms: Lazy.list({ produce: () => this.alarms.map(({ alarmName }) => alarmName) }, { omitEmpty: false }),
      provisionedConcurrency,
    });
    const registrationArns = [registration.arn, ...(group === undefined ? [] : [registrationArnOfGroup(scope, group)])];
    this.#operated = { stateMachine, functionArn, registrationArns };
    // A rollout that a deploy starts is held against what the parameter says.
    this.add(registration.parameter);
    this.add(...parts.policies, permissions.readStack(scope));
    if (logGroupName !== undefined) this.add(permissions.readLog(scope, logGroupName));
    keepExports(scope, parts);
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
}

const unqualifiedArn = /^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9-_]+$/;

/** @throws Error if the stack of an alias or a group is in another account or region than its controller's */
export function refuseElsewhere(scope: Construct, controller: Construct): void {
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
