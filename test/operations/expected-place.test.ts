import { describe, expect, it } from 'vitest';
import { advance } from '../../lib/operations/advance.ts';
import { approve, reject } from '../../lib/operations/approve.ts';
import type { OperationClients } from '../../lib/operations/clients.ts';
import { InvalidRequest, MovedOn } from '../../lib/operations/errors.ts';
import { type ExpectedPlace, placeOf } from '../../lib/operations/expected-place.ts';
import { rollback } from '../../lib/operations/rollback.ts';
import { status } from '../../lib/operations/status.ts';
import { alone } from '../functions/alone.ts';
import { eventsOf, usual } from '../rehearsal/a-scenario.ts';
import { checkout, manual, onARollout } from './on-a-rollout.ts';

const approvals = {
  policy: { ...usual.policy, batches: { count: 2, intervalSeconds: 60, approval: 'manual' as const } },
};

/** Remembers the place of the rollout at one moment, and lets a request be made for it later. */
function remembered() {
  let place: ExpectedPlace | undefined;
  return {
    look: async (clients: OperationClients) => {
      place = placeOf(await status(checkout, clients));
    },
    get: () => place as ExpectedPlace,
  };
}

describe('a request for the place that somebody has seen', () => {
  it('is carried out while the rollout is there', async () => {
    const seen = remembered();
    const { results } = await onARollout(
      manual,
      [450, seen.look],
      [500, (clients) => approve({ ...checkout, ifAt: seen.get() }, clients)],
    );
    expect(results[1]).toMatchObject({ action: 'approved' });
  });

  it('approves no later step', async () => {
    const seen = remembered();
    const { rehearsal, results } = await onARollout(
      approvals,
      [450, seen.look],
      [500, (clients) => approve(checkout, clients)],
      [900, (clients) => status(checkout, clients)],
      [901, (clients) => approve({ ...checkout, ifAt: seen.get() }, clients)],
    );
    expect(results[2]).toMatchObject({ doing: 'waitingForApproval' });
    expect(results[3]).toBeInstanceOf(MovedOn);
    expect((results[3] as Error).message).toMatch(
      /expected .* step 1 at 10 %, found .* step 2 at 55 %; nothing was done/,
    );
    expect(eventsOf(rehearsal).filter((event) => event === 'approved')).toHaveLength(1);
  });

  it('rejects no later step, and advances from no later one', async () => {
    const seen = remembered();
    const { results } = await onARollout(
      {},
      [100, seen.look],
      [500, (clients) => reject({ ...checkout, ifAt: seen.get() }, clients)],
      [501, (clients) => advance({ ...checkout, ifAt: seen.get() }, clients)],
    );
    expect(results.slice(1)).toEqual([expect.any(MovedOn), expect.any(MovedOn)]);
  });

  it.each([[{ execution: 'another' }], [{ step: 2 }], [{ weight: 11 }]])(
    'is refused if %j differs',
    async (difference) => {
      const seen = remembered();
      const { results } = await onARollout(
        {},
        [100, seen.look],
        [101, (clients) => advance({ ...checkout, ifAt: { ...seen.get(), ...difference } }, clients)],
        [102, (clients) => advance({ ...checkout, ifAt: seen.get() }, clients)],
      );
      expect(results[1]).toBeInstanceOf(MovedOn);
      expect(results[2]).toMatchObject({ to: 40 });
    },
  );

  it('is refused as invalid if it names no whole place', async () => {
    const { results } = await onARollout({}, [
      100,
      (clients) => approve({ ...checkout, ifAt: { execution: 'x' } as ExpectedPlace }, clients),
    ]);
    expect(results[0]).toBeInstanceOf(InvalidRequest);
  });
});

describe('a rollback of what an execution has shifted', () => {
  it('takes back its weights', async () => {
    const { results } = await onARollout({}, [
      400,
      async (clients) => rollback({ ...checkout, execution: (await status(checkout, clients)).execution }, clients),
    ]);
    expect(results).toMatchObject([{ action: 'rolledBack', now: alone('41') }]);
  });

  it('undoes its promotion', async () => {
    const { results } = await onARollout({}, [
      4000,
      async (clients) => rollback({ ...checkout, execution: (await status(checkout, clients)).execution }, clients),
    ]);
    expect(results).toMatchObject([{ action: 'rolledBack', from: '42', to: '41' }]);
  });

  it('leads no further back if that execution has put its weights back already', async () => {
    const again = async (clients: OperationClients) => {
      const { execution } = await status(checkout, clients);
      return rollback({ ...checkout, execution }, clients);
    };
    const { results } = await onARollout({}, [4000, again], [4100, again], [4200, again]);
    expect(results).toMatchObject([{ action: 'rolledBack', to: '41' }, { action: 'nothing' }, { action: 'nothing' }]);
    const failing = await onARollout({ candidate: { errorRate: 0.3 } }, [4000, again]);
    expect(failing.results).toMatchObject([{ action: 'nothing', reason: expect.stringContaining('already') }]);
  });

  it('leaves an alias alone that another execution has shifted since', async () => {
    const { rehearsal, results } = await onARollout({}, [
      400,
      (clients) => rollback({ ...checkout, execution: 'deploy-before' }, clients),
    ]);
    expect(results).toMatchObject([{ action: 'nothing', now: { additionalVersionWeights: { 42: 40 } } }]);
    expect(rehearsal.result.outcome).toBe('promoted');
  });
});
