import { type CloudWatchClient, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { AlarmObservation, FiredAlarm } from '../../rollout/observation.ts';

/** One answer brings at most 100 items. (AWS: DescribeAlarmHistory.) */
const MOST_ITEMS = 100;

/** An alarm that changes its state every ten seconds has as many changes in a day. */
const MOST_PAGES = 100;

/** The part of a history item that is read. (Shape of `HistoryData`: AWS, "Alarm history".) */
const changeSchema = z.object({
  newState: z.object({ stateValue: z.string(), stateReason: z.string().catch('') }),
});

/**
 * Adds to alarms that have recovered when they last fired since a moment. `StateTransitionedTimestamp` tells whether an alarm has changed
 * at all, so in the usual case nothing is asked.
 *
 * @param since in seconds since 1970
 */
export const withFired = (
  cloudwatch: CloudWatchClient,
  alarms: readonly AlarmObservation[],
  since: number,
): Promise<readonly AlarmObservation[]> =>
  Promise.all(
    alarms.map(async (alarm) => {
      const mayHaveFired = alarm.state !== 'ALARM' && alarm.changedAt !== undefined && alarm.changedAt > since;
      const fired = mayHaveFired ? await lastFired(cloudwatch, alarm.name, since) : undefined;
      return fired ? { ...alarm, fired } : alarm;
    }),
  );

async function lastFired(cloudwatch: CloudWatchClient, name: string, since: number): Promise<FiredAlarm | undefined> {
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { AlarmHistoryItems: items = [], NextToken } = await cloudwatch.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: name,
        // A type that is not named is not answered.
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
        HistoryItemType: 'StateUpdate',
        StartDate: new Date(since * 1000),
        ScanBy: 'TimestampDescending',
        MaxRecords: MOST_ITEMS,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    for (const { Timestamp, HistoryData } of items) {
      const state = newStateIn(HistoryData);
      const at = (Timestamp?.getTime() ?? 0) / 1000;
      if (state?.stateValue === 'ALARM' && at > since) return { at, reason: state.stateReason };
    }
    token = NextToken;
    if (token === undefined) break;
  }
  return undefined;
}

/** The state that an item tells of; undefined if it is written in a way that is not known here. */
function newStateIn(data: string | undefined) {
  try {
    return changeSchema.safeParse(JSON.parse(data ?? '')).data?.newState;
  } catch {
    return undefined;
  }
}
