import type { Usage } from './cost.ts';

export type Outcome = 'promoted' | 'rolledBack' | 'superseded' | 'cancelled' | 'rejected';

/** Something that happened, at the second at which it showed on the alias or on an alarm. */
export interface TimelineEntry {
  readonly second: number;
  readonly event:
    | 'shifted'
    | 'approvalRequested'
    | 'approved'
    | 'held'
    | 'resumed'
    | 'alarm'
    | 'promoted'
    | 'reverted'
    | 'superseded';
  /** The candidate's weight in percent after the event. */
  readonly weight: number;
  readonly reason: string;
}

/** What a rehearsal found, as `sluice rehearse --json` prints it. */
export interface RehearsalResult {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly versions: { readonly stable: string; readonly candidate: string };
  readonly alias: {
    readonly functionVersion: string;
    /** In percent. */
    readonly additionalVersionWeights: Readonly<Record<string, number>>;
  };
  readonly timeline: readonly TimelineEntry[];
  readonly seconds: {
    readonly toFullTraffic: number | null;
    readonly faultToRevert: number | null;
    readonly total: number;
  };
  readonly requests: { readonly total: number; readonly stable: number; readonly candidate: number };
  readonly failures: { readonly total: number; readonly candidate: number; readonly excess: number };
  readonly cost: Usage & { readonly usd: number };
}
