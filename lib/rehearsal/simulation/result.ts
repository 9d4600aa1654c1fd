import type { Outcome } from '../../rollout/contracts/ends.ts';
import type { Usage } from '../../rollout/document/cost.ts';
import type { JournalEntry } from '../../rollout/document/record.ts';
import type { CostComparison } from '../../rollout/evidence/version-cost.ts';
import type { DurationComparison } from '../../rollout/logs/durations-in-words.ts';

/** An event, at the second at which it showed on the alias or on an alarm. */
export interface TimelineEntry {
  readonly second: number;
  readonly event: JournalEntry['event'] | 'alarm';
  /** The candidate's weight in percent after the event. */
  readonly weight: number;
  readonly reason: string;
}

/** A member in the result of a rehearsal. */
export type MemberResult = { readonly name: string } & Pick<
  RehearsalResult,
  'versions' | 'alias' | 'requests' | 'failures'
>;

/** The result of a rehearsal, as `sluice rehearse --json` prints it. */
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
  /** Of a group, each member; left out if the scenario is of one alias. What is said above of one alias is the first member's. */
  readonly members?: readonly MemberResult[];
  /** What requests to both versions of the first member cost on the same traffic, as the rollout saw it; left out if it saw nothing. */
  readonly versionCosts?: CostComparison;
  /** How the invocations of both versions of the first member ran, as its log told the rollout; left out if it told nothing. */
  readonly versionDurations?: DurationComparison;
  readonly cost: Usage & { readonly usd: number };
}
