import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import { endOf, eventsOf, rehearsing, usual } from '../a-scenario.ts';

const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });
const rolledBack = { outcome: 'rolledBack', alias: only('41') };
const promoted = { outcome: 'promoted', alias: only('42') };
const policy = (changes: Partial<ScenarioInput['policy']>) => ({ policy: { ...usual.policy, ...changes } });

describe('a candidate that Lambda cannot invoke', () => {
  const notInvocable = (afterSeconds: number) => ({
    candidate: { faults: [{ afterSeconds, notInvocable: true as const }] },
  });

  it.each([
    ['from the start', 0, 'shifted 10'],
    ['in mid-rollout', 700, 'shifted 70'],
    ['while it settles', 1260, 'shifted 100'],
  ])('%s is reverted, although no alarm sees it', async (_, afterSeconds, reached) => {
    const rehearsal = await rehearsing(notInvocable(afterSeconds));
    expect(endOf(rehearsal.result)).toEqual(rolledBack);
    expect(rehearsal.result.reason).toMatch(/cannot be invoked/);
    expect(eventsOf(rehearsal).slice(-2)).toEqual([reached, 'reverted']);
  });

  it('is reverted by a preset too, at the latest at 100 %', async () => {
    for (const preset of ['Canary10Percent5Minutes', 'Linear10PercentEvery1Minute'] as const) {
      const { result } = await rehearsing({ ...notInvocable(0), policy: { preset, alarms: usual.policy.alarms } });
      expect(endOf(result)).toEqual(rolledBack);
    }
  });
});

describe('an alias without traffic', () => {
  it('has its version promoted if nobody asks for evidence', async () => {
    const { result } = await rehearsing({ traffic: { requestsPerSecond: 0 } });
    expect(endOf(result)).toEqual(promoted);
  });

  it('whose traffic ends before 100 % has its version promoted', async () => {
    const curve = [
      { fromSecond: 0, requestsPerSecond: 10 },
      { fromSecond: 500, requestsPerSecond: 0 },
    ];
    const { result } = await rehearsing({ traffic: { curve } });
    expect(endOf(result)).toEqual(promoted);
  });
});

describe('a policy that asks for evidence', () => {
  it('has no version promoted whose few requests all fail', async () => {
    const rare = (name: string, scope: 'alias' | 'candidate') => ({
      name,
      scope,
      metric: 'errorRate' as const,
      threshold: 0.05,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching' as const,
    });
    for (const seed of [1, 2, 3]) {
      const { result } = await rehearsing({
        seed,
        traffic: { requestsPerSecond: 0.00333 },
        candidate: { errorRate: 1 },
        alarms: [rare('alias-errors', 'alias'), rare('candidate-errors', 'candidate')],
        policy: {
          canary: { weight: 50, bakeSeconds: 300 },
          batches: { count: 1 },
          settleSeconds: 300,
          alarms: ['alias-errors', 'candidate-errors'],
          evidence: { minimumInvocations: 5, maximumBakeSeconds: 86_400 },
        },
      });
      expect(endOf(result)).toEqual(rolledBack);
    }
  });

  it('has a healthy version promoted that fails as often as the one before', async () => {
    const { result } = await rehearsing({
      stable: { errorRate: 0.02 },
      candidate: { errorRate: 0.02 },
      ...policy({ evidence: {} }),
    });
    expect(endOf(result)).toEqual(promoted);
  });

  it.each([
    ['steps of no time', { canary: { weight: 10, bakeSeconds: 0 }, batches: undefined, settleSeconds: 0 }],
    ['a preset', { canary: undefined, batches: undefined, settleSeconds: 0, preset: 'AllAtOnce' as const }],
  ])('is not satisfied with %s if nothing comes', async (_, shape) => {
    const { result } = await rehearsing({ traffic: { requestsPerSecond: 0 }, ...policy({ ...shape, evidence: {} }) });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('fewer than 20');
  });
});

describe('counts that CloudWatch does not give', () => {
  it('revert nothing if nobody asked for evidence: throttled', async () => {
    const aws = [{ call: 'cloudwatch:GetMetricData', nth: 1, times: 40, fail: 'ThrottlingException' }];
    expect(endOf((await rehearsing({ aws })).result)).toEqual(promoted);
  });

  it.each(['unread', 'partial', 'empty', 'AccessDeniedException'])(
    'revert nothing if nobody asked for evidence: %s for ever',
    async (fail) => {
      const aws = [{ call: 'cloudwatch:GetMetricData', nth: 1, times: 1_000_000, fail }];
      expect(endOf((await rehearsing({ aws })).result)).toEqual(promoted);
    },
  );

  it.each(['unread', 'partial'])('are told as such if evidence was asked for: %s', async (fail) => {
    const aws = [{ call: 'cloudwatch:GetMetricData', nth: 1, times: 1_000_000, fail }];
    const { result } = await rehearsing({ aws, ...policy({ evidence: { maximumBakeSeconds: 600 } }) });
    expect(endOf(result)).toEqual(rolledBack);
    expect(result.reason).toContain('could not be counted');
  });

  it('once at 100 % is no silence', async () => {
    for (const nth of [14, 16, 18, 20, 22]) {
      const aws = [{ call: 'cloudwatch:GetMetricData', nth, times: 1, fail: 'empty' }];
      expect(endOf((await rehearsing({ aws })).result)).toEqual(promoted);
    }
  });
});

describe('a version that loses its state', () => {
  it.each(['Failed', 'Deactivated', 'Deleting'] as const)(
    'in mid-rollout is reverted at the next look: %s',
    async (state) => {
      const { result } = await rehearsing({
        traffic: { requestsPerSecond: 0 },
        operator: [{ atSecond: 400, do: 'setVersionState', functionVersion: '42', state }],
      });
      expect(endOf(result)).toEqual(rolledBack);
      expect(result.reason).toContain(`version 42 is ${state}`);
      expect(result.seconds.total).toBeLessThan(500);
    },
  );
});

describe('a hook that has not run', () => {
  const names = [
    'TooManyRequestsException',
    'ServiceException',
    'ResourceNotReadyException',
    'CodeArtifactUserPendingException',
    'SnapStartNotReadyException',
    'ResourceConflictException',
    'EC2ThrottledException',
    'ENILimitReachedException',
    'KMSDisabledException',
  ];

  it.each(names)('is asked again: %s', async (fail) => {
    for (const stage of ['beforeTraffic', 'eachStep', 'afterTraffic'] as const) {
      const { result } = await rehearsing({
        alarms: [],
        policy: { canary: { weight: 10, bakeSeconds: 60 }, settleSeconds: 0, hooks: { [stage]: ['smoke'] } },
        aws: [{ call: 'lambda:Invoke', nth: 1, times: 2, fail }],
      });
      expect(endOf(result)).toEqual(promoted);
    }
  });
});
