import type {
  DescribeAlarmsCommandInput,
  Dimension,
  GetMetricDataCommandInput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { cloudWatchTiming } from '../../rollout/observation.ts';
import { ACCOUNT, CANDIDATE, REGION } from '../names.ts';
import { EPOCH, type VirtualTime } from '../simulation/virtual-time.ts';
import type { World } from '../world/world.ts';
import type { Answers } from './answer.ts';

/** CloudWatch's API on the alarms and metrics of a world. `delaySeconds` is how late metrics can be read. */
export const cloudwatchApi = (world: World, time: VirtualTime, delaySeconds: number) =>
  ({
    'cloudwatch:DescribeAlarms': ({ AlarmNames = [] }: DescribeAlarmsCommandInput) => ({
      resource: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:*`,
      output: () => {
        world.advanceTo(time.second());
        return describeAlarms(world, AlarmNames);
      },
    }),
    'cloudwatch:GetMetricData': (input: GetMetricDataCommandInput) => ({
      resource: '*',
      output: () => {
        world.advanceTo(time.second());
        return getMetricData(world, input, time.second() - delaySeconds);
      },
    }),
  }) satisfies Answers;

function describeAlarms(world: World, names: readonly string[]): object {
  const found = world.alarms.filter(({ name }) => names.includes(name));
  return {
    MetricAlarms: found.map(({ name, state, reason, spec }) => ({
      AlarmName: name,
      StateValue: state,
      StateReason: reason,
      ActionsEnabled: true,
      Namespace: 'AWS/Lambda',
      MetricName: spec.metric,
      Period: cloudWatchTiming.alarms.periodSeconds,
      EvaluationPeriods: spec.evaluationPeriods,
      DatapointsToAlarm: spec.datapointsToAlarm,
      Dimensions: spec.scope === 'candidate' ? [{ Name: 'ExecutedVersion', Value: CANDIDATE }] : [],
    })),
    CompositeAlarms: [],
    LogAlarms: [],
  };
}

function getMetricData(world: World, input: GetMetricDataCommandInput, readableUntil: number): object {
  const range = {
    from: secondOf(input.StartTime as Date),
    until: Math.min(secondOf(input.EndTime as Date), readableUntil),
    newestFirst: input.ScanBy !== 'TimestampAscending',
  };
  const queries = input.MetricDataQueries ?? [];
  return { MetricDataResults: queries.map((query) => resultOf(world, query, range)), Messages: [] };
}

/** Sums of one executed version. A period in which nothing was invoked has no datapoint. */
function resultOf(
  world: World,
  { Id, MetricStat }: MetricDataQuery,
  { from, until, newestFirst }: { readonly from: number; readonly until: number; readonly newestFirst: boolean },
): MetricDataResult {
  const { Metric: metric, Period: period = 60 } = MetricStat ?? {};
  const version = dimensionOf(metric?.Dimensions, 'ExecutedVersion') ?? '';
  const field = metric?.MetricName === 'Errors' ? 'errors' : 'invocations';
  const points = world
    .counts(version, from, until, period)
    .filter((point) => point.invocations > 0)
    .map((point) => ({ time: new Date(EPOCH + point.start * 1000), value: point[field] }));
  if (newestFirst) points.reverse();
  return {
    Id,
    Label: metric?.MetricName,
    Timestamps: points.map((point) => point.time),
    Values: points.map((point) => point.value),
    StatusCode: 'Complete',
  };
}

const secondOf = (date: Date): number => date.getTime() / 1000 - EPOCH / 1000;

const dimensionOf = (dimensions: readonly Dimension[] | undefined, name: string) =>
  dimensions?.find((dimension) => dimension.Name === name)?.Value;
