import type { Duration } from 'aws-cdk-lib';
import type { PresetName } from '../rollout/policy/presets.ts';
import type { Approval } from '../rollout/policy/step.ts';
import { policyFromFile, policyFromJson } from './policy-json.ts';

/** The first step of a rollout: a small share of the traffic that is watched before the rest follows. */
export interface CanaryOptions {
  /** The new version's share of the traffic, in whole percent: 1 to 50. */
  readonly weight: number;

  /**
   * How long the share is watched before the next step: whole seconds, at most 21 days. CloudWatch's data is a minute late, so a
   * step takes up to two minutes longer.
   *
   * @default Duration.minutes(5)
   */
  readonly bake?: Duration;

  /**
   * Whether the share is given by itself or only after a person has approved it.
   *
   * @default 'automatic'
   */
  readonly approval?: Approval;
}

/** How the traffic that the canary leaves follows: in equal shares of whole percents; if they differ, the smaller ones come first. */
export interface BatchOptions {
  /** The number of batches: 1 to 100, and at most one for each percent that the canary leaves. */
  readonly count: number;

  /**
   * How long each batch is watched before the next one: whole seconds, at most 21 days. The last batch is watched for `settle`
   * instead.
   *
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;

  /**
   * Whether batches are given by themselves or each only after a person has approved it.
   *
   * @default 'automatic'
   */
  readonly approval?: Approval;
}

/** One step of a rollout that is written out step by step. */
export interface StepOptions {
  /** The new version's share of the traffic, in whole percent: 1 to 100, and more than in the step before. */
  readonly weight: number;

  /** How long the share is watched before the next step: whole seconds, at most 21 days. */
  readonly bake: Duration;

  /**
   * Whether the share is given by itself or only after a person has approved it.
   *
   * @default 'automatic'
   */
  readonly approval?: Approval;
}

/** Weights that follow the evidence. */
export interface AdaptiveOptions {
  /**
   * How many requests may fail at the next weight, beyond those that would fail on the stable version too, before a bad version is seen
   * there: a number from 1 on. Each weight is as large as that allows, given what is known of the version by then.
   *
   * @default 30
   */
  readonly failureBudget?: number;
}

/** How much a version has to show at each step before the rollout goes on. */
export interface EvidenceOptions {
  /**
   * How often a healthy version may be taken for a bad one at any time in its rollout because its requests failed by chance: a share from
   * 0.0001 to 0.2. The requests of both versions are compared at the same time; a smaller share needs more failures to be sure.
   *
   * @default 0.01
   */
  readonly falseRollbackRate?: number;

  /**
   * How long after its first traffic a version may fail while it warms up, without being compared with the stable one: whole seconds, at
   * most 21 days. Gross failure is found in this time too.
   *
   * @default Duration.seconds(0)
   */
  readonly grace?: Duration;

  /**
   * How many requests the new version has to serve at a step, a whole number from 1 on. A step that has seen fewer is prolonged.
   *
   * @default 20
   */
  readonly minimumInvocations?: number;

  /**
   * How long a step may be prolonged, from its beginning on: whole seconds, at most 21 days.
   *
   * @default Duration.hours(1)
   */
  readonly maximumBake?: Duration;

  /**
   * What happens after `maximumBake` if the new version has still served too few requests: `revert` gives all traffic back to the
   * stable version, `hold` asks for an approval, `proceed` goes on.
   *
   * @default 'revert'
   */
  readonly onNoEvidence?: 'revert' | 'hold' | 'proceed';

  /**
   * Where the number of requests of each version comes from. `metrics` are CloudWatch's minutes, which come a minute late. `logs` counts
   * every ten seconds the ends of invocations in the function's own log, as soon as they are there: nothing of the function changes, but it
   * has to log as JSON with the system log level INFO or DEBUG, in a log group of the standard class, and be invoked through this alias
   * alone. If the log cannot be read, the rollout goes on with minutes, and says why.
   *
   * @default 'metrics'
   */
  readonly counts?: 'metrics' | 'logs';

  /**
   * How much the queries of the log may scan in one rollout, in gigabytes from 0.001 on. AWS charges for each. Beyond that the rollout goes
   * on with minutes. Of no meaning with `metrics`.
   *
   * @default 50
   */
  readonly maximumGigabytesScanned?: number;

