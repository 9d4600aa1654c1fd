import type { Counts, Period } from '../observation.ts';

/** How long the periods are that a log is counted in, in seconds. */
export const LOG_PERIOD_SECONDS = 10;

/** What the log has of one version and one period: the invocations that ended in it. */
export interface LogRow {
  /** The period's start, in seconds since 1970. */
  readonly start: number;
  readonly version: string;
  /** How many lines tell of them: a line may be there twice. */
  readonly lines: number;
  /** How many invocations they are, and how many of them failed. */
  readonly counts: Counts;
  /** How long they took together, in milliseconds. */
  readonly milliseconds: number;
  /** How late the latest of the lines was in the log, in seconds. */
  readonly lagSeconds: number;
}

/** The answer to one query. */
export interface LogAnswer {
  readonly rows: readonly LogRow[];
  /** How much the query has scanned. */
  readonly bytesScanned: number;
}

/** The two versions of a rollout. */
export interface Versions {
  readonly stable: string;
  readonly candidate: string;
}

const none: Counts = { invocations: 0, errors: 0 };

const plus = (a: Counts, b: Counts): Counts => ({
  invocations: a.invocations + b.invocations,
  errors: a.errors + b.errors,
});

/** What the rows of one period say of both versions. Rows of any other version say nothing. */
export function periodAt(start: number, rows: readonly LogRow[], { stable, candidate }: Versions): Period {
  const own = (version: string) => rows.filter((row) => row.start === start && row.version === version);
  const of = (version: string) => own(version).reduce((sum, row) => plus(sum, row.counts), none);
  const took = (version: string) => own(version).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return {
    start,
    stable: of(stable),
    candidate: of(candidate),
    milliseconds: { stable: took(stable), candidate: took(candidate) },
  };
}

/** How many lines of both versions a period has. */
export const linesAt = (start: number, rows: readonly LogRow[], { stable, candidate }: Versions): number =>
  rows
    .filter((row) => row.start === start && (row.version === stable || row.version === candidate))
    .reduce((sum, { lines }) => sum + lines, 0);
