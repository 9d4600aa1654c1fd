import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DAY_SECONDS } from '../../rollout/evidence/history.ts';
import type { CountsSource } from '../source.ts';
import { lambdaMetric } from './count-queries.ts';

/**
 * The 99th percentile of how long the stable version's requests took in the day before, in whole milliseconds. A day may lie in two of
 * CloudWatch's: the slower one counts. Null if it served nothing.
 */
export async function readStableP99(
  cloudwatch: CloudWatchClient,
  { stable, until, ...alias }: Parameters<CountsSource['stableP99']>[0],
): Promise<number | null> {
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        {
          Id: 'stableP99',
          MetricStat: { Metric: lambdaMetric(alias, stable, 'Duration'), Stat: 'p99', Period: DAY_SECONDS },
        },
      ],
      StartTime: new Date((until - DAY_SECONDS) * 1000),
      EndTime: new Date(until * 1000),
    }),
  );
  const values = MetricDataResults.flatMap(({ Values = [] }) => Values);
  return values.length > 0 ? Math.ceil(Math.max(...values)) : null;
}
