import { describe, expect, it } from 'vitest';
import { AliasNotFound, NoRollout } from '../../lib/operations/errors.ts';
import { history } from '../../lib/operations/history.ts';
import { status, statusOfAll } from '../../lib/operations/status.ts';
import { AnAccount } from '../cli/an-account.ts';
import { checkout, manual, onARollout } from './on-a-rollout.ts';

const atTen = { functionVersion: '41', additionalVersionWeights: { 42: 10 } };

describe('status', () => {
  it('is where the newest rollout stands, with its events, its requests and the alias', async () => {
    const { results } = await onARollout({}, [250, (clients) => status(checkout, clients)]);
    expect(results).toMatchObject([
      {
        ...checkout,
        state: 'running',
        doing: 'baking',
        stable: '41',
        candidate: '42',
        weight: 10,
        step: { number: 1, of: 4 },
        endedAt: null,
        report: null,
        events: [{ event: 'shifted', weight: 10 }],
        requests: { candidate: { invocations: expect.any(Number) } },
        now: atTen,
      },
    ]);
  });

  it('tells that a rollout waits for an approval', async () => {
    const { results } = await onARollout(manual, [500, (clients) => status(checkout, clients)]);
    expect(results).toMatchObject([{ doing: 'waitingForApproval' }]);
  });

  it('of everything is empty once no rollout is under way', async () => {
    const { results } = await onARollout(
      {},
      [250, (clients) => statusOfAll({}, clients)],
      [9000, (clients) => statusOfAll({}, clients)],
    );
    expect(results).toMatchObject([[{ ...checkout, now: atTen }], []]);
  });

  it('is refused for an alias that does not exist, and for one that has had no rollout', async () => {
    const account = new AnAccount();
    account.addService('checkout', ['41']);
    await expect(status(checkout, account.clients())).rejects.toBeInstanceOf(NoRollout);
    await expect(status({ ...checkout, alias: 'beta' }, account.clients())).rejects.toBeInstanceOf(AliasNotFound);
  });
});

describe('history', () => {
  it('lists the rollouts of an alias with their reports, newest first', async () => {
    const { results } = await onARollout({}, [4000, (clients) => history({ ...checkout, limit: 5 }, clients)]);
    expect(results).toMatchObject([
      {
        ...checkout,
        rollouts: [
          {
            state: 'promoted',
            doing: null,
            endedAt: expect.any(String),
            report: { outcome: 'promoted', versions: { stable: '41', candidate: '42' } },
          },
        ],
      },
    ]);
  });

  it('reads no more rollouts than its limit', async () => {
    const account = new AnAccount();
    account.addService('checkout', ['1', '2']);
    const input = { function: 'checkout', alias: 'live', version: '2' };
    for (let index = 0; index < 9; index++)
      account.executions.push({ name: `deploy-${index}`, status: 'SUCCEEDED', input });
    const { rollouts } = await history({ ...checkout, limit: 3 }, account.clients());
    expect(rollouts.map(({ execution }) => execution)).toEqual(['deploy-0', 'deploy-1', 'deploy-2']);
    expect(account.count('states:GetExecutionHistory')).toBe(3);
  });
});
