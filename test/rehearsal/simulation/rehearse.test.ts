import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { Rehearsal } from '../../../lib/rehearsal/simulation/rehearse.ts';
import { endOf, eventsOf, rehearsing, usual } from '../a-scenario.ts';

const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });
const policy = (changes: Partial<ScenarioInput['policy']>) => ({ policy: { ...usual.policy, ...changes } });

describe('a good version', () => {
  it('is promoted step by step', async () => {
    const rehearsal = await rehearsing();
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'shifted 40', 'shifted 70', 'shifted 100', 'promoted']);
    expect(rehearsal.result).toMatchObject({
      outcome: 'promoted',
      alias: only('42'),
      versions: { stable: '41', candidate: '42' },
    });
  });

  it('takes at least the time that the plan says, and each step at most two periods more', async () => {
    const { result } = await rehearsing();
    const shifts = result.timeline.map(({ second }) => second);
    shifts.slice(1).forEach((second, index) => {
      const took = second - (shifts[index] as number);
      expect(took).toBeGreaterThanOrEqual(300);
      expect(took).toBeLessThanOrEqual(420);
    });
    expect(result.seconds.toFullTraffic).toBe(shifts[3]);
    expect(result.requests.total).toBe(result.seconds.total * 10);
  });

  it('is given all traffic at once if the policy says so', async () => {
    const rehearsal = await rehearsing({ policy: { preset: 'AllAtOnce' } });
    expect(eventsOf(rehearsal)).toEqual(['shifted 100', 'promoted']);
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });
});

describe('a bad version', () => {
  it.each([1, 0.5, 0.1])('that fails at a rate of %d is reverted and never gets all traffic', async (errorRate) => {
    const rehearsal = await rehearsing({ candidate: { errorRate } });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(rehearsal.result.seconds.toFullTraffic).toBeNull();
    expect(rehearsal.result.seconds.faultToRevert).toBeLessThanOrEqual(300);
    expect(rehearsal.result.failures.excess).toBeGreaterThan(0);
    expect(eventsOf(rehearsal).at(-1)).toBe('reverted');
  });

  it('that fails at one request in ten is reverted even if only the whole alias is watched', async () => {
    const rehearsal = await rehearsing({ candidate: { errorRate: 0.1 }, ...policy({ alarms: ['alias-errors'] }) });
    expect(rehearsal.result).toMatchObject({ outcome: 'rolledBack', seconds: { toFullTraffic: null } });
  });

  it('whose fault shows above half of the traffic is reverted there', async () => {
    const rehearsal = await rehearsing({ candidate: { faults: [{ aboveWeight: 50, errorRate: 0.5 }] } });
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'shifted 40', 'shifted 70', 'alarm', 'alarm', 'reverted']);
  });

  it('whose fault begins while it settles is reverted in one write', async () => {
    const rehearsal = await rehearsing({ candidate: { faults: [{ afterSeconds: 1200, errorRate: 1 }] } });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(rehearsal.result.seconds.toFullTraffic).not.toBeNull();
    expect(rehearsal.result.cost.awsCalls['lambda:UpdateAlias']).toBe(5);
  });

  it('is reverted by the event of the alarm, between two observations', async () => {
    const { result } = await rehearsing({
      candidate: { errorRate: 1 },
      // An hour of bakes makes the observations rare.
      policy: { canary: { weight: 10, bakeSeconds: 86_400 }, settleSeconds: 86_400 * 2, alarms: ['candidate-errors'] },
    });
    const alarmAt = result.timeline.find(({ event }) => event === 'alarm')?.second as number;
    const revertedAt = result.timeline.find(({ event }) => event === 'reverted')?.second as number;
    expect(revertedAt - alarmAt).toBeLessThanOrEqual(2);
  });
});

describe('an incident that hits both versions', () => {
  it('is decided by the alarm even if evidence is required', async () => {
    const { result } = await rehearsing({
      incidents: [{ fromSecond: 120, forSeconds: 600, errorRate: 0.3 }],
      ...policy({ evidence: {} }),
    });
    expect(result.outcome).toBe('rolledBack');
    expect(result.reason).toContain('alarm alias-errors is in ALARM');
  });
});

