import { describe, expect, it } from 'vitest';
import { Alarm } from '../../../lib/rehearsal/world/alarms.ts';
import { drawn, spec } from './an-alarm.ts';

describe('an alarm', () => {
  it('begins in its initial state and reports each change once', () => {
    const alarm = new Alarm(spec({ initialState: 'ALARM' }));
    expect([alarm.state, alarm.reason]).toEqual(['ALARM', 'ALARM since before the rehearsal']);
    const reason =
      'Threshold Crossed: 3 out of the last 3 datapoints [0.01, 0.01, 0.01] were not greater than the threshold (0.05).';
    expect(alarm.evaluate(drawn('0 0 0 0 0'), 60)).toEqual({
      name: 'checkout-errors',
      before: 'ALARM',
      state: 'OK',
      reason,
      second: 60,
    });
    expect([alarm.state, alarm.reason]).toEqual(['OK', reason]);
    expect(alarm.evaluate(drawn('0 0 0 0 X'), 120)).toBeUndefined();
  });
});
