import type {
  GetQueryResultsCommandInput,
  GetQueryResultsCommandOutput,
  StartQueryCommandInput,
  StopQueryCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogSignal } from '../../rollout/evidence/streams.ts';
import { ACCOUNT, REGION } from '../names.ts';
import { EPOCH, type VirtualTime } from '../simulation/virtual-time.ts';
import type { LinesOfPeriod, LogLines } from '../world/log-lines.ts';
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
 * @param signals what the function's own lines tell: one line for each invocation
 * @param onScan hears how much each query scans, in bytes
 */
export const logsApi = (
  sites: readonly Logged[],
  time: VirtualTime,
  signals: readonly LogSignal[],
  onScan: (bytes: number) => void,
) => {
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
        const results = resultsOf(sites, input, time.second(), signals);
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
function resultsOf(
  sites: readonly Logged[],
  input: StartQueryCommandInput,
  now: number,
  signals: readonly LogSignal[],
): Results {
  const site = sites.find(({ lambda }) => `/aws/lambda/${lambda.functionName}` === input.logGroupName);
  if (!site) throw exceptionOf('logs:StartQuery', 'ResourceNotFoundException');
  const { world, log } = site;
  world.advanceTo(now);
  const question = askedIn(input.queryString ?? '', signals);
  const { periodSeconds, versions, isCounted } = question;
  const [from, until] = [input.startTime ?? 0, (input.endTime ?? 0) + 1].map((at) => at - EPOCH / 1000) as [
    number,
    number,
  ];
  const tells = log.spec.format === 'JSON' && log.spec.systemLevel !== 'WARN';
  const asked = { from, until, periodSeconds, isCounted: (second: number) => tells && isCounted(second) };
  const { groups, bytesScanned } = log.grouped(versions, asked, now);
  return {
    results: groups.flatMap((group) => [...reportsOf(group, question), ...ownLinesOf(group, question)]),
    statistics: { bytesScanned },
  };
}

/** What a query asks for. */
interface Asked {
  readonly periodSeconds: number;
  readonly versions: readonly string[];
  readonly isCounted: (second: number) => boolean;
  /** From how many milliseconds on an invocation is slow; null if that is not asked. */
  readonly slowerThan: number | null;
  /** The signals whose conditions are asked for, in the order of the query. */
  readonly signals: readonly LogSignal[];
}

/** The parts of the query that differ from one to the next. */
function askedIn(text: string, known: readonly LogSignal[]): Asked {
  const [, milliseconds] = /toMillis\(@timestamp\) \/ (\d+)\)/.exec(text) ?? [];
  const [, stable, candidate] = /\\\[\((\d+)\|(\d+)\)\\\]/.exec(text) ?? [];
  const [, slowerThan] = /durationMs > (\d+) as slow/.exec(text) ?? [];
  const conditions = [...text.matchAll(/`?([\w.-]+)`? >= ([-\d.e]+) as failed\d+/g)];
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
    slowerThan: slowerThan === undefined ? null : Number(slowerThan),
    signals: conditions.map(
      ([, field, from]) =>
        known.find(({ log }) => log.field === field && log.from === Number(from)) ?? {
          name: '',
          log: { field: field ?? '', from: Number(from) },
        },
    ),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const rowOf = (values: Readonly<Record<string, string | number>>) =>
  Object.entries(values).map(([field, value]) => ({ field, value: String(value) }));

/** One row for each way in which invocations ended. Of a version's slow invocations as many as possible ended well. */
function reportsOf({ version, start, lines: all }: LinesOfPeriod, { slowerThan }: Asked) {
  const own = { period: start + EPOCH / 1000, version };
  const invocations = sum(all.map(({ counts }) => counts.invocations));
  const errors = sum(all.map(({ counts }) => counts.errors));
  const slow = slowerThan === null ? 0 : sum(all.map((lines) => lines.slow(slowerThan)));
  const each = sum(all.map(({ milliseconds }) => milliseconds)) / invocations;
  const lateness = Math.max(0, ...all.map(({ lagSeconds }) => lagSeconds));
  const row = (status: string, isSlow: boolean, lines: number) => {
    const told = { lines, requests: lines, took: each * lines, billed: each * lines, cold: 0, lateness };
    const flag: Readonly<Record<string, number>> = slowerThan === null ? {} : { slow: isSlow ? 1 : 0 };
    return lines === 0 ? [] : [rowOf({ ...own, status, ...flag, ...told })];
  };
  const successes = invocations - errors;
  const slowSuccesses = Math.min(slow, successes);
  return [
    ...row('success', false, successes - slowSuccesses),
    ...row('success', true, slowSuccesses),
    ...row('error', false, errors - (slow - slowSuccesses)),
    ...row('error', true, slow - slowSuccesses),
  ];
}

/** What the lines of the function's own tell: an invocation that fails by one signal fails by no other. */
function ownLinesOf({ version, start, lines: all }: LinesOfPeriod, { signals }: Asked) {
  const own = { period: start + EPOCH / 1000, version };
  const invocations = sum(all.map(({ counts }) => counts.invocations));
  const failures = signals.map(({ name }) => sum(all.map((lines) => lines.failed(name))));
  const row = (failedBy: number | null, lines: number) => {
    const flags = signals.map((_, index) => [`failed${index}`, index === failedBy ? 1 : 0] as const);
    const fields = signals.map((_, index) => [`told${index}`, lines] as const);
    const counted = { lines, requests: lines };
    return lines === 0 ? [] : [rowOf({ ...own, ...counted, ...Object.fromEntries([...flags, ...fields]) })];
  };
  if (signals.length === 0) return [];
  return [
    ...failures.flatMap((lines, index) => row(index, lines)),
    ...row(null, Math.max(0, invocations - sum(failures))),
  ];
}
