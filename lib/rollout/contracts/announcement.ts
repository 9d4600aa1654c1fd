import { totalOf } from '../coverage.ts';
import type { Change } from '../document/change.ts';
import type { RolloutEvent } from '../document/record.ts';
import { outcomeIn } from '../document/report.ts';
import { groupOf, identityOf, type MemberIdentity, type Rollout } from '../document/rollout.ts';
import { functionNameOf } from '../document/start.ts';
import type { VersionCounts } from '../observation.ts';
import { type EndEvent, ends, type Outcome } from './ends.ts';
import { oneLine } from './text.ts';

/** An event that is announced: the start, the end, and every entry of the journal. Requests for approval have an event of their own. */
export type ChangeEvent = Exclude<RolloutEvent['event'], 'approvalRequested'> | EndEvent;

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
  /** The first member's, of a group. */
  readonly function: string;
  readonly alias: string;
  /** The name of the group; null if it has none. Left out if the rollout shifts one alias. */
  readonly group?: string | null;
  /** The members of the group, in the order in which they get their weights. Left out if the rollout shifts one alias. */
  readonly members?: readonly MemberIdentity[];
  readonly stable: string;
  readonly candidate: string;
  /** The candidate's weight after the event. */
  readonly weight: number;
  readonly reason: string;
  readonly at: string;
  /** The requests of both versions that were observed since the first traffic, and in the current step; null if nobody had counted. */
  readonly evidence: {
    readonly alarms: readonly string[];
    readonly rollout: VersionCounts;
    readonly step: VersionCounts;
  } | null;
  /** Requests to the candidate that were observed to fail; null if nobody had counted. */
  readonly failedRequests: number | null;
}

/** The announcements of a change, in the order in which its events happened. `now` is in seconds since 1970. */
export function announcementsOf({ rollout, events }: Change, now: number): readonly Announcement[] {
  const outcome = outcomeIn(rollout);
  const announced: Announced[] = events.flatMap(({ event, ...rest }) =>
    event === 'approvalRequested' ? [] : [{ event, ...rest }],
  );
  if (outcome && announced.at(-1)?.event !== ends[outcome].event) {
    const weight = outcome === 'promoted' ? 100 : 0;
    announced.push({ event: ends[outcome].event, weight, reason: rollout.reason, at: now });
  }
  return announced.map((each, index) =>
    announcementOf(rollout, each, index === announced.length - 1 ? (outcome ?? null) : null),
  );
}

/** An event of a rollout that is announced; the end is among them, also if the journal does not tell it. */
type Announced = Omit<RolloutEvent, 'event'> & { readonly event: ChangeEvent };

function announcementOf(
  rollout: Rollout,
  { event, weight, reason, at }: Announced,
  outcome: Outcome | null,
): Announcement {
  const { execution, alias, stable, candidate } = identityOf(rollout);
  const step = totalOf([rollout.current, ...rollout.others.map(({ current }) => current)]);
  const seen =
    rollout.report?.requests ?? totalOf([...rollout.passed.map(({ requests, inAll = requests }) => inAll), step]);
  const counted = rollout.step >= 0;
  const told = {
    event,
    function: functionNameOf(rollout.functionName),
    alias,
    ...groupOf(rollout),
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
    evidence: counted ? { alarms: rollout.policy.alarms, rollout: seen, step } : null,
    failedRequests: counted ? seen.candidate.errors : null,
  };
}

/** An announcement in one sentence. EventBridge puts it into messages as it is, so it has neither quotes nor backslashes. */
export function summaryOf(
  told: Pick<
    Announcement,
    'function' | 'alias' | 'stable' | 'candidate' | 'weight' | 'reason' | 'group' | 'members'
  > & {
    readonly event: string;
  },
): string {
  const all = told.members ?? [told];
  const versions = all.map(inWords).join(', ');
  return `Sluice: ${told.group ? `${told.group}: ` : ''}${versions} ${told.event} at ${told.weight} %: ${told.reason}`
    .replaceAll('"', "'")
    .replaceAll('\\', '/');
}

const inWords = ({ function: functionName, alias, stable, candidate }: MemberIdentity): string =>
  `${functionNameOf(functionName)}:${alias} ${stable ? `${stable} -> ${candidate}` : candidate}`;
