import { describe, expect, it } from 'vitest';
import { alone } from '../../functions/alone.ts';
import { eventsOf, interrupted, rehearsing, starting, usual } from '../a-scenario.ts';

describe('an execution that a person starts to roll back', () => {
  it('ends the rollout that is under way, with the reason', async () => {
    const rehearsal = await rehearsing({}, [
      starting(400, { operation: 'rollback', function: 'checkout', alias: 'live', reason: 'the logs look bad' }),
    ]);
    expect(rehearsal.result).toMatchObject({
      outcome: 'rolledBack',
      reason: 'rollback: the logs look bad',
      alias: alone('41'),
    });
  });

  it('needs no target if only one alias is registered', async () => {
    const { result } = await rehearsing({}, [starting(400, { operation: 'rollback' })]);
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
  });

  it('undoes a promotion, once', async () => {
    const { result } = await rehearsing({}, [
      starting(4000, { operation: 'rollback' }),
      starting(4100, { operation: 'rollback' }),
    ]);
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('41') });
  });

  it('ends a rollout that waits for an approval at once', async () => {
    const { result } = await rehearsing(
      { policy: { ...usual.policy, batches: { count: 1, intervalSeconds: 60, approval: 'manual' } } },
      [starting(500, { operation: 'rollback', reason: 'no' })],
    );
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(result.seconds.total).toBeLessThan(510);
  });

  it('touches nothing while a rollout is about to begin, which it could mean', async () => {
    const { result } = await rehearsing(
      {
        policy: { ...usual.policy, canary: { weight: 10, bakeSeconds: 300, approval: 'manual' } },
        operator: [{ atSecond: 600, do: 'approve' }],
      },
      [starting(300, { operation: 'rollback' })],
    );
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
  });

  it.each([
    [{ operation: 'rollback', alias: 'live', function: 'basket:live' }],
    [{ operation: 'rollback', wait: true }],
    [{ operation: 'rolback' }],
    [7],
    [null],
  ])('is refused as %j, and nothing is touched', async (input) => {
    const { result } = await rehearsing({}, [starting(400, input)]);
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
  });
});

describe('an execution that a person starts with a version', () => {
  it('takes the policy that is deployed', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 4000, do: 'rollback' }] }, [
      starting(5000, { function: 'checkout', alias: 'live', version: '42' }),
    ]);
    expect(eventsOf(rehearsal).slice(0, 5)).toEqual([
      'shifted 10',
      'shifted 40',
      'shifted 70',
      'shifted 100',
      'promoted',
    ]);
    expect(rehearsal.result.alias).toEqual(alone('42'));
  });
});

describe('an alarm while a step waits for an approval', () => {
  it('puts the alias back and ends the rollout at once, with the alarm as its reason', async () => {
    const { result } = await rehearsing(interrupted);
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(result.reason).toContain('candidate-errors');
    expect(result.seconds.total - (result.timeline.find(({ event }) => event === 'alarm')?.second ?? 0)).toBeLessThan(
      5,
    );
  });
});
