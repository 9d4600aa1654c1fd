import type { Outcome } from '../rollout/contracts/ends.ts';
import type { Report } from '../rollout/document/record.ts';
import type { CostComparison } from '../rollout/evidence/version-cost.ts';
import type { DurationComparison } from '../rollout/logs/durations-in-words.ts';
import type { VersionCounts } from '../rollout/observation.ts';

/** How a rollout ended, or that it has not: see {@link RolloutRecord.state}. */
export type RolloutState = Outcome | 'running' | 'stopped' | 'failed';

/** What a running rollout is doing. */
export type RolloutActivity = 'starting' | 'waitingForCommit' | 'held' | 'waitingForApproval' | 'baking' | 'shifting';

/** An event of a rollout, such as a shift to the next weight. */
export interface RolloutEvent {
  /** When it happened, in ISO 8601. */
  readonly at: string;
  /** The kind of event: `shifted`, `approvalRequested`, `approved`, `held`, `resumed`, `promoted`, `reverted` or `superseded`. */
  readonly event: string;
  /** The candidate's weight after the event, in percent. */
  readonly weight: number;
  /** Why it happened, for people. */
  readonly reason: string;
}

/** Where an alias sends its traffic. */
export interface AliasTraffic {
  /** The version that gets the traffic that no weight takes. */
  readonly functionVersion: string;
  /** Further versions, each with its weight in percent. */
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

/** A step of a plan. */
export interface RolloutStep {
  /** The number of the step, from 1 on; 0 before the first. */
  readonly number: number;
  /** How many steps the plan has. */
  readonly of: number;
}

/** A member of the rollout of a group. */
export interface MemberRecord {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version that the alias served before; null until the rollout has looked at it. */
  readonly stable: string | null;
  /** The version that the rollout moves traffic to. */
  readonly candidate: string;
  /** The requests that both versions were seen to serve in the current step; null until the rollout has a plan. */
  readonly requests: VersionCounts | null;
  /**
   * Whether the member takes no part, because it serves its version already.
   *
   * @default false
   */
  readonly leftOut?: boolean;
  /**
   * How somebody else has set the alias: the rollout leaves it so, and has ended on account of it. Null if the alias does not exist any more.
   *
   * @default nobody has
   */
  readonly leftAt?: AliasTraffic | null;
}

/**
 * A rollout: where it stands, or how it ended. Of a group, `function`, `alias`, `stable` and `candidate` tell of the member that was asked
 * for, or of the first one.
 */
export interface RolloutRecord {
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /**
   * The name of the group; null if several aliases move together that have none.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly group?: string | null;
  /**
   * The members of the group that the rollout was started for, in the order in which they get their weights.
   *
   * @default the rollout shifts one alias that is in no group
   */
  readonly members?: readonly MemberRecord[];
  /** The name of the execution. */
  readonly execution: string;
  /** The ARN of the execution. */
  readonly executionArn: string;
  /**
   * `running` until the rollout ends, then its outcome. `stopped`: a person or a timeout ended the execution. `failed`: the rollout
   * could not put the alias back.
   */
  readonly state: RolloutState;
  /** What a running rollout is doing; null once it has ended. */
  readonly doing: RolloutActivity | null;
  /** Why the rollout is where it is, for people. */
  readonly reason: string;
  /** The version that the alias served before; null until the rollout has looked at it. */
  readonly stable: string | null;
  /** The version that the rollout moves traffic to. */
  readonly candidate: string;
  /** The weight that the rollout has given the candidate last, in percent. */
  readonly weight: number;
  /** The step that the rollout is at; null until the rollout has a plan. */
  readonly step: RolloutStep | null;
  /** Who or what started the rollout. */
  readonly startedBy: string;
  /** When the execution started, in ISO 8601. */
  readonly startedAt: string;
  /** When the execution ended, in ISO 8601; null while it runs. */
  readonly endedAt: string | null;
  /** The requests that both versions, of all members, were seen to serve in the current step; null until the rollout has a plan. */
  readonly requests: VersionCounts | null;
  /**
   * What requests to both versions cost on the same traffic, as far as it was seen. Of a group, those to its first member.
   *
   * @default it is not known: the policy asks for no evidence, or both versions have not served requests at the same time
   */
  readonly versionCosts?: CostComparison;
  /**
   * How the invocations of both versions ran, if the policy counts by logs: cold starts and billed time. Of a group, those of its first member.
   *
   * @default it is not known
   */
  readonly versionDurations?: DurationComparison;
  /** The events of the rollout so far, oldest first. */
  readonly events: readonly RolloutEvent[];
  /** The summary that a rollout makes when it ends; null before, and for an execution that was stopped. */
  readonly report: Report | null;
}
