import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { CallOutcome } from '../../../lib/rehearsal/simulation/faults.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import { endOf, eventsOf, rehearsing, usual } from '../a-scenario.ts';

const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });

/** Every write of the alias: when, by whom, and the weight that the candidate had afterwards. */
async function writesOf(changes: Partial<ScenarioInput>) {
  const writes: (readonly [second: number, by: string, weight: number])[] = [];
  await rehearse(scenarioSchema.parse({ ...usual, ...changes }), loadController(), {
    onAliasChange: ({ by, after }, _, second) =>
      writes.push([Math.round(second), by, after.additionalVersionWeights['42'] ?? 0]),
  });
  return writes;
}

describe('a handler', () => {
  it('that dies before its call has not made the call, and its repetition makes it', async () => {
    const writes = await writesOf({ aws: [{ call: 'lambda:UpdateAlias', fail: 'crashBefore' }] });
    expect(writes[0]).toEqual([2, 'shift', 0.1]);
  });

  it('that outlives its Task makes its call when the next one is long done, and is refused', async () => {
    const outcomes: (readonly [second: number, outcome: CallOutcome])[] = [];
    const scenario = scenarioSchema.parse({ ...usual, aws: [{ call: 'lambda:UpdateAlias', fail: 'outlive' }] });
    const { result } = await rehearse(scenario, loadController(), {
      onCall: (call, outcome, second) =>
        call === 'lambda:UpdateAlias' && second < 200 && outcomes.push([second, outcome]),
    });
    // Given up at 75 s and repeated 2 s later; the hanging call comes at 100 s and changes nothing.
    expect(outcomes).toEqual([
      [0, 'handlerOutlives'],
      [77, 'answered'],
    ]);
    expect(result.timeline[0]).toMatchObject({ second: 77, event: 'shifted' });
    expect(result.outcome).toBe('promoted');
  });
});

describe('a handler whose function is out of time', () => {
  it('begins no other call: a weight stays that a person restored while its write hung', async () => {
    const writes = await writesOf({
      aws: [{ call: 'lambda:UpdateAlias', nth: 2, fail: 'outlive' }],
      operator: [{ atSecond: 445, do: 'restoreAlias', changesAgo: 1 }],
    });
    expect(writes.map(([, by, weight]) => [by, weight])).toEqual([
      ['shift', 0.1],
      ['shift', 0.4],
      ['operator', 0.1],
    ]);
  });
});

describe('a person who acts between a read and the write on it', () => {
  it('makes AWS refuse the write', async () => {
    const action = { do: 'setAlias', functionVersion: '41', additionalVersionWeights: { 42: 37 } } as const;
    const aws = [{ call: 'lambda:UpdateAlias', nth: 2, fail: 'operator', operator: action }];
    const { result } = await rehearsing({ aws });
    expect(endOf(result)).toEqual({
      outcome: 'superseded',
      alias: { functionVersion: '41', additionalVersionWeights: { 42: 37 } },
    });
  });

  it('may do any action of an operator, such as deploy again', async () => {
    const aws = [{ call: 'lambda:UpdateAlias', nth: 2, fail: 'operator', operator: { do: 'deploy' } as const }];
    const { result } = await rehearsing({ aws });
    expect(endOf(result)).toEqual({ outcome: 'superseded', alias: only('43') });
  });
});

describe('an answer', () => {
  it('without an alarm that the policy names is asked for again, and a second one reverts', async () => {
    const twice = (times: number) => ({
      aws: [{ call: 'cloudwatch:DescribeAlarms', nth: 3, times, fail: 'empty' }],
    });
    expect((await rehearsing(twice(1))).result.outcome).toBe('promoted');
    const { result } = await rehearsing(twice(2));
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('cannot be found') });
  });

  it('without tags makes the handler ask again, for a hold could be among them', async () => {
    const { result } = await rehearsing({ aws: [{ call: 'lambda:GetFunction', nth: 5, fail: 'empty' }] });
    expect(result.outcome).toBe('promoted');
  });

  it('without executions leaves them to the next sweep', async () => {
    const { result } = await rehearsing({
      operator: [{ atSecond: 200, do: 'stopExecution' }],
      events: [{ event: 'executionEnded', deliver: 'never' }],
      aws: [{ call: 'states:ListExecutions', times: 3, fail: 'empty' }],
    });
    expect(result.alias).toEqual(only('41'));
  });
});

it('the old routing serves on for some seconds after a write that the scenario delays', async () => {
  const usually = (await rehearsing()).result.requests.candidate;
  const slow = await rehearsing({ aws: [{ call: 'lambda:UpdateAlias', fail: 'oldRouting' }] });
  const missed = usually - slow.result.requests.candidate;
  // Ten requests a second, a tenth of them to the candidate, for seven seconds.
  expect(missed).toBeGreaterThan(0);
  expect(missed).toBeLessThan(20);
});

describe('an event', () => {
  it('that never comes leaves a stopped rollout to the sweep', async () => {
    const stopped = { operator: [{ atSecond: 100, do: 'stopExecution' as const }] };
    const lost = { ...stopped, events: [{ event: 'executionEnded' as const, deliver: 'never' as const }] };
    expect((await writesOf(stopped)).at(-1)).toEqual([101, 'revert', 0]);
    expect((await writesOf(lost)).at(-1)).toEqual([300, 'revert', 0]);
  });

  it('that comes a second time changes nothing', async () => {
    const rehearsal = await rehearsing({
      candidate: { errorRate: 1 },
      events: [{ event: 'alarm', deliver: 'twice' }],
    });
    expect(eventsOf(rehearsal).filter((event) => event === 'reverted')).toHaveLength(1);
  });
});

describe('a redriven execution', () => {
  it('goes on in the state in which it was stopped, with the same document', async () => {
    const entered: string[] = [];
    const scenario = scenarioSchema.parse({
      ...usual,
      operator: [
        { atSecond: 100, do: 'stopExecution' },
        { atSecond: 100.5, do: 'redrive' },
      ],
      events: [{ event: 'executionEnded', deliver: 'never' }],
    });
    const { result } = await rehearse(scenario, loadController(), {
      onState: ({ state }, at) => at >= 100 && entered.push(state),
    });
    expect(entered[0]).toBe('Bake');
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('that still runs or has succeeded is not redriven', async () => {
    const redrive = (atSecond: number) => rehearsing({ operator: [{ atSecond, do: 'redrive' }] });
    expect((await redrive(100)).result.outcome).toBe('promoted');
    expect((await redrive(4000)).result.outcome).toBe('promoted');
  });
});
