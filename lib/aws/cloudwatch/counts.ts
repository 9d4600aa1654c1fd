import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { timingIn } from '../../rollout/contracts/environment.ts';
import type { Counts, Period } from '../../rollout/observation.ts';
import { pause } from '../handler/pause.ts';
import type { CountsQuery, CountsSource, SourceKind } from '../source.ts';
import { queriesOf, type Role } from './count-queries.ts';
import { readStableP99 } from './stable-p99.ts';
import { type Series, streamsIn } from './stream-counts.ts';

/**
 * Counts from CloudWatch's metrics of the alias by executed version. A period in which a version was not invoked has no
 * data for it. Lambda publishes Errors as 0 together with Invocations.
 */
export const cloudWatchCounts: SourceKind<CountsSource> = {
  timingIn: (environment) => timingIn(environment).metrics,
  create: ({ cloudwatch }, timing) => ({
    timing,
    read: async (query) => {
      if (query.until <= query.from) return [];
      const queries = queriesOf(query, timing.periodSeconds);
      const read = () => readAll(cloudwatch, queries, query);
      let series = await read();
      // Nothing at all may be the truth, and may be an answer that came without its data: the second one is believed.
      if (series && isEmpty(series)) {
        await pause(SECOND_LOOK_MILLISECONDS);
        series = await read();
      }
      return series && periodsIn(series, query.streams);
    },
    stableP99: (query) => readStableP99(cloudwatch, query),
  }),
};

/** How long after an answer without any data the counts are read again. */
const SECOND_LOOK_MILLISECONDS = 1000;

/** So many pages are read: a query has some 90,000 minutes at most, and a page has 100,800. (AWS: GetMetricData.) */
const MOST_PAGES = 20;

const isEmpty = (series: ReadonlyMap<string, Series>): boolean => [...series.values()].every(({ size }) => size === 0);

function periodsIn(series: ReadonlyMap<string, Series>, streams: CountsQuery['streams']): readonly Period[] {
  const at = (id: string, start: number) => series.get(id)?.get(start) ?? 0;
  const starts = new Set([...series.values()].flatMap((values) => [...values.keys()]));
  return [...starts]
    .sort((a, b) => a - b)
    .map((start) => {
      const of = (role: Role): Counts => ({
        invocations: at(`${role}Invocations`, start),
        errors: at(`${role}Errors`, start),
      });
      const counts = { stable: of('stable'), candidate: of('candidate') };
      if (!streams) return { start, ...counts };
      const milliseconds = { stable: at('stableMilliseconds', start), candidate: at('candidateMilliseconds', start) };
      return { start, ...counts, streams: streamsIn(series, start, counts, streams), milliseconds };
    });
}

/** Every value, or null if CloudWatch says of a metric that it is not complete. */
async function readAll(
  cloudwatch: CloudWatchClient,
  queries: MetricDataQuery[],
  { from, until }: Pick<CountsQuery, 'from' | 'until'>,
): Promise<ReadonlyMap<string, Series> | null> {
  const series = new Map<string, Map<number, number>>();
  const statuses = new Map<string, string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(from * 1000),
        EndTime: new Date(until * 1000),
        ScanBy: 'TimestampAscending',
        NextToken: token,
      }),
    );
    for (const result of answer.MetricDataResults ?? []) {
      const values = series.get(result.Id ?? '') ?? new Map<number, number>();
      for (const [index, time] of (result.Timestamps ?? []).entries()) {
        values.set(time.getTime() / 1000, result.Values?.[index] ?? 0);
      }
      series.set(result.Id ?? '', values);
      statuses.set(result.Id ?? '', result.StatusCode ?? 'Complete');
    }
    token = answer.NextToken;
    // A page that is followed by another one may be partial. What the last page of a metric says holds for all of it.
    if (!token) return [...statuses.values()].every((status) => status === 'Complete') ? series : null;
  }
  return null;
}
