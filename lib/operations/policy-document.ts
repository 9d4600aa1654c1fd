import type { PresetName } from '../rollout/policy/presets.ts';

/** Whether a step waits for a person before its weight is given. */
export type ApprovalMode = 'automatic' | 'manual';

/** The first, small step of a rollout. */
export interface CanaryDocument {
  /** The candidate's weight in whole percent, 1 to 50. */
  readonly weight: number;
  /**
   * How long the canary is watched, in whole seconds.
   *
   * @default 300
   */
  readonly bakeSeconds?: number;
  /**
   * Whether a person must approve the canary.
   *
   * @default 'automatic'
   */
  readonly approval?: ApprovalMode;
}

/** The equal steps after the canary. */
export interface BatchesDocument {
  /** How many steps share the remaining traffic, 1 to 100. */
  readonly count: number;
  /**
   * How long each batch is watched, in whole seconds.
   *
   * @default 300
   */
  readonly intervalSeconds?: number;
  /**
   * Whether a person must approve each batch.
   *
   * @default 'automatic'
   */
  readonly approval?: ApprovalMode;
}

/** One step of a list. */
export interface StepDocument {
  /** The candidate's weight in whole percent, 1 to 100; more than in the step before. */
  readonly weight: number;
  /** How long the step is watched, in whole seconds. */
  readonly bakeSeconds: number;
  /**
   * Whether a person must approve the step.
   *
   * @default 'automatic'
   */
  readonly approval?: ApprovalMode;
}

/** Weights that follow the evidence. */
export interface AdaptiveDocument {
  /**
   * How many requests may fail, beyond those that the stable version fails, before a bad version can be seen at the next weight: from 1 on.
   *
   * @default 30
   */
  readonly failureBudget?: number;
}

/** How much a step must have seen before it counts as good. */
export interface EvidenceDocument {
  /**
   * How often a healthy version may be taken for a bad one at any time in its rollout: a share from 0.0001 to 0.2.
   *
   * @default 0.01
   */
  readonly falseRollbackRate?: number;
  /**
   * How long after its first traffic a version may fail while it warms up, without being compared with the stable one, in whole seconds.
   *
   * @default 0
   */
  readonly graceSeconds?: number;
  /**
   * A step lasts until the candidate has served so many requests.
   *
   * @default 20
   */
  readonly minimumInvocations?: number;
  /**
   * A step lasts no longer than this, in whole seconds; then `onNoEvidence` decides.
   *
   * @default 3600
   */
  readonly maximumBakeSeconds?: number;
  /**
   * What happens to a step that has not seen enough; `hold` asks for an approval.
   *
   * @default 'revert'
   */
  readonly onNoEvidence?: 'revert' | 'hold' | 'proceed';
  /**
   * Where the counts of each version come from: CloudWatch's minutes, or every ten seconds the function's JSON log.
   *
   * @default 'metrics'
   */
  readonly counts?: 'metrics' | 'logs';
  /**
   * How much the queries of the log may scan in a rollout, in gigabytes from 0.001 on; then it goes on with minutes.
   *
   * @default 50
   */
  readonly maximumGigabytesScanned?: number;
  /**
   * When a request is slow: the versions are compared by how many are. `stableP99` is the stable version's 99th percentile of the last day.
   *
   * @default latency is not compared
   */
  readonly latency?: LatencyDocument | 'stableP99';
  /**
   * Failures that Lambda does not know, at most 10: metrics by version that the function tells, or lines of its log.
   *
   * @default none
   */
  readonly signals?: (SignalDocument | LogSignalDocument)[];
  /**
   * By how much a request to the new version may cost more, as a share of what one to the stable version costs: 0 to 100, 0.2 is one fifth.
   *
   * @default the cost is told, and nothing is reverted for it
   */
  readonly maximumCostIncrease?: number;
}

/** When a request is slow. */
export interface LatencyDocument {
  /** A request that takes longer is slow: 1 to 900,000 milliseconds. */
  readonly slowerThanMilliseconds: number;
}

