import { deepEqual, equal, match, ok } from 'node:assert/strict';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Fact, Fixture } from './fact.ts';
import { refused } from './refusal.ts';

const metricData = async (aws: Fixture, change: Partial<Parameters<typeof command>[0]> = {}) => {
  const answer = await aws.clients.cloudwatch.send(command({ ...(await aws.series()), ...change }));
  return answer.MetricDataResults?.[0];
};

const command = (input: ConstructorParameters<typeof GetMetricDataCommand>[0]) => new GetMetricDataCommand(input);

const times = (result: Awaited<ReturnType<typeof metricData>>) =>
  (result?.Timestamps ?? []).map((time) => time.getTime());

const ordering = { recorded: 'cloudwatch/test_cloudwatch: test_default_ordering, 2025-09-19' };

/** A stack that holds next to nothing, from its making to what is told of it when it is gone. */
async function withStack<T>(aws: Fixture, look: (stack: { name: string; id: string }) => Promise<T>): Promise<T> {
  const { cloudformation } = aws.clients;
  const name = `${aws.functionName}-${aws.aliasName}`;
  const { StackId: id = '' } = await cloudformation.send(
    new CreateStackCommand({ StackName: name, TemplateBody: templateOf('First') }),
  );
  try {
    await settled(aws, id, 'CREATE_COMPLETE');
    return await look({ name, id });
  } finally {
    await cloudformation.send(new DeleteStackCommand({ StackName: id }));
  }
}

const templateOf = (...handles: readonly string[]) =>
  JSON.stringify({
    Resources: Object.fromEntries(handles.map((name) => [name, { Type: 'AWS::CloudFormation::WaitConditionHandle' }])),
  });

const settled = (aws: Fixture, id: string, status: string) =>
  aws.eventually(`the stack shows ${status}`, async () => {
    const { Stacks } = await aws.clients.cloudformation.send(new DescribeStacksCommand({ StackName: id }));
    return Stacks?.[0]?.StackStatus === status ? true : undefined;
  });

const noStacks = 'its stacks show the status that a rehearsal gives them, and nothing else';

/** What Sluice relies on where it reads alarms, metrics and stacks. */
export const monitoringFacts: readonly Fact[] = [
  {
    sentence: 'DescribeAlarms of a name that does not exist answers empty lists, and no error.',
    source: { recorded: 'cloudwatch/test_cloudwatch: test_delete_alarm, 2025-09-19' },
    check: async (aws) => {
      const { MetricAlarms, CompositeAlarms } = await aws.clients.cloudwatch.send(
        new DescribeAlarmsCommand({
          AlarmNames: ['sluice-facts-nobody'],
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        }),
      );
      deepEqual([MetricAlarms ?? [], CompositeAlarms ?? []], [[], []]);
    },
  },
  {
    sentence: 'GetMetricData answers newest first unless asked otherwise.',
    source: ordering,
    check: async (aws) => {
      const found = times(await metricData(aws));
      ok(found.length >= 2, `expected two datapoints or more, found ${found.length}`);
      deepEqual(
        found,
        found.toSorted((a, b) => b - a),
      );
    },
  },
  {
    sentence: 'GetMetricData with ScanBy TimestampAscending answers oldest first.',
    source: ordering,
    check: async (aws) => {
      const found = times(await metricData(aws, { ScanBy: 'TimestampAscending' }));
      ok(found.length >= 2, `expected two datapoints or more, found ${found.length}`);
      deepEqual(
        found,
        found.toSorted((a, b) => a - b),
      );
    },
  },
  {
    sentence: 'GetMetricData without data answers Complete, with empty lists.',
    source: { recorded: 'cloudwatch/test_cloudwatch: test_get_metric_with_no_results, 2025-09-19' },
    check: async (aws) => {
      const { MetricDataQueries } = await aws.series();
      const [query] = MetricDataQueries as [MetricDataQuery];
      const dimensions = query.MetricStat?.Metric?.Dimensions?.map((each) => ({ ...each, Value: '4711' }));
      const metric = { ...query.MetricStat?.Metric, Dimensions: dimensions };
      const nothing = { ...query, MetricStat: { ...query.MetricStat, Metric: metric } } as MetricDataQuery;
      const result = await metricData(aws, { MetricDataQueries: [nothing] });
      deepEqual([result?.StatusCode, result?.Timestamps ?? [], result?.Values ?? []], ['Complete', [], []]);
    },
  },
  {
    sentence: 'Invocations are counted by FunctionName, Resource (function:alias) and ExecutedVersion.',
    source: { said: 'AWS Lambda guide, "Types of metrics"; no recording has the last two dimensions' },
    check: async (aws) => {
      const { MetricDataQueries } = await aws.series();
      const [query] = MetricDataQueries as [MetricDataQuery];
      const dimensions = query.MetricStat?.Metric?.Dimensions?.map(({ Name }) => Name);
      deepEqual(dimensions, ['FunctionName', 'Resource', 'ExecutedVersion']);
      ok(times(await metricData(aws)).length > 0);
    },
  },
  {
    sentence: 'The event of an alarm has time, resources, detail.alarmName, detail.state.value and .reason.',
    source: { said: 'AWS CloudWatch user guide, "Alarm events and EventBridge"' },
    check: async (aws) => {
      const event = (await aws.alarmEvent('on purpose')) as {
        time: string;
        resources: string[];
        detail: { alarmName: string; state: { value: string; reason: string } };
      };
      ok(Number.isFinite(Date.parse(event.time)));
      equal(event.resources.length, 1);
      match(event.resources[0] as string, /^arn:aws[a-z-]*:cloudwatch:.*:alarm:/);
      ok(event.resources[0]?.endsWith(`:${event.detail.alarmName}`));
      deepEqual([event.detail.state.value, event.detail.state.reason], ['ALARM', 'on purpose']);
    },
    unchecked: { rehearsal: 'its handlers are handed what the rule makes of the event' },
  },
  {
    sentence: 'DescribeStacks of a deleted stack: by its id DELETE_COMPLETE, by its name 400 ValidationError.',
    source: { recorded: 'cloudformation/api/test_stacks: test_name_conflicts, 2024-03-26' },
    check: async (aws) => {
      const { name, id } = await withStack(aws, async (stack) => stack);
      await settled(aws, id, 'DELETE_COMPLETE');
      const byName = aws.clients.cloudformation.send(new DescribeStacksCommand({ StackName: name }));
      await refused(byName, 'ValidationError', 400);
    },
    unchecked: { rehearsal: noStacks },
  },
  {
    sentence: 'An update goes through UPDATE_COMPLETE_CLEANUP_IN_PROGRESS before UPDATE_COMPLETE.',
    source: { recorded: 'cloudformation/test_change_set_*, 2025-04-15 and later' },
    check: (aws) =>
      withStack(aws, async ({ id }) => {
        const { cloudformation } = aws.clients;
        const change = { StackName: id, TemplateBody: templateOf('First', 'Second') };
        await cloudformation.send(new UpdateStackCommand(change));
        await settled(aws, id, 'UPDATE_COMPLETE');
        const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: id }));
        const statuses = StackEvents.filter(({ PhysicalResourceId }) => PhysicalResourceId === id)
          .map(({ ResourceStatus }) => ResourceStatus)
          .reverse();
        deepEqual(statuses.slice(-3), ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE']);
      }),
    unchecked: { rehearsal: noStacks },
  },
];
