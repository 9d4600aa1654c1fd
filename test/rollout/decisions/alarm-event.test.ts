import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MACHINE } from '../../../lib/rehearsal/names.ts';
import { alarmFiredSchema } from '../../../lib/rollout/contracts/events.ts';
import { concernOf, LATE_SECONDS } from '../../../lib/rollout/decisions/alarm-event.ts';
import { requestedRollout, watchIn } from '../../../lib/rollout/document/requested.ts';

const fired = (before: string | null, at: number | null) => ({
  stateMachineArn: MACHINE,
  alarm: 'errors',
  reason: '',
  before,
  at,
});
const block = { alarms: ['errors'], alarmsAlreadyFiring: 'block' } as const;
const ignore = { ...block, alarmsAlreadyFiring: 'ignore' } as const;

describe('an alarm that fires', () => {
  it('concerns no rollout whose policy does not name it', () => {
    fc.assert(
      fc.property(fc.constantFrom('block' as const, 'ignore' as const), fc.integer(), (alarmsAlreadyFiring, at) => {
        expect(concernOf({ alarms: ['other'], alarmsAlreadyFiring }, 0, fired('OK', at), at)).toBe('nothing');
      }),
    );
  });

  it.each([
    ['before the rollout', block, 'OK', 999, 1000, 'nothing'],
    ['as the rollout starts', block, 'OK', 1000, 1000, 'revert'],
    ['at a time that is not told', block, null, null, 1000, 'revert'],
    ['after it had no data', block, 'INSUFFICIENT_DATA', 2000, 2001, 'revert'],
    ['after it had no data, ignored until it is OK', ignore, 'INSUFFICIENT_DATA', 2000, 2001, 'nothing'],
    ['after something that is not told, ignored until it is OK', ignore, null, 2000, 2001, 'nothing'],
    ['after it was OK, if its event is prompt', ignore, 'OK', 2000, 2000 + LATE_SECONDS, 'revert'],
    ['after it was OK, if its event is late', ignore, 'OK', 2000, 2001 + LATE_SECONDS, 'unlessIgnored'],
    ['after it was OK, at a time that is not told', ignore, 'OK', null, 2001, 'unlessIgnored'],
    ['late, under a policy that ignores nothing', block, 'OK', 2000, 9000, 'revert'],
  ] as const)('%s', (_, watch, before, at, now, expected) => {
    expect(concernOf(watch, 1000, fired(before, at), now)).toBe(expected);
  });

  it('is read from an event with fields of tomorrow', () => {
    const event = {
      trigger: 'alarm',
      stateMachineArn: MACHINE,
      time: '2026-01-01T00:00:00Z',
      detail: { alarmName: 'errors', state: { value: 'ALARM', reason: 7, next: [] }, muted: false },
    };
    expect(alarmFiredSchema.parse(event)).toEqual(fired(null, 1_767_225_600));
    expect(alarmFiredSchema.safeParse({ ...event, detail: { ...event.detail, state: { value: 'OK' } } }).success).toBe(
      false,
    );
  });
});

describe('the input of an execution', () => {
  it('tells the alias, the candidate, the weights and the alarms', () => {
    const policy = { canary: { weight: 10, bakeSeconds: 60 }, alarms: ['errors'], unheardOf: true };
    expect(requestedRollout({ function: 'checkout', alias: 'live', version: '42', policy })).toEqual({
      group: null,
      members: [{ functionName: 'checkout', aliasName: 'live', candidate: '42', alarms: [] }],
      planned: [10, 100],
      watch: block,
    });
  });

  it('tells all members of a group in their order, and the alarms of each beside those of the policy', () => {
    const members = [
      { function: 'stock', alias: 'live', version: '7', alarms: ['stock-errors'] },
      { function: 'checkout', alias: 'live', version: '42', alarms: ['errors'] },
    ];
    const asked = requestedRollout({ group: 'shop', members, policy: { preset: 'AllAtOnce', alarms: ['errors'] } });
    expect(asked).toEqual({
      group: 'shop',
      members: [
        { functionName: 'stock', aliasName: 'live', candidate: '7', alarms: ['stock-errors'] },
        { functionName: 'checkout', aliasName: 'live', candidate: '42', alarms: ['errors'] },
      ],
      planned: [100],
      watch: { alarms: ['errors', 'stock-errors'], alarmsAlreadyFiring: 'block' },
    });
  });

  it('leaves weights and alarms open without a policy', () => {
    const input = { function: 'checkout', alias: 'live', version: 42 };
    expect(requestedRollout(input)).toMatchObject({ members: [{ candidate: null }], planned: [], watch: null });
  });

  it.each([[{ operation: 'rollback', function: 'checkout', alias: 'live' }], [{ alias: 'live' }], [7], [undefined]])(
    'asks for no rollout: %j',
    (input) => {
      expect(requestedRollout(input)).toBeUndefined();
    },
  );

  it('names its alarms although the rest of its policy is of another release', () => {
    expect(watchIn({ alarms: ['errors'], alarmsAlreadyFiring: 'sometimes', steps: 'none' })).toEqual(block);
    expect(watchIn(undefined)).toBeNull();
  });
});
