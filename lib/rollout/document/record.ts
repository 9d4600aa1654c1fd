import type { Outcome } from '../contracts/ends.ts';
import type { CostComparison } from '../evidence/version-cost.ts';
import type { DurationComparison } from '../logs/durations-in-words.ts';
import type { VersionCounts } from '../observation.ts';
import type { Usage } from './cost.ts';

/** One event of a rollout in its journal, which keeps them in the order in which they happened. */
export interface JournalEntry {
  /** Seconds since 1970. */
  readonly at: number;
  readonly event:
    | 'shifted'
    | 'approvalRequested'
    | 'approved'
    | 'held'
    | 'resumed'
    | 'promoted'
    | 'reverted'
    | 'superseded';
  /** The candidate's weight in percent after the event. */
  readonly weight: number;
  readonly reason: string;
}

/** What happened to a rollout: all that stands in its journal, and its start. */
export type RolloutEvent = Omit<JournalEntry, 'event'> & { readonly event: JournalEntry['event'] | 'started' };

/** The part of a person's answer to an approval request that is kept. */
export interface ApprovalAnswer {
  /**
   * Who answered.
   *
   * @default nobody did, or the answer does not say
   */
  readonly by?: string;
  /**
   * What they said.
   *
   * @default nothing
   */
  readonly comment?: string;
}

/** A step that was taken: its weight in percent, from when to when (seconds since 1970), and the requests that were observed. */
export interface PassedStep {
  readonly weight: number;
  readonly from: number;
  readonly until: number;
  readonly requests: VersionCounts;
  /** Those of all members together; left out if there is one member. */
  readonly inAll?: VersionCounts;
  /** How many seconds of whole, closed periods the requests were counted in. A release before this one did not write it. */
  readonly countedSeconds?: number;
  /** Why it ended. */
  readonly verdict: string;
}

/** How a request for an approval ended, and who answered it. */
export interface AnsweredApproval extends ApprovalAnswer {
  /** Seconds since 1970. */
  readonly at: number;
  /** The weight in percent that was asked for. */
  readonly weight: number;
  /** The answer, or that none came in time. */
  readonly verdict: 'approved' | 'rejected' | 'timedOut';
}

/** A member of a group in the summary of its rollout. */
export interface MemberReport {
  /** The function, by name or unqualified ARN. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The version before. */
  readonly stable: string;
  /** The version that the rollout moved traffic to. */
  readonly candidate: string;
  /** The requests that both versions were seen to serve. */
  readonly requests: VersionCounts;
  /**
   * What requests to both versions cost on the same traffic.
   *
   * @default it is not known
   */
  readonly versionCosts?: CostComparison;
  /**
   * How the invocations of both versions ran, if the policy counts by logs: cold starts and billed time.
   *
   * @default it is not known
   */
  readonly versionDurations?: DurationComparison;
  /**
   * How somebody else has set the alias, as the rollout has left it. Weights are percent.
   *
   * @default nobody has
   */
  readonly leftAt?: {
    /** The version that gets the traffic which no weight takes; empty if the alias does not exist any more. */
    readonly functionVersion: string;
    /** Further versions and their share. */
    readonly additionalVersionWeights: Readonly<Record<string, number>>;
  };
  /**
   * Whether the member took no part, because it serves its version already.
   *
   * @default false
   */
  readonly leftOut?: boolean;
}

/** The summary of a rollout. Times are ISO 8601, weights percent. */
export interface Report {
  /** Later releases add fields and keep these; a change that breaks them gets another number. */
  readonly schema: 1;
  /** How the rollout ended. */
  readonly outcome: Outcome;
  /** Why it ended so, for people. */
  readonly reason: string;
  /** The function, by name or unqualified ARN. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /**
   * The name of the group; null if it has none. Function, alias and versions are those of its first member, requests those of all.
   *
   * @default the rollout shifted one alias
   */
  readonly group?: string | null;
  /**
   * The members of the group, in the order in which they got their weights.
   *
   * @default the rollout shifted one alias
   */
  readonly members?: readonly MemberReport[];
  /** The two versions. */
  readonly versions: {
    /** The version before. */
    readonly stable: string;
    /** The version that the rollout moved traffic to. */
    readonly candidate: string;
  };
  /**
   * What people should know of the two versions: how they differ, what of them is not immutable, what a revert does not undo.
   *
   * @default a release before this one wrote the report
   */
  readonly notes?: readonly string[];
  /** Who or what started the rollout. */
  readonly startedBy: string;
  /** When the execution started. */
  readonly startedAt: string;
  /** When the rollout ended. */
  readonly endedAt: string;
  /** How long the rollout took, in seconds. */
  readonly seconds: number;
  /** The steps that were taken, in their order. */
  readonly steps: readonly {
    /** The candidate's weight, in percent. */
    readonly weight: number;
    /** When the weight was given. */
    readonly startedAt: string;
    /** How long the step lasted, in seconds. */
    readonly seconds: number;
    /** Why the step ended: the verdict in words. */
    readonly verdict: string;
    /** The requests that both versions were seen to serve in this step. */
    readonly requests: VersionCounts;
  }[];
  /** What was found before the first traffic and stopped nothing, such as an alarm that needs longer than a step. */
  readonly remarks: readonly string[];
  /** Of all steps together, as CloudWatch's closed periods had shown them at the last look. */
  readonly requests: VersionCounts;
  /**
   * What requests to both versions cost on the same traffic. Of a group, those to its first member.
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
  /** The answers to approval requests, in their order. */
  readonly approvals: readonly (Omit<AnsweredApproval, 'at'> & {
    /** When it came. */
    readonly at: string;
  })[];
  /** What the rollout used of AWS: an estimate from its looks and steps; retries are not in it. */
  readonly cost: Usage & {
    /** The price in US dollars. */
    readonly usd: number;
  };
}