  /**
   * Compares how many requests of each version are slow: slower than so many milliseconds (1 to 900,000), or than the stable version's own
   * 99th percentile of the last day, which is read at the first look.
   *
   * @default - latency is not compared
   */
  readonly latency?: LatencyThreshold | 'stableP99';

  /**
   * Failures that Lambda does not know, such as a handled HTTP 500, at most 10: metrics that the function tells by version, or conditions on the
   * lines of its JSON log. The latter need `counts: 'logs'`.
   *
   * @default - none
   */
  readonly signals?: readonly (SignalOptions | LogSignalOptions)[];

  /**
   * Takes the new version back if a request to it costs more than one to the stable version by more than this share, 0 to 100: 0.2 allows one
   * fifth more. The cost is that of Lambda: the requests, and their time in the memory of the version.
   *
   * @default - the report tells what requests cost, and nothing is taken back for it
   */
  readonly maximumCostIncrease?: number;
}

/** When a request is slow. */
export interface LatencyThreshold {
  /** A request that takes longer is slow: 1 to 900,000 milliseconds. */
  readonly slowerThanMilliseconds: number;
}

/**
 * A metric of CloudWatch with the failures of each version, which the function or what stands before it puts. The version is the value of a
 * dimension; in the function it is `AWS_LAMBDA_FUNCTION_VERSION`.
 */
export interface SignalOptions {
  /** How people are told of it: 1 to 63 letters, digits, spaces, `.`, `_` or `-`; not `errors`, `throttles` or `latency`. */
  readonly name: string;

  /** The namespace of the metrics. */
  readonly namespace: string;

  /** The name of the metric whose sum is the failed requests. */
  readonly failures: string;

  /**
   * The name of the metric whose sum is all requests, in the same namespace and with the same dimensions.
   *
   * @default - the version's invocations
   */
  readonly requests?: string;

  /** The name of the dimension whose value is the version. */
  readonly versionDimension: string;

  /**
   * The other dimensions of the metrics, at most 29: CloudWatch knows a metric only by all of them.
   *
   * @default - none
   */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** Failures of each version that the function tells in its JSON log. */
export interface LogSignalOptions {
  /** How people are told of it: 1 to 63 letters, digits, spaces, `.`, `_` or `-`; not `errors`, `throttles` or `latency`. */
  readonly name: string;

  /** Which lines tell of a failed request. */
  readonly log: LogCondition;
}

/** A condition on the lines of a function's own: a request has failed if one of its lines has the field with this number or more. */
export interface LogCondition {
  /** The field as CloudWatch Logs Insights names it, its parts joined by dots: `message.statusCode`. */
  readonly field: string;

  /** From which number on the request has failed: 500. */
  readonly from: number;
}

/**
 * How a rollout moves the traffic, how long it watches each step, and what it does if it cannot decide.
 *
 * Say with exactly one of `canary` (with or without `batches`; `batches` may also stand alone), `steps`, `preset` and `adaptive` how the
 * traffic moves. Its alarms and hooks are constructs, so they are props of the RolloutAlias.
 *
 * @example { canary: { weight: 10, bake: Duration.minutes(5) }, batches: { count: 3 }, settle: Duration.minutes(10) }
 */
export interface RolloutPolicy {
  /**
   * The first step: a small share of the traffic.
   *
   * @default - no canary; the rollout begins with the first batch
   */
  readonly canary?: CanaryOptions;

  /**
   * How the rest of the traffic follows.
   *
   * @default - the rest follows at once
   */
  readonly batches?: BatchOptions;

  /**
   * The steps one by one, instead of `canary` and `batches`: 1 to 100 of them, with rising weights. If the last one is below 100 %,
   * a step at 100 % follows.
   *
   * @default - `canary`, `batches` or `preset` say how the traffic moves
   */
  readonly steps?: readonly StepOptions[];

  /**
   * A predefined deployment configuration of AWS CodeDeploy by its name, instead of `canary`, `batches` and `steps`.
   *
   * @default - `canary`, `batches` or `steps` say how the traffic moves
   */
  readonly preset?: PresetName;

