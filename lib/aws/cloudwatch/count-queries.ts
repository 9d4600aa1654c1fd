import type { Dimension, Metric, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { functionNameOf } from '../../rollout/document/start.ts';
import type { MetricSignal } from '../../rollout/evidence/streams.ts';
import type { AliasName } from '../lambda/alias.ts';
import type { CountsQuery } from '../source.ts';

/** Whose counts they are. */
const roles = ['stable', 'candidate'] as const;
export type Role = (typeof roles)[number];

/** The queries for the counts of both versions. Each has an id of its own, which begins with the role. */
export function queriesOf(query: CountsQuery, periodSeconds: number): MetricDataQuery[] {
  const { streams } = query;
  return roles.flatMap((role) => {
    const asked = (id: string, metric: Metric, Stat = 'Sum'): MetricDataQuery => ({
      Id: `${role}${id}`,
      MetricStat: { Metric: metric, Stat, Period: periodSeconds },
    });
    const lambda = (name: string) => lambdaMetric(query, query[role], name);
    const counts = [asked('Invocations', lambda('Invocations')), asked('Errors', lambda('Errors'))];
    if (!streams) return counts;
    const { slowerThan, signals } = streams;
    return [
      ...counts,
      asked('Throttles', lambda('Throttles')),
      asked('Milliseconds', lambda('Duration')),
      ...(slowerThan === null ? [] : [asked('Slow', lambda('Duration'), countAbove(slowerThan))]),
      ...signals.flatMap((signal, index) => [
        asked(failuresId(index), signalMetric(signal, query[role], signal.failures)),
        ...(signal.requests === undefined
          ? []
          : [asked(requestsId(index), signalMetric(signal, query[role], signal.requests))]),
      ]),
    ];
  });
}

/** The ids of a signal's two metrics, after the role: an id may hold letters, digits and "_" alone. */
export const failuresId = (index: number): string => `Signal${index}Failures`;
export const requestsId = (index: number): string => `Signal${index}Requests`;

/** How many values lie above a bound. (AWS: CloudWatch statistics definitions, "Trimmed count".) */
const countAbove = (bound: number): string => `TC(${bound}:)`;

/** A metric of Lambda's about what a version served through an alias; without a version, what all of them did. */
export function lambdaMetric(
  { functionName, aliasName }: AliasName,
  version: string | null,
  MetricName: string,
): Metric {
  const name = functionNameOf(functionName);
  const Dimensions: Dimension[] = [
    { Name: 'FunctionName', Value: name },
    { Name: 'Resource', Value: `${name}:${aliasName}` },
    ...(version === null ? [] : [{ Name: 'ExecutedVersion', Value: version }]),
  ];
  return { Namespace: 'AWS/Lambda', MetricName, Dimensions };
}

function signalMetric(
  { namespace, versionDimension, dimensions }: MetricSignal,
  version: string,
  name: string,
): Metric {
  const all = Object.entries({ ...dimensions, [versionDimension]: version });
  const Dimensions = all.map(([Name, Value]): Dimension => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}
