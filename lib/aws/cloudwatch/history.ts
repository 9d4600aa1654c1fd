import { type CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { HISTORY_PERIOD_SECONDS, type History, historyIn, historyRange } from '../../rollout/evidence/history.ts';
import type { AliasName } from '../lambda/alias.ts';
import { lambdaMetric } from './count-queries.ts';

/**
 * What an alias has served in the last day, whichever version served it, from CloudWatch's metrics of the alias.
 *
 * @param now in seconds since 1970
 * @returns null if the answer is not complete
 */
export async function readHistory(
  cloudwatch: CloudWatchClient,
  alias: AliasName,
  now: number,
): Promise<History | null> {
  const { from, until } = historyRange(now);
  const { MetricDataResults: results = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: ['Invocations', 'Errors'].map((metric) => sumOf(metric, alias)),
      StartTime: new Date(from * 1000),
      EndTime: new Date(until * 1000),
    }),
  );
  const [invocations, errors] = ['invocations', 'errors'].map((id) => results.find(({ Id }) => Id === id));
  if (invocations?.StatusCode !== 'Complete' || errors?.StatusCode !== 'Complete') return null;
  const failed = new Map(pointsOf(errors));
  return historyIn(
    pointsOf(invocations).map(([start, count]) => ({ start, invocations: count, errors: failed.get(start) ?? 0 })),
    until,
  );
}

const sumOf = (name: string, alias: AliasName) => ({
  Id: name.toLowerCase(),
  MetricStat: { Metric: lambdaMetric(alias, null, name), Stat: 'Sum', Period: HISTORY_PERIOD_SECONDS },
});

/** The values by the start of their period, in seconds since 1970. */
const pointsOf = ({ Timestamps = [], Values = [] }: MetricDataResult): (readonly [number, number])[] =>
  Timestamps.map((time, index) => [time.getTime() / 1000, Values[index] ?? 0]);
