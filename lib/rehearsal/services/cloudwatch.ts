import type {
  AlarmHistoryItem,
  AlarmType,
  CompositeAlarm,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmsCommandInput,
  Dimension,
  GetMetricDataCommandInput,
  MetricAlarm,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { EACH_VERSION_MARK } from '../../rollout/candidate-rate.ts';
import type { Signal } from '../../rollout/evidence/streams.ts';
import { ACCOUNT, REGION } from '../names.ts';
import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import { EPOCH, type VirtualTime } from '../simulation/virtual-time.ts';
import { periodOf, type RehearsedAlarm } from '../world/alarms.ts';
import type { Answers } from './answer.ts';
import { type MetricRange, metricPoints } from './metric-data.ts';
import type { Metered } from './site.ts';

/** CloudWatch's API on the alarms and metrics of the functions' worlds. `delaySeconds` is how late metrics can be read. */
export const cloudwatchApi = (
  sites: readonly Metered[],
  time: VirtualTime,
  delaySeconds: number,
  signals: readonly Signal[],
) => {
  const advance = () => {
    for (const { world } of sites) world.advanceTo(time.second());
  };
  return {
    'cloudwatch:DescribeAlarms': (input: DescribeAlarmsCommandInput) => ({
      resource: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:*`,
      output: () => {
        advance();
        return describeAlarms(sites, input, time.second());
      },
    }),
    'cloudwatch:DescribeAlarmHistory': (input: DescribeAlarmHistoryCommandInput) => ({
      resource: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${input.AlarmName ?? '*'}`,
      output: () => {
        advance();
        return describeAlarmHistory(sites, input);
      },
    }),
    'cloudwatch:GetMetricData': (input: GetMetricDataCommandInput) => ({
      resource: '*',
      output: () => {
        advance();
        return getMetricData(sites, input, time.second() - delaySeconds, signals);
      },
    }),
  } satisfies Answers;
};

/** An alarm, and the function whose alias it watches. */
interface Watching {
  readonly alarm: RehearsedAlarm;
  readonly lambda: Metered['lambda'];
}

const alarmsOf = (sites: readonly Metered[]): readonly Watching[] =>
  sites.flatMap(({ lambda, world }) => world.alarms.map((alarm) => ({ alarm, lambda })));

/** DescribeAlarms as it answers if nobody names a type. (AWS: DescribeAlarms, `AlarmTypes`.) */
const USUAL_TYPES = ['MetricAlarm'];

/**
 * DescribeAlarms at a second. It leaves out the names that it does not know, and the types that it was not asked for.
 *
 * @param asOf the second whose states are shown: an earlier one for a stale answer
 */
export function describeAlarms(
  sites: readonly Metered[],
  { AlarmNames = [], AlarmTypes }: DescribeAlarmsCommandInput,
  asOf: number,
) {
  const types: readonly string[] = AlarmTypes ?? USUAL_TYPES;
  const named = alarmsOf(sites).filter(({ alarm }) => AlarmNames.includes(alarm.name));
  const listed = (type: string, is: (alarm: RehearsedAlarm) => boolean) =>
    types.includes(type) ? named.filter(({ alarm }) => is(alarm)) : [];
  return {
    MetricAlarms: listed('MetricAlarm', ({ spec }) => spec !== null && spec.kind !== 'log').map((watching) =>
      metricAlarm(watching, watching.alarm.spec as AlarmSpec, asOf),
    ),
    CompositeAlarms: listed('CompositeAlarm', ({ spec }) => spec === null).map(
      ({ alarm }): CompositeAlarm => ({
        ...common(alarm, asOf),
        AlarmRule: alarm.anyOf.map((name) => `ALARM("${name}")`).join(' OR '),
      }),
    ),
    LogAlarms: listed('LogAlarm', ({ spec }) => spec?.kind === 'log').map(({ alarm }) =>
      logAlarm(alarm, alarm.spec as AlarmSpec, asOf),
    ),
  };
}

function common(alarm: RehearsedAlarm, asOf: number) {
  const { name, state, reason, second } = alarm.at(asOf);
  return {
    AlarmName: name,
    AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
    ActionsEnabled: alarm.spec?.actionsEnabled ?? true,
    ...(alarm.spec?.eachVersion ? { AlarmDescription: EACH_VERSION_MARK } : {}),
    StateValue: state,
    StateReason: reason,
    ...(Number.isFinite(second) ? { StateTransitionedTimestamp: dateOf(second) } : {}),
  };
}

/** The states that an alarm has entered since `StartDate`, as StateUpdate items, newest first. */
function describeAlarmHistory(
  sites: readonly Metered[],
  { AlarmName, AlarmTypes, StartDate = new Date(0) }: DescribeAlarmHistoryCommandInput,
) {
  const types: readonly string[] = AlarmTypes ?? USUAL_TYPES;
  const alarm = alarmsOf(sites).find(({ alarm: { name } }) => name === AlarmName)?.alarm;
  const entered = alarm && types.includes(typeOf(alarm)) ? alarm.enteredAfter(secondOf(StartDate) - 1) : [];
  return {
    AlarmHistoryItems: entered.toReversed().map(
      ({ name, state, reason, before, second }): AlarmHistoryItem => ({
        AlarmName: name,
        Timestamp: dateOf(second),
        HistoryItemType: 'StateUpdate',
        HistorySummary: `Alarm updated from ${before} to ${state}`,
        HistoryData: JSON.stringify({
          version: '1.0',
          oldState: { stateValue: before },
          newState: { stateValue: state, stateReason: reason },
        }),
      }),
    ),
  };
}

function typeOf({ spec }: RehearsedAlarm): AlarmType {
  if (!spec) return 'CompositeAlarm';
  return spec.kind === 'log' ? 'LogAlarm' : 'MetricAlarm';
}

const dateOf = (second: number): Date => new Date(EPOCH + second * 1000);

const evaluationOf = (spec: AlarmSpec) => ({
  EvaluationPeriods: spec.evaluationPeriods,
  DatapointsToAlarm: spec.datapointsToAlarm,
  Threshold: spec.threshold,
  ComparisonOperator: 'GreaterThanThreshold' as const,
  TreatMissingData: spec.treatMissingData,
});

/** The metric of each scenario's metric but the error rate, which is an expression over two. */
const metricNames = {
  errors: { MetricName: 'Errors', Statistic: 'Sum' },
  throttles: { MetricName: 'Throttles', Statistic: 'Sum' },
  invocations: { MetricName: 'Invocations', Statistic: 'Sum' },
  p99Milliseconds: { MetricName: 'Duration', ExtendedStatistic: 'p99' },
} as const;

const NAMESPACE = 'AWS/Lambda';

/** The alarm on one metric, or on metric math: then CloudWatch has period and dimensions in each of its metrics. */
function metricAlarm({ alarm, lambda }: Watching, spec: AlarmSpec, asOf: number): MetricAlarm {
  const Dimensions = dimensionsOf(lambda, alarm.version);
  const whole = { ...common(alarm, asOf), ...evaluationOf(spec) };
  if (spec.metric !== 'errorRate') {
    const metric = metricNames[spec.metric];
    return { ...whole, Namespace: NAMESPACE, ...metric, Period: periodOf(spec), Dimensions };
  }
  const sumOf = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: NAMESPACE, MetricName, Dimensions }, Period: periodOf(spec), Stat: 'Sum' },
    ReturnData: false,
  });
  const rate = { Id: 'rate', Expression: 'errors / invocations', Label: 'error rate', ReturnData: true };
  return { ...whole, Metrics: [rate, sumOf('errors', 'Errors'), sumOf('invocations', 'Invocations')] };
}

