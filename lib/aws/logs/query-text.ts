import { functionNameOf } from '../../rollout/document/start.ts';
import { LOG_PERIOD_SECONDS } from '../../rollout/logs/answer.ts';
import type { LogQuestion } from '../../rollout/logs/look.ts';

/** The columns of an answer. */
export const columns = ['period', 'version', 'status', 'lines', 'requests', 'took', 'lateness'] as const;

/** So many rows are answered; a look asks for some hundred. (AWS: Logs Insights, `limit`.) */
const MOST_ROWS = 10_000;

/**
 * The query that counts the invocations of both versions by the period in which they ended and by how they ended. The version stands in
 * brackets in the name of the stream, behind the function's name if that has a log group of its own choice. (AWS: Lambda guide, "Log groups
 * and streams" and "platform.report".)
 */
export function textOf(question: LogQuestion): string {
  const { functionName, stable, candidate } = question;
  const name = functionNameOf(functionName);
  return [
    `filter type = "platform.report" and @logStream like /\\/(${name})?\\[(${stable}|${candidate})\\]/`,
    'parse @logStream /\\[(?<version>[0-9]+)\\]/',
    [
      `fields floor(toMillis(@timestamp) / ${LOG_PERIOD_SECONDS * 1000}) * ${LOG_PERIOD_SECONDS} as period`,
      'record.status as status',
      'toMillis(@timestamp) as ended',
      'toMillis(@timestamp) - record.metrics.durationMs as began',
      '(toMillis(@ingestionTime) - toMillis(@timestamp)) / 1000 as lag',
    ].join(', '),
    `filter ${withinAWeight(question)}`,
    'stats count(*) as lines, count_distinct(record.requestId) as requests, sum(record.metrics.durationMs) as took, max(lag) as lateness by period, version, status',
    `limit ${MOST_ROWS}`,
  ].join(' | ');
}

/** Invocations that began and ended under one weight; of those that lasted, one version has more from the weight before. */
function withinAWeight({ changes, from }: LogQuestion): string {
  const last = changes.findLastIndex((at) => at <= from);
  const recent = changes.slice(Math.max(0, last)).map((at) => Math.floor(at * 1000));
  if (recent.length === 0) return 'ispresent(began)';
  return recent
    .map((at, index) => {
      const next = recent[index + 1];
      return next === undefined ? `began >= ${at}` : `began >= ${at} and ended < ${next}`;
    })
    .map((condition) => `(${condition})`)
    .join(' or ');
}
