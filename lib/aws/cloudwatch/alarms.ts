import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { timingIn } from '../../rollout/contracts/environment.ts';
import type { AlarmObservation } from '../../rollout/observation.ts';
import type { AlarmSource, SourceKind } from '../source.ts';

/** Metric and composite alarms of CloudWatch. */
export const cloudWatchAlarms: SourceKind<AlarmSource> = {
  timingIn: (environment) => timingIn(environment).alarms,
  create: ({ cloudwatch }, timing) => ({
    timing,
    read: async (names) => {
      const { metric, composite } = await describeAlarms(cloudwatch, names);
      const found = [...metric, ...composite];
      return names.map((name) =>
        observationOf(
          name,
          found.find((alarm) => alarm.AlarmName === name),
        ),
      );
    },
  }),
};

/** CloudWatch leaves out the names that it does not know. */
const observationOf = (name: string, alarm: MetricAlarm | CompositeAlarm | undefined): AlarmObservation => ({
  name,
  state: alarm ? (alarm.StateValue ?? 'INSUFFICIENT_DATA') : 'missing',
  reason: alarm?.StateReason ?? '',
});

/** Asks CloudWatch about alarms by their names, of which a policy has at most 100. Without a name nothing is asked. */
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
