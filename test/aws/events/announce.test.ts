import type { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, vi } from 'vitest';
import { announce, handOn } from '../../../lib/aws/events/announce.ts';
import type { Clients } from '../../../lib/aws/handler/clients.ts';
import { announcementsOf } from '../../../lib/rollout/contracts/announcement.ts';
import { quiet, withEvent } from '../../../lib/rollout/document/change.ts';
import { atStep, T0 } from '../../rollout/a-rollout.ts';

/** An event bus that keeps what it is told, or fails. */
function aBus(fails = false) {
  const puts: PutEventsCommand['input'][] = [];
  const send = async ({ input }: PutEventsCommand) => {
    if (fails) throw Object.assign(new Error('no bus'), { name: 'InternalException' });
    puts.push(input);
    return {};
  };
  return { puts, news: { send } as unknown as Clients['notifications'] };
}

/** A change that has one thing to announce. */
const held = withEvent(quiet(atStep(0)), T0, 'held', 10, 'freeze');

const context = ({ news }: ReturnType<typeof aBus>) =>
  ({ clients: { notifications: news }, environment: {}, now: () => T0 + 60 }) as never;

describe('telling the event bus', () => {
  it('carries source, detail type and schema', async () => {
    const bus = aBus();
    await announce(bus.news, announcementsOf(held, T0));
    expect(bus.puts).toMatchObject([{ Entries: [{ Source: 'sluice', DetailType: 'Sluice Rollout Changed' }] }]);
    expect(JSON.parse(bus.puts[0]?.Entries?.[0]?.Detail ?? '')).toMatchObject({ schema: 1, event: 'held' });
  });

  it('puts ten entries at a time, as many as EventBridge takes', async () => {
    const bus = aBus();
    const [one] = announcementsOf(held, T0);
    await announce(
      bus.news,
      Array.from({ length: 23 }, () => one as NonNullable<typeof one>),
    );
    expect(bus.puts.map(({ Entries }) => Entries?.length)).toEqual([10, 10, 3]);
  });

  it('never fails the rollout', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(await handOn(context(aBus(true)), held)).toEqual(held.rollout);
    expect(warned).toHaveBeenCalledWith('the announcement was dropped: InternalException');
    warned.mockRestore();
  });

  it('comes with a report at the end, and not before', async () => {
    const bus = aBus();
    const before = await handOn(context(bus), quiet(atStep(0)));
    const after = await handOn(context(bus), quiet({ ...atStep(0), next: 'rejected', reason: 'so it is' }));
    expect(before.report).toBeNull();
    expect(after.report).toMatchObject({
      outcome: 'rejected',
      reason: 'so it is',
      steps: [{ weight: 10, seconds: 60 }],
    });
  });
});
