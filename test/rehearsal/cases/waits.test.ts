import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import { rehearsing } from '../a-scenario.ts';

/** A rollout waits at 20 % for an approval that comes at 900 s. */
const waiting = {
  alarms: [
    {
      name: 'errors',
      metric: 'errorRate',
      scope: 'candidate',
      threshold: 0.05,
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    },
  ],
  policy: {
    steps: [
      { weight: 20, bakeSeconds: 120 },
      { weight: 60, bakeSeconds: 120, approval: 'manual' },
    ],
    approvalTimeoutSeconds: 7200,
    alarms: ['errors'],
  },
  operator: [{ atSecond: 900, do: 'approve' }],
} satisfies Partial<ScenarioInput>;

const incident = { incidents: [{ fromSecond: 240, forSeconds: 180, errorRate: 1 }] };
const delivered = (deliver: 'late' | 'never') => ({ events: [{ event: 'alarm' as const, times: 1000, deliver }] });

describe('an alarm that fires and recovers while an approval is waited for', () => {
  it.each<[event: string, changes: Partial<ScenarioInput>]>([
    ['comes', {}],
    ['comes late', delivered('late')],
    ['never comes', delivered('never')],
  ])('takes the candidate back if its event %s', async (_, changes) => {
    const { result } = await rehearsing({ ...waiting, ...incident, ...changes });
    expect(result.outcome).toBe('rolledBack');
    expect(result.reason).toContain('alarm errors');
    expect(result.seconds.total).toBeLessThanOrEqual(900);
  });

  it('is found in its history after an approval that comes before the next sweep', async () => {
    const { result } = await rehearsing({
      ...waiting,
      incidents: [{ fromSecond: 240, forSeconds: 60, errorRate: 1 }],
      ...delivered('never'),
      operator: [{ atSecond: 590, do: 'approve' }],
    });
    expect(result.reason).toMatch(/alarm errors was in ALARM from \S+ on and has recovered since/);
  });
});

describe('a candidate that fails more than the stable version while an approval is waited for', () => {
  const marked = {
    ...waiting,
    candidate: { faults: [{ afterSeconds: 300, errorRate: 0.1 }] },
    alarms: [{ ...waiting.alarms[0], scope: 'alias', eachVersion: true }],
    operator: [{ atSecond: 3000, do: 'approve' }],
  } as Partial<ScenarioInput>;

  it('is taken back by the sweep beside an alarm that asks for the rate of each version', async () => {
    const { result } = await rehearsing(marked);
    expect(result.reason).toMatch(/requests failed on 42 in 2 bad periods of 60 s/);
    expect(result.seconds.total).toBeLessThanOrEqual(900);
  });

  it('is left to the alarm if that does not ask for it', async () => {
    const { result } = await rehearsing({
      ...marked,
      alarms: [{ ...waiting.alarms[0], scope: 'alias' }] as ScenarioInput['alarms'],
    });
    expect(result.seconds.total).toBeGreaterThanOrEqual(3000);
  });
});
