import { Lazy, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IDependable } from 'constructs';
import { refusalLine, refusalsIn } from '../rollout/contracts/refusal.ts';
import { policySchema } from '../rollout/policy/policy.ts';
import type { AliasPermissions } from './alias-permissions.ts';
import { type HookStage, hookStages, type RolloutHooks } from './hooks.ts';
import type { RolloutPolicy } from './policy.ts';
import { type PolicyJson, toPolicyInput } from './policy-json.ts';
import { refuseOtherRegion } from './rules.ts';

/** The alarms and hooks of rollouts, as they are given at first. */
export interface WatchedBy {
  readonly policy?: RolloutPolicy;
  readonly alarms?: readonly cloudwatch.IAlarm[];
  readonly hooks?: RolloutHooks;
}

/** A policy with the names of its alarms and hooks. More of them may be added until the template is rendered. */
export class NamedPolicy {
  /** The policy as the `policy` of a start, with tokens; undefined if there is none. */
  readonly json: object | undefined;
  readonly #scope: Construct;
  readonly #permissions: AliasPermissions;
  readonly #allowed: (policy: IDependable) => void;
  readonly #alarms: cloudwatch.IAlarm[] = [];
  readonly #hooks: Record<HookStage, lambda.IFunction[]> = { beforeTraffic: [], eachStep: [], afterTraffic: [] };

  /**
   * @param allowed is called with every policy of IAM that a hook needs
   * @throws Error if the policy is refused, or an alarm is in another region
   */
  constructor(
    scope: Construct,
    permissions: AliasPermissions,
    { policy, alarms = [], hooks }: WatchedBy,
    allowed: (policy: IDependable) => void,
  ) {
    this.#allowed = allowed;
    this.#scope = scope;
    this.#permissions = permissions;
    this.json = policy && this.#named(toPolicyInput(policy));
    for (const alarm of alarms) this.addAlarm(alarm);
    for (const stage of hookStages) for (const hook of hooks?.[stage] ?? []) this.addHook(stage, hook);
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
    if (policy) this.#allowed(policy);
    this.#hooks[stage].push(handler);
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
