import type { Dimension, LogAlarm, MetricAlarm, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { type AlarmShape, oneMinute } from '../../rollout/alarm-shape.ts';
import { EACH_VERSION_MARK } from '../../rollout/candidate-rate.ts';

const MINUTE = 60;

/** High-resolution alarms are evaluated every 10 seconds, others every minute. (AWS: PutMetricAlarm, EvaluationInterval.) */
const HIGH_RESOLUTION_SECONDS = 10;

/** How a metric alarm is made; null if CloudWatch does not tell its period. */
export function metricShape(alarm: MetricAlarm): AlarmShape | null {
  const promQl = alarm.EvaluationCriteria?.PromQLCriteria;
  if (promQl) return promQlShape(alarm, promQl.Query ?? '', promQl.PendingPeriod ?? 0);
  const periodSeconds = periodOf(alarm);
  const { EvaluationPeriods: evaluationPeriods } = alarm;
  if (periodSeconds === undefined || evaluationPeriods === undefined) return null;
  const usual = periodSeconds < MINUTE ? HIGH_RESOLUTION_SECONDS : MINUTE;
  const interval = alarm.EvaluationInterval ?? usual;
  return {
    kind: 'metric',
    periodSeconds,
    evaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? evaluationPeriods,
    // Clock boundaries of another time zone are nowhere near ours: a period may begin up to one period later.
    evaluationSeconds: alarm.EvaluationWindow?.WallClockWindow ? interval + periodSeconds : interval,
    version: versionOf(alarm),
    ...commonOf(alarm),
  };
}

/** A contributor fires once it has been bad for the pending period; its query may look back over a range such as `[5m]`. */
function promQlShape(alarm: MetricAlarm, query: string, pendingSeconds: number): AlarmShape {
  const interval = alarm.EvaluationInterval ?? MINUTE;
  const datapoints = Math.ceil(pendingSeconds / interval) + 1;
  return {
    kind: 'metric',
    periodSeconds: interval,
    evaluationPeriods: datapoints,
    datapointsToAlarm: datapoints,
    evaluationSeconds: interval + Math.max(0, ...rangesIn(query)),
    version: null,
    ...commonOf(alarm),
  };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The ranges of a PromQL query, in seconds. */
const rangesIn = (query: string): number[] =>
  [...query.matchAll(/\[((?:\d+[smhdw])+)/g)].map(([, range = '']) =>
    [...range.matchAll(/(\d+)([smhdw])/g)].reduce(
      (sum, [, count, unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0),
      0,
    ),
  );

/** How a log alarm is made: each run of its query is a datapoint. Null if its schedule is not one of `rate(...)`. */
export function logShape(alarm: LogAlarm): AlarmShape | null {
  const { ScheduleExpression = '', StartTimeOffset = 0 } =
    alarm.ScheduledQueryConfiguration?.ScheduleConfiguration ?? {};
  const periodSeconds = rateSeconds(ScheduleExpression);
  if (periodSeconds === undefined) return null;
  const datapointsToAlarm = alarm.QueryResultsToAlarm ?? alarm.QueryResultsToEvaluate ?? 1;
  return {
    kind: 'log',
    periodSeconds,
    evaluationPeriods: alarm.QueryResultsToEvaluate ?? datapointsToAlarm,
    datapointsToAlarm,
    // A run covers the time from so long before it. Only one that begins wholly after the shift is about the step alone.
    evaluationSeconds: Math.max(MINUTE, StartTimeOffset),
    version: null,
    ...commonOf(alarm),
  };
}

function rateSeconds(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression.trim()) ?? [];
  const seconds = { minute: MINUTE, hour: 3600, day: 86_400 }[unit];
  return count === undefined || seconds === undefined ? undefined : Number(count) * seconds;
}

/**
 * A composite alarm's shape: that of its slowest child. It sees one version alone only if each child does. Null if nothing is known of any
 * child.
 */
export function compositeShape(
  alarm: { readonly ActionsEnabled?: boolean | undefined },
  children: readonly (AlarmShape | null)[],
): AlarmShape | null {
  const known = children.filter((child) => child !== null);
  const [first] = known;
  if (!first) return null;
  const slowest = children
    .map((child) => child ?? oneMinute)
    .reduce((slow, child) => (needOf(child) > needOf(slow) ? child : slow), first);
  const versions = new Set(children.map((child) => child?.version ?? null));
  return {
    ...slowest,
    kind: 'composite',
    version: versions.size === 1 ? first.version : null,
    actionsEnabled: alarm.ActionsEnabled ?? true,
    eachVersion: known.some(({ eachVersion }) => eachVersion),
  };
}

const needOf = ({ periodSeconds, datapointsToAlarm, evaluationSeconds }: AlarmShape): number =>
  periodSeconds * (datapointsToAlarm + 1) + evaluationSeconds;

/** The names in a composite alarm's rule, each once: `ALARM("a") AND NOT OK(b)` or `AT_LEAST(1, ALARM, (a, "b c"))`. */
export function namesInRule(rule: string): readonly string[] {
  const tokens = [...rule.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s(),"']+)/g)];
  const names = tokens.flatMap(([, double, single, plain]) => {
    const quoted = double ?? single;
    if (quoted !== undefined) return [quoted.replaceAll(/\\(.)/g, '$1')];
    return plain === undefined || words.has(plain.toUpperCase()) || /^\d+%?$/.test(plain) ? [] : [plain];
  });
  return [...new Set(names.map((name) => /^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:(.+)/.exec(name)?.[1] ?? name))];
}

const words: ReadonlySet<string> = new Set([
  ...['AND', 'OR', 'NOT', 'TRUE', 'FALSE', 'AT_LEAST'],
  ...['ALARM', 'OK', 'INSUFFICIENT_DATA'],
]);

const commonOf = ({ ActionsEnabled, AlarmDescription = '' }: MetricAlarm | LogAlarm) => ({
  actionsEnabled: ActionsEnabled ?? true,
  eachVersion: AlarmDescription.includes(EACH_VERSION_MARK),
});

/** The longest period of what an alarm reads: its one metric, or the metrics and queries of its formula. */
function periodOf({ Period, Metrics = [] }: MetricAlarm): number | undefined {
  const periods = [Period, ...Metrics.flatMap((query) => [query.MetricStat?.Period, query.Period])];
  const known = periods.filter((period) => period !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** The one version that all metrics of an alarm are of; null if one of them is not of a version, or they are of several. */
function versionOf({ Namespace, MetricName, Dimensions, Metrics = [] }: MetricAlarm): string | null {
  const metrics = MetricName !== undefined ? [{ Namespace, Dimensions }] : Metrics.flatMap(metricOf);
  const versions = new Set(metrics.map(({ Dimensions: dimensions }) => executedVersion(dimensions)));
  const [version] = versions;
  return versions.size === 1 ? (version ?? null) : null;
}

const metricOf = ({ MetricStat }: MetricDataQuery) => (MetricStat?.Metric ? [MetricStat.Metric] : []);

const executedVersion = (dimensions: readonly Dimension[] = []): string | undefined =>
  dimensions.find(({ Name }) => Name === 'ExecutedVersion')?.Value;
