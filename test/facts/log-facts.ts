import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { GetQueryResultsCommand, type ResultField, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { columns, textOf } from '../../lib/aws/logs/query-text.ts';
import type { Fact, Fixture } from './fact.ts';
import { refused } from './refusal.ts';

/** For so long before its end a query looks, in seconds. */
const RANGE = 600;

const started = ({ clients, log }: Fixture, text: string, group = log.group) => {
  const now = Math.ceil(Date.now() / 1000);
  return clients.logs.send(
    new StartQueryCommand({ logGroupName: group, queryString: text, startTime: now - RANGE, endTime: now }),
  );
};

const resultsOf = ({ clients }: Fixture, queryId: string | undefined) =>
  clients.logs.send(new GetQueryResultsCommand({ queryId }));

/** The answer to a query when it is complete. */
async function asked(aws: Fixture, text: string, group?: string) {
  const { queryId } = await started(aws, text, group);
  return aws.eventually('the query is complete', async () => {
    const answer = await resultsOf(aws, queryId);
    return answer.status === 'Complete' ? answer : undefined;
  });
}

const byName = (row: readonly ResultField[]) =>
  Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value]));

/** The query of a look. */
const lookOf = ({ functionName, versions, log }: Fixture) =>
  textOf({
    functionName,
    group: log.group,
    ...versions,
    from: 0,
    until: 0,
    changes: [],
    slowerThan: null,
    signals: [],
  });

interface Line {
  readonly type: string;
  readonly record: {
    readonly requestId: string;
    readonly status: string;
    readonly metrics: Readonly<Record<string, unknown>>;
  };
}

/** A line `platform.report`, and where and when the log has it; times are milliseconds since 1970. */
interface Report extends Line {
  readonly stream: string;
  readonly timestamp: number;
  readonly ingestedAt: number;
}

const reportsText = (version: string) =>
  [
    `filter type = "platform.report" and @logStream like "[${version}]"`,
    'fields @logStream as stream, @message as message, toMillis(@timestamp) as at, toMillis(@ingestionTime) as ingested',
    'limit 100',
  ].join(' | ');

/** The reports of a version, when there are as many as that. */
const reportsOf = (aws: Fixture, version: string, count: number, group?: string): Promise<readonly Report[]> =>
  aws.eventually(`the log shows ${count} reports of version ${version}`, async () => {
    const { results = [] } = await asked(aws, reportsText(version), group);
    if (results.length < count) return undefined;
    return results.map(byName).map(({ stream, message, at, ingested }) => ({
      ...(JSON.parse(message ?? '') as Line),
      stream: stream ?? '',
      timestamp: Number(at),
      ingestedAt: Number(ingested),
    }));
  });

const invoke = ({ clients, functionName }: Fixture, version: string, event: { readonly do?: 'throw' } = {}) =>
  clients.lambda.send(
    new InvokeCommand({ FunctionName: functionName, Qualifier: version, Payload: JSON.stringify(event) }),
  );

/** A version of its own that was invoked once, and the one report of that. */
async function once(aws: Fixture, event: { readonly do?: 'throw' } = {}): Promise<Report> {
  const version = await aws.publish();
  await invoke(aws, version, event);
  const [report] = await reportsOf(aws, version, 1);
  return report as Report;
}

const noLines = 'it has no lines, but what the one query of a look makes of them';
const oneQuery = 'it knows the one query of a look, and how that ends';
const schema = 'AWS Lambda guide, "Telemetry API Event schema reference"';

