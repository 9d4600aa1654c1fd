import { UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { ControllerUnderTest } from '../../../lib/rehearsal/simulation/controller.ts';
import { currentInvocation } from '../../../lib/rehearsal/simulation/invocation.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import type { Actor } from '../../../lib/rehearsal/simulation/setup.ts';
import { pause } from '../../../lib/rehearsal/simulation/virtual-time.ts';

const controller = loadController();

/** Rehearses a scenario; also tells when the alias was first reverted, and at which seconds calls were made. */
async function rehearsed(
  scenario: Partial<ScenarioInput>,
  actors: readonly Actor[] = [],
  given: ControllerUnderTest = controller,
) {
  const calls: { call: string; by: string | undefined; second: number }[] = [];
  let revertedAt: number | null = null;
  let wasShifted = false;
  const ends: (string | null)[] = [];
  const rehearsal = await rehearse(
    scenarioSchema.parse(scenario),
    given,
    {
      onCall: (call, _outcome, second) => calls.push({ call, by: currentInvocation()?.name, second }),
      onEnd: (_execution, end) => ends.push(end.error),
      onAliasChange: ({ after }, _invocation, second) => {
        const shows = Object.keys(after?.additionalVersionWeights ?? {}).length > 0;
        if (wasShifted && !shows && after?.functionVersion === '41') revertedAt ??= second;
        wasShifted ||= shows;
      },
    },
    actors,
  );
  return { ...rehearsal.result, calls, ends, revertedAt: revertedAt as number | null };
}

const never = [{ event: 'alarm' as const, times: 1000, deliver: 'never' as const }];
const served = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });
const alarm = { metric: 'errorRate', evaluationPeriods: 1, treatMissingData: 'notBreaching' } as const;

describe('a rollout that a person starts with a policy of its own', () => {
  it('is promoted although the deployed alarm, which it does not name, fires again', async () => {
    const { alias } = await rehearsed({
      traffic: { requestsPerSecond: 10 },
      stable: { errorRate: 0.3 },
      candidate: { errorRate: 0 },
      alarms: [{ ...alarm, name: 'alias-errors', threshold: 0.28, initialState: 'ALARM' }],
      policy: { canary: { weight: 1, bakeSeconds: 1200 }, alarms: ['alias-errors'] },
      operator: [
        {
          atSecond: 60,
          do: 'start',
          input: {
            function: 'checkout',
            alias: 'live',
            version: '42',
            policy: { canary: { weight: 1, bakeSeconds: 1200 }, settleSeconds: 60 },
          },
        },
      ],
    });
    expect(alias).toEqual(served('42'));
  });

  it.each([
    ['by the event', [], 200],
    ['by the sweep if no event comes', never, 600],
  ])('is reverted in an approval by an alarm that no deployed policy names: %s', async (_, events, within) => {
    const { alias, revertedAt } = await rehearsed({
      traffic: { requestsPerSecond: 10 },
      candidate: { faults: [{ afterSeconds: 600, errorRate: 1 }] },
      alarms: [
        { ...alarm, name: 'deployed', threshold: 0.5, initialState: 'ALARM' },
        { ...alarm, name: 'other', scope: 'candidate', threshold: 0.05 },
      ],
      policy: { canary: { weight: 10, bakeSeconds: 60 }, alarms: ['deployed'] },
      operator: [
        {
          atSecond: 60,
          do: 'start',
          input: {
            function: 'checkout',
            alias: 'live',
            version: '42',
            policy: {
              steps: [
                { weight: 10, bakeSeconds: 60 },
                { weight: 50, bakeSeconds: 60, approval: 'manual' },
              ],
              approvalTimeoutSeconds: 86_400,
              alarms: ['other'],
            },
          },
        },
      ],
      events,
    });
    expect(alias).toEqual(served('41'));
    expect(revertedAt).toBeGreaterThan(660);
    expect(revertedAt).toBeLessThan(660 + 120 + within);
  });
});

const errors = {
  ...alarm,
  name: 'errors',
  scope: 'candidate' as const,
  threshold: 0.05,
  evaluationPeriods: 2,
  datapointsToAlarm: 1,
};
const twoSteps = {
  steps: [
    { weight: 20, bakeSeconds: 120 },
    { weight: 60, bakeSeconds: 120 },
  ],
  settleSeconds: 120,
  approvalTimeoutSeconds: 86_400,
  alarms: ['errors'],
};
const usual: Partial<ScenarioInput> = { traffic: { requestsPerSecond: 5 }, alarms: [errors], policy: twoSteps };

