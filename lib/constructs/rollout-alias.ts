import { Annotations, Aspects, CustomResource, Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import * as z from 'zod';
import { existingChoices } from '../rollout/alias/ownership.ts';
import {
  ALIAS_TYPE,
  type AliasNameProperties,
  type AliasProperties,
  PROVISIONED_CONCURRENCY_TYPE,
} from '../rollout/contracts/custom-resource.ts';
import type { Refusal } from '../rollout/contracts/refusal.ts';
import { PROVISIONED_TAG } from '../rollout/contracts/tags.ts';
import { aliasNameSchema } from '../rollout/document/start.ts';
import { AliasResource } from './alias-resource.ts';
import { RolloutController } from './controller.ts';
import { defaultAlarms } from './default-alarms.ts';
import { claimAlias, judgeEarly, warnOfNothingWatched } from './early-refusals.ts';
import { countsByLog, logGroupNameOf } from './function-log.ts';
import type { HookStage, RolloutHooks } from './hooks.ts';
import type { ManagedAlias } from './managed-alias.ts';
import { tagFunction } from './managed-tags.ts';
import { outermostStack } from './outermost-stack.ts';
import { RolloutPolicy } from './policy.ts';
import { alarmsProp, checkProps, controllerProp, has, hooksProp, refusedPolicy } from './props.ts';
import type { RolloutGroup } from './rollout-group.ts';
import { warnOfSlowAlarms } from './slow-alarms.ts';

/** Properties of a Lambda alias that moves to a new version step by step. */
export interface RolloutAliasProps {
  /** The function. Each deploy that changes it publishes a version and starts a rollout to it. */
  readonly function: lambda.Function;

  /** The alias's name: letters, digits, "-" and "_", not only digits. */
  readonly aliasName: string;

  /**
   * How the traffic moves, how long each step is watched, and what happens if a step cannot be judged.
   *
   * @default RolloutPolicy.adaptive(): the weight grows as fast as the comparison of both versions allows; none beside a `group`, which
   *   has one
   */
  readonly policy?: RolloutPolicy;

  /**
   * The group that the alias moves with, instead of a policy: the members move to new versions together and go back together. They get
   * their weights in the order in which they join, so make the functions that are called before those that call them. The group is in the
   * same stack, or in the same nest of stacks, for a rollout waits for one commit. To join a group or to leave it moves no traffic.
   *
   * @default - none: the alias has rollouts of its own
   */
  readonly group?: RolloutGroup;

  /**
   * Alarms that stop a rollout, in the alias's own region: at most 100. `addAlarm` adds more.
   *
   * @default - two, on the alias as a whole: an error rate above 5 %, and any throttling. Each fires if two of three consecutive minutes
   *   are bad. With them each rollout also reverts a version whose own requests fail as often, and more often than those of the version
   *   before
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];

  /**
   * Functions that are called during a rollout. `addHook` adds more. A member of a group has none: the group has them.
   *
   * @default - none
   */
  readonly hooks?: RolloutHooks;

  /**
   * How many execution environments of each new version are made ready before its first traffic: a whole number from 1 on. It is
   * Lambda's provisioned concurrency, configured on the versions themselves, because Lambda puts no weights on an alias that has it.
   * The rollout waits until they are ready, some two minutes, and rejects a version that cannot be made ready.
   *
   * Lambda charges for every environment, used or not. During a rollout both versions have theirs, so that the stable version is warm
   * if it gets everything back. At the end the version that the alias no longer serves is released. If only the number changes, the
   * deploy warms the version that is served. If the number is removed, that version is released once the deploy has committed. If an
   * execution was stopped, release the candidate's environments yourself. Branch environments ignore the number.
   *
   * Set it on one RolloutAlias of a function only, and do not configure provisioned concurrency of its versions in another way.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;

  /**
   * What to do if an alias with this name already exists. `fail` refuses the deploy. `adopt` takes an alias that no RolloutAlias owns over
   * as it is, and moves no traffic. `takeOver` does the same with one that another RolloutAlias owns: for the one deploy in which this one
   * takes its place, for example under another construct id. While it says `adopt` or `takeOver`, and for every alias that was taken over,
   * the removal of the RolloutAlias leaves the alias in place, with no weights of a rollout.
   *
   * @default 'fail'
   */
  readonly existing?: 'fail' | 'adopt' | 'takeOver';

  /**
   * The controller that carries out the rollouts. The aliases of several stacks may share one. An imported controller is refused: the
   * roles of its functions are not known here, so nothing could allow them to shift the alias.
   *
   * @default - that of the group, or one controller for each stack
   */
  readonly controller?: RolloutController;

  /**
   * A text of 1 to 64 characters whose change publishes a new version. Use it for configuration that CloudFormation fills in only at
   * the deploy, whose change would publish none (aws-cdk#25997). It becomes part of the function's description.
   *
   * @default - none
   */
  readonly versionSalt?: string;
}

const propsSchema = z.strictObject({
  function: z.custom<lambda.Function>((given) => isFunction(given), {
    error:
      'expected a lambda.Function: a rollout goes from one published version to the next, so $LATEST, a version, an alias, a SingletonFunction or an imported function will not do',
  }),
  aliasName: aliasNameSchema,
  policy: z.unknown().optional(),
  group: z.custom<RolloutGroup>((given) => has(given, '_join'), { error: 'expected a RolloutGroup' }).optional(),
  alarms: alarmsProp,
  hooks: hooksProp,
  provisionedConcurrency: z.int({ error: expectedNumber }).min(1, { error: expectedNumber }).optional(),
  existing: z.enum(existingChoices).optional(),
  controller: controllerProp,
  versionSalt: z.string().min(1).max(64).optional(),
});

/**
 * A Lambda alias that moves to a new version step by step. Use it wherever a `lambda.Alias` would stand: event sources, function
 * URLs, permissions, rules, APIs.
 *
 * CloudFormation never moves its traffic. A deploy publishes a version and starts a rollout. The rollout waits until the stack has
 * committed, shifts the alias, watches its alarms, and reverts it if the new version is worse.
 *
 * @throws Error at synth for invalid props, each with what was found and what was expected
 */
export class RolloutAlias extends lambda.QualifiedFunctionBase implements lambda.IAlias {
  /** The alias's name, as an attribute of the resource that makes it: whatever uses the name is made after the alias. */
  readonly aliasName: string;
  /** The function that the alias belongs to. */
  readonly lambda: lambda.IFunction;
  /** The version that this deploy publishes. The alias serves it once its rollout has ended as promoted. */
  readonly version: lambda.IVersion;
  /** The instruction set of the function. */
  readonly architecture: lambda.Architecture;
  /** The controller that carries out the rollouts. */
  readonly controller: RolloutController;
  /** The group that the alias moves with; undefined if it has rollouts of its own. */
  readonly group: RolloutGroup | undefined;
  protected readonly qualifier: string;
  protected readonly canCreatePermissions = true;
  readonly #arn: string;
  readonly #plainName: string;
  readonly #managed: ManagedAlias;

  constructor(scope: Construct, id: string, props: RolloutAliasProps) {
    super(scope, id, { environmentFromArn: props?.function?.functionArn });
    check(props, this.node.path);
    const { function: handler, aliasName, hooks, group, provisionedConcurrency } = props;
    const policy = policyOf(props);
    if (group) refuseOutside(this, group, props.controller);
    const { functionArn, functionName } = handler;
    this.#plainName = aliasName;
    this.lambda = handler;
    this.architecture = handler.architecture;
    if (props.versionSalt !== undefined) salt(handler, props.versionSalt);
    this.version = retained(handler.currentVersion);
    warnOfTokens(this, handler);

    const { version } = this.version;
    const alarms = props.alarms ?? defaultAlarms(this, { functionName, aliasName });
    this.controller = group?.controller ?? props.controller ?? RolloutController.of(this);
    this.group = group;
    claimAlias(handler, aliasName, this.node.path);
    tagManaged(handler, this.controller, provisionedConcurrency, this.node.path);
    const target = { functionArn, functionName, aliasName, alarms, hooks, provisionedConcurrency, policy };
    const byLog = countsByLog(policy ?? group?.policy);
    this.#managed = this.controller.manage(this, {
      ...target,
      group: group?.groupName,
      ...(byLog ? { logGroupName: logGroupNameOf(handler) } : {}),
    });
    if (policy) {
      warnOfSlowAlarms(this, policy, () => this.alarms);
      warnOfNothingWatched(this, policy, () => this.alarms);
    }
    const { versionSalt } = props;
    judgeEarly(this, { handler, policy: policy ?? group?.policy, provisionedConcurrency, versionSalt });
    const { stateMachineArn } = this.controller.stateMachine;
    const { serviceToken } = AliasResource.of(this, this.controller, 1);
    const properties: AliasProperties = {
      FunctionName: functionName,
      AliasName: aliasName,
      Version: version,
      Existing: props.existing ?? 'fail',
      Policy: this.#managed.policy,
      Group: group?.node.addr,
      ProvisionedConcurrency: provisionedConcurrency?.toString(),
      StateMachineArn: stateMachineArn,
      Stack: outermostStack(this).stackId,
    };
    const resource = new CustomResource(this, 'Alias', {
      resourceType: ALIAS_TYPE,
      serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties,
    });
    resource.node.addDependency(this.#managed);
    if (provisionedConcurrency !== undefined) {
      claimVersionsOf(handler, this.node.path);
      this.#releaseAtTheEnd(serviceToken, resource);
    }

    group?._join(this, aliasName, () => ({
      FunctionName: functionName,
      AliasName: aliasName,
      Version: version,
      NewVersion: resource.getAttString('NewVersion'),
      ProvisionedConcurrency: provisionedConcurrency?.toString(),
      Alarms: this.alarms.map(({ alarmName }) => alarmName),
    }));
    this.aliasName = resource.getAttString('AliasName');
    this.qualifier = this.aliasName;
    this.#arn = Fn.join(':', [functionArn, this.qualifier]);
  }

  /** The alarms that stop a rollout. */
  get alarms(): readonly cloudwatch.IAlarm[] {
    return this.#managed.alarms;
  }

  /**
   * Adds an alarm that stops a rollout, beside those of the prop `alarms` or the default ones.
   *
   * @throws Error if it was added before, or is in another region than the alias
   */
  addAlarm(alarm: cloudwatch.IAlarm): void {
    this.#managed.addAlarm(alarm);
  }

  /**
   * Adds a function that is called during a rollout, after the hooks that the stage has already.
   *
   * @throws Error if the alias is a member of a group: the group has the hooks
   */
  addHook(stage: HookStage, handler: lambda.IFunction): void {
    if (this.group) {
      throw new Error(`${this.node.path}: expected the hooks on the group ${this.group.node.path}, which calls them`);
    }
    this.#managed.addHook(stage, handler);
  }

  /**
   * Allows what `sluice start` and a pipeline's start of the state machine take: to start an execution, and to read which controller
   * manages the alias. Whoever may start may shift every alias of the same controller to any published version, under any policy.
   */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.#managed.grantStart(grantee);
  }

  /**
   * Allows what `sluice approve` and `sluice reject` take: to find the rollout that waits and to answer it. The permission covers the
   * rollouts of every alias of the same controller.
   */
  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return this.#managed.grantApprove(grantee);
  }

  /**
   * Allows what `sluice hold` and `sluice resume` take: to set and remove the tag `sluice:hold` of the function, and no other tag.
   */
  grantHold(grantee: iam.IGrantable): iam.Grant {
    return this.#managed.grantHold(grantee);
  }

  /**
   * Allows what `sluice rollback` takes: to write the alias, and to stop or end the rollout that is under way. Whoever may write an
   * alias may send it to any published version.
   */
  grantRollback(grantee: iam.IGrantable): iam.Grant {
    return this.#managed.grantRollback(grantee);
  }

  /**
   * Allows what `sluice status`, `sluice watch` and `sluice history` take: to read the alias and the rollouts of its controller.
   */
  grantWatch(grantee: iam.IGrantable): iam.Grant {
    return this.#managed.grantWatch(grantee);
  }

  /** If the prop or the alias is removed, the served versions are released: before the alias is deleted, after the commit. */
  #releaseAtTheEnd(serviceToken: string, alias: CustomResource): void {
    const { functionName: FunctionName } = this.lambda;
    const properties: AliasNameProperties = { FunctionName, AliasName: this.#plainName };
    const resource = new CustomResource(this, 'ProvisionedConcurrency', {
      resourceType: PROVISIONED_CONCURRENCY_TYPE,
      serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties,
    });
    resource.node.addDependency(alias);
  }

  /** The alias's ARN. */
  get functionArn(): string {
    return this.#arn;
  }

  /** The function's name with the alias's: Lambda accepts it wherever it accepts the name of a function. */
  get functionName(): string {
    return Fn.join(':', [this.lambda.functionName, this.qualifier]);
  }

  /** A reference to the alias. */
  get aliasRef(): lambda.AliasReference {
    return { aliasArn: this.functionArn };
  }

  /** The principal that the function runs as. */
  get grantPrincipal(): iam.IPrincipal {
    return this.version.grantPrincipal;
  }

  /** The function's execution role. */
  get role(): iam.IRole | undefined {
    return this.version.role;
  }

  /** A metric of the requests that go through the alias, whichever version serves them. */
  override metric(metricName: string, props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const { functionName } = this.lambda;
    return super.metric(metricName, {
      dimensionsMap: { FunctionName: functionName, Resource: `${functionName}:${this.#plainName}` },
      ...props,
    });
  }
}

