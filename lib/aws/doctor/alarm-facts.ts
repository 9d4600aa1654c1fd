import type { CloudWatchClient, CompositeAlarm, Dimension, LogAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmFacts, Series } from '../../rollout/doctor/alarm-checks.ts';
import { cannotBeEvaluated, describeAlarms, shapesOf, stateOf } from '../cloudwatch/alarms.ts';
import type { AliasName } from '../lambda/alias.ts';
import { type MetricQuery, readDay } from './metric-day.ts';

/** An alarm before its data was looked for. */
interface FoundAlarm extends Omit<AlarmFacts, 'series'> {
  /** The metrics that it looks at, by themselves or in a formula. */
  readonly queries: readonly MetricQuery[];
}

/**
 * Reads alarms in the order of their names, whether their metrics had data within the last day, and how often the alias was invoked
 * within it.
 *
 * @param now in milliseconds since 1970
 */
export async function readAlarmFacts(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
  { functionName, aliasName }: AliasName,
  now: number,
): Promise<{ readonly alarms: readonly AlarmFacts[]; readonly invocations: number }> {
  const found = await findAlarms(cloudwatch, names);
  const invocations = {
    Namespace: 'AWS/Lambda',
    MetricName: 'Invocations',
    Dimensions: [
      { Name: 'FunctionName', Value: functionName },
      { Name: 'Resource', Value: `${functionName}:${aliasName}` },
    ],
  };
  const queries = [{ metric: invocations, stat: 'Sum' as const }, ...found.flatMap((alarm) => alarm.queries)];
  const values = new Map((await readDay(cloudwatch, queries, now)).map((each, index) => [queries[index], each]));
  return {
    alarms: found.map(({ queries: its, ...alarm }) => ({
      ...alarm,
      series: its.map((query) => seriesOf(query, values.get(query) ?? [])),
    })),
    invocations: (values.get(queries[0]) ?? []).reduce((sum, value) => sum + value, 0),
  };
}

/** Reads alarms, in the order of their names. CloudWatch leaves out what it lacks. */
async function findAlarms(cloudwatch: CloudWatchClient, names: readonly string[]): Promise<readonly FoundAlarm[]> {
  const described = await describeAlarms(cloudwatch, names);
  const shapeOf = await shapesOf(cloudwatch, described);
  const found = (kind: AlarmFacts['kind'], alarm: MetricAlarm | CompositeAlarm | LogAlarm) => ({
    kind,
    ...stateOf(alarm),
    failing: cannotBeEvaluated(alarm),
    shape: shapeOf(alarm.AlarmName ?? ''),
  });
  return names.map((name) => {
    const of = <Alarm extends { readonly AlarmName?: string | undefined }>(alarms: readonly Alarm[]) =>
      alarms.find(({ AlarmName }) => AlarmName === name);
    const metric = of(described.metric);
    if (metric) {
      const promQl = metric.EvaluationCriteria?.PromQLCriteria !== undefined;
      return { name, ...found('metric', metric), promQl, queries: queriesOf(metric) };
    }
    const composite = of(described.composite);
    if (composite) return { name, ...found('composite', composite), promQl: false, queries: [] };
    const log = of(described.log);
    if (log) return { name, ...found('log', log), promQl: false, queries: [] };
    return {
      name,
      kind: 'missing',
      state: 'missing',
      reason: '',
      failing: false,
      promQl: false,
      shape: null,
      queries: [],
    };
  });
}

function queriesOf({ Namespace, MetricName, Dimensions, Unit, Metrics = [] }: MetricAlarm): readonly MetricQuery[] {
  if (MetricName !== undefined) {
    return [{ metric: { Namespace, MetricName, Dimensions }, stat: 'SampleCount', unit: Unit }];
  }
  return Metrics.flatMap(({ MetricStat: stat, AccountId: accountId }) =>
    stat?.Metric ? [{ metric: stat.Metric, stat: 'SampleCount' as const, unit: stat.Unit, accountId }] : [],
  );
}

const seriesOf = ({ metric }: MetricQuery, values: readonly number[]): Series => ({
  namespace: metric.Namespace ?? '',
  metric: metric.MetricName ?? '',
  dimensions: dimensionsOf(metric.Dimensions),
  hasData: values.length > 0,
});

const dimensionsOf = (dimensions: readonly Dimension[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value]));
