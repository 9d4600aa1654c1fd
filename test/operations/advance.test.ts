import { describe, expect, it } from 'vitest';
import { advance } from '../../lib/operations/advance.ts';
import { CannotAdvance } from '../../lib/operations/errors.ts';
import { eventsOf } from '../rehearsal/a-scenario.ts';
import { checkout, manual, onARollout } from './on-a-rollout.ts';

describe('advance', () => {
  it('gives the next weight at once, and answers the weights before and after', async () => {
    const { rehearsal, results } = await onARollout({}, [90, (clients) => advance(checkout, clients)]);
    expect(results).toMatchObject([
      {
        ...checkout,
        candidate: '42',
        from: 10,
        to: 40,
        promoted: false,
        now: { functionVersion: '41', additionalVersionWeights: { 42: 40 } },
      },
    ]);
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'shifted 40', 'shifted 70', 'shifted 100', 'promoted']);
  });

  it('promotes after the last weight', async () => {
    const { results } = await onARollout({}, [1200, (clients) => advance(checkout, clients)]);
    expect(results).toMatchObject([{ to: 100, promoted: true, now: { functionVersion: '42' } }]);
  });

  it('is refused while the rollout waits for an approval, and writes nothing', async () => {
    const { rehearsal, results } = await onARollout(manual, [500, (clients) => advance(checkout, clients)]);
    expect(results[0]).toBeInstanceOf(CannotAdvance);
    expect((results[0] as Error).message).toContain('waits for an approval');
    expect(rehearsal.calls.filter(({ caller, action }) => caller === 'operator' && /Update/.test(action))).toEqual([]);
  });

  it('is refused until the rollout has taken up the last advance', async () => {
    const { results } = await onARollout(
      {},
      [61, (clients) => advance(checkout, clients)],
      [63, (clients) => advance(checkout, clients)],
    );
    expect(results[1]).toBeInstanceOf(CannotAdvance);
    expect((results[1] as Error).message).toContain('has not taken up the last advance yet');
  });
});