/** An alias has a policy, or a group that has one. */
const policyOf = ({ policy, group }: RolloutAliasProps): RolloutPolicy | undefined =>
  policy ?? (group ? undefined : RolloutPolicy.adaptive());

function check(props: RolloutAliasProps, path: string): void {
  if (Object.hasOwn(props, 'provisionedConcurrentExecutions')) {
    throw new Error(
      `${path}: provisionedConcurrentExecutions is refused: Lambda puts no weights on an alias with provisioned concurrency, so it could not be shifted; use provisionedConcurrency, which warms each version itself`,
    );
  }
  checkProps(propsSchema, props, refusedTogether(props), { path, of: 'RolloutAlias' });
}

/** What is refused of a policy, and of what stands beside a group. */
function refusedTogether(props: RolloutAliasProps): readonly Refusal[] {
  const { policy, group, hooks } = props;
  if (group === undefined) return refusedPolicy(policyOf(props));
  const given = { policy, hooks };
  return Object.entries(given).flatMap(([path, value]) =>
    value === undefined
      ? []
      : [
          {
            path,
            found: undefined,
            expected: `expected none beside "group": a group has one; give it to ${group.node.path}`,
          },
        ],
  );
}

/** The refusal shows the value itself: a schema of props does not, because constructs cannot be shown. */
function expectedNumber({ input }: { readonly input: unknown }): string {
  return `expected a whole number from 1 on, found ${JSON.stringify(input)}`;
}

