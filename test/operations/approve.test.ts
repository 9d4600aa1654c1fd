import { describe, expect, it } from 'vitest';
import { approve, reject } from '../../lib/operations/approve.ts';
import { AlreadyAnswered, NoRolloutUnderWay, NotWaiting } from '../../lib/operations/errors.ts';
import { CALLER } from '../cli/an-account.ts';
import { alone } from '../functions/alone.ts';
import { failing } from './failing.ts';
import { checkout, manual, onARollout } from './on-a-rollout.ts';

describe('approve', () => {
  it('lets the rollout go on, and answers what was approved, for whom and by whom', async () => {
    const { rehearsal, results } = await onARollout(manual, [
      500,
      (clients) => approve({ ...checkout, comment: 'smoke tests passed' }, clients),
    ]);
    expect(results).toEqual([
      {
        action: 'approved',
        ...checkout,
        execution: expect.any(String),
        executionArn: expect.stringContaining(':execution:sluice:'),
        stable: '41',
        candidate: '42',
        weight: 100,
        by: CALLER,
        comment: 'smoke tests passed',
      },
    ]);
    expect(rehearsal.result.outcome).toBe('promoted');
  });

  it('answers the rollout that asks, and not one that has joined it and only waits', async () => {
    const { rehearsal, results } = await onARollout(
      { ...manual, operator: [{ atSecond: 420, do: 'start', input: { ...checkout, version: '42' } }] },
      [500, (clients) => approve(checkout, clients)],
    );
    expect(results).toMatchObject([{ action: 'approved', execution: 'rehearsal-42' }]);
    expect(rehearsal.result.outcome).toBe('promoted');
  });

  it('is refused as not waiting, with what the rollout is doing, while a step is watched', async () => {
    const { results } = await onARollout({}, [200, (clients) => approve(checkout, clients)]);
    expect(results[0]).toBeInstanceOf(NotWaiting);
    expect((results[0] as NotWaiting).reason).not.toBe('');
  });

  it('is refused once the rollout has ended', async () => {
    const { results } = await onARollout({}, [8000, (clients) => approve(checkout, clients)]);
    expect(results[0]).toBeInstanceOf(NoRolloutUnderWay);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'is refused as already answered if the token is spent meanwhile (%s)',
    async (error) => {
      const { results } = await onARollout(manual, [
        500,
        (clients) => approve(checkout, { ...clients, sfn: failing(clients.sfn, 'SendTaskSuccess', error) }),
      ]);
      expect(results[0]).toBeInstanceOf(AlreadyAnswered);
    },
  );
});

describe('reject', () => {
  it('makes the rollout revert, with the comment as the reason', async () => {
    const { rehearsal, results } = await onARollout(manual, [
      500,
      (clients) => reject({ ...checkout, comment: 'p99 doubled' }, clients),
    ]);
    expect(results).toMatchObject([{ action: 'rejected', stable: '41', candidate: '42', comment: 'p99 doubled' }]);
    expect(rehearsal.result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(rehearsal.result.reason).toContain('p99 doubled');
  });
});
