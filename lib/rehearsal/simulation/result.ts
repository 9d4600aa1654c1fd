import { type AliasState, allTrafficTo, sameRouting } from '../../rollout/alias/alias.ts';
import { type Outcome, outcomeOfError } from '../../rollout/contracts/ends.ts';
import type { Usage } from '../../rollout/document/cost.ts';
import type { JournalEntry } from '../../rollout/document/record.ts';
import { rolloutIn } from '../../rollout/document/rollout.ts';
import type { ExecutionEnd } from '../services/step-functions.ts';

/** Something that happened, at the second at which it showed on the alias or on an alarm. */
export interface TimelineEntry {
  readonly second: number;
  readonly event: JournalEntry['event'] | 'alarm';
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

/** How a rollout ended: as its execution says, or, where that was stopped or lost, as the alias shows afterwards. */
export function outcomeOf(
  end: ExecutionEnd,
  alias: AliasState | null,
  versions: { readonly stable: string; readonly candidate: string },
): Outcome {
  if (end.status === 'SUCCEEDED') return 'promoted';
  const told = outcomeOfError(end.error);
  if (told) return told;
  if (alias && sameRouting(alias, allTrafficTo(versions.candidate))) return 'promoted';
  return alias && sameRouting(alias, allTrafficTo(versions.stable)) ? 'rolledBack' : 'superseded';
}

/** Why it ended so. */
export function reasonOf(end: ExecutionEnd, outcome: Outcome): string {
  if (end.status === 'SUCCEEDED') return rolloutIn(end.output)?.reason ?? '';
  if (end.status === 'ABORTED')
    return `the execution was stopped${outcome === 'rolledBack' ? '; the alias was put back' : ''}`;
  return end.cause ?? `the execution ended as ${end.status}`;
}
