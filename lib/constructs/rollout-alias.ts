import { Annotations, Aspects, CustomResource, Duration, Fn, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import * as z from 'zod';
import {
  type AliasProperties,
  PROVISIONED_CONCURRENCY_TYPE,
  type ProvisionedProperties,
} from '../aws/stack/alias-resource.ts';
import { refusalLine, refusalsIn } from '../rollout/contracts/refusal.ts';
import { aliasNameSchema } from '../rollout/document/start.ts';
import { type PolicyInput, policySchema } from '../rollout/policy/policy.ts';
import { AliasResource } from './alias-resource.ts';
import { outermostStack, RolloutController } from './controller.ts';
import { defaultAlarms } from './default-alarms.ts';

/** How the traffic is moved: a policy without alarms and hooks, which are constructs here. */
export type RolloutPolicy = Omit<PolicyInput, 'alarms' | 'hooks'>;

/** Functions that are asked during a rollout. One that throws, times out or answers `{ "ok": false, "reason": ... }` reverts it. */
export interface RolloutHooks {
  /**
   * Asked before the candidate gets any traffic; they can invoke it by the qualified ARN that they are given.
   *
   * @default none
   */
  readonly beforeTraffic?: readonly lambda.IFunction[];
  /**
   * Asked at each step, right after its weight was given.
   *
   * @default none
   */
  readonly eachStep?: readonly lambda.IFunction[];
  /**
   * Asked when the candidate has had all traffic for as long as it settles, before the alias is promoted.
   *
   * @default none
   */
  readonly afterTraffic?: readonly lambda.IFunction[];
}

export interface RolloutAliasProps {
  /** The function. Each deploy that changes it publishes a version and starts a rollout to it. */
  readonly function: lambda.Function;

  /** The alias's name: letters, digits, "-" and "_", not only digits. */
  readonly aliasName: string;

  /** How the traffic is moved, and when it is put back. Weights are whole percent, times seconds. */
  readonly policy: RolloutPolicy;

  /**
   * Alarms that stop a rollout; of the alias's own region.
   *
   * @default error rate and throttles, of the alias and of the new version alone
   */
  readonly alarms?: readonly cloudwatch.IAlarm[];

  /**
   * Functions that are asked during a rollout.
   *
   * @default none
   */
  readonly hooks?: RolloutHooks;

  /**
   * How many execution environments of each new version are made ready before it gets its first traffic: Lambda's provisioned
   * concurrency, a whole number. A rollout waits for it, some two minutes; a version that cannot be made ready is rejected. It is
   * configured on the versions themselves, for Lambda puts no weights on an alias that has it. Do not configure it on versions of
   * this function in another way, and on one RolloutAlias of a function only.
   *
   * Lambda charges for every environment, used or not; during a rollout for those of both versions, so that the version before
   * is warm when it is gone back to. When the rollout has ended, what the alias does not serve is released. A new number alone
   * warms what is served at that deploy; without a number, what is served is released when the deploy has committed. After
   * an execution was stopped, release the candidate's by hand. Branch environments ignore the number.
   *
   * @default none
   */
  readonly provisionedConcurrency?: number;

  /**
   * What to do where the function has an alias of this name already. `adopt` takes it over as it is; its traffic does not move.
   *
   * @default 'fail'
   */
  readonly existing?: 'fail' | 'adopt';

  /**
   * What carries out the rollouts; may be shared by the aliases of several stacks.
   *
   * @default one controller for each stack
   */
  readonly controller?: RolloutController;

  /**
   * Any text whose change publishes a new version: for configuration that CloudFormation fills in only at the deploy, whose change
   * would publish none (aws-cdk#25997). It becomes part of the function's description.
   *
   * @default none
   */
  readonly versionSalt?: string;
}

const propsSchema = z.strictObject({
  function: z.custom<lambda.Function>((given) => isFunction(given), {
    error:
      'expected a lambda.Function: a rollout goes from one published version to the next, so $LATEST, a version, an alias or an imported function will not do',
  }),
  aliasName: aliasNameSchema,
  policy: z.unknown().superRefine((policy, context) => {
    for (const key of ['alarms', 'hooks']) {
      if (policy && Object.hasOwn(policy, key)) {
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `expected as a prop of the alias: ${key} are constructs here`,
        });
      }
    }
  }),
  alarms: z
    .array(z.custom<cloudwatch.IAlarm>((given) => has(given, 'alarmName'), { error: 'expected an alarm' }))
    .optional(),
  hooks: z.strictObject({ beforeTraffic: hookList(), eachStep: hookList(), afterTraffic: hookList() }).optional(),
  provisionedConcurrency: z.int({ error: expectedNumber }).min(1, { error: expectedNumber }).optional(),
  existing: z.enum(['fail', 'adopt']).optional(),
  controller: z
    .custom<RolloutController>((given) => has(given, 'stateMachine'), { error: 'expected a RolloutController' })
    .optional(),
  versionSalt: z.string().min(1).max(64).optional(),
});