/** A metric with the failures of each version. The version is the value of one of its dimensions. */
export interface SignalDocument {
  /** How people are told of it: 1 to 63 letters, digits, spaces, `.`, `_` or `-`. */
  readonly name: string;
  /** The namespace of the metrics. */
  readonly namespace: string;
  /** The name of the metric whose sum is the failed requests. */
  readonly failures: string;
  /**
   * The name of the metric whose sum is all requests.
   *
   * @default the version's invocations
   */
  readonly requests?: string;
  /** The name of the dimension whose value is the version. */
  readonly versionDimension: string;
  /**
   * The other dimensions of the metrics, at most 29.
   *
   * @default none
   */
  readonly dimensions?: Record<string, string>;
}

/** Failures of each version that the function tells in its JSON log. They need `counts: "logs"`. */
export interface LogSignalDocument {
  /** How people are told of it: 1 to 63 letters, digits, spaces, `.`, `_` or `-`. */
  readonly name: string;
  /** Which lines tell of a failed request. */
  readonly log: LogConditionDocument;
}

/** A condition on the lines of a function's own. */
export interface LogConditionDocument {
  /** The field as CloudWatch Logs Insights names it, its parts joined by dots: `message.statusCode`. */
  readonly field: string;
  /** From which number on the request has failed. */
  readonly from: number;
}

/** The functions that can stop a rollout, by name. A stage has at most 20. */
export interface HooksDocument {
  /**
   * Are invoked before the candidate gets any traffic.
   *
   * @default none
   */
  readonly beforeTraffic?: string[];
  /**
   * Are invoked before each further weight.
   *
   * @default none
   */
  readonly eachStep?: string[];
  /**
   * Are invoked once the candidate has all traffic, before it is promoted.
   *
   * @default none
   */
  readonly afterTraffic?: string[];
}

/**
 * How a rollout moves traffic and what it watches, as in a policy file. Exactly one of `canary` with `batches`, `steps` and `preset` says
 * how the traffic moves.
 */
export interface PolicyDocument {
  /**
   * The first step.
   *
   * @default no canary
   */
  readonly canary?: CanaryDocument;
  /**
   * The steps after the canary.
   *
   * @default one step to 100 %
   */
  readonly batches?: BatchesDocument;
  /**
   * The steps one by one, instead of `canary` and `batches`.
   *
   * @default none
   */
  readonly steps?: StepDocument[];
  /**
   * A deployment configuration of CodeDeploy by its name, instead of `canary` and `batches`.
   *
   * @default none
   */
  readonly preset?: PresetName;
  /**
   * Weights that follow the evidence, instead of `canary` and `batches`. `evidence` has its defaults then if it is left out.
   *
   * @default none
   */
  readonly adaptive?: AdaptiveDocument;
  /**
   * How long the candidate is watched at 100 % before it is promoted, in whole seconds.
   *
   * @default 300; the bake of the last of `steps` if its weight is 100; 1800 with `adaptive`. Write 0 to watch nothing
   */
  readonly settleSeconds?: number;
  /**
   * How long an approval may take, in whole seconds.
   *
   * @default 1800
   */
  readonly approvalTimeoutSeconds?: number;
  /**
   * What happens if nobody answers in time; `hold` asks again.
   *
   * @default 'revert'
   */
  readonly onApprovalTimeout?: 'revert' | 'hold';
  /**
   * The names of the CloudWatch alarms that revert the rollout.
   *
   * @default none
   */
  readonly alarms?: string[];
  /**
   * What happens if an alarm is in ALARM before the rollout begins; `ignore` disregards it until it has been OK.
   *
   * @default 'block'
   */
  readonly alarmsAlreadyFiring?: 'block' | 'ignore';
  /**
   * How much a step must have seen.
   *
   * @default alarms and time decide alone
   */
  readonly evidence?: EvidenceDocument;
  /**
   * The functions that can stop the rollout.
   *
   * @default none
   */
  readonly hooks?: HooksDocument;
  /**
   * What happens if another rollout of the alias is under way: `supersede` ends it, `reject` ends the new one. `waitForSettle` ends
   * it too, except while it has all of the traffic and is only watched: then the new one waits for its end, for a day at the most.
   *
   * @default 'supersede'
   */
  readonly onConflict?: 'supersede' | 'reject' | 'waitForSettle';
}
