import type { StreamCounts } from '../evidence/streams.ts';
import type { Counts, Period, VersionCounts } from '../observation.ts';
import { LATENCY } from '../policy/streams.ts';

/** How long the periods are that a log is counted in, in seconds. */
export const LOG_PERIOD_SECONDS = 10;

/** What the log has of one version and one period: the invocations that ended in it, or some of them. */
export interface LogRow {
  /** The period's start, in seconds since 1970. */
  readonly start: number;
  readonly version: string;
  /** How many lines tell of them: a line may be there twice. */
  readonly lines: number;
  /** How many invocations they are, and how many of them failed. */
  readonly counts: Counts;
  /** How many of them were slow; 0 if that was not asked. */
  readonly slow: number;
  /** How long they took together, in milliseconds. */
  readonly milliseconds: number;
  /** How long Lambda bills them for together, in milliseconds. */
  readonly billedMilliseconds: number;
  /** How many of them waited until their environment was initialized, and how long together, in milliseconds. */
  readonly coldStarts: number;
  readonly initMilliseconds: number;
  /** How late the latest of the lines was in the log, in seconds. */
  readonly lagSeconds: number;
}

/** What the function's own lines of one version and one period say by one signal, or some of them. */
export interface SignalRow extends Pick<LogRow, 'start' | 'version'> {
  /** The signal's name. */
  readonly signal: string;
  /** How many invocations have failed by it: 0 if the lines have its field, and none has failed. */
  readonly failures: number;
}

/** The answer to one query. */
export interface LogAnswer {
  readonly rows: readonly LogRow[];
  readonly signals: readonly SignalRow[];
  /** How much the query has scanned. */
  readonly bytesScanned: number;
}

/** The two versions of a rollout. */
export interface Versions {
  readonly stable: string;
  readonly candidate: string;
}

/** What is asked of a log beside invocations and errors. */
export interface LogStreams {
  /** From how many milliseconds on a request is slow; null if slow ones are not counted. */
  readonly slowerThan: number | null;
  /** The conditions on lines of the function's own. */
  readonly signals: readonly { readonly name: string }[];
}

const none: Counts = { invocations: 0, errors: 0 };

const plus = (a: Counts, b: Counts): Counts => ({
  invocations: a.invocations + b.invocations,
  errors: a.errors + b.errors,
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** What an answer has of one version and one period. */
const ownIn = <Row extends Pick<LogRow, 'start' | 'version'>>(
  rows: readonly Row[],
  start: number,
  version: string,
): readonly Row[] => rows.filter((row) => row.start === start && row.version === version);

/** What an answer says of one period of both versions. Rows of any other version say nothing. */
export function periodAt(
  start: number,
  { rows, signals }: Pick<LogAnswer, 'rows' | 'signals'>,
  { stable, candidate }: Versions,
  asked: LogStreams,
): Period {
  const own = { stable: ownIn(rows, start, stable), candidate: ownIn(rows, start, candidate) };
  const both = <Value>(of: (rows: readonly LogRow[], version: string) => Value) => ({
    stable: of(own.stable, stable),
    candidate: of(own.candidate, candidate),
  });
  const counts = both((all) => all.reduce((total, row) => plus(total, row.counts), none));
  const withErrors = (errors: { readonly stable: number; readonly candidate: number }): VersionCounts => ({
    stable: { ...counts.stable, errors: errors.stable },
    candidate: { ...counts.candidate, errors: errors.candidate },
  });
  const slow = withErrors(both((all) => sum(all.map((row) => row.slow))));
  const told = asked.signals.flatMap(({ name }): [string, VersionCounts][] => {
    const ofSignal = signals.filter((row) => row.signal === name);
    const failures = both((_, version) => ownIn(ofSignal, start, version));
    const isTold = failures.stable.length + failures.candidate.length > 0;
    const failed = (all: readonly SignalRow[]) => sum(all.map((row) => row.failures));
    return isTold
      ? [[name, withErrors({ stable: failed(failures.stable), candidate: failed(failures.candidate) })]]
      : [];
  });
  const streams: StreamCounts = {
    ...(asked.slowerThan === null ? {} : { [LATENCY]: slow }),
    ...Object.fromEntries(told),
  };
  return { start, ...counts, streams, milliseconds: both((all) => sum(all.map((row) => row.milliseconds))) };
}

/** How many lines of both versions a period has. */
export const linesAt = (start: number, rows: readonly LogRow[], { stable, candidate }: Versions): number =>
  sum([...ownIn(rows, start, stable), ...ownIn(rows, start, candidate)].map(({ lines }) => lines));