/**
 * A Lambda alias that moves to a new version step by step. Use it wherever a `lambda.Alias` would stand: event sources, function
 * URLs, permissions, rules, APIs.
 *
 * CloudFormation never moves its traffic: a deploy publishes a version and starts a rollout, which waits until the stack has
 * committed and then shifts the alias, watches alarms and puts it back.
 *
 * @throws Error at synth for props that cannot be meant, with what was found and what was expected
 */
export class RolloutAlias extends lambda.QualifiedFunctionBase implements lambda.IAlias {
  /** The alias's name, as the attribute of what makes it: who uses it is made after the alias. */
  readonly aliasName: string;
  readonly lambda: lambda.IFunction;
  /** The version that this deploy publishes. The alias serves it when its rollout has ended well. */
  readonly version: lambda.IVersion;
  readonly architecture: lambda.Architecture;
  /** The alarms that stop a rollout. */
  readonly alarms: readonly cloudwatch.IAlarm[];
  readonly controller: RolloutController;
  protected readonly qualifier: string;
  protected readonly canCreatePermissions = true;
  readonly #arn: string;
  readonly #plainName: string;

  constructor(scope: Construct, id: string, props: RolloutAliasProps) {
    super(scope, id, { environmentFromArn: props?.function?.functionArn });
    check(props, this.node.path);
    const { function: handler, aliasName, hooks = {}, provisionedConcurrency } = props;
    this.#plainName = aliasName;
    this.lambda = handler;
    this.architecture = handler.architecture;
    if (props.versionSalt !== undefined) salt(handler, props.versionSalt);
    this.version = retained(handler.currentVersion);
    warnOfTokens(this, handler);

    this.alarms =
      props.alarms ??
      defaultAlarms(this, { functionName: handler.functionName, aliasName, version: this.version.version });
    this.controller = props.controller ?? RolloutController.of(this);
    const allowed = this.controller.manage(this, {
      functionArn: handler.functionArn,
      functionName: handler.functionName,
      aliasName,
      alarms: this.alarms,
      hooks: Object.values(hooks).flat(),
      provisionedConcurrency,
      policy: {
        ...props.policy,
        alarms: this.alarms.map((alarm) => alarm.alarmName),
        hooks: {
          beforeTraffic: namesOf(hooks.beforeTraffic),
          eachStep: namesOf(hooks.eachStep),
          afterTraffic: namesOf(hooks.afterTraffic),
        },
      },
    });
    const provider = AliasResource.of(this);
    const serving = provider.serve(this, handler.functionArn, this.controller.stateMachine.stateMachineArn);
    const properties: AliasProperties = {
      FunctionName: handler.functionName,
      AliasName: aliasName,
      Version: this.version.version,
      Existing: props.existing ?? 'fail',
      Policy: JSON.stringify(props.policy),
      Alarms: this.alarms.map((alarm) => alarm.alarmName),
      BeforeTraffic: namesOf(hooks.beforeTraffic),
      EachStep: namesOf(hooks.eachStep),
      AfterTraffic: namesOf(hooks.afterTraffic),
      ProvisionedConcurrency: provisionedConcurrency?.toString(),
      StateMachineArn: this.controller.stateMachine.stateMachineArn,
      Stack: outermostStack(this).stackId,
    };
    const resource = new CustomResource(this, 'Alias', {
      resourceType: 'Custom::SluiceAlias',
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties,
    });
    resource.node.addDependency(allowed, serving);
    if (provisionedConcurrency !== undefined) {
      claimVersionsOf(handler, this.node.path);
      this.#releaseAtTheEnd(provider, resource);
    }

    this.aliasName = resource.getAttString('AliasName');
    this.qualifier = this.aliasName;
    this.#arn = Fn.join(':', [handler.functionArn, this.qualifier]);
  }