describe('no traffic', () => {
  it('proves nothing: if evidence is required, the version is not promoted', async () => {
    const { result } = await rehearsing({ traffic: { requestsPerSecond: 0 }, ...policy({ evidence: {} }) });
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: only('41'), requests: { total: 0 } });
    expect(result.reason).toContain('fewer than 20');
  });

  it('prolongs a step until the candidate was seen to serve enough', async () => {
    const { result } = await rehearsing({
      traffic: { requestsPerSecond: 0.5 },
      ...policy({ evidence: { minimumInvocations: 30 } }),
    });
    const [first, second] = result.timeline.map((entry) => entry.second) as [number, number];
    expect(result.outcome).toBe('promoted');
    expect(second - first).toBeGreaterThan(420);
  });

  it('that leaves an alarm without data is not health', async () => {
    const alarms = usual.alarms?.map((alarm) => ({ ...alarm, treatMissingData: 'missing' as const }));
    const { result } = await rehearsing({ traffic: { requestsPerSecond: 0 }, alarms });
    expect(result.outcome).toBe('rolledBack');
    expect(result.reason).toContain('which proves nothing');
  });
});

describe('an operator', () => {
  it('who rolls back ends the rollout as rolled back', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 420, do: 'rollback' }] });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(rehearsal.result.timeline.at(-1)).toMatchObject({ second: 420, event: 'reverted', weight: 0 });
  });

  it('who holds keeps the weight where it is until the hold is gone', async () => {
    const rehearsal = await rehearsing({
      operator: [
        { atSecond: 100, do: 'hold' },
        { atSecond: 1900, do: 'resume' },
      ],
    });
    expect(eventsOf(rehearsal)).toEqual([
      'shifted 10',
      'held',
      'resumed',
      'shifted 40',
      'shifted 70',
      'shifted 100',
      'promoted',
    ]);
    expect(rehearsal.result.timeline[3]?.second).toBeGreaterThanOrEqual(1900);
  });

  it('who takes the alias over appears in the timeline with their weight', async () => {
    const { result } = await rehearsing({
      operator: [{ atSecond: 400, do: 'setAlias', functionVersion: '41', additionalVersionWeights: { '42': 55 } }],
    });
    expect(result.timeline.at(-1)).toMatchObject({ event: 'superseded', weight: 55 });
  });

  it('who rejects the very first weight ends a rollout that moved no traffic', async () => {
    const { result } = await rehearsing({
      policy: { canary: { weight: 10, approval: 'manual' } },
      operator: [{ atSecond: 20, do: 'reject' }],
    });
    expect(endOf(result)).toEqual({ outcome: 'rejected', alias: only('41') });
  });

  it('who changes the alias wins', async () => {
    const rehearsal = await rehearsing({
      operator: [{ atSecond: 400, do: 'setAlias', functionVersion: '41', additionalVersionWeights: { '42': 25 } }],
    });
    expect(rehearsal.result).toMatchObject({
      outcome: 'superseded',
      alias: { functionVersion: '41', additionalVersionWeights: { '42': 25 } },
    });
  });

  it('who promotes by hand ends the rollout as promoted', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 400, do: 'setAlias', functionVersion: '42' }] });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('who gives the next weight skips the bake', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 30, do: 'advance' }] });
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'shifted 40', 'shifted 70', 'shifted 100', 'promoted']);
    expect(rehearsal.result.timeline[1]?.second).toBeLessThanOrEqual(60);
  });

  it('who stops the execution makes the event of its end revert the alias', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 700, do: 'stopExecution' }] });
    expect(rehearsal.result).toMatchObject({ outcome: 'rolledBack', alias: only('41'), seconds: { total: 701 } });
  });

  it('who deploys again supersedes the rollout, and the newest version is promoted', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 400, do: 'deploy' }] });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'superseded', alias: only('43') });
    expect(rehearsal.result.versions.candidate).toBe('42');
  });

  it('whose second deploy is bad gets the stable version back', async () => {
    const rehearsal = await rehearsing({ operator: [{ atSecond: 400, do: 'deploy', candidate: { errorRate: 1 } }] });
    expect(rehearsal.result.alias.additionalVersionWeights).toEqual({});
  });

  it('whose second deploy is rejected by policy does not disturb the first', async () => {
    const rehearsal = await rehearsing({
      operator: [{ atSecond: 400, do: 'deploy' }],
      ...policy({ onConflict: 'reject' }),
    });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });
});

