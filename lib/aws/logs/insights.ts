import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogFailure } from '../../rollout/logs/fall-back.ts';
import { isDenied, isNamed } from '../handler/errors.ts';
import { pause } from '../handler/pause.ts';

/** A query of one log group, from and until in seconds since 1970. */
export interface InsightsQuery {
  readonly group: string;
  readonly text: string;
  readonly from: number;
  readonly until: number;
}

/** Rows by the names of their columns, and what the query has scanned. */
export interface InsightsAnswer {
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly bytesScanned: number;
}

/** How long a query may take, in milliseconds; then minutes are sooner. */
const LONGEST_QUERY = 15_000;

/** How long a query may wait for a place among those of the account, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** The first pause between two looks at a query, in milliseconds; each further one is longer by half, up to the last. */
const FIRST_PAUSE = 400;
const LAST_PAUSE = 1500;

/** Runs a query. One that takes too long is stopped. */
export async function runQuery(logs: CloudWatchLogsClient, query: InsightsQuery): Promise<InsightsAnswer | LogFailure> {
  try {
    const queryId = await started(logs, query);
    return queryId === undefined ? BUSY : await finished(logs, queryId);
  } catch (error) {
    return failureOf(error, query.group);
  }
}

const BUSY: LogFailure = { reason: 'the account runs as many queries of logs as it may', isFinal: false };

/** Starts a query as soon as the account has a place for it; undefined if none comes free. */
async function started(logs: CloudWatchLogsClient, query: InsightsQuery): Promise<string | undefined> {
  const command = new StartQueryCommand({
    logGroupName: query.group,
    queryString: query.text,
    startTime: Math.floor(query.from),
    endTime: Math.ceil(query.until),
  });
  for (let waited = 0, wait = 1000; waited <= LONGEST_WAIT; waited += wait, wait *= 2) {
    try {
      return (await logs.send(command)).queryId;
    } catch (error) {
      if (!isNamed(error, 'LimitExceededException')) throw error;
      await pause(wait);
    }
  }
  return undefined;
}

async function finished(logs: CloudWatchLogsClient, queryId: string): Promise<InsightsAnswer | LogFailure> {
  for (let waited = 0, wait = FIRST_PAUSE; waited <= LONGEST_QUERY; waited += wait) {
    const answer = await logs.send(new GetQueryResultsCommand({ queryId }));
    if (answer.status === 'Complete') return answerIn(answer);
    if (answer.status !== 'Scheduled' && answer.status !== 'Running') {
      return { reason: `a query of the log has ended as ${answer.status ?? 'unknown'}`, isFinal: false };
    }
    await pause(wait);
    wait = Math.min(LAST_PAUSE, wait * 1.5);
  }
  // What runs on costs money, and nothing depends on whether it could be stopped.
  await logs.send(new StopQueryCommand({ queryId })).catch(() => {});
  return { reason: `a query of the log took longer than ${LONGEST_QUERY / 1000} s`, isFinal: false };
}

const answerIn = ({ results = [], statistics }: GetQueryResultsCommandOutput): InsightsAnswer => ({
  rows: results.map((row) =>
    Object.fromEntries(row.flatMap(({ field, value }) => (field === undefined ? [] : [[field, value ?? '']]))),
  ),
  bytesScanned: statistics?.bytesScanned ?? 0,
});

/** What an error of AWS means. Of one that may pass, another try is worth its time. */
function failureOf(error: unknown, group: string): LogFailure {
  if (isNamed(error, 'ResourceNotFoundException')) {
    return { reason: `the log group ${group} does not exist`, isFinal: true };
  }
  if (isDenied(error)) return { reason: `the controller may not read the log group ${group}`, isFinal: true };
  const name = error instanceof Error ? error.name : 'an unknown error';
  const isFinal = isNamed(error, 'InvalidParameterException', 'MalformedQueryException');
  return { reason: `the log group ${group} could not be queried (${name})`, isFinal };
}
