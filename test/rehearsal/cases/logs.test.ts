import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import { endOf, rehearsing } from '../a-scenario.ts';

const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });
const promoted = { outcome: 'promoted', alias: only('42') };
const rolledBack = { outcome: 'rolledBack', alias: only('41') };

const quick = { adaptive: {}, settleSeconds: 120, evidence: { counts: 'logs' as const } };
const byLog = { alarms: [], policy: quick } satisfies Partial<ScenarioInput>;
const signals = [{ name: 'http-5xx', log: { field: 'message.statusCode', from: 500 } }];
const byMinutes = "requests are counted by CloudWatch's minutes: ";

describe('a rollout that counts by the log', () => {
  it('is at 100 % within four minutes', async () => {
    const { result } = await rehearsing(byLog);
    expect(endOf(result)).toEqual(promoted);
    expect(result.seconds.toFullTraffic).toBeLessThan(240);
    expect(result.reason).not.toContain(byMinutes);
  });

  it('takes a version back that fails at one request of ten before minutes would show it', async () => {
    const { result } = await rehearsing({ ...byLog, candidate: { errorRate: 0.1 } });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.seconds.faultToRevert).toBeLessThan(125);
  });

  it.each([1, 2, 3])(
    'promotes a healthy version although one line in twenty comes a minute late (seed %d)',
    async (seed) => {
      const logs = { lateShare: 0.05, lateSeconds: 60 };
      const { result } = await rehearsing({ ...byLog, seed, logs });
      expect(endOf(result)).toEqual(promoted);
    },
  );

  it('promotes a healthy version through an incident of both', async () => {
    const incidents = [{ fromSecond: 30, forSeconds: 120, errorRate: 0.3 }];
    expect(endOf((await rehearsing({ ...byLog, incidents })).result)).toEqual(promoted);
  });

  it('takes a throttled version back, of which no line tells', async () => {
    const policy = { steps: [{ weight: 20, bakeSeconds: 300 }], evidence: quick.evidence };
    const { result } = await rehearsing({ ...byLog, policy, candidate: { throttleRate: 0.05 } });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('were throttled more often');
  });

  it('takes a version back that costs more than the policy allows, by the milliseconds in the log', async () => {
    const policy = { ...quick, settleSeconds: 120, evidence: { ...quick.evidence, maximumCostIncrease: 0.5 } };
    const { result } = await rehearsing({ ...byLog, policy, candidate: { p99Milliseconds: 500 } });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('cost');
  });

  it('takes a slow version back before minutes would show it', async () => {
    const evidence = { ...quick.evidence, latency: { slowerThanMilliseconds: 800 } };
    const policy = { steps: [{ weight: 20, bakeSeconds: 300 }], evidence };
    const { result } = await rehearsing({ ...byLog, policy, candidate: { slowRate: 0.2 } });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('took longer than 800 ms');
    expect(result.seconds.faultToRevert).toBeLessThan(125);
  });

  it('takes a version back that answers with 500 in handled failures, as soon as one that throws', async () => {
    const policy = { ...quick, evidence: { ...quick.evidence, signals } };
    const { result } = await rehearsing({ ...byLog, policy, candidate: { signals: { 'http-5xx': 0.1 } } });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('failed by signal http-5xx');
    expect(result.seconds.faultToRevert).toBeLessThan(125);
  });

  it('promotes a version that answers with 500 as often as the one before', async () => {
    const policy = { ...quick, evidence: { ...quick.evidence, signals } };
    const often = { signals: { 'http-5xx': 0.05 } };
    const { result } = await rehearsing({ ...byLog, policy, stable: often, candidate: often });
    expect(endOf(result)).toEqual(promoted);
    expect(result.reason).not.toContain('has no data');
  });

  it('compares a member of a group by the lines of its own log', async () => {
    const policy = { ...quick, evidence: { ...quick.evidence, signals } };
    const members = ['checkout', 'stock'].map((name) => ({
      name,
      traffic: { requestsPerSecond: 10 },
      ...(name === 'stock' ? { candidate: { signals: { 'http-5xx': 0.2 } } } : {}),
    }));
    const { result } = await rehearse(scenarioSchema.parse({ policy, members }), loadController());
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringMatching(/^stock:live: .*http-5xx/) });
  });

  it('tells what an invocation of each version is billed', async () => {
    const { result } = await rehearsing({ ...byLog, candidate: { p99Milliseconds: 150 } });
    expect(result.versionDurations).toMatchObject({
      stable: { billedMilliseconds: 100, coldStarts: 0 },
      candidate: { billedMilliseconds: 150, coldStarts: 0, initMilliseconds: null },
    });
  });

  it('has a step that lasts for as long as its policy says, and no longer than its last period takes to come', async () => {
    const policy = { steps: [{ weight: 20, bakeSeconds: 60 }], settleSeconds: 60, evidence: quick.evidence };
    const { result } = await rehearsing({ ...byLog, policy });
    expect(endOf(result)).toEqual(promoted);
    const full = result.timeline.find(({ weight }) => weight === 100);
    expect(full?.second).toBeLessThan(100);
  });
});

