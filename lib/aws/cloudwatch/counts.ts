import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Period } from '../../rollout/observation.ts';
import type { AliasName } from '../lambda/alias.ts';

/** Which counts: both versions' invocations through the alias, in whole periods from `from` up to `until` (seconds since 1970). */
export interface CountsQuery extends AliasName {
  readonly stable: string;
  readonly candidate: string;
  readonly from: number;
  readonly until: number;
  readonly periodSeconds: number;
}

/** Where per-version counts come from. */
export type CountsSource = (query: CountsQuery) => Promise<readonly Period[]>;

const metrics = ['Invocations', 'Errors'] as const;

/**
 * Counts from CloudWatch's metrics of the alias by executed version. A period in which a version was not invoked has no
 * data for it. Lambda publishes Errors as 0 together with Invocations.
 */
export function metricCounts(cloudwatch: CloudWatchClient): CountsSource {
  return async (query) => {
    if (query.until <= query.from) return [];
    const values = await readAll(cloudwatch, query);
    const at = (id: string, start: number) => values.get(id)?.get(start) ?? 0;
    const starts = new Set([...values.values()].flatMap((series) => [...series.keys()]));
    return [...starts]
      .sort((a, b) => a - b)
      .map((start) => ({
        start,
        stable: { invocations: at('stableInvocations', start), errors: at('stableErrors', start) },
        candidate: { invocations: at('candidateInvocations', start), errors: at('candidateErrors', start) },
      }));
  };
}

async function readAll(cloudwatch: CloudWatchClient, query: CountsQuery): Promise<Map<string, Map<number, number>>> {
  const series = new Map<string, Map<number, number>>();
  let token: string | undefined;
  do {
    const answer = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: queriesOf(query),
        StartTime: new Date(query.from * 1000),
        EndTime: new Date(query.until * 1000),
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
    }
    token = answer.NextToken;
  } while (token);
  return series;
}

function queriesOf(query: CountsQuery): MetricDataQuery[] {
  const name = query.functionName.split(':').at(-1) as string;
  return (['stable', 'candidate'] as const).flatMap((role) =>
    metrics.map((metric) => ({
      Id: `${role}${metric}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName: metric,
          Dimensions: [
            { Name: 'FunctionName', Value: name },
            { Name: 'Resource', Value: `${name}:${query.aliasName}` },
            { Name: 'ExecutedVersion', Value: query[role] },
          ],
        },
        Stat: 'Sum',
        Period: query.periodSeconds,
      },
    })),
  );
}
