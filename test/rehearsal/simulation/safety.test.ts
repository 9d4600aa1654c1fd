import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import { endOf, eventsOf, firstByHand, rehearsing, usual } from '../a-scenario.ts';

/** Sequences in which a rollout once left weights behind or overwrote a person. Reviews and the explorer found them. */
const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });

const steps = (
  ...weights: readonly (readonly [weight: number, bakeSeconds: number, approval?: 'manual'])[]
): Pick<ScenarioInput, 'policy'> => ({
  policy: {
    steps: weights.map(([weight, bakeSeconds, approval]) => ({ weight, bakeSeconds, approval })),
    alarms: ['candidate-errors'],
  },
});

describe('after a person has given the next weight,', () => {
  const skipping = steps([10, 600], [40, 3600]);
  const advance = { atSecond: 100, do: 'advance' } as const;

  it('an alarm reverts the alias', async () => {
    const { result } = await rehearsing({
      ...skipping,
      candidate: { faults: [{ afterSeconds: 600, errorRate: 1 }] },
      operator: [advance],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });

  it('an alarm reverts the alias even before an observation has seen that weight', async () => {
    const { result } = await rehearsing({
      ...skipping,
      candidate: { errorRate: 1 },
      operator: [{ ...advance, atSecond: 119 }],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });

  it('stopping the execution reverts the alias', async () => {
    const { result } = await rehearsing({ ...skipping, operator: [advance, { atSecond: 500, do: 'stopExecution' }] });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });

  it('stopping the execution within seconds reverts the alias', async () => {
    const { result } = await rehearsing({ ...skipping, operator: [advance, { atSecond: 105, do: 'stopExecution' }] });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });

  it('the rollout goes on from there, even if that was the first weight and nobody had approved it', async () => {
    const rehearsal = await rehearsing(firstByHand);
    expect(eventsOf(rehearsal)).toEqual(['approvalRequested', 'shifted 10', 'shifted 50', 'shifted 100', 'promoted']);
  });

  it('the rollout goes on from there, even if that was the first weight and hooks come before it', async () => {
    const rehearsal = await rehearsing({
      policy: {
        ...usual.policy,
        canary: { weight: 10, bakeSeconds: 120, approval: 'manual' },
        hooks: { beforeTraffic: ['smoke'] },
        approvalTimeoutSeconds: 300,
      },
      operator: [{ atSecond: 100, do: 'advance' }],
    });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('a further deploy supersedes the rollout', async () => {
    const { result } = await rehearsing({ ...skipping, operator: [advance, { atSecond: 500, do: 'deploy' }] });
    expect(endOf(result)).toEqual({ outcome: 'superseded', alias: only('43') });
  });

  it('a rejected approval still counts', async () => {
    const { result } = await rehearsing({
      ...steps([10, 120], [40, 300, 'manual']),
      operator: [
        { atSecond: 400, do: 'advance' },
        { atSecond: 500, do: 'reject' },
      ],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });
});

describe('a person who rolls back', () => {
  it.each([1, 1.5])(
    'right after the first write, whose answer was lost, has the last word (%d s)',
    async (atSecond) => {
      const rehearsal = await rehearsing({
        aws: [{ call: 'lambda:UpdateAlias', nth: 1, fail: 'crash' }],
        operator: [{ atSecond, do: 'rollback' }],
      });
      expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
      expect(eventsOf(rehearsal)).toEqual(['reverted']);
    },
  );

  it('while the next weight is throttled ends the rollout as rolled back', async () => {
    const { result } = await rehearsing({
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 6, fail: 'TooManyRequestsException' }],
      operator: [{ atSecond: 363, do: 'rollback' }],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });
});

describe('the sweep takes away, although no event came,', () => {
  it('a weight that a handler wrote late, after its execution was stopped', async () => {
    const { result } = await rehearsing({
      aws: [{ call: 'lambda:GetAlias', nth: 2, fail: 'timeout' }],
      operator: [{ atSecond: 0.5, do: 'stopExecution' }],
    });
    expect(result.alias).toEqual(only('41'));
  });

  it('weights that could not be taken away for a quarter of an hour', async () => {
    const { result } = await rehearsing({
      candidate: { errorRate: 1 },
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 75, fail: 'ServiceException' }],
    });
    expect(result.alias).toEqual(only('41'));
  });
});

describe('an older rollout', () => {
  it('whose handler hung meanwhile does not write over the end of a newer one', async () => {
    const { result } = await rehearsing({
      aws: [{ call: 'lambda:GetAlias', nth: 2, fail: 'outlive' }],
      operator: [
        { atSecond: 10, do: 'deploy' },
        { atSecond: 40, do: 'rollback' },
      ],
    });
    expect(endOf(result)).toEqual({ outcome: 'superseded', alias: only('41') });
  });

  it('that was held while a newer one was promoted does not take the alias back', async () => {
    const { result } = await rehearsing({
      policy: { preset: 'AllAtOnce' },
      aws: [{ call: 'cloudformation:DescribeStacks', nth: 1, times: 2, fail: 'crash' }],
      operator: [
        { atSecond: 1, do: 'hold' },
        { atSecond: 400, do: 'deploy' },
        { atSecond: 441, do: 'resume' },
      ],
    });
    expect(result.alias).toEqual(only('43'));
  });
});

describe('an answer that the alias or the version does not exist', () => {
  it.each([2, 3, 4, 5])('to write %d is not believed: the alias itself decides', async (nth) => {
    const { result } = await rehearsing({
      aws: [{ call: 'lambda:UpdateAlias', nth, fail: 'ResourceNotFoundException' }],
    });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('does not end a revert whose write was refused', async () => {
    const { result } = await rehearsing({
      candidate: { errorRate: 1 },
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 3, fail: 'ResourceNotFoundException' }],
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
  });

  it.each([3, 5, 8])('to read %d makes the handler read again', async (nth) => {
    const { result } = await rehearsing({ aws: [{ call: 'lambda:GetAlias', nth, fail: 'ResourceNotFoundException' }] });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });
});

describe('if any single call fails in any way', () => {
  const calls = [
    'lambda:GetAlias',
    'lambda:UpdateAlias',
    'lambda:GetFunction',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
  ];
  const fails = ['TooManyRequestsException', 'ServiceException', 'timeout', 'crash', 'PreconditionFailedException'];

  it.each(calls)('the good version is promoted and the bad one reverted: %s', async (call) => {
    for (const fail of fails) {
      for (const nth of [1, 2, 3, 4, 7]) {
        const good = await rehearsing({ ...usual, aws: [{ call, nth, fail }] });
        expect(endOf(good.result), `${fail} at ${nth}`).toEqual({ outcome: 'promoted', alias: only('42') });
        const bad = await rehearsing({ candidate: { errorRate: 0.5 }, aws: [{ call, nth, fail }] });
        expect(endOf(bad.result), `${fail} at ${nth}`).toEqual({ outcome: 'rolledBack', alias: only('41') });
      }
    }
  });
});

it('hooks are called before the first traffic, at each step and after the last one', async () => {
  const rehearsal = await rehearsing({
    policy: { ...usual.policy, hooks: { beforeTraffic: ['smoke'], eachStep: ['probe'], afterTraffic: ['report'] } },
  });
  expect(rehearsal.result.outcome).toBe('promoted');
  expect(rehearsal.result.cost.awsCalls['lambda:Invoke']).toBe(1 + 4 + 1);
});

/** Found by the explorer. */
describe('a stale read', () => {
  it.each([4, 5, 6, 8, 9])('of the alias (%d) leaves no weights behind, however often it is repeated', async (nth) => {
    const { result } = await rehearsing({ aws: [{ call: 'lambda:GetAlias', nth, times: 3, fail: 'stale' }] });
    expect(result.alias.additionalVersionWeights).toEqual({});
    expect(['promoted', 'rolledBack']).toContain(result.outcome);
  });

  it('does not end the revert of a bad version', async () => {
    for (const times of [1, 2, 3]) {
      const { result } = await rehearsing({
        ...steps([10, 600]),
        candidate: { errorRate: 1 },
        events: [{ event: 'alarm', times: 10, deliver: 'never' }],
        aws: [{ call: 'lambda:GetAlias', nth: 6, times, fail: 'stale' }],
      });
      expect(endOf(result), `${times} times`).toEqual({ outcome: 'rolledBack', alias: only('41') });
    }
  });

  it('of the weights of an older rollout supersedes nobody', async () => {
    for (const nth of [11, 12, 13, 14, 15, 16]) {
      const { result } = await rehearsing({
        operator: [{ atSecond: 400, do: 'deploy' }],
        aws: [{ call: 'lambda:GetAlias', nth, fail: 'stale' }],
      });
      expect(result.alias.additionalVersionWeights, `GetAlias ${nth}`).toEqual({});
    }
  });
});

describe('a person who gives a weight after the alias was reverted', () => {
  const weighted = { functionVersion: '41', additionalVersionWeights: { 42: 10 } };

  it('keeps it, even if the execution is redriven afterwards', async () => {
    const { result } = await rehearsing({
      operator: [
        { atSecond: 200, do: 'stopExecution' },
        { atSecond: 300, do: 'setAlias', functionVersion: '41', additionalVersionWeights: { 42: 10 } },
        { atSecond: 400, do: 'redrive' },
      ],
    });
    expect(endOf(result)).toEqual({ outcome: 'superseded', alias: weighted });
  });

  it('keeps it, even if the execution was stopped at its first weight and is redriven afterwards', async () => {
    const { result } = await rehearsing({
      aws: [{ call: 'lambda:UpdateAlias', fail: 'operator', operator: { do: 'stopExecution' } }],
      operator: [
        { atSecond: 100, do: 'advance' },
        { atSecond: 400, do: 'redrive' },
      ],
    });
    expect(endOf(result)).toEqual({ outcome: 'superseded', alias: weighted });
  });

  it('in the instant in which Revert reads back its write keeps it', async () => {
    const { result } = await rehearsing({
      ...steps([10, 600], [40, 600]),
      candidate: { errorRate: 1 },
      events: [{ event: 'alarm', times: 10, deliver: 'never' }],
      aws: [
        {
          call: 'lambda:GetAlias',
          nth: 8,
          fail: 'operator',
          operator: { do: 'setAlias', functionVersion: '41', additionalVersionWeights: { 42: 40 } },
        },
      ],
    });
    expect(result.alias).toEqual({ functionVersion: '41', additionalVersionWeights: { 42: 40 } });
  });
});

it('a write that comes after Revert has looked is refused', async () => {
  const { result } = await rehearsing({
    aws: [
      { call: 'lambda:UpdateAlias', times: 5, fail: 'crashBefore' },
      { call: 'lambda:UpdateAlias', nth: 6, fail: 'outlive' },
    ],
  });
  expect(endOf(result)).toEqual({ outcome: 'rejected', alias: only('41') });
});

it('a rollout whose execution is redriven after its revert ends as rolled back', async () => {
  const { result } = await rehearsing({
    operator: [
      { atSecond: 200, do: 'stopExecution' },
      { atSecond: 400, do: 'redrive' },
    ],
  });
  expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
});
