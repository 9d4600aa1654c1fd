import { expect, it } from 'vitest';
import { endOf, eventsOf, rehearsing } from '../a-scenario.ts';

it.each([20, 22, 24, 26, 28, 30])(
  'an adaptive rollout goes on with everything if a person advances it while it chooses a weight (call %d)',
  async (nth) => {
    const rehearsal = await rehearsing({
      alarms: [],
      policy: { adaptive: {}, settleSeconds: 120, evidence: { counts: 'logs' } },
      aws: [
        {
          call: 'lambda:GetFunction',
          nth,
          fail: 'operator',
          operator: { do: 'command', command: 'advance checkout:live' },
        },
      ],
    });
    expect(endOf(rehearsal.result)).toMatchObject({ outcome: 'promoted' });
    expect(eventsOf(rehearsal).at(-1)).toBe('promoted');
  },
);
