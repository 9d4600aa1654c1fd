import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmObservation } from '../../rollout/observation.ts';

/** Reads metric and composite alarms, in the order of their names. CloudWatch leaves out what it does not know. */
export async function readAlarms(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
): Promise<readonly AlarmObservation[]> {
  const { metric, composite } = await describeAlarms(cloudwatch, names);
  const found = [...metric, ...composite];
  return names.map((name) => {
    const alarm = found.find((each) => each.AlarmName === name);
    return {
      name,
      state: alarm ? (alarm.StateValue ?? 'INSUFFICIENT_DATA') : 'missing',
      reason: alarm?.StateReason ?? '',
    };
  });
}

/** Asks CloudWatch about alarms by their names: at most 100, which is what a policy may have. Without a name nothing is asked. */
export async function describeAlarms(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
): Promise<{ readonly metric: readonly MetricAlarm[]; readonly composite: readonly CompositeAlarm[] }> {
  if (names.length === 0) return { metric: [], composite: [] };
  const { MetricAlarms: metric = [], CompositeAlarms: composite = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: [...names],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
    }),
  );
  return { metric, composite };
}
