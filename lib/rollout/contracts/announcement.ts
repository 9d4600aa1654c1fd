import { totalOf } from '../coverage.ts';
import type { JournalEntry } from '../document/record.ts';
import { outcomeIn } from '../document/report.ts';
import { identityOf, type Rollout } from '../document/rollout.ts';
import { functionNameOf } from '../document/start.ts';
import type { VersionCounts } from '../observation.ts';
import { type EndEvent, ends, type Outcome } from './ends.ts';
import { oneLine } from './text.ts';

/** What can be told of a rollout: all that its journal tells but requests for approval, its start, and ends that nobody journals. */
export type ChangeEvent = Exclude<JournalEntry['event'], 'approvalRequested'> | 'started' | EndEvent;

/**
 * The detail of the event `Sluice Rollout Changed`. Times are ISO 8601, weights percent. Later versions of this schema add fields and
 * keep these; what breaks them gets another number in `schema`.
 */
export interface Announcement {
  readonly schema: 1;
  readonly event: ChangeEvent;
  /** How the rollout ended, with its last event; null while it goes on. */
  readonly outcome: Outcome | null;
  /** The whole in one sentence, without quotes: for a message to people. */
  readonly summary: string;
  /** The execution's ARN. */
  readonly execution: string;
  readonly function: string;
  readonly alias: string;
  readonly stable: string;
  readonly candidate: string;
  /** The candidate's weight after the event. */
  readonly weight: number;
  readonly reason: string;
  readonly at: string;
  /** What both versions were seen to serve since the first traffic, and in the step at hand; null where nobody had counted. */
  readonly evidence: {
    readonly alarms: readonly string[];
    readonly rollout: VersionCounts;
    readonly step: VersionCounts;
  } | null;
  /** Requests that were seen to fail on the candidate; null where nobody had counted. */
  readonly failedRequests: number | null;
}

/** What a handler made of the document that is worth telling, in the order in which it happened. `now` is in seconds since 1970. */
export function announcementsOf(before: unknown, after: unknown, now: number): readonly Announcement[] {
  if (!isRollout(after)) return [];
  const known = new Set(isRollout(before) ? before.journal.map((entry) => JSON.stringify(entry)) : []);
  const news = after.journal.filter(
    (entry) => entry.event !== 'approvalRequested' && !known.has(JSON.stringify(entry)),
  );
  const outcome = outcomeIn(after);
  const told: { event: ChangeEvent; weight: number; reason: string; at: number }[] = [
    ...(isRollout(before)
      ? []
      : [
          {
            event: 'started' as const,
            weight: 0,
            reason: `started by ${after.startedBy}`,
            at: after.execution.startedAt,
          },
        ]),
    ...(news as (JournalEntry & { event: ChangeEvent })[]),
  ];
  if (outcome && told.at(-1)?.event !== ends[outcome].event) {
    told.push({ event: ends[outcome].event, weight: outcome === 'promoted' ? 100 : 0, reason: after.reason, at: now });
  }
  return told.map((entry, index) => announce(after, entry, index === told.length - 1 ? (outcome ?? null) : null));
}

function announce(
  rollout: Rollout,
  { event, weight, reason, at }: { event: ChangeEvent; weight: number; reason: string; at: number },
  outcome: Outcome | null,
): Announcement {
  const { execution, alias, stable, candidate } = identityOf(rollout);
  const seen =
    rollout.report?.requests ?? totalOf([...rollout.passed.map(({ requests }) => requests), rollout.current]);
  const counted = rollout.step >= 0;
  const told = {
    event,
    function: functionNameOf(rollout.functionName),
    alias,
    stable,
    candidate,
    weight,
    reason: oneLine(reason),
  };
  return {
    schema: 1,
    ...told,
    outcome,
    summary: summaryOf(told),
    execution,
    at: new Date(at * 1000).toISOString(),
    evidence: counted ? { alarms: rollout.policy.alarms, rollout: seen, step: rollout.current } : null,
    failedRequests: counted ? seen.candidate.errors : null,
  };
}

/** An announcement in one sentence. EventBridge puts it into messages as it is, so it has neither quotes nor backslashes. */
export function summaryOf(
  told: Pick<Announcement, 'function' | 'alias' | 'stable' | 'candidate' | 'weight' | 'reason'> & {
    readonly event: string;
  },
): string {
  const versions = told.stable ? `${told.stable} -> ${told.candidate}` : told.candidate;
  return `Sluice: ${functionNameOf(told.function)}:${told.alias} ${versions} ${told.event} at ${told.weight} %: ${told.reason}`
    .replaceAll('"', "'")
    .replaceAll('\\', '/');
}

const isRollout = (document: unknown): document is Rollout =>
  typeof document === 'object' && document !== null && (document as { schema?: unknown }).schema === 1;