const isFunction = (given: unknown): boolean =>
  has(given, 'invalidateVersionBasedOn') && !has(given, 'aliasName') && !has(given, 'version');

/** Versions outlive the stack's updates, so that there is always one to go back to. */
function retained(version: lambda.Version): lambda.Version {
  (version.node.defaultChild as lambda.CfnVersion).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return version;
}

/** The description is configuration: a change of it alone makes a new version. (Recorded on AWS.) */
function salt(handler: lambda.Function, text: string): void {
  const resource = handler.node.defaultChild as lambda.CfnFunction;
  resource.description = [resource.description, `[${text}]`].filter(Boolean).join(' ');
}

/**
 * The controller's roles act on functions that bear its tag. The alias waits for its function, and so for the tag.
 *
 * @throws Error if another controller has the function
 */
function tagManaged(
  handler: lambda.Function,
  { managedTag: { key, value } }: RolloutController,
  provisionedConcurrency: number | undefined,
  path: string,
): void {
  const done = tagFunction(handler, key, value);
  if (typeof done === 'object') {
    throw new Error(
      `${path}: expected one controller for all aliases of ${handler.node.path}, found ${value} beside ${done.other}: the function's tag ${key} names one`,
    );
  }
  if (provisionedConcurrency !== undefined) tagFunction(handler, PROVISIONED_TAG, provisionedConcurrency.toString());
}