  /**
   * Weights that follow the evidence, instead of `canary`, `batches`, `steps` and `preset`. Left out, `evidence` has its defaults then.
   *
   * @default - `canary`, `batches`, `steps` or `preset` say how the traffic moves
   */
  readonly adaptive?: AdaptiveOptions;

  /**
   * How long the new version is watched at 100 % before the rollout ends: whole seconds, at most 21 days. Until then the version
   * before gets everything back with a single write.
   *
   * @default - the `bake` of the last of `steps` if that gives 100 %; half an hour with `adaptive`; otherwise five minutes. Pass `Duration.seconds(0)` to watch nothing
   */
  readonly settle?: Duration;

  /**
   * How long a step waits for an approval: whole seconds from 1 on, at most 21 days.
   *
   * @default Duration.minutes(30)
   */
  readonly approvalTimeout?: Duration;

  /**
   * What happens if nobody has answered in that time: `revert` gives all traffic back to the stable version, `hold` asks again.
   *
   * @default 'revert'
   */
  readonly onApprovalTimeout?: 'revert' | 'hold';

  /**
   * What happens if an alarm is in ALARM already when a rollout starts: `block` rejects the rollout, `ignore` leaves that alarm out
   * until it has been OK once, so that a fix can be released during an incident.
   *
   * @default 'block'
   */
  readonly alarmsAlreadyFiring?: 'block' | 'ignore';

  /**
   * How much the new version has to show at each step.
   *
   * @default - none: alarms and time decide alone
   */
  readonly evidence?: EvidenceOptions;

  /**
   * What happens if a newer rollout of the alias starts before this one has ended: `supersede` lets the newer one take over,
   * `reject` refuses it. `waitForSettle` takes over too, except while the other one has all of the traffic and is only watched: then the
   * newer one waits until that rollout has ended, for a day at the most, and starts from the version that is served then. The policy of
   * the newer rollout decides.
   *
   * With `supersede`, a version that is watched at 100 % loses its traffic to the version before it, which stays the stable one.
   *
   * @default 'supersede'
   */
  readonly onConflict?: 'supersede' | 'reject' | 'waitForSettle';
}

/** Ways to a policy beside writing it out. Spread the result to say more: `{ ...RolloutPolicy.canary(...), settle: ... }`. */
export const RolloutPolicy = {
  /**
   * A share of the traffic first, then the rest at once.
   *
   * @example RolloutPolicy.canary({ weight: 10, bake: Duration.minutes(5) })
   */
  canary: (canary: CanaryOptions): RolloutPolicy => ({ canary }),

  /**
   * The traffic in equal shares.
   *
   * @example RolloutPolicy.batches({ count: 10, interval: Duration.minutes(1) })
   */
  batches: (batches: BatchOptions): RolloutPolicy => ({ batches }),

  /**
   * The steps one by one.
   *
   * @example RolloutPolicy.steps({ weight: 1, bake: Duration.hours(1) }, { weight: 25, bake: Duration.hours(4), approval: 'manual' })
   */
  steps: (...steps: readonly StepOptions[]): RolloutPolicy => ({ steps }),

  /**
   * A predefined deployment configuration of AWS CodeDeploy.
   *
   * @example RolloutPolicy.preset('Canary10Percent5Minutes')
   */
  preset: (preset: PresetName): RolloutPolicy => ({ preset }),

  /**
   * Weights that follow the evidence.
   *
   * @example RolloutPolicy.adaptive({ failureBudget: 10 })
   */
  adaptive: (adaptive: AdaptiveOptions = {}): RolloutPolicy => ({ adaptive }),

  /**
   * The policy in a JSON file, as `sluice plan` takes it: times are whole seconds, in `bakeSeconds`, `intervalSeconds` and so on.
   *
   * @param path of the file, relative to the folder in which the app runs
   * @throws Error if there is no such file, or with each field that is refused: its path, what was found and what was expected.
   *   Names of alarms and hooks are refused, because they are constructs here
   */
  fromFile: (path: string): RolloutPolicy => policyFromFile(path),

  /**
   * The same of a value that was read from JSON already.
   *
   * @throws Error with each field that is refused: its path, what was found and what was expected
   */
  fromJson: (json: unknown): RolloutPolicy => policyFromJson(json),
};
