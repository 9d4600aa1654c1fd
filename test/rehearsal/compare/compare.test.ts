import { describe, expect, it } from 'vitest';
import { compare } from '../../../lib/rehearsal/compare/compare.ts';
import { peers } from '../../../lib/rehearsal/compare/peers.ts';
import { summaryOf } from '../../../lib/rehearsal/compare/summary.ts';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { ControllerUnderTest } from '../../../lib/rehearsal/simulation/controller.ts';

const bad: ScenarioInput = {
  traffic: { requestsPerSecond: 10 },
  stable: { errorRate: 0.001 },
  candidate: { errorRate: 0.1 },
  policy: { canary: { weight: 10, bakeSeconds: 300 }, evidence: {} },
};

const noController = (): ControllerUnderTest => {
  throw new Error('the decisions alone would have done');
};

const canary = 'CodeDeploy Canary10Percent5Minutes';

describe('a comparison', () => {
  it('tells each policy in its order, and the same for the same seeds', async () => {
    const scenario = scenarioSchema.parse(bad);
    const first = await compare(scenario, 5, noController);
    expect(first.strategies.map(({ name }) => name)).toEqual([
      'policy',
      canary,
      'CodeDeploy Linear10PercentEvery1Minute',
      'AllAtOnce',
      'Flagger',
      'Argo Rollouts',
      'Kayenta',
    ]);
    expect(await compare(scenario, 5, noController)).toEqual(first);
    expect(await compare({ ...scenario, seed: 2 }, 5, noController)).not.toEqual(first);
  });

  it('gives all policies the same traffic: two that do the same come to the same', async () => {
    const alarm = {
      name: 'errors',
      metric: 'errorRate',
      threshold: 0.05,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    } as const;
    const policy = { preset: 'Canary10Percent5Minutes', alarms: ['errors'], settleSeconds: 0 } as const;
    const scenario = scenarioSchema.parse({ ...bad, alarms: [{ ...alarm, scope: 'candidate' }], policy });
    const { strategies } = await compare(scenario, 20, noController);
    const [own, theirs] = strategies;
    expect({ ...own, name: canary, rolledBack: 1 }).toEqual({ ...theirs, rolledBack: 1 });
  });

  it('has a bad version that was promoted fail on until the end of the hour', () => {
    const outcome = peers['AllAtOnce']?.(scenarioSchema.parse(bad)).outcomeAt(3600);
    expect(outcome).toMatchObject({ toFullTraffic: 0, faultToRevert: null, rolledBack: false });
    expect(outcome?.excessFailures).toBeGreaterThan(3600 * 10 * 0.09);
  });

  it('gives CodeDeploy an alarm if the policy has none', () => {
    const always = scenarioSchema.parse({ ...bad, candidate: { errorRate: 1 } });
    expect(peers[canary]?.(always).outcomeAt(3600)).toMatchObject({ faultToRevert: 180, rolledBack: true });
  });
});

describe('a summary', () => {
  const outcome = { excessFailures: 1.04, toFullTraffic: 300, faultToRevert: null, rolledBack: false };
  const reverted = { excessFailures: 7, toFullTraffic: null, faultToRevert: 120, rolledBack: true };

  it('has the median and the 95th percentile, and null if so many never came to that', () => {
    expect(summaryOf('some', [outcome, reverted, reverted])).toEqual({
      name: 'some',
      excessFailures: { median: 7, p95: 7 },
      faultToRevertSeconds: { median: 120, p95: null },
      toFullTrafficSeconds: { median: null, p95: null },
      rolledBack: 2 / 3,
    });
  });

  it('tells failures in tenths', () => {
    expect(summaryOf('some', [outcome]).excessFailures).toEqual({ median: 1, p95: 1 });
  });
});
