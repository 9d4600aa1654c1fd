import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { LogAnswer, LogRow, SignalRow } from '../../rollout/logs/answer.ts';
import { isFailure, type LogFailure } from '../../rollout/logs/fall-back.ts';
import type { LogQuestion } from '../../rollout/logs/look.ts';
import { inTurns } from '../handler/turns.ts';
import { type InsightsAnswer, runQuery } from './insights.ts';
import { type columns, failedColumn, textOf, toldColumn } from './query-text.ts';

type Column = (typeof columns)[number];

/** Where the invocations of both versions come from if they are counted by the function's log. */
export interface LogSource {
  readonly read: (question: LogQuestion) => Promise<LogAnswer | LogFailure>;
}

/** So many queries run at a time: an account may run some dozens, and others want some too. */
const AT_ONCE = 4;

/** Logs Insights on the log groups of functions. */
export function insightsSource(logs: CloudWatchLogsClient): LogSource {
  const inTurn = inTurns(AT_ONCE);
  return {
    read: (question) =>
      inTurn(async () => {
        const { group, from, until } = question;
        const answer = await runQuery(logs, { group, from, until, text: textOf(question) });
        return isFailure(answer) ? answer : answerIn(answer, question);
      }),
  };
}

type Row = InsightsAnswer['rows'][number];

/** Rows that are whole. What AWS adds is left out, and a row without one of the numbers tells nothing. */
const answerIn = ({ rows, bytesScanned }: InsightsAnswer, { signals }: LogQuestion): LogAnswer => ({
  rows: rows.flatMap((row) => invocationsIn(row) ?? []),
  signals: rows.flatMap((row) => signalsIn(row, signals)),
  bytesScanned,
});

/** How many lines a row is of, and of how many invocations; undefined if it does not tell. */
function countedIn({ period, version, lines, requests }: Row) {
  const [start, count, distinct] = [period, lines, requests].map(numberIn);
  if (start === undefined || count === undefined || distinct === undefined || !version) return undefined;
  // Logs Insights estimates how many different ones there are of very many.
  return { start, version, lines: count, invocations: Math.min(count, distinct) };
}

/** The invocations of a row; undefined if it is of lines of the function's own. */
function invocationsIn(row: Row): LogRow | undefined {
  const counted = countedIn(row);
  if (!counted || !row['status']) return undefined;
  const { start, version, lines, invocations } = counted;
  // A line that is there twice counts once in the sums too.
  const once = (column: Column) => (lines > 0 ? ((numberIn(row[column]) ?? 0) * invocations) / lines : 0);
  return {
    start,
    version,
    lines,
    counts: { invocations, errors: row['status'] === 'success' ? 0 : invocations },
    slow: isTrue(row['slow']) ? invocations : 0,
    milliseconds: once('took'),
    billedMilliseconds: once('billed'),
    coldStarts: once('cold'),
    initMilliseconds: once('init'),
    lagSeconds: Math.max(0, numberIn(row['lateness']) ?? 0),
  };
}

/** What a row says by each signal whose field its lines have. */
function signalsIn(row: Row, signals: LogQuestion['signals']): readonly SignalRow[] {
  const counted = countedIn(row);
  if (!counted) return [];
  const { start, version, invocations } = counted;
  return signals.flatMap(({ name }, index): SignalRow[] => {
    if (!numberIn(row[toldColumn(index)])) return [];
    return [{ start, version, signal: name, failures: isTrue(row[failedColumn(index)]) ? invocations : 0 }];
  });
}

/** How Logs Insights shows what is true. */
const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true';

function numberIn(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === '' || !Number.isFinite(number) ? undefined : number;
}
