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

describe('a policy that compares what Lambda does not count as errors', () => {
  const signals = [
    {
      name: 'http-5xx',
      namespace: 'Checkout',
      failures: 'Http5xx',
      requests: 'Requests',
      versionDimension: 'version',
      dimensions: { service: 'checkout' },
    },
  ];
  const signalled = { ...quiet, policy: { ...policy, evidence: { signals } } };

  it.each([1, 2, 3])('takes back a version whose handled failures a signal tells (seed %d)', async (seed) => {
    const candidate = { signals: { 'http-5xx': 0.1 } };
    const { result } = await rehearsing({ ...signalled, seed, candidate });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(result.reason).toMatch(
      /^requests to 42 failed by signal http-5xx more often than those to 41 at the same time: \d+ of \d+ against 0 of \d+; at most 1 % of/,
    );
    expect(result.failures.candidate).toBeGreaterThan(0);
  });

  it('promotes that version if nobody tells it of the signal', async () => {
    const { result } = await rehearsing({ ...quiet, candidate: { signals: { 'http-5xx': 0.1 } } });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('promotes a version whose signal fails as often as that of the stable one', async () => {
    const both = { signals: { 'http-5xx': 0.05 } };
    const { result } = await rehearsing({ ...signalled, stable: both, candidate: both });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it.each<[what: string, latency: 'stableP99' | { slowerThanMilliseconds: number }, candidate: object, said: RegExp]>([
    ['slower than the policy says', { slowerThanMilliseconds: 800 }, { slowRate: 0.1 }, /took longer than 800 ms/],
    [
      'slower than the stable one at its 99th percentile',
      'stableP99',
      { p99Milliseconds: 130 },
      /took longer than 100 ms/,
    ],
  ])('takes back a version that is %s', async (_, latency, candidate, said) => {
    const { result } = await rehearsing({ ...quiet, candidate, policy: { ...policy, evidence: { latency } } });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(result.reason).toMatch(said);
  });

  it('promotes a version that is as slow as the stable one', async () => {
    const both = { slowRate: 0.02 };
    const slow = { ...quiet, stable: both, candidate: both };
    const { result } = await rehearsing({ ...slow, policy: { ...policy, evidence: { latency: 'stableP99' } } });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('takes back a version that is throttled', async () => {
    const { result } = await rehearsing({ ...quiet, candidate: { throttleRate: 0.2 } });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(result.reason).toMatch(/^requests to 42 were throttled more often/);
  });
});
