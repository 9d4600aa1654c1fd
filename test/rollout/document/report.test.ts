import { describe, expect, it } from 'vitest';
import { outcomeIn, reportOf } from '../../../lib/rollout/document/report.ts';
import { aRollout, atStep, T0 } from '../a-rollout.ts';

describe('the report of a rollout', () => {
  it('tells its target, its versions, its times and why it ended', () => {
    const rollout = { ...atStep(0), next: 'rolledBack' as const, reason: 'alarm a', notes: ['n'], remarks: ['r'] };
    expect(reportOf(rollout, 'rolledBack', T0 + 90.4)).toMatchObject({
      schema: 1,
      outcome: 'rolledBack',
      reason: 'alarm a',
      function: 'checkout',
      alias: 'live',
      versions: { stable: '41', candidate: '42' },
      notes: ['n'],
      remarks: ['r'],
      startedBy: 'a test',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:01:30.400Z',
      seconds: 90,
      steps: [{ weight: 10, startedAt: '2026-01-01T00:00:00.000Z', seconds: 90, verdict: 'alarm a' }],
    });
  });

  it('tells who answered, and when, with what they said', () => {
    const approvals = [{ at: T0 + 60, weight: 40, verdict: 'approved' as const, by: 'ada', comment: 'go' }];
    expect(reportOf({ ...atStep(0), approvals }, 'promoted', T0 + 90).approvals).toEqual([
      { at: '2026-01-01T00:01:00.000Z', weight: 40, verdict: 'approved', by: 'ada', comment: 'go' },
    ]);
  });

  it('counts what it used: looks, preflights, shifts and hooks, and the alarms only if there are any', () => {
    const hooks = { beforeTraffic: ['a', 'b'], eachStep: ['c'], afterTraffic: [] };
    const watched = { ...atStep(0, { hooks }), observations: 5, preflights: 2 };
    expect(reportOf(watched, 'rolledBack', T0 + 90).cost).toEqual({
      // 2 ends, 7 looks, 2 writes, 3 hooks.
      stateTransitions: 2 + 3 * 7 + 2 * 2 + 2 * 3,
      lambdaInvocations: 7 + 2 + 3,
      awsCalls: { 'cloudwatch:DescribeAlarms': 7, 'cloudwatch:GetMetricData': 5, 'events:PutEvents': 3 },
      usd: 0.001108,
    });
    const before = { ...aRollout({ alarms: [], hooks }), observations: 0, preflights: 4 };
    expect(reportOf(before, 'rejected', T0).cost).toMatchObject({
      stateTransitions: 2 + 3 * 4 + 2,
      lambdaInvocations: 4 + 1,
      awsCalls: { 'cloudwatch:DescribeAlarms': 0, 'cloudwatch:GetMetricData': 0, 'events:PutEvents': 2 },
    });
  });

  it('is of an outcome only when the rollout has ended', () => {
    expect([outcomeIn({ next: 'bake' }), outcomeIn({ next: 'promoted' })]).toEqual([undefined, 'promoted']);
  });
});
