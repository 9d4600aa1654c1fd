import { describe, expect, it } from 'vitest';
import { CannotRollBack } from '../../lib/operations/errors.ts';
import { rollback } from '../../lib/operations/rollback.ts';
import { AnAccount } from '../cli/an-account.ts';
import { alone } from '../functions/alone.ts';
import { usual } from '../rehearsal/a-scenario.ts';
import { checkout, manual, onARollout } from './on-a-rollout.ts';

describe('rollback', () => {
  it('ends the rollout that is under way, and names its execution', async () => {
    const { rehearsal, results } = await onARollout({}, [
      400,
      (clients) => rollback({ ...checkout, reason: 'orders are missing' }, clients),
    ]);
    expect(results).toMatchObject([
      {
        action: 'rolledBack',
        ...checkout,
        from: '42',
        to: '41',
        now: alone('41'),
        reason: 'orders are missing',
        execution: expect.any(String),
        endsNow: false,
        warnings: [],
      },
    ]);
    expect(rehearsal.result).toMatchObject({
      outcome: 'rolledBack',
      reason: 'rollback by user/ann: orders are missing',
    });
  });

  it('tells that an execution which waits for an approval ends at once', async () => {
    const { results } = await onARollout(manual, [500, (clients) => rollback(checkout, clients)]);
    expect(results).toMatchObject([{ action: 'rolledBack', endsNow: true }]);
  });

  it('undoes the last promotion, and does nothing when it is asked for again', async () => {
    const { results } = await onARollout(
      {},
      [4000, (clients) => rollback(checkout, clients)],
      [4100, (clients) => rollback(checkout, clients)],
    );
    expect(results).toMatchObject([
      { action: 'rolledBack', from: '42', to: '41', execution: null },
      { action: 'nothing', now: alone('41') },
    ]);
  });

  it('stops a rollout that has moved no traffic yet', async () => {
    const policy = { ...usual.policy, canary: { weight: 10, bakeSeconds: 300, approval: 'manual' as const } };
    const { rehearsal, results } = await onARollout({ policy }, [100, (clients) => rollback(checkout, clients)]);
    expect(results).toMatchObject([{ action: 'stopped', candidate: '42', now: alone('41') }]);
    expect(rehearsal.result.seconds.total).toBeLessThan(110);
  });

  it('goes on without knowing of a rollout if the registration cannot be read, and warns', async () => {
    const account = new AnAccount();
    account.addService('checkout', ['41']);
    account.forbidden.add('ssm:GetParametersByPath');
    await expect(rollback(checkout, account.clients())).rejects.toBeInstanceOf(CannotRollBack);
    const { results } = await onARollout({}, [
      4000,
      (clients) =>
        rollback(checkout, {
          ...clients,
          ssm: { send: () => Promise.reject(new Error('out of reach')) } as unknown as typeof clients.ssm,
        }),
    ]);
    const unread = expect.stringContaining('(Error)');
    expect(results).toMatchObject([{ action: 'rolledBack', to: '41', warnings: [unread, unread] }]);
  });

  it.each([
    ['an alias that does not exist', []],
    ['an alias whose description records no version before', ['41', '42']],
  ])('is refused for %s', async (_, versions) => {
    const account = new AnAccount();
    if (versions.length > 0) account.addService('checkout', versions);
    else account.addFunction('checkout', []);
    await expect(rollback(checkout, account.clients())).rejects.toBeInstanceOf(CannotRollBack);
    expect(account.calls.filter(({ call }) => /Update|Stop|Send/.test(call))).toEqual([]);
  });
});
