import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { LogAnswer, LogRow } from '../../rollout/logs/answer.ts';
import { isFailure, type LogFailure } from '../../rollout/logs/fall-back.ts';
import type { LogQuestion } from '../../rollout/logs/look.ts';
import { inTurns } from '../handler/turns.ts';
import { type InsightsAnswer, runQuery } from './insights.ts';
import { type columns, textOf } from './query-text.ts';

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
        return isFailure(answer) ? answer : { rows: rowsIn(answer), bytesScanned: answer.bytesScanned };
      }),
  };
}

type Row = Readonly<Partial<Record<(typeof columns)[number], string>>>;

/** Rows that are whole. What AWS adds is left out, and a row without one of the numbers tells nothing. */
const rowsIn = ({ rows }: InsightsAnswer): readonly LogRow[] => rows.flatMap((row) => rowOf(row) ?? []);

function rowOf({ period, version, status, lines, requests, took = '0', lateness }: Row): LogRow | undefined {
  const [start, count, distinct, together, lag] = [period, lines, requests, took, lateness].map(numberIn);
  if (start === undefined || count === undefined || distinct === undefined || !version || !status) return undefined;
  // Logs Insights estimates how many different ones there are of very many.
  const invocations = Math.min(count, distinct);
  return {
    start,
    version,
    lines: count,
    counts: { invocations, errors: status === 'success' ? 0 : invocations },
    milliseconds: count > 0 ? ((together ?? 0) * invocations) / count : 0,
    lagSeconds: Math.max(0, lag ?? 0),
  };
}

function numberIn(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === '' || !Number.isFinite(number) ? undefined : number;
}