describe('a rollout goes on by minutes, and says why,', () => {
  it.each<[what: string, changes: Partial<ScenarioInput>, because: string]>([
    ['the log is text', { logs: { format: 'Text' } }, '41 has its log as text'],
    ['the system log level is above INFO', { logs: { systemLevel: 'WARN' } }, '41 has the system log level WARN'],
    [
      'there is no log group',
      { aws: [{ call: 'logs:StartQuery', nth: 1, times: 1_000_000, fail: 'ResourceNotFoundException' }] },
      'the log group /aws/lambda/checkout does not exist',
    ],
    [
      'the controller may not read it any more',
      { aws: [{ call: 'logs:StartQuery', nth: 5, times: 1_000_000, fail: 'AccessDeniedException' }] },
      'the controller may not read the log group /aws/lambda/checkout',
    ],
    [
      'its queries fail again and again',
      { aws: [{ call: 'logs:GetQueryResults', nth: 9, times: 1_000_000, fail: 'queryFails' }] },
      'a query of the log has ended as Failed',
    ],
    [
      'its queries take too long',
      { aws: [{ call: 'logs:GetQueryResults', nth: 9, times: 1_000_000, fail: 'queryHangs' }] },
      'a query of the log took longer than 15 s',
    ],
    [
      'it has scanned as much as the policy allows',
      {
        logs: { bytesPerInvocation: 100_000 },
        policy: { ...quick, evidence: { counts: 'logs', maximumGigabytesScanned: 1 } },
      },
      'more than the policy allows (1.00 GB)',
    ],
    ['lines come minutes late', { logs: { lagSeconds: 400 } }, 'the log has shown no invocation for 180 s'],
  ])('if %s', async (_, changes, because) => {
    const { result } = await rehearsing({ ...byLog, ...changes });
    expect(endOf(result)).toEqual(promoted);
    expect(result.timeline.map(({ reason }) => reason).join(' ')).toContain(byMinutes);
    expect(result.reason).toContain(because);
    const { result: bad } = await rehearsing({ ...byLog, ...changes, candidate: { errorRate: 0.5 } });
    expect(endOf(bad)).toEqual(rolledBack);
  });

  it('and names the signals that nobody compares any more', async () => {
    const policy = { ...quick, evidence: { ...quick.evidence, signals } };
    const { result } = await rehearsing({ ...byLog, policy, logs: { format: 'Text' } });
    expect(result.reason).toContain('only a JSON log tells how an invocation ended; they do not tell signal http-5xx');
  });

  it('if the candidate cannot be invoked, and takes it back', async () => {
    const candidate = { faults: [{ afterSeconds: 0, notInvocable: true as const }] };
    const { result } = await rehearsing({
      ...byLog,
      candidate,
      policy: { ...quick, adaptive: { failureBudget: 1000 } },
    });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('cannot be invoked');
  });
});

describe('a query that fails once', () => {
  it.each(['queryFails', 'empty', 'ServiceUnavailableException', 'timeout', 'crash'])(
    '(%s) only costs time',
    async (fail) => {
      const aws = [{ call: 'logs:GetQueryResults', nth: 12, fail }];
      const { result } = await rehearsing({ ...byLog, aws });
      expect(endOf(result)).toEqual(promoted);
      expect(result.reason).not.toContain(byMinutes);
    },
  );
});

describe('a group that counts by logs', () => {
  const rehearsed = async (stock: object) => {
    const members = ['checkout', 'stock'].map((name) => ({ name, traffic: { requestsPerSecond: 10 } }));
    const scenario = {
      policy: quick,
      members: members.with(1, { ...(members[1] as (typeof members)[number]), ...stock }),
    };
    return (await rehearse(scenarioSchema.parse(scenario), loadController())).result;
  };

  it('is promoted together', async () => {
    expect((await rehearsed({})).outcome).toBe('promoted');
  });

  it('is taken back together for the log of one member', async () => {
    const result = await rehearsed({ candidate: { errorRate: 0.2 } });
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringMatching(/^stock:live: 142 fails/) });
  });
});
