import {
  Annotations,
  Aspects,
  CfnOutput,
  CfnResource,
  Duration,
  Lazy,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { environmentNameOf } from '../branch/branch-name.ts';
import { BRANCH_TAG, PROTECTED_TAG, SERVICE_TAG, tagOfBranch } from '../branch/environment-tags.ts';
import { accountWideBelow } from './account-wide.ts';
import { makeDeletable } from './deletable.ts';
import { fixedNamesBelow } from './fixed-names.ts';
import { type IdleCost, idleCostsOf, idleSumOf, PRICES_OF } from './idle-cost.ts';
import { SelfRemoval } from './self-removal.ts';
import { survivorsBelow } from './survivors.ts';

/** Properties of the environment of a branch. */
export interface BranchStackProps extends Omit<StackProps, 'stackName' | 'terminationProtection'> {
  /** The service, as the beginning of the stack's name: letters, digits and dashes, at most 34 of them. */
  readonly service: string;

  /** The branch, as git calls it. */
  readonly branch: string;

  /**
   * How long the environment lives after its last deploy. It is counted from the moment of synth, in whole days from the next
   * midnight (UTC) on; less than a day is counted to the second, and less than a minute is refused. The context `sluice:now` (ISO 8601) names another moment, for
   * templates that have to be the same each time.
   *
   * @default Duration.days(7)
   */
  readonly ttl?: Duration;

  /**
   * Whether the environment stays until somebody removes it.
   *
   * @default false
   */
  readonly protected?: boolean;

  /**
   * Who works on the branch, for the list of environments.
   *
   * @default 'nobody in particular'
   */
  readonly owner?: string;

  /**
   * Kinds of resources that may cost while idle, each with the reason. The key is the type in CloudFormation, or the key that the
   * refusal names, which may be one feature of the type.
   *
   * @default - none
   */
  readonly idleCosts?: Readonly<Record<string, string>>;
}

/** Options of an alias that mean something in production only. */
export interface BranchAliasOptions {
  /**
   * Ignored: provisioned concurrency costs while idle, and a branch has no rollout that would warm a version.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;
}

/** The context that names the moment which an environment's life is counted from. */
const NOW_CONTEXT = 'sluice:now';

/** With the environment's name it is the name of a schedule, which has at most 64 characters. */
const serviceName = /^[A-Za-z][A-Za-z0-9-]{0,33}$/;

const DEFAULT_TTL = Duration.days(7);
const DAY = 24 * 3600 * 1000;

/**
 * The environment of a branch: a stack that holds the whole service, costs nothing while idle, leaves nothing behind, and deletes
 * itself some days after its last deploy. Its aliases are native ones without a rollout, so that `cdk watch` and hotswap work.
 *
 * Extend it and make the service's resources in the constructor.
 *
 * It goes by types of resources. A type that is not known to be free needs a reason in `idleCosts`. Protection against deletion is
 * switched off, and a function without a log group gets one.
 *
 * @throws Error at synth for resources that cost while idle without a reason, that would outlive the stack, that the whole account
 * shares, or that have the same name in every environment
 */
export class BranchStack extends Stack {
  /** The environment's name: always the same for a branch, and different from every other branch's. */
  readonly environmentName: string;

  constructor(scope: Construct, props: BranchStackProps) {
    const { service, branch, owner = 'nobody in particular', ttl = DEFAULT_TTL, idleCosts = {} } = props;
    if (!serviceName.test(service)) {
      throw new Error(
        `service: expected a letter, then letters, digits and dashes, at most 34 in all, found ${JSON.stringify(service)}`,
      );
    }
    if (ttl.toSeconds() < 60) throw new Error(`ttl: expected at least a minute, found ${ttl.toHumanString()}`);
    const environmentName = environmentNameOf(branch);
    const name = `${service}-${environmentName}`;
    super(scope, name, {
      ...props,
      stackName: name,
      tags: {
        ...props.tags,
        [BRANCH_TAG]: tagOfBranch(branch),
        [SERVICE_TAG]: service,
        ...(props.protected ? { [PROTECTED_TAG]: 'true' } : {}),
      },
    });
    this.environmentName = environmentName;
    this.#output('Branch', branch);
    this.#output('Owner', owner);
    this.#output('IdleCostPerMonth', Lazy.string({ produce: () => sumOf(this) }));
    const removal = props.protected
      ? undefined
      : new SelfRemoval(this, 'SelfRemoval', { expiresAt: expiry(nowIn(this), ttl), retryEvery: retryOf(ttl) });
    this.#leaveNothing(removal?.resources ?? []);
    this.#costNothing(idleCosts);
  }

  /**
   * The alias that everything in the environment points to: a native one that every deploy moves at once. It takes options so that a
   * service may be written once for production and branches.
   */
  alias(id: string, handler: lambda.Function, aliasName: string, _options: BranchAliasOptions = {}): lambda.Alias {
    return new lambda.Alias(this, id, { aliasName, version: handler.currentVersion });
  }

  #output(id: string, value: string): void {
    new CfnOutput(this, id, { value });
  }

  /** Deletes everything with the stack, the schedule that removes it last, and keeps logs for days only. */
  #leaveNothing(last: readonly CfnResource[]): void {
    Aspects.of(this).add({
      visit: (node: IConstruct) => {
        if (!CfnResource.isCfnResource(node)) return;
        node.applyRemovalPolicy(RemovalPolicy.DESTROY);
        makeDeletable(node);
        if (node.cfnResourceType === 'AWS::Logs::LogGroup') {
          node.addPropertyOverride('RetentionInDays', RetentionDays.THREE_DAYS);
        }
        if (!last.includes(node)) node.node.addDependency(...last);
      },
    });
    this.node.addValidation({
      validate: () => [
        ...accountWideBelow(this),
        ...survivorsBelow(this),
        ...fixedNamesBelow(this, this.environmentName),
      ],
    });
  }

  #costNothing(allowed: Readonly<Record<string, string>>): void {
    const refused = () =>
      idleCostsOf(this).filter(({ type, resource }) => !allowed[type]?.trim() && !allowed[resource]?.trim());
    this.node.addValidation({ validate: () => refused().map(refusalOf) });
    Aspects.of(this).add({
      visit: (node: IConstruct) => {
        if (node === this) Annotations.of(this).addInfo(`this environment costs ${inWords(this)}`);
      },
    });
  }
}