/** What Sluice relies on where it counts by a function's log. */
export const logFacts: readonly Fact[] = [
  {
    sentence: 'GetFunction of a version tells how it logs: LoggingConfig has LogFormat, SystemLogLevel and LogGroup.',
    source: { said: 'AWS Lambda API reference: LoggingConfig' },
    check: async (aws) => {
      const { Configuration } = await aws.clients.lambda.send(
        new GetFunctionCommand({ FunctionName: aws.functionName, Qualifier: aws.versions.stable }),
      );
      deepEqual(Configuration?.LoggingConfig, {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'INFO',
        LogGroup: aws.log.group,
      });
    },
    unchecked: { rehearsal: 'how its functions log is what a scenario says' },
  },
  {
    sentence:
      'A query is Scheduled or Running until it is Complete; its rows have field and value, and statistics has bytesScanned.',
    source: { said: 'AWS CloudWatch Logs API reference: StartQuery, GetQueryResults' },
    check: async (aws) => {
      await aws.log.served();
      const { queryId } = await started(aws, lookOf(aws));
      ok(queryId);
      const statuses = new Set<string | undefined>();
      const { results, statistics } = await aws.eventually('the query is complete', async () => {
        const answer = await resultsOf(aws, queryId);
        statuses.add(answer.status);
        return answer.status === 'Complete' ? answer : undefined;
      });
      statuses.delete('Complete');
      for (const status of statuses) ok(status === 'Scheduled' || status === 'Running', `found ${status}`);
      ok((results?.length ?? 0) > 0);
      for (const row of results ?? []) {
        const names = Object.keys(byName(row));
        deepEqual(
          names.filter((name) => !columns.some((column) => column === name)),
          [],
        );
        for (const column of ['period', 'version', 'status', 'lines', 'requests', 'took', 'billed', 'lateness']) {
          ok(names.includes(column), `the row has no ${column}`);
        }
        ok(row.every(({ value }) => typeof value === 'string'));
      }
      ok((statistics?.bytesScanned ?? 0) > 0);
    },
  },
  {
    sentence: 'A look counts each invocation once, by version and by status: success, or something else if it failed.',
    source: { said: `${schema}: platform.report, Status` },
    check: async (aws) => {
      const served = await aws.log.served();
      const rows = await aws.eventually('the log shows them all', async () => {
        const found = ((await asked(aws, lookOf(aws))).results ?? []).map(byName);
        const own = found.filter(({ version }) => version === aws.versions.stable);
        return own.reduce((sum, { requests }) => sum + Number(requests), 0) >= served.least ? own : undefined;
      });
      ok(rows.some(({ status }) => status === 'success'));
      ok(rows.some(({ status }) => status !== 'success'));
      for (const { lines, requests, period } of rows) {
        equal(lines, requests);
        equal(Number(period) % 10, 0);
      }
    },
  },
  {
    sentence: 'A comparison may be a field, and a group key by its name; it is shown as 1 and 0, or as true and false.',
    source: {
      unknown: 'people have seen sums of comparisons; if it is refused, rollouts with signals count by minutes',
    },
    check: async (aws) => {
      await aws.log.served();
      const text = 'fields type = "platform.report" as isReport | stats count(*) as lines by isReport';
      const { results = [] } = await asked(aws, text);
      return [...new Set(results.map(byName).map(({ isReport }) => isReport))].toSorted().join(' and ');
    },
    unchecked: { rehearsal: oneQuery },
  },
  {
    sentence: 'A log group that does not exist: 400 ResourceNotFoundException of StartQuery.',
    source: {
      said: 'AWS CloudWatch Logs API reference: StartQuery; its errors are 400 by the protocol of the service',
    },
    check: (aws) =>
      refused(started(aws, lookOf(aws), '/aws/lambda/sluice-facts-nobody'), 'ResourceNotFoundException', 400),
    differs: { rehearsal: 'an error of that name is a 404 of any service there; its name decides' },
  },
  {
    sentence: 'A text that is no query: 400 MalformedQueryException of StartQuery.',
    source: { said: 'AWS CloudWatch Logs API reference: StartQuery' },
    check: (aws) => refused(started(aws, 'count what there is'), 'MalformedQueryException', 400),
    unchecked: { rehearsal: oneQuery },
  },
  {
    sentence: 'An account that runs as many queries as it may: 400 LimitExceededException of StartQuery.',
    source: { said: 'AWS CloudWatch Logs API reference: StartQuery; its quotas: 30 at a time, some regions 100' },
    check: async () => {},
    unchecked: {
      rehearsal: 'a test lets it answer so',
      emulator: 'it runs any number of queries',
      account: 'so many queries would take the places of others',
    },
  },
  {
    sentence:
      'StartQuery is judged on log-group:<name>:log-stream:, which log-group:<name>:* covers; StopQuery on no resource.',
    source: {
      said: "aws-sdk-js#3022, the text of a refusal; Service Authorization Reference, which since 2026 names the log group for GetQueryResults, too: that is granted on '*'. If it is refused all the same, rollouts count by minutes",
    },
    check: async () => {},
    unchecked: {
      rehearsal: 'a test holds the calls of every handler against its role instead',
      emulator:
        'whoever runs this is root; it judges StartQuery on log-group:<name>:* where a rollout runs by its roles',
      account: 'whoever runs this is no role of a controller',
    },
  },
  {
    sentence:
      'A line platform.report has record.requestId, record.status, and durationMs and billedDurationMs in record.metrics.',
    source: { said: `${schema}: platform.report` },
    check: async (aws) => {
      const { type, record } = await once(aws);
      equal(type, 'platform.report');
      match(record.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      equal(record.status, 'success');
      const { durationMs, billedDurationMs } = record.metrics;
      ok(typeof durationMs === 'number' && durationMs > 0);
      ok(typeof billedDurationMs === 'number' && Number.isInteger(billedDurationMs) && billedDurationMs >= durationMs);
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'The report of the first invocation of an environment has initDurationMs in record.metrics.',
    source: { said: `${schema}: platform.report; AWS Lambda guide: a REPORT line has Init Duration beside Duration` },
    check: async (aws) => {
      const { record } = await once(aws);
      equal(typeof record.metrics['initDurationMs'], 'number');
    },
    differs: { emulator: 'no report has it' },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'An invocation that throws has a report, whose record.status is error or failure.',
    source: { said: `${schema}: Status is success, failure, error or timeout` },
    check: async (aws) => {
      const { record } = await once(aws, { do: 'throw' });
      ok(record.status === 'error' || record.status === 'failure', `found ${record.status}`);
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'An invocation that times out has a report, whose record.status is timeout.',
    source: { said: `${schema}: Status; open-telemetry/opentelemetry-lambda#2098, seen 2025-12-29 in a text log` },
    check: async () => {},
    unchecked: {
      rehearsal: noLines,
      emulator: 'a look takes every status but success for a failure, and half a minute is long for that',
      account: 'a look takes every status but success for a failure, and half a minute is long for that',
    },
  },
  {
    sentence: 'The system log level INFO writes all reports, and WARN only those of invocations that failed.',
    source: { said: 'AWS Lambda guide, "Log-level filtering": platform.report is INFO with status success, else WARN' },
    check: async (aws) => {
      const version = await aws.publish({ logging: { SystemLogLevel: 'WARN' } });
      await invoke(aws, version);
      await invoke(aws, version, { do: 'throw' });
      const reports = await reportsOf(aws, version, 1);
      equal(reports.length, 1);
      ok(reports[0]?.record.status !== 'success');
    },
    unchecked: { rehearsal: 'its log has all lines, or at WARN none' },
  },
  {
    sentence: 'A throttled request leaves no report.',
    source: { unknown: 'throttles are counted by their metric alone; a report would count one more failure' },
    check: async (aws) => {
      const { lambda } = aws.clients;
      const FunctionName = aws.functionName;
      const version = await aws.publish();
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
      let served = 0;
      try {
        await aws.eventually('a request is throttled', async () => {
          const isServed = await invoke(aws, version).then(
            () => true,
            ({ name }: Error) => name !== 'TooManyRequestsException',
          );
          if (isServed) served++;
          return isServed ? undefined : true;
        });
      } finally {
        await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
      }
      await aws.eventually('requests are served again', () =>
        invoke(aws, version).then(
          () => true,
          () => undefined,
        ),
      );
      const reports = await reportsOf(aws, version, served + 1);
      return reports.length === served + 1 ? 'it leaves none' : `it leaves ${reports.length - served - 1}`;
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'The stream of a line is named YYYY/MM/DD/[version] and letters: by the version, and not by the alias.',
    source: { said: 'AWS Lambda guide, "Configuring CloudWatch log groups"' },
    check: async (aws) => {
      await aws.log.served();
      const [report] = await reportsOf(aws, aws.versions.stable, 1);
      match(report?.stream ?? '', new RegExp(`^\\d{4}/\\d\\d/\\d\\d/\\[${aws.versions.stable}\\][0-9a-f]+$`));
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'In a log group that the function names, the stream has the name of the function before the bracket.',
    source: { said: 'AWS Lambda guide, "Configuring CloudWatch log groups"' },
    check: async (aws) => {
      const version = await aws.publish({ logging: { LogGroup: aws.log.otherGroup } });
      await invoke(aws, version);
      const [report] = await reportsOf(aws, version, 1, aws.log.otherGroup);
      const name = `${aws.functionName}\\[${version}\\]`;
      match(report?.stream ?? '', new RegExp(`^\\d{4}/\\d\\d/\\d\\d/${name}[0-9a-f]+$`));
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: "@ingestionTime is when CloudWatch Logs received a line, and never before the line's @timestamp.",
    source: { said: 'AWS CloudWatch Logs user guide, "Supported logs and discovered fields"' },
    check: async (aws) => {
      const { timestamp, ingestedAt } = await once(aws);
      ok(Number.isInteger(ingestedAt) && ingestedAt >= timestamp, `${ingestedAt} is before ${timestamp}`);
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'When the report of an invocation is stamped, beside the time of the call that got its answer.',
    source: {
      unknown: 'it is taken for the end; if it is off by seconds, requests near a new weight count for the wrong one',
    },
    check: async (aws) => {
      const version = await aws.publish();
      await invoke(aws, version);
      const called = Date.now();
      await invoke(aws, version);
      const answered = Date.now();
      const reports = await reportsOf(aws, version, 2);
      const last = Math.max(...reports.map(({ timestamp }) => timestamp));
      return last >= called && last <= answered ? 'within the call' : `${last - answered} ms after the answer`;
    },
    unchecked: { rehearsal: noLines },
  },
  {
    sentence: 'How late a line is in the log, and how late a query finds it.',
    source: {
      unknown:
        'people have measured 5 to 20 s; a rollout measures it by @ingestionTime, adds 5 s, and learns from lines that it has missed',
    },
    check: async (aws) => {
      const { timestamp, ingestedAt } = await once(aws);
      const found = Date.now();
      const seconds = (to: number) => ((to - timestamp) / 1000).toFixed(1);
      return `in the log after ${seconds(ingestedAt)} s, found after ${seconds(found)} s`;
    },
    unchecked: { rehearsal: 'its lag is what a scenario says' },
  },
  {
    sentence: 'count_distinct is exact for few values, and an estimate for very many.',
    source: { said: 'AWS CloudWatch Logs user guide, "stats": of high cardinality it is an approximation' },
    check: async () => {},
    unchecked: {
      rehearsal: 'it counts exactly',
      emulator: 'it counts exactly',
      account: 'so many invocations would cost something; a look takes no more requests than there are lines',
    },
  },
];
