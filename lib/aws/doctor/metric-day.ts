import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type Metric,
} from '@aws-sdk/client-cloudwatch';

/** A metric whose last day is read. */
export interface MetricQuery {
  readonly metric: Metric;
  readonly stat: 'Sum' | 'Maximum' | 'SampleCount';
  /** Only data of this unit, if an alarm looks at no other. */
  readonly unit?: string | undefined;
  /** The account that has it, if it is another one. */
  readonly accountId?: string | undefined;
}

const HOUR_SECONDS = 3600;
const DAY_MILLISECONDS = 86_400_000;

/** So many metrics go into one request. (AWS: CloudWatch quotas.) */
const MOST_QUERIES = 500;

/**
 * The values of the last 24 hours, hour by hour, of each metric in the order of the queries; empty where there was no data.
 *
 * @param now in milliseconds since 1970
 */
export async function readDay(
  cloudwatch: CloudWatchClient,
  queries: readonly MetricQuery[],
  now: number,
): Promise<readonly (readonly number[])[]> {
  const values = queries.map((): number[] => []);
  for (let first = 0; first < queries.length; first += MOST_QUERIES) {
    const some = queries.slice(first, first + MOST_QUERIES);
    let token: string | undefined;
    do {
      const answer: GetMetricDataCommandOutput = await cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: some.map(({ metric, stat, unit, accountId }, index) => ({
            Id: `m${first + index}`,
            ...(accountId === undefined ? {} : { AccountId: accountId }),
            MetricStat: {
              Metric: metric,
              Stat: stat,
              Period: HOUR_SECONDS,
              ...(unit === undefined ? {} : { Unit: unit as 'Count' }),
            },
          })),
          StartTime: new Date(now - DAY_MILLISECONDS),
          EndTime: new Date(now),
          NextToken: token,
        }),
      );
      for (const { Id = '', Values = [] } of answer.MetricDataResults ?? []) {
        values[Number(Id.slice(1))]?.push(...Values);
      }
      token = answer.NextToken;
    } while (token);
  }
  return values;
}