function dimensionsOf({ functionName, aliasName }: Metered['lambda'], version: string | null): Dimension[] {
  const ofAlias = [
    { Name: 'FunctionName', Value: functionName },
    { Name: 'Resource', Value: `${functionName}:${aliasName}` },
  ];
  return version === null ? ofAlias : [...ofAlias, { Name: 'ExecutedVersion', Value: version }];
}

/** A log alarm runs a query once a period, over that period; what that says of its data's age is not documented. */
const logAlarm = (alarm: RehearsedAlarm, spec: AlarmSpec, asOf: number) => ({
  ...common(alarm, asOf),
  ...evaluationOf(spec),
  ScheduledQueryConfiguration: {
    ScheduleConfiguration: {
      ScheduleExpression: `rate(${Math.max(1, periodOf(spec) / 60)} minutes)`,
      StartTimeOffset: periodOf(spec),
    },
  },
  QueryResultsToEvaluate: spec.evaluationPeriods,
  QueryResultsToAlarm: spec.datapointsToAlarm,
});

function getMetricData(
  sites: readonly Metered[],
  input: GetMetricDataCommandInput,
  readableUntil: number,
  signals: readonly Signal[],
): object {
  const range = {
    from: secondOf(input.StartTime as Date),
    until: Math.min(secondOf(input.EndTime as Date), readableUntil),
    newestFirst: input.ScanBy !== 'TimestampAscending',
  };
  const queries = input.MetricDataQueries ?? [];
  return { MetricDataResults: queries.map((query) => resultOf(sites, query, range, signals)), Messages: [] };
}

function resultOf(
  sites: readonly Metered[],
  { Id, MetricStat = { Metric: {}, Period: 60, Stat: 'Sum' } }: MetricDataQuery,
  { newestFirst, ...range }: MetricRange & { readonly newestFirst: boolean },
  signals: readonly Signal[],
): MetricDataResult {
  const dimensions = MetricStat.Metric?.Dimensions ?? [];
  const points = sites.flatMap(({ lambda, world }) => {
    const version = isAlias(lambda, dimensions) ? null : executedVersionIn(lambda, dimensions);
    return metricPoints(world, MetricStat, range, version, signals);
  });
  if (newestFirst) points.reverse();
  return {
    Id,
    Label: MetricStat.Metric?.MetricName,
    Timestamps: points.map(({ start }) => dateOf(start)),
    Values: points.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}

const secondOf = (date: Date): number => date.getTime() / 1000 - EPOCH / 1000;

/**
 * The version whose metric of the alias is asked for. CloudWatch knows a metric only by all of its dimensions: any other set of them
 * is another metric, which has no data here.
 */
function executedVersionIn(lambda: Metered['lambda'], dimensions: readonly Dimension[]): string | undefined {
  const version = dimensions.find(({ Name }) => Name === 'ExecutedVersion')?.Value;
  return version !== undefined && areSame(dimensions, dimensionsOf(lambda, version)) ? version : undefined;
}

/** Whether the metric of the alias as a whole is asked for. */
const isAlias = (lambda: Metered['lambda'], dimensions: readonly Dimension[]): boolean =>
  areSame(dimensions, dimensionsOf(lambda, null));

const areSame = (dimensions: readonly Dimension[], known: readonly Dimension[]): boolean =>
  dimensions.length === known.length &&
  dimensions.every(({ Name, Value }) => known.some((each) => each.Name === Name && each.Value === Value));
