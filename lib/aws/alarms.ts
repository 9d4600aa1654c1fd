import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmObservation } from '../rollout/observation.ts';

/** Reads metric and composite alarms, in the order of their names. CloudWatch leaves out what it does not know. */
export async function readAlarms(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
): Promise<readonly AlarmObservation[]> {
  if (names.length === 0) return [];
  const answer = await cloudwatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: [...names],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
    }),
  );
  const found = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
  return names.map((name) => {
    const alarm = found.find((each) => each.AlarmName === name);
    return {
      name,
      state: alarm ? (alarm.StateValue ?? 'INSUFFICIENT_DATA') : 'missing',
      reason: alarm?.StateReason ?? '',
    };
  });
}
