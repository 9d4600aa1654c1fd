import type { LogAnswer, LogRow } from '../../../lib/rollout/logs/answer.ts';

/** An invocation, and when its line was in the log. All times are seconds. */
export interface Line {
  readonly id: number;
  readonly version: string;
  readonly endedAt: number;
  readonly failed: boolean;
  readonly lagSeconds: number;
  /** The lag of a second line that tells of the same invocation; none if null. */
  readonly againAfter: number | null;
}

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
    const distinct = new Map(group.map((line) => [line.id, line]));
    return {
      start: Math.floor(endedAt / 10) * 10,
      version,
      lines: group.length,
      counts: {
        invocations: distinct.size,
        errors: [...distinct.values()].filter(({ failed }) => failed).length,
      },
      milliseconds: 100 * distinct.size,
      lagSeconds: Math.max(...group.map(({ lag }) => lag)),
    };
  });
  return { rows, bytesScanned: 1000 * visible.length };
}
