import type { Outcome } from '../contracts/ends.ts';
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
  readonly by?: string;
  readonly comment?: string;
}

/** A step that was taken: its weight in percent, from when to when (seconds since 1970), and the requests that were observed. */
export interface PassedStep {
  readonly weight: number;
  readonly from: number;
  readonly until: number;
  readonly requests: VersionCounts;
  /** Why it ended. */
  readonly verdict: string;
}

/** How a request for an approval ended, and who answered it. */
export interface AnsweredApproval extends ApprovalAnswer {
  /** Seconds since 1970. */
  readonly at: number;
  /** The weight in percent that was asked for. */
  readonly weight: number;
  readonly verdict: 'approved' | 'rejected' | 'timedOut';
}

/** The summary of a rollout. Times are ISO 8601, weights percent. */
export interface Report {
  readonly schema: 1;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly function: string;
  readonly alias: string;
  readonly versions: { readonly stable: string; readonly candidate: string };
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  readonly steps: readonly {
    readonly weight: number;
    readonly startedAt: string;
    readonly seconds: number;
    /** Why the step ended: the verdict in words. */
    readonly verdict: string;
    readonly requests: VersionCounts;
  }[];
  /** Of all steps together, as CloudWatch's closed periods had shown them at the last look. */
  readonly requests: VersionCounts;
  readonly approvals: readonly (Omit<AnsweredApproval, 'at'> & { readonly at: string })[];
  /** The rollout's use of AWS: an estimate from its looks and steps; retries are not in it. */
  readonly cost: Usage & { readonly usd: number };
}