describe('the candidate breaks while nobody looks, and the event of the alarm is lost:', () => {
  const broken = { ...usual, candidate: { faults: [{ afterSeconds: 240, errorRate: 1 }] }, events: never };

  it('a rollout that waits for an approval is reverted within ten minutes, and its wait ends', async () => {
    const [first, second] = twoSteps.steps;
    const steps = [first, { ...second, approval: 'manual' as const }] as typeof twoSteps.steps;
    const { outcome, revertedAt, seconds } = await rehearsed({ ...broken, policy: { ...twoSteps, steps } });
    expect(outcome).toBe('rolledBack');
    expect(revertedAt).toBeLessThan(240 + 600);
    expect(seconds.total).toBeLessThan(240 + 700);
  });

  it('a held rollout is reverted within ten minutes', async () => {
    const operator = [{ atSecond: 60, do: 'hold' as const }];
    const { outcome, revertedAt } = await rehearsed({ ...broken, operator });
    expect(outcome).toBe('rolledBack');
    expect(revertedAt).toBeLessThan(240 + 600);
  });
});

describe('an execution is stopped', () => {
  const stopped = { ...usual, operator: [{ atSecond: 60, do: 'stopExecution' as const }] };
  const lost = [{ event: 'executionEnded' as const, deliver: 'never' as const }];

  it('and its event is lost: the sweep reverts, and the rollout is told as rolled back', async () => {
    const { outcome, alias, revertedAt } = await rehearsed({ ...stopped, events: lost });
    expect({ outcome, alias }).toEqual({ outcome: 'rolledBack', alias: served('41') });
    expect(revertedAt).toBeLessThanOrEqual(360);
  });

  it.each([5, 45])('and lists are throttled %d times: a later sweep reverts', async (times) => {
    const aws = [{ call: 'states:ListExecutions', times, fail: 'ThrottlingException' }];
    const { alias } = await rehearsed({ ...stopped, events: lost, aws });
    expect(alias).toEqual(served('41'));
  });

  it('after somebody has rewritten the description alone: the alias is reverted', async () => {
    const rewriting: Actor = {
      atSecond: 40,
      does: ({ lambda }) =>
        lambda.send(
          new UpdateAliasCommand({ FunctionName: 'checkout', Name: 'live', Description: 'live alias of checkout' }),
        ),
    };
    const { alias } = await rehearsed(stopped, [rewriting]);
    expect(alias).toEqual(served('41'));
  });
});

describe('a storm of 1,000 alarms', () => {
  /** So long does the revert function work on each event at least, in seconds. */
  const WORK_SECONDS = 0.05;

  const slower: ControllerUnderTest = {
    ...controller,
    handlers: {
      ...controller.handlers,
      revert: (context) => {
        const handle = (controller.handlers['revert'] as NonNullable<(typeof controller.handlers)[string]>)(context);
        return async (event) => {
          await pause(WORK_SECONDS);
          return handle(event);
        };
      },
    },
  };

  const unrelated = Array.from({ length: 999 }, (_, index) => ({
    ...alarm,
    name: `unrelated-${index}`,
    threshold: 0.05,
    scope: 'candidate' as const,
  }));

  it('that fire in the same second as the one that counts neither delay it nor use up a quota', async () => {
    const counts = { ...alarm, name: 'errors', threshold: 0.05, scope: 'candidate' as const };
    const { revertedAt, calls, timeline, outcome } = await rehearsed(
      {
        ...usual,
        alarms: [...unrelated, counts],
        candidate: { faults: [{ afterSeconds: 60, errorRate: 1 }] },
        policy: { ...twoSteps, steps: [{ weight: 20, bakeSeconds: 3600 }] },
      },
      [],
      slower,
    );
    const fired = timeline.filter(({ event }) => event === 'alarm');
    expect(fired).toHaveLength(1000);
    expect(outcome).toBe('rolledBack');
    const firedAt = fired[0]?.second as number;
    // The event of the last alarm of all: a second for its delivery, and a hundred events before it in each of ten environments.
    expect(revertedAt).toBeLessThanOrEqual(firedAt + 1 + 100 * WORK_SECONDS + 1);
    const during = calls.filter(({ by, second }) => by === 'revert' && second >= firedAt && second <= firedAt + 60);
    const count = (name: string) => during.filter(({ call }) => call === name).length;
    // One for each environment of the ten, and for each ten seconds.
    expect(count('states:ListExecutions')).toBeLessThanOrEqual(10 * 6);
    expect(count('states:DescribeExecution')).toBeLessThanOrEqual(10);
    expect(count('ssm:GetParametersByPath')).toBe(0);
    expect(count('lambda:UpdateAlias')).toBe(1);
  });
});
