import { Annotations, Aspects, type CfnResource, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import { planOf } from '../rollout/policy/plan.ts';
import { policySchema } from '../rollout/policy/policy.ts';
import { countsByLog, refusalsOfLog } from './function-log.ts';
import type { RolloutPolicy } from './policy.ts';
import { toPolicyInput } from './policy-json.ts';
import { resourcesBelow } from './resources.ts';

/** What of an alias is judged at synth. */
export interface JudgedAlias {
  readonly handler: lambda.Function;
  /** The alias's own policy, or that of its group. */
  readonly policy: RolloutPolicy | undefined;
  readonly provisionedConcurrency: number | undefined;
  readonly versionSalt: string | undefined;
}

/**
 * Refuses at synth what Lambda would refuse at the deploy or at the first rollout, and warns of policies that are too steep for the
 * function. Everything is read when the template is rendered, so that later changes of the function count.
 */
export function judgeEarly(scope: Construct, alias: JudgedAlias): void {
  scope.node.addValidation({ validate: () => [...refusals(alias)] });
  Aspects.of(scope).add({
    visit(node: IConstruct) {
      if (node !== scope) return;
      const { policy, handler } = alias;
      const steep = policy && isManagedInstances(handler) ? steepSteps(policy) : [];
      if (steep.length > 0) {
        Annotations.of(scope).addWarningV2(
          'sluice:steepSteps',
          `${handler.node.path} runs on Managed Instances, which take twice the traffic within five minutes and throttle more; the policy goes ${steep.join(', ')}. Let each step at most double the one before and last five minutes, or acknowledge this.`,
        );
      }
    },
  });
}

/** Warns at synth of a policy that watches nothing. The alarms are counted once all are added. */
export function warnOfNothingWatched(
  scope: Construct,
  policy: RolloutPolicy,
  alarms: () => readonly cloudwatch.IAlarm[],
): void {
  Aspects.of(scope).add({
    visit(node: IConstruct) {
      if (node !== scope || alarms().length > 0 || policy.evidence !== undefined) return;
      Annotations.of(scope).addWarningV2(
        'sluice:nothingWatched',
        'the rollout has neither alarms nor evidence, so time alone decides: a version that fails every request is promoted. Leave out "alarms" to get the default ones, give the policy "evidence", or acknowledge this.',
      );
    },
  });
}

function* refusals({ handler, policy, provisionedConcurrency, versionSalt }: JudgedAlias): Generator<string> {
  const { path } = handler.node;
  if (countsByLog(policy)) {
    yield* refusalsOfLog(handler);
    const aliases = claimed.get(handler)?.size ?? 0;
    if (aliases > 1) {
      yield `evidence.counts: expected one RolloutAlias of ${path}, found ${aliases}: a log does not tell through which alias a version was invoked; count by "metrics"`;
    }
  }
  if (provisionedConcurrency !== undefined) {
    const reason = whyNotProvisioned(handler);
    if (reason) yield `provisionedConcurrency: expected none, for ${path} has ${reason}; leave one of them out`;
  }
  const description = resolved(handler, 'description');
  if (versionSalt !== undefined && typeof description === 'string' && description.length > LONGEST_DESCRIPTION) {
    yield `versionSalt: the description of ${path} has ${description.length} characters with it, and Lambda takes ${LONGEST_DESCRIPTION}; shorten one of them`;
  }
}

/** (AWS: Lambda API, FunctionConfiguration.) */
const LONGEST_DESCRIPTION = 256;

/** Provisioned concurrency excludes these. (AWS: Lambda guide, "SnapStart", "Tenant isolation" and "Managed Instances".) */
function whyNotProvisioned(handler: lambda.Function): string | undefined {
  const { applyOn } = (resolved(handler, 'snapStart') ?? {}) as { readonly applyOn?: string };
  if (applyOn !== undefined && applyOn !== 'None') return 'SnapStart, which Lambda does not combine with it';
  if (resolved(handler, 'tenancyConfig') !== undefined)
    return 'tenant isolation, which Lambda does not combine with it';
  if (isManagedInstances(handler)) return 'Managed Instances, which are always there and know no such thing';
  return undefined;
}

const isManagedInstances = (handler: lambda.Function): boolean =>
  resolved(handler, 'capacityProviderConfig') !== undefined;

function resolved(handler: lambda.Function, property: Property): unknown {
  const resource = handler.node.defaultChild as lambda.CfnFunction;
  return Stack.of(handler).resolve(resource[property]);
}

type Property = 'snapStart' | 'tenancyConfig' | 'capacityProviderConfig' | 'description';

/** Each step that gives more than twice the weight of the one before. */
function steepSteps(policy: RolloutPolicy): readonly string[] {
  const weights = planOf(policySchema.parse(toPolicyInput(policy))).steps.map(({ weight }) => weight);
  return weights.flatMap((weight, index) => {
    const before = weights[index - 1];
    return before !== undefined && weight > 2 * before ? [`from ${before} to ${weight} %`] : [];
  });
}

const claimed = new WeakMap<lambda.Function, Map<string, string>>();

/**
 * Keeps an alias for one RolloutAlias: the deploy of a second one would be refused after the first was made.
 *
 * @throws Error if another RolloutAlias has it
 */
export function claimAlias(handler: lambda.Function, aliasName: string, path: string): void {
  const owners = claimed.get(handler) ?? new Map<string, string>();
  const owner = owners.get(aliasName);
  if (owner !== undefined) {
    throw new Error(
      `${path}: expected one RolloutAlias for alias ${aliasName} of ${handler.node.path}, found another at ${owner}: leave one of them out, or give it another aliasName`,
    );
  }
  claimed.set(handler, owners.set(aliasName, path));
}

/** CloudFormation takes as many resources in a stack. (AWS: CloudFormation quotas.) */
const MOST_RESOURCES = 500;

/** Says how to split a stack that has too many resources, before the CDK says only that it has. Once for each stack. */
export function judgeStack(provider: Construct, aliases: () => number): void {
  provider.node.addValidation({
    validate: () => {
      const stack = Stack.of(provider);
      const resources = resourcesBelow(stack).filter((each) => isOf(stack, each)).length;
      if (resources <= MOST_RESOURCES) return [];
      const stacks = Math.ceil(resources / MOST_RESOURCES_OF_A_SPLIT);
      return [
        `${stack.node.path} has ${resources} resources with ${aliases()} RolloutAliases, and CloudFormation takes ${MOST_RESOURCES} in a stack: split it into ${stacks} stacks or more, with the functions beside their aliases, and give all of them one RolloutController by the prop "controller"`,
      ];
    },
  });
}

/** Leaves room in each part for what a stack has anyway. */
const MOST_RESOURCES_OF_A_SPLIT = 400;

const isOf = (stack: Stack, resource: CfnResource): boolean =>
  Stack.of(resource) === stack && resource.cfnResourceType !== 'AWS::CDK::Metadata';
