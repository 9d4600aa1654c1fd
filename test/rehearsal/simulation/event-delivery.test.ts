import { describe, expect, it } from 'vitest';
import { EventDelivery } from '../../../lib/rehearsal/simulation/event-delivery.ts';

describe('the delivery of an event', () => {
  it('comes once and a second later, unless the scenario says otherwise', () => {
    const deliveries = new EventDelivery([
      { event: 'alarm', nth: 2, times: 1, deliver: 'never' },
      { event: 'executionEnded', nth: 1, times: 2, deliver: 'twice' },
    ]);
    expect(deliveries.delaysOf('alarm')).toEqual([1]);
    expect(deliveries.delaysOf('alarm')).toEqual([]);
    expect(deliveries.delaysOf('alarm')).toEqual([1]);
    expect(deliveries.delaysOf('executionEnded')).toHaveLength(2);
    expect(deliveries.counted).toEqual({ executionEnded: 1, alarm: 3 });
  });
});
