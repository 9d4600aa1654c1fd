import { expect, it } from 'vitest';
import { withFired } from '../../../lib/aws/cloudwatch/alarm-history.ts';
import type { Clients } from '../../../lib/aws/handler/clients.ts';
import type { AlarmObservation } from '../../../lib/rollout/observation.ts';
import { T0 } from '../../rollout/a-rollout.ts';

const date = (seconds: number) => new Date((T0 + seconds) * 1000);

/** An item of an alarm's history. */
const entered = (seconds: number, stateValue: string, stateReason = 'because') => ({
  Timestamp: date(seconds),
  HistoryData: JSON.stringify({ version: '1.0', newState: { stateValue, stateReason } }),
});

const recovered: AlarmObservation = { name: 'errors', state: 'OK', reason: '', shape: null, changedAt: T0 + 300 };

/** CloudWatch whose pages come one after the other. */
function aCloudWatch(...pages: readonly (readonly object[])[]) {
  const sent: object[] = [];
  const send = async ({ input }: { readonly input: object }) => {
    sent.push(input);
    const more = sent.length < pages.length ? { NextToken: `${sent.length}` } : {};
    return { AlarmHistoryItems: pages[sent.length - 1], ...more };
  };
  return { sent, cloudwatch: { send } as unknown as Clients['cloudwatch'] };
}

it('an alarm that fired since and has recovered tells when and why', async () => {
  const { cloudwatch, sent } = aCloudWatch([
    entered(300, 'OK'),
    entered(200, 'ALARM'),
    entered(100, 'ALARM', 'before'),
  ]);
  expect(await withFired(cloudwatch, [recovered], T0)).toEqual([
    { ...recovered, fired: { at: T0 + 200, reason: 'because' } },
  ]);
  expect(sent).toEqual([
    {
      AlarmName: 'errors',
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      HistoryItemType: 'StateUpdate',
      StartDate: date(0),
      ScanBy: 'TimestampDescending',
      MaxRecords: 100,
    },
  ]);
});

it('it is found on a later page, too', async () => {
  const { cloudwatch, sent } = aCloudWatch([entered(300, 'OK')], [], [entered(200, 'ALARM')]);
  expect(await withFired(cloudwatch, [recovered], T0)).toMatchObject([{ fired: { at: T0 + 200 } }]);
  expect(sent).toHaveLength(3);
  expect(sent[2]).toMatchObject({ NextToken: '2' });
});

it.each<[which: string, alarm: Partial<AlarmObservation>]>([
  ['fires now', { state: 'ALARM' }],
  ['has not changed since', { changedAt: T0 }],
  ['tells no time', { changedAt: undefined as never }],
])('no history is asked for of an alarm that %s', async (_, change) => {
  const { cloudwatch, sent } = aCloudWatch([entered(200, 'ALARM')]);
  const alarm = { ...recovered, ...change };
  expect(await withFired(cloudwatch, [alarm], T0)).toEqual([alarm]);
  expect(sent).toEqual([]);
});

it.each<[what: string, items: readonly object[]]>([
  ['that had no data for a while', [entered(300, 'OK'), entered(200, 'INSUFFICIENT_DATA')]],
  ['that fired before', [entered(0, 'ALARM')]],
  ['without a history', []],
  ['whose history is written in another way', [{ HistoryData: 'ALARM' }, { HistoryData: '{"newState":7}' }, {}]],
])('an alarm %s has not fired', async (_, items) => {
  const { cloudwatch } = aCloudWatch(items);
  expect(await withFired(cloudwatch, [recovered], T0)).toEqual([recovered]);
});