function refusalOf({ path, type, what, price }: IdleCost): string {
  const advice = `leave it out of branch environments, or give idleCosts a reason for ${type}`;
  if (what === null) return `${path} is ${type}, which the price list of ${PRICES_OF} does not know; ${advice}`;
  const costs = price === null ? 'costs while idle' : `costs $${price.toFixed(2)} a month while idle`;
  return `${path} is ${what} and ${costs}; ${advice}`;
}

/** The sum of the known prices; `+` behind it if there are others. */
function sumOf(stack: BranchStack): string {
  const { dollars, unknown } = idleSumOf(idleCostsOf(stack));
  return `${dollars.toFixed(2)}${unknown.length > 0 ? '+' : ''}`;
}

function inWords(stack: BranchStack): string {
  const { dollars, unknown } = idleSumOf(idleCostsOf(stack));
  const known = `$${dollars.toFixed(2)} a month while idle`;
  return unknown.length > 0 ? `at least ${known}; the price of ${unknown.join(', ')} is not known` : known;
}

/** @throws Error if the context names something else than a moment */
function nowIn(stack: Stack): Date {
  const given: unknown = stack.node.tryGetContext(NOW_CONTEXT);
  if (given === undefined) return new Date();
  const now = new Date(String(given));
  if (Number.isFinite(now.getTime())) return now;
  throw new Error(
    `context ${NOW_CONTEXT}: expected a moment such as 2026-11-21T10:00:00Z, found ${JSON.stringify(given)}`,
  );
}

/** A removal that fails is tried again as often as this; an environment that lives for less is not left longer than that. */
const retryOf = (ttl: Duration): Duration =>
  Duration.minutes(Math.max(1, Math.min(6 * 60, Math.floor(ttl.toSeconds() / 60))));

/** Whole days from tomorrow's midnight, so that a day's deploys leave the schedule alone; less than a day is counted to the second. */
function expiry(now: Date, ttl: Duration): Date {
  const end = now.getTime() + ttl.toMilliseconds();
  return new Date(ttl.toMilliseconds() < DAY ? end : Math.ceil(end / DAY) * DAY);
}