describe('an approval', () => {
  const manual = (more: object = {}) =>
    policy({ batches: { count: 1, intervalSeconds: 300, approval: 'manual' }, ...more });

  it('is waited for, and the rollout goes on when it is given', async () => {
    const rehearsal = await rehearsing({ ...manual(), operator: [{ atSecond: 900, do: 'approve' }] });
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'approvalRequested', 'approved', 'shifted 100', 'promoted']);
    expect(rehearsal.result.timeline[2]).toMatchObject({ second: 900, reason: 'approved by the operator' });
  });

  it('that is rejected reverts the alias', async () => {
    const rehearsal = await rehearsing({ ...manual(), operator: [{ atSecond: 900, do: 'reject' }] });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(rehearsal.result.reason).toBe('approval was rejected by the operator');
  });

  it('that nobody gives in time reverts the alias', async () => {
    const { result } = await rehearsing(manual({ approvalTimeoutSeconds: 600 }));
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: 'nobody approved within 600 s' });
  });

  it('that nobody gives is requested again if the policy holds', async () => {
    const rehearsal = await rehearsing({
      ...manual({ approvalTimeoutSeconds: 600, onApprovalTimeout: 'hold' }),
      operator: [{ atSecond: 3000, do: 'approve' }],
    });
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'approvalRequested', 'approved', 'shifted 100', 'promoted']);
  });
});

describe('a start', () => {
  const firing = { alarms: usual.alarms?.map((alarm) => ({ ...alarm, initialState: 'ALARM' as const })) };

  it('is rejected while an alarm is firing', async () => {
    const { result } = await rehearsing(firing);
    expect(result).toMatchObject({ outcome: 'rejected', alias: only('41'), timeline: [] });
  });

  it('ships a fix during an incident if the policy says so', async () => {
    const { result } = await rehearsing({ ...firing, ...policy({ alarmsAlreadyFiring: 'ignore' }) });
    expect(result.outcome).toBe('promoted');
  });

  it('is rejected if an alarm does not exist', async () => {
    const { result } = await rehearsing(policy({ alarms: ['no-such-alarm'] }));
    expect(result).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('no-such-alarm cannot be found'),
    });
  });
});

describe('AWS', () => {
  const said = ({ result }: Rehearsal) => result.timeline.map(({ event, weight }) => [event, weight]);

  it('that throttles three writes changes nothing but the time', async () => {
    const throttled = await rehearsing({
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 3, fail: 'TooManyRequestsException' }],
    });
    const usually = await rehearsing();
    expect(said(throttled)).toEqual(said(usually));
    expect(endOf(throttled.result)).toEqual({ outcome: 'promoted', alias: only('42') });
    expect(throttled.result.cost.awsCalls['lambda:UpdateAlias']).toBe(8);
  });

  it.each([1, 2, 3, 4, 5])('that loses the answer to write %d does not confuse the rollout', async (nth) => {
    const rehearsal = await rehearsing({ aws: [{ call: 'lambda:UpdateAlias', nth, fail: 'timeout' }] });
    expect(said(rehearsal)).toEqual(said(await rehearsing()));
  });

  it.each([1, 3, 5])('that lets the handler die right after write %d does not confuse the rollout', async (nth) => {
    const rehearsal = await rehearsing({ aws: [{ call: 'lambda:UpdateAlias', nth, fail: 'crash' }] });
    expect(said(rehearsal)).toEqual(said(await rehearsing()));
  });

  it('that fails every observation from some time on makes the rollout revert', async () => {
    const { result } = await rehearsing({
      aws: [{ call: 'cloudwatch:DescribeAlarms', nth: 4, times: 1_000_000, fail: 'InternalServiceError' }],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(result.reason).toContain('InternalServiceError');
  });

  it('that fails before the first weight has the start rejected', async () => {
    const { result } = await rehearsing({
      aws: [{ call: 'cloudwatch:DescribeAlarms', times: 1_000_000, fail: 'AccessDeniedException' }],
    });
    expect(result).toMatchObject({ outcome: 'rejected', alias: only('41'), timeline: [] });
  });

  it('that refuses to take a weight back for a while is asked again', async () => {
    const { result } = await rehearsing({
      candidate: { errorRate: 1 },
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 30, fail: 'ServiceException' }],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });
});

describe('every rehearsal', () => {
  it('gives the same bytes for the same scenario and seed, and others for another seed', async () => {
    const bytes = async (seed: number) =>
      JSON.stringify((await rehearsing({ seed, candidate: { errorRate: 0.02 } })).result);
    expect(await bytes(7)).toBe(await bytes(7));
    expect(await bytes(8)).not.toBe(await bytes(7));
  });

  it('leaves the clock and the randomness of the process as they were', async () => {
    const { random } = Math;
    const { setTimeout: timer } = globalThis;
    await rehearsing();
    expect(Math.random).toBe(random);
    expect(globalThis.setTimeout).toBe(timer);
    expect(Math.abs(Date.now() - Date.UTC(2026, 0, 1))).toBeGreaterThan(3600_000);
  });
});
