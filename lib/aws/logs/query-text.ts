import { functionNameOf } from '../../rollout/document/start.ts';
import { LOG_PERIOD_SECONDS } from '../../rollout/logs/answer.ts';
import type { LogQuestion } from '../../rollout/logs/look.ts';

/** The columns of an answer, beside two for each signal. A column without a value is left out of its row. */
export const columns = [
  'period',
  'version',
  'status',
  'slow',
  'lines',
  'requests',
  'took',
  'billed',
  'cold',
  'init',
  'lateness',
] as const;

/** Whether an invocation has failed by the signal at a place in the policy, and how many lines have its field. */
export const failedColumn = (index: number) => `failed${index}` as const;
export const toldColumn = (index: number) => `told${index}` as const;

/** So many rows are answered; a look asks for some hundred. (AWS: Logs Insights, `limit`.) */
const MOST_ROWS = 10_000;

/** The fields in which a line names its invocation: Lambda's own, those of its runtimes, and those of Powertools. */
const requestIds = ['record.requestId', 'requestId', 'AWSRequestId', 'function_request_id'];

const ended = 'toMillis(@timestamp)';

/**
 * The query that counts the invocations of both versions by the period in which they ended and by how they ended, and lines of the function's
 * own by the period in which they were written. The version stands in brackets in the name of the stream, behind the function's name if that
 * has a log group of its own choice. (AWS: Lambda guide, "Log groups and streams" and "platform.report".)
 */
export function textOf(question: LogQuestion): string {
  const { functionName, stable, candidate, slowerThan, signals } = question;
  const name = functionNameOf(functionName);
  const fields = signals.map(({ log }) => quoted(log.field));
  const isAsked = ['type = "platform.report"', ...fields.map((field) => `ispresent(${field})`)].join(' or ');
  const slow = slowerThan === null ? [] : [`record.metrics.durationMs > ${slowerThan} as slow`];
  const failed = signals.map(({ log }, index) => `${fields[index]} >= ${log.from} as ${failedColumn(index)}`);
  const keys = ['period', 'version', 'status', ...(slowerThan === null ? [] : ['slow'])];
  return [
    `filter (${isAsked}) and @logStream like /\\/(${name})?\\[(${stable}|${candidate})\\]/`,
    'parse @logStream /\\[(?<version>[0-9]+)\\]/',
    `fields ${[
      `floor(${ended} / ${LOG_PERIOD_SECONDS * 1000}) * ${LOG_PERIOD_SECONDS} as period`,
      'record.status as status',
      `coalesce(${requestIds.join(', ')}) as request`,
      `${ended} as ended`,
      `${ended} - coalesce(record.metrics.durationMs, 0) as began`,
      `(toMillis(@ingestionTime) - ${ended}) / 1000 as lag`,
      ...slow,
      ...failed,
    ].join(', ')}`,
    // A line that names no invocation could count one twice.
    `filter ispresent(request) and (${withinAWeight(question)})`,
    `stats ${[
      'count(*) as lines',
      'count_distinct(request) as requests',
      'sum(record.metrics.durationMs) as took',
      'sum(record.metrics.billedDurationMs) as billed',
      'count(record.metrics.initDurationMs) as cold',
      'sum(record.metrics.initDurationMs) as init',
      'max(lag) as lateness',
      ...fields.map((field, index) => `count(${field}) as ${toldColumn(index)}`),
    ].join(', ')} by ${[...keys, ...signals.map((_, index) => failedColumn(index))].join(', ')}`,
    `limit ${MOST_ROWS}`,
  ].join(' | ');
}

/** (AWS: Logs Insights, a field with any other character than letters, digits, "@" and "." stands in backticks.) */
const quoted = (field: string): string => (/^[A-Za-z0-9.]+$/.test(field) ? field : `\`${field}\``);

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
