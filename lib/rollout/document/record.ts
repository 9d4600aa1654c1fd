import type { Outcome } from '../contracts/ends.ts';
import type { VersionCounts } from '../observation.ts';
import type { Usage } from './cost.ts';

/** What happened, for the record: the rollout's own story in the order in which it happened. */
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

/** What is kept of a person's answer to an approval request. */
export interface ApprovalAnswer {
  readonly by?: string;
  readonly comment?: string;
}

/** A step that was taken: its weight in percent, from when to when (seconds since 1970), and what was seen of it. */
export interface PassedStep {
  readonly weight: number;
  readonly from: number;
  readonly until: number;
  readonly requests: VersionCounts;
  /** Why it ended. */
  readonly verdict: string;
}

/** What became of a request for an approval, and who said so. */
export interface AnsweredApproval extends ApprovalAnswer {
  /** Seconds since 1970. */
  readonly at: number;
  /** The weight in percent that was asked for. */
  readonly weight: number;
  readonly verdict: 'approved' | 'rejected' | 'timedOut';
}

/** The summary of a rollout: what the next release wants to know of this one. Times are ISO 8601, weights percent. */
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
  /** What the rollout used of AWS: an estimate from its looks and steps; retries are not in it. */
  readonly cost: Usage & { readonly usd: number };
}
