import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import { rehearsing } from '../a-scenario.ts';

type AlarmInput = NonNullable<ScenarioInput['alarms']>[number];

const offsets = [0, 7, 20, 33, 45, 59];
const bakes = [30, 60, 90, 119, 120, 150];

const twoOfThree = {
  metric: 'errorRate',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: 'notBreaching',
} satisfies Partial<AlarmInput>;

/** The default alarms of a release before, each evaluated at its second of the minute. */
const defaults = (offsetSeconds: number): AlarmInput[] => [
  { ...twoOfThree, name: 'alias-errors', offsetSeconds },
  { ...twoOfThree, name: 'candidate-errors', scope: 'candidate', offsetSeconds },
];

/** A hold until some second of the first minute: the first weight is given at the next look after it. */
const startingAt = (second: number): NonNullable<ScenarioInput['operator']> =>
  second === 0
    ? []
    : [
        { atSecond: 0, do: 'hold' },
        { atSecond: second, do: 'resume' },
      ];

/** Events that never come: then only looks can revert. */
const unheard = { events: [{ event: 'alarm', times: 1_000_000, deliver: 'never' }] } satisfies Partial<ScenarioInput>;

describe('a version whose every request fails is not promoted', () => {
  it.each(bakes)('by a canary of %i s, wherever in the minute it begins and the alarms are evaluated', async (bake) => {
    for (const second of offsets) {
      const { result } = await rehearsing({
        ...unheard,
        candidate: { errorRate: 1 },
        alarms: defaults(59 - second),
        policy: { canary: { weight: 10, bakeSeconds: bake }, alarms: ['alias-errors', 'candidate-errors'] },
        operator: startingAt(second),
      });
      expect(result, `start ${second}`).toMatchObject({ outcome: 'rolledBack' });
      const weights = result.timeline.filter(({ event }) => event === 'shifted').map(({ weight }) => weight);
      expect(weights).toEqual([10]);
    }
  });

  it.each([
    ['15 of 15 minutes', { evaluationPeriods: 15, datapointsToAlarm: 15 }],
    ['2 of 3 periods of five minutes', { periodSeconds: 300 }],
    ['3 of 3 periods of ten seconds', { periodSeconds: 10, datapointsToAlarm: 3 }],
    ['a log alarm over five minutes', { kind: 'log', periodSeconds: 300 }],
  ] as [string, Partial<AlarmInput>][])('by steps of a minute under %s', async (_, alarm) => {
    for (const offsetSeconds of offsets) {
      const { result } = await rehearsing({
        ...unheard,
        candidate: { errorRate: 1 },
        alarms: [{ ...twoOfThree, ...alarm, name: 'slow', scope: 'candidate', offsetSeconds }],
        policy: {
          steps: [10, 50, 100].map((weight) => ({ weight, bakeSeconds: 60 })),
          alarms: ['slow'],
        },
      });
      expect(result, `evaluation ${offsetSeconds}`).toMatchObject({ outcome: 'rolledBack' });
      expect(result.timeline.filter(({ event }) => event === 'shifted')).toHaveLength(1);
    }
  });
});

describe('a good version', () => {
  it('is promoted by the same short steps, and each lasts until its alarms could have fired', async () => {
    const { result } = await rehearsing({
      alarms: defaults(20),
      policy: {
        canary: { weight: 10, bakeSeconds: 60 },
        settleSeconds: 60,
        alarms: ['alias-errors', 'candidate-errors'],
      },
    });
    expect(result.outcome).toBe('promoted');
    expect(result.seconds.total).toBeGreaterThanOrEqual(480);
    expect(result.seconds.total).toBeLessThanOrEqual(600 + 60);
  });

  it('is told at its start which alarm needs longer than its steps', async () => {
    const { result } = await rehearsing({
      alarms: [{ ...twoOfThree, name: 'slow', periodSeconds: 300 }],
      policy: { canary: { weight: 10, bakeSeconds: 60 }, settleSeconds: 60, alarms: ['slow'] },
    });
    expect(result.timeline[0]?.reason).toContain('alarm slow fires on 2 of 3 periods of 300 s');
  });
});

describe('a fix during an incident', () => {
  const ignoring = (alarm: Partial<AlarmInput>, more: Partial<ScenarioInput>): Partial<ScenarioInput> => ({
    ...unheard,
    alarms: [{ ...twoOfThree, name: 'errors', initialState: 'ALARM', ...alarm }],
    policy: {
      canary: { weight: 50, bakeSeconds: 300 },
      settleSeconds: 300,
      alarms: ['errors'],
      alarmsAlreadyFiring: 'ignore',
    },
    ...more,
  });

  it('is promoted although the alarm of before loses its data and fires again at little traffic', async () => {
    const { result } = await rehearsing({
      ...ignoring(
        { metric: 'errors', threshold: 0, evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'missing' },
        {},
      ),
      seed: 3,
      traffic: { requestsPerSecond: 0.004 },
      stable: { errorRate: 1 },
      candidate: { errorRate: 0 },
      policy: {
        canary: { weight: 50, bakeSeconds: 900 },
        batches: { count: 1, intervalSeconds: 300 },
        settleSeconds: 300,
        alarms: ['errors'],
        alarmsAlreadyFiring: 'ignore',
      },
    });
    expect(result.outcome).toBe('promoted');
    expect(result.timeline.filter(({ event }) => event === 'alarm').length).toBeGreaterThan(0);
  });

  it('that fixes nothing is not promoted without a person, and no verdict calls the alarm quiet', async () => {
    const broken = { stable: { errorRate: 1 }, candidate: { errorRate: 1 } };
    const alone = await rehearsing(ignoring({}, broken));
    expect(alone.result).toMatchObject({ outcome: 'rolledBack', reason: 'nobody approved within 1800 s' });
    expect(JSON.stringify(alone.result.timeline)).not.toContain('is quiet');
    const approved = await rehearsing(ignoring({}, { ...broken, operator: [{ atSecond: 1500, do: 'approve' }] }));
    expect(approved.result.outcome).toBe('promoted');
  });

  it('is promoted by itself once the alarm is OK', async () => {
    const { result } = await rehearsing(ignoring({}, { stable: { errorRate: 1 }, candidate: { errorRate: 0 } }));
    expect(result.outcome).toBe('promoted');
    expect(result.timeline.some(({ event }) => event === 'approvalRequested')).toBe(false);
  });
});
