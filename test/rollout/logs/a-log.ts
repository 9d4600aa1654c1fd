import type { LogAnswer, LogRow, SignalRow } from '../../../lib/rollout/logs/answer.ts';

/** An invocation, and when its line was in the log. All times are seconds. */
export interface Line {
  readonly id: number;
  readonly version: string;
  readonly endedAt: number;
  readonly failed: boolean;
  /** Whether it was slow, started cold, and failed by the signal `http-5xx`. */
  readonly slow?: boolean;
  readonly cold?: boolean;
  readonly failedBySignal?: boolean;
  readonly lagSeconds: number;
  /** The lag of a second line that tells of the same invocation; none if null. */
  readonly againAfter: number | null;
}

/** A row of a version and a period whose lines tell of some invocations. */
export const aRow = (changes: Partial<LogRow> = {}): LogRow => ({
  start: 0,
  version: '41',
  lines: 1,
  counts: { invocations: 1, errors: 0 },
  slow: 0,
  milliseconds: 5,
  billedMilliseconds: 5,
  coldStarts: 0,
  initMilliseconds: 0,
  lagSeconds: 3,
  ...changes,
});

/** What a query answers at a moment about what ended since: as Logs Insights groups it. */
export function answerAt(lines: readonly Line[], now: number, from: number): LogAnswer {
  const visible = lines.flatMap((line) =>
    [line.lagSeconds, ...(line.againAfter === null ? [] : [line.againAfter])]
      .filter((lag) => line.endedAt + lag <= now && line.endedAt >= from)
      .map((lag) => ({ ...line, lag })),
  );
  const groups = Map.groupBy(visible, ({ endedAt, version }) => `${Math.floor(endedAt / 10) * 10} ${version}`);
  const rows = [...groups.values()].map((group): LogRow => {
    const [{ endedAt, version }] = group as unknown as [Line];
    const distinct = [...new Map(group.map((line) => [line.id, line])).values()];
    const count = (is: (line: Line) => boolean | undefined) => distinct.filter(is).length;
    return {
      start: Math.floor(endedAt / 10) * 10,
      version,
      lines: group.length,
      counts: { invocations: distinct.length, errors: count(({ failed }) => failed) },
      slow: count(({ slow }) => slow),
      milliseconds: 100 * distinct.length,
      billedMilliseconds: 101 * distinct.length,
      coldStarts: count(({ cold }) => cold),
      initMilliseconds: 300 * count(({ cold }) => cold),
      lagSeconds: Math.max(...group.map(({ lag }) => lag)),
    };
  });
  const signals = rows.map(({ start, version }): SignalRow => {
    const own = visible.filter((line) => line.version === version && Math.floor(line.endedAt / 10) * 10 === start);
    const failed = own.filter(({ failedBySignal }) => failedBySignal);
    return { start, version, signal: 'http-5xx', failures: new Set(failed.map(({ id }) => id)).size };
  });
  return { rows, signals, bytesScanned: 1000 * visible.length };
}
