import type {
  GetQueryResultsCommandInput,
  GetQueryResultsCommandOutput,
  StartQueryCommandInput,
  StopQueryCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { ACCOUNT, REGION } from '../names.ts';
import { EPOCH, type VirtualTime } from '../simulation/virtual-time.ts';
import type { Lines, LogLines } from '../world/log-lines.ts';
import type { Answers } from './answer.ts';
import { exceptionOf } from './exceptions.ts';
import type { Metered } from './site.ts';

/** A function with the log of what it served. */
export interface Logged extends Metered {
  readonly log: LogLines;
}

type Results = Pick<GetQueryResultsCommandOutput, 'results' | 'statistics'>;

interface Query extends Results {
  readonly startedAt: number;
  isStopped: boolean;
}

/** How long a query takes, in seconds: an assumption, people see one to three. */
const QUERY_SECONDS = 1;

/**
 * Logs Insights on the logs of the rehearsal's functions: the one query that Sluice sends.
 *
 * @param onScan hears how much each query scans, in bytes
 */
export const logsApi = (sites: readonly Logged[], time: VirtualTime, onScan: (bytes: number) => void) => {
  const queries = new Map<string, Query>();
  const known = (queryId = '') => {
    const query = queries.get(queryId);
    if (!query) throw exceptionOf('logs:GetQueryResults', 'ResourceNotFoundException');
    return query;
  };
  return {
    'logs:StartQuery': (input: StartQueryCommandInput) => ({
      resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${input.logGroupName}:log-stream:`,
      output: () => {
        const queryId = `query-${queries.size + 1}`;
        const results = resultsOf(sites, input, time.second());
        onScan(results.statistics?.bytesScanned ?? 0);
        queries.set(queryId, { ...results, startedAt: time.second(), isStopped: false });
        return { queryId };
      },
    }),
    'logs:GetQueryResults': ({ queryId }: GetQueryResultsCommandInput) => ({
      resource: '*',
      output: () => {
        const { startedAt, isStopped, results, statistics } = known(queryId);
        if (isStopped) return { status: 'Cancelled', results: [] };
        const isDone = time.second() >= startedAt + QUERY_SECONDS;
        return isDone ? { status: 'Complete', results, statistics } : { status: 'Running', results: [] };
      },
    }),
    'logs:StopQuery': ({ queryId }: StopQueryCommandInput) => ({
      resource: '*',
      output: () => {
        known(queryId).isStopped = true;
        return { success: true };
      },
    }),
  } satisfies Answers;
};

/** @throws ResourceNotFoundException if no function has this log group */
function resultsOf(sites: readonly Logged[], input: StartQueryCommandInput, now: number): Results {
  const site = sites.find(({ lambda }) => `/aws/lambda/${lambda.functionName}` === input.logGroupName);
  if (!site) throw exceptionOf('logs:StartQuery', 'ResourceNotFoundException');
  const { world, log } = site;
  world.advanceTo(now);
  const { periodSeconds, versions, isCounted } = askedIn(input.queryString ?? '');
  const [from, until] = [input.startTime ?? 0, (input.endTime ?? 0) + 1].map((at) => at - EPOCH / 1000) as [
    number,
    number,
  ];
  const tells = log.spec.format === 'JSON' && log.spec.systemLevel !== 'WARN';
  const asked = { from, until, periodSeconds, isCounted: (second: number) => tells && isCounted(second) };
  const { groups, bytesScanned } = log.grouped(versions, asked, now);
  return {
    results: groups.flatMap(({ version, start, lines }) => rowsOf(version, start + EPOCH / 1000, lines)),
    statistics: { bytesScanned },
  };
}

/** The parts of the query that differ from one to the next. */
function askedIn(text: string) {
  const [, milliseconds] = /toMillis\(@timestamp\) \/ (\d+)\)/.exec(text) ?? [];
  const [, stable, candidate] = /\\\[\((\d+)\|(\d+)\)\\\]/.exec(text) ?? [];
  const spans = [...text.matchAll(/\(began >= (\d+)(?: and ended < (\d+))?\)/g)].map(([, began, ended]) => ({
    began: Number(began),
    ended: ended === undefined ? Number.POSITIVE_INFINITY : Number(ended),
  }));
  /** An invocation takes no time here, and is over in the middle of its second. */
  const isCounted = (second: number) => {
    const at = EPOCH + second * 1000 + 500;
    return spans.length === 0 || spans.some(({ began, ended }) => at >= began && at < ended);
  };
  return {
    periodSeconds: Number(milliseconds) / 1000,
    versions: [stable, candidate].flatMap((version) => version ?? []),
    isCounted,
  };
}

/** One row for each way in which invocations ended. */
function rowsOf(version: string, period: number, all: readonly Lines[]) {
  const row = (status: string, count: (lines: Lines) => number) => {
    const lines = all.filter((each) => count(each) > 0);
    const total = lines.reduce((sum, each) => sum + count(each), 0);
    const lateness = Math.max(0, ...lines.map(({ lagSeconds }) => lagSeconds));
    const took = lines.reduce(
      (sum, each) => sum + (each.milliseconds * count(each)) / Math.max(1, each.counts.invocations),
      0,
    );
    const values = { period, version, status, lines: total, requests: total, took, lateness };
    return total === 0 ? [] : [Object.entries(values).map(([field, value]) => ({ field, value: String(value) }))];
  };
  return [
    ...row('success', ({ counts }) => counts.invocations - counts.errors),
    ...row('error', ({ counts }) => counts.errors),
  ];
}