  /** When the prop or the alias goes, so does the provisioned concurrency of what is served: before the alias, after the commit. */
  #releaseAtTheEnd(provider: AliasResource, alias: CustomResource): void {
    const { functionName: FunctionName, functionArn } = this.lambda;
    const properties: ProvisionedProperties = { FunctionName, AliasName: this.#plainName };
    const resource = new CustomResource(this, 'ProvisionedConcurrency', {
      resourceType: PROVISIONED_CONCURRENCY_TYPE,
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(5),
      properties,
    });
    resource.node.addDependency(alias, provider.serveRelease(this, functionArn));
  }

  /** The alias's ARN. */
  get functionArn(): string {
    return this.#arn;
  }

  /** The alias as a function's name: what Lambda accepts wherever it accepts one. */
  get functionName(): string {
    return Fn.join(':', [this.lambda.functionName, this.qualifier]);
  }

  get aliasRef(): lambda.AliasReference {
    return { aliasArn: this.functionArn };
  }

  get grantPrincipal(): iam.IPrincipal {
    return this.version.grantPrincipal;
  }

  get role(): iam.IRole | undefined {
    return this.version.role;
  }

  /** A metric of what goes through the alias, whichever version serves it. */
  override metric(metricName: string, props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const { functionName } = this.lambda;
    return super.metric(metricName, {
      dimensionsMap: { FunctionName: functionName, Resource: `${functionName}:${this.#plainName}` },
      ...props,
    });
  }
}

function check(props: RolloutAliasProps, path: string): void {
  if (Object.hasOwn(props, 'provisionedConcurrentExecutions')) {
    throw new Error(
      `${path}: provisionedConcurrentExecutions is refused: Lambda puts no weights on an alias with provisioned concurrency, so it could not be shifted; use provisionedConcurrency, which warms each version itself`,
    );
  }
  const parsed = propsSchema.safeParse(props);
  const policy = policySchema.safeParse(props.policy, { reportInput: true });
  const refused = [
    ...(parsed.success ? [] : refusalsIn(parsed.error)),
    ...(policy.success ? [] : refusalsIn(policy.error)).map((refusal) => ({
      ...refusal,
      path: `policy${refusal.path && '.'}${refusal.path}`,
    })),
  ];
  if (refused.length > 0)
    throw new Error(
      `${path}: the props of the RolloutAlias are refused\n  ${refused.map((each) => refusalLine(each, 'props')).join('\n  ')}`,
    );
}

/** Constructs cannot be shown as found, so that what was found is not told of every prop. */
function expectedNumber({ input }: { readonly input: unknown }): string {
  return `expected a whole number from 1 on, found ${JSON.stringify(input)}`;
}

function hookList() {
  return z
    .array(z.custom<lambda.IFunction>((given) => has(given, 'functionArn'), { error: 'expected a function' }))
    .optional();
}

const has = (given: unknown, key: string): boolean => typeof given === 'object' && given !== null && key in given;

/** By what it offers and not by its class: an app may hold two copies of the CDK. */
const isFunction = (given: unknown): boolean =>
  has(given, 'invalidateVersionBasedOn') && !has(given, 'aliasName') && !has(given, 'version');

const namesOf = (functions: readonly lambda.IFunction[] = []): string[] => functions.map((each) => each.functionName);

/** Versions outlive the stack's updates: a rollback must find the one before, and so must a person. */
function retained(version: lambda.Version): lambda.Version {
  (version.node.defaultChild as lambda.CfnVersion).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return version;
}

/** The description is configuration: changing it alone makes a new version. (Recorded on AWS.) */
function salt(handler: lambda.Function, text: string): void {
  const resource = handler.node.defaultChild as lambda.CfnFunction;
  resource.description = [resource.description, `[${text}]`].filter(Boolean).join(' ');
}

const claimed = new WeakSet<lambda.Function>();

/** What one alias does not serve any more it releases, whatever another one serves. */
function claimVersionsOf(handler: lambda.Function, path: string): void {
  if (claimed.has(handler)) {
    throw new Error(
      `${path}: expected provisionedConcurrency on one RolloutAlias of ${handler.node.path} only, found it on a second: each would release the versions of the other`,
    );
  }
  claimed.add(handler);
}

/** Says at synth which environment variables may change without a new version being published. */
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
