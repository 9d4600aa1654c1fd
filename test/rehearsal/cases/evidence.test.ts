import { describe, expect, it } from 'vitest';
import { endOf, eventsOf, rehearsing } from '../a-scenario.ts';

const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });
const policy = {
  canary: { weight: 10, bakeSeconds: 300 },
  batches: { count: 2, intervalSeconds: 300 },
  settleSeconds: 300,
  evidence: {},
};
const quiet = { alarms: [], policy };

describe('a policy that asks for evidence', () => {
  it.each([1, 2, 3])(
    'takes back a version that fails at one request of ten, without any alarm (seed %d)',
    async (seed) => {
      const rehearsal = await rehearsing({ ...quiet, seed, candidate: { errorRate: 0.1 } });
      expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
      expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'reverted']);
      expect(rehearsal.result.reason).toMatch(
        /^42 fails more often than 41 at the same time: \d+ of \d+ requests failed/,
      );
    },
  );

  it('takes back a version that begins to fail at a later weight', async () => {
    const candidate = { faults: [{ aboveWeight: 50, errorRate: 0.05 }] };
    const rehearsal = await rehearsing({ ...quiet, candidate });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'shifted 55', 'reverted']);
  });

  it.each([1, 2, 3])(
    'promotes a healthy version in spite of an incident that both versions suffer from (seed %d)',
    async (seed) => {
      const incidents = [{ fromSecond: 120, forSeconds: 300, errorRate: 0.3 }];
      const { result } = await rehearsing({ ...quiet, seed, incidents });
      expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
    },
  );

  it('lets a version warm up that fails at first, for as long as the policy says', async () => {
    const cold = { ...quiet, candidate: { errorRate: 0.2, faults: [{ afterSeconds: 60, errorRate: 0 }] } };
    const strict = await rehearsing(cold);
    expect(endOf(strict.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    const patient = await rehearsing({ ...cold, policy: { ...policy, evidence: { graceSeconds: 120 } } });
    expect(endOf(patient.result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });
});
