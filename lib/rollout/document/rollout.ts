import type { Routing } from '../alias/alias.ts';
import { allTrafficTo, split } from '../alias/alias.ts';
import { outcomes } from '../contracts/ends.ts';
import { oneLine } from '../contracts/text.ts';
import type { VersionCounts } from '../observation.ts';
import type { Policy } from '../policy/policy.ts';
import type { Step } from '../policy/step.ts';
import type { AnsweredApproval, JournalEntry, PassedStep, Report } from './record.ts';

/** Where the state machine may go with the document. Each stage of the machine has a Choice of its own over some of these. */
export const nexts = [
  'preflight',
  'awaitCommit',
  'warm',
  'beforeTraffic',
  'shift',
  'eachStep',
  'bake',
  'awaitApproval',
  'afterTraffic',
  'promote',
  'revert',
  'rollback',
  'rolledBackByHand',
  ...outcomes,
] as const;
export type Next = (typeof nexts)[number];

/** What a Catch left behind. Ragged: AWS hands over an empty, missing, plain or JSON cause. */
export interface CaughtError {
  readonly Error?: string | null;
  readonly Cause?: string | null;
}

/**
 * The one document that travels through the state machine: what was planned, where the rollout is, what it has seen.
 * Plain JSON; every field is always present, because a path that finds nothing ends an execution uncaught.
 */
export interface Rollout {
  readonly schema: 1;
  /** The execution's ARN and start, from the context object. */
  readonly execution: { readonly id: string; readonly name: string; readonly startedAt: number };
  /** The function's name or unqualified ARN, and the alias that is shifted. */
  readonly functionName: string;
  readonly aliasName: string;
  /** The stack whose commit the rollout waits for; null where nothing deploys it. */
  readonly stack: string | null;
  /** Whether that stack was seen to have committed: asked for no more then, for later updates are not ours. */
  readonly committed: boolean;
  /** Whether the hooks before the first traffic have agreed. */
  readonly tried: boolean;
  /** How many execution environments of the candidate are made ready before its first traffic; null where none. */
  readonly provisionedConcurrency: number | null;
  /** Whether they were seen to be ready. */
  readonly warmed: boolean;
  /** Whether the end has provisioned concurrency to release; in every document, for the state machine asks. */
  readonly toRelease: boolean;
  /** Who or what started the rollout, in words. */
  readonly startedBy: string;
  readonly stable: string;
  readonly candidate: string;
  readonly policy: Policy;
  readonly plan: readonly Step[];
  /** Index of the step whose weight the alias has; -1 before the first traffic. */
  readonly step: number;
  /** What the alias was when we last looked or wrote. */
  readonly seen: Routing;
  /** What the next Shift or Promote writes. */
  readonly wanted: Routing;
  /** When the step's weight was given, in seconds since 1970. */
  readonly shiftedAt: number;
  /** The operator's reason while the rollout is held; null otherwise. */
  readonly held: string | null;
  /** What became of the approval for the next step. */
  readonly approval: 'none' | 'asked' | 'approved' | 'timedOut' | 'rejected' | 'failed';
  /** What the approver handed over, as it came; null while nobody was asked. */
  readonly answer: unknown;
  /** Alarms that fired before the rollout and have not been OK since. */
  readonly ignoredAlarms: readonly string[];
  /** The steps that are over, and what was seen of the one that is not, in closed metric periods. */
  readonly passed: readonly PassedStep[];
  readonly current: VersionCounts;
  /** How often the alias was observed, and how often the commit was waited for: they stretch the next wait. */
  readonly observations: number;
  readonly preflights: number;
  /** What a decision must remember from one observation to the next; a few hundred bytes at most. */
  readonly memory: Readonly<Record<string, number>>;
  readonly next: Next;
  /** How long the next Wait state waits: whole, non-negative seconds. */
  readonly waitSeconds: number;
  /** How long the next approval request waits for its answer, in whole seconds. */
  readonly approvalSeconds: number;
  /** The verdict's reason in words that a person on call understands. */
  readonly reason: string;
  /** What was thrown, once something was. */
  readonly error: CaughtError | null;
  readonly journal: readonly JournalEntry[];
  /** Every answer to an approval request, in the order in which they came. */
  readonly approvals: readonly AnsweredApproval[];
  /** The summary of a rollout that has ended; null before. */
  readonly report: Report | null;
}

/** The steps that were taken, the current one included, as of `now`. */
export function passedUntil(rollout: Rollout, now: number): readonly PassedStep[] {
  if (rollout.step < 0) return [];
  const { shiftedAt: from, current: requests, reason } = rollout;
  const step: PassedStep = { weight: weightOf(rollout), from, until: now, requests, verdict: oneLine(reason, 200) };
  return [...rollout.passed, step];
}

/** Which rollout it is and where it stands, for hooks and events. */
export const identityOf = (rollout: Rollout) => ({
  execution: rollout.execution.id,
  function: rollout.functionName,
  alias: rollout.aliasName,
  stable: rollout.stable,
  candidate: rollout.candidate,
  /** The candidate's weight in percent. */
  weight: weightOf(rollout),
});

/** The candidate's weight in percent that the rollout gave last; 0 before its first traffic. */
export const weightOf = (rollout: Rollout): number => rollout.plan[rollout.step]?.weight ?? 0;

/** What the alias shows while the rollout is at its step. */
export const routingAt = (rollout: Rollout, step: number): Routing =>
  split(rollout.stable, rollout.candidate, rollout.plan[step]?.weight ?? 0);

/** What the alias shows at the next step; none after the last. */
export const nextRouting = (rollout: Rollout): readonly Routing[] =>
  rollout.plan[rollout.step + 1] ? [routingAt(rollout, rollout.step + 1)] : [];

/** What the alias shows when the rollout is over, for better or worse. */
export const promotedRouting = (rollout: Rollout): Routing => allTrafficTo(rollout.candidate);
export const revertedRouting = (rollout: Rollout): Routing => allTrafficTo(rollout.stable);

/** The longest journal that a document carries: far below Step Functions' 256 KB, with room for every step. */
const LONGEST_JOURNAL = 200;

/** Adds to the rollout's story. A story that outgrows the document keeps its beginning and its latest entries. */
export function journal(
  rollout: Rollout,
  now: number,
  event: JournalEntry['event'],
  weight: number,
  reason: string,
): readonly JournalEntry[] {
  const entries = [...rollout.journal, { at: now, event, weight, reason }];
  return entries.length <= LONGEST_JOURNAL ? entries : entries.toSpliced(LONGEST_JOURNAL / 2, 1);
}
