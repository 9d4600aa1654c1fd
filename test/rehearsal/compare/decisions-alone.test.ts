import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { decisionsAlone } from '../../../lib/rehearsal/compare/decisions-alone.ts';
import { rehearsed } from '../../../lib/rehearsal/compare/policy-run.ts';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';

const errors = {
  name: 'errors',
  metric: 'errorRate',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
} as const;
const candidateErrors = { ...errors, name: 'candidate-errors', scope: 'candidate' } as const;
const canary = { canary: { weight: 10, bakeSeconds: 300 }, batches: { count: 2, intervalSeconds: 120 } };
const base = { traffic: { requestsPerSecond: 10 }, stable: { errorRate: 0.001 }, alarms: [errors, candidateErrors] };
const alarmed = { ...canary, alarms: ['errors', 'candidate-errors'] };

const scenarios: Readonly<Record<string, ScenarioInput>> = {
  'a good version': { ...base, candidate: { errorRate: 0.001 }, policy: alarmed },
  'a bad version and alarms': { ...base, candidate: { errorRate: 0.1 }, policy: alarmed },
  'a bad version and evidence': { ...base, candidate: { errorRate: 0.1 }, policy: { ...canary, evidence: {} } },
  'a version that always fails': { ...base, candidate: { errorRate: 1 }, policy: { ...canary, evidence: {} } },
  'a version that is bad from 50 % on': {
    ...base,
    candidate: { errorRate: 0.001, faults: [{ aboveWeight: 50, errorRate: 0.3 }] },
    policy: { ...alarmed, evidence: {} },
  },
  'a version that cannot be invoked': {
    ...base,
    candidate: { faults: [{ afterSeconds: 0, notInvocable: true }] },
    policy: { ...canary, evidence: {} },
  },
  'hardly any traffic': {
    ...base,
    traffic: { requestsPerSecond: 0.01 },
    policy: { ...alarmed, evidence: { minimumInvocations: 2, onNoEvidence: 'proceed' } },
  },
  'an incident': {
    ...base,
    candidate: { errorRate: 0.001 },
    incidents: [{ fromSecond: 200, forSeconds: 300, errorRate: 0.2 }],
    policy: { ...canary, evidence: {} },
  },
  'an alarm that fires already': {
    ...base,
    alarms: [{ ...errors, initialState: 'ALARM' }],
    policy: { ...canary, alarms: ['errors'] },
  },
  'an alarm that does not exist': { ...base, policy: { ...canary, alarms: ['no-such-alarm'] } },
  'counts of ten seconds': {
    ...base,
    metrics: { periodSeconds: 10, delaySeconds: 5 },
    candidate: { errorRate: 0.05 },
    policy: { ...canary, evidence: {} },
  },
  'a log and a bad version': {
    ...base,
    candidate: { errorRate: 0.05 },
    policy: { ...canary, evidence: { counts: 'logs' } },
  },
  'adaptive weights by a log of which some lines come late': {
    ...base,
    candidate: { errorRate: 0.001 },
    logs: { lateShare: 0.05, lateSeconds: 47 },
    policy: { adaptive: {}, evidence: { counts: 'logs' } },
  },
  'adaptive weights and a good version': { ...base, candidate: { errorRate: 0.001 }, policy: { adaptive: {} } },
  'adaptive weights and a bad version': { ...base, candidate: { errorRate: 0.05 }, policy: { adaptive: {} } },
  'adaptive weights, alarms and a late fault': {
    ...base,
    candidate: { errorRate: 0.001, faults: [{ afterSeconds: 900, errorRate: 0.04 }] },
    policy: { adaptive: {}, alarms: ['errors'] },
  },
  'adaptive weights and a fault of 100 % alone': {
    ...base,
    candidate: { errorRate: 0.001, faults: [{ aboveWeight: 80, errorRate: 0.2 }] },
    policy: { adaptive: { failureBudget: 100 } },
  },
  'an alarm of ten seconds': {
    ...base,
    alarms: [{ ...errors, periodSeconds: 10, offsetSeconds: 30 }],
    candidate: { errorRate: 0.6 },
    policy: { ...canary, alarms: ['errors'] },
  },
};

describe('the decisions alone come to the same as a rehearsal', () => {
  const controller = loadController();

  it.each(Object.entries(scenarios))('of %s', async (_, input) => {
    for (const seed of [1, 2, 3]) {
      const scenario = scenarioSchema.parse({ ...input, seed });
      const run = decisionsAlone(scenario);
      const { result } = await rehearse(scenario, controller);
      const end = run?.endedAt ?? Number.NaN;
      const outcome = run?.outcomeAt(end);
      expect({ ...outcome, excess: Math.round((outcome?.excessFailures ?? 0) * 10) / 10 || 0 }).toMatchObject({
        toFullTraffic: result.seconds.toFullTraffic,
        faultToRevert: result.seconds.faultToRevert,
        excess: result.failures.excess,
      });
    }
  });
});

it('people, hooks and faults of AWS need a whole rehearsal, which meets the same traffic', async () => {
  const input: ScenarioInput = { ...base, candidate: { errorRate: 0.1 }, policy: alarmed };
  const plain = scenarioSchema.parse(input);
  const disturbed = scenarioSchema.parse({
    ...input,
    aws: [{ call: 'lambda:GetAlias', nth: 3, fail: 'TooManyRequestsException' }],
  });
  expect(decisionsAlone(disturbed)).toBeUndefined();
  expect(
    decisionsAlone(scenarioSchema.parse({ ...input, operator: [{ atSecond: 60, do: 'rollback' }] })),
  ).toBeUndefined();
  expect(
    decisionsAlone(scenarioSchema.parse({ ...input, policy: { ...alarmed, hooks: { eachStep: ['smoke'] } } })),
  ).toBeUndefined();
  const run = await rehearsed(plain, loadController());
  expect(run.outcomeAt(3600)).toEqual(decisionsAlone(plain)?.outcomeAt(3600));
});