/** @throws Error if the alias cannot be a member of the group */
function refuseOutside(alias: RolloutAlias, group: RolloutGroup, controller: RolloutController | undefined): void {
  const { path } = alias.node;
  if (controller !== undefined && controller !== group.controller) {
    throw new Error(
      `${path}: expected the controller of its group ${group.node.path}, which is ${group.controller.node.path}, found ${controller.node.path}: one execution shifts all members; leave the prop out`,
    );
  }
  const [here, there] = [outermostStack(alias), outermostStack(group)];
  if (here !== there) {
    throw new Error(
      `${path}: expected a group of its own stack ${here.node.path}, found ${group.node.path} of ${there.node.path}: a rollout waits for the commit of one stack; put the members of a group into one stack or its nested stacks`,
    );
  }
}

const claimed = new WeakSet<lambda.Function>();

/** An alias releases the versions that it no longer serves, even if another alias still serves them: so only one may. */
function claimVersionsOf(handler: lambda.Function, path: string): void {
  if (claimed.has(handler)) {
    throw new Error(
      `${path}: expected provisionedConcurrency on one RolloutAlias of ${handler.node.path} only, found it on a second: each would release the versions of the other`,
    );
  }
  claimed.add(handler);
}

/** Warns at synth of environment variables that may change without a new version being published. */
function warnOfTokens(alias: RolloutAlias, handler: lambda.Function): void {
  Aspects.of(alias).add({
    visit(node: IConstruct) {
      if (node !== alias) return;
      const { environment } = handler.node.defaultChild as lambda.CfnFunction;
      const resolved = Stack.of(handler).resolve(environment) as { variables?: Record<string, unknown> } | undefined;
      const unresolved = Object.entries(resolved?.variables ?? {})
        .filter(([, value]) => typeof value !== 'string' || Token.isUnresolved(value))
        .map(([name]) => name);
      if (unresolved.length === 0) return;
      Annotations.of(alias).addWarningV2(
        'sluice:environmentOfTokens',
        `the environment of ${handler.node.path} has values that are known only at the deploy (${unresolved.join(', ')}); when such a value changes, no version is published and no rollout starts (aws-cdk#25997). Give versionSalt a text that changes with them, or acknowledge this.`,
      );
    },
  });
}
