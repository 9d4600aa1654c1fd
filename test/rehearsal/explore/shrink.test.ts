import { beforeEach, expect, it, vi } from 'vitest';
import { baselines } from '../../../lib/rehearsal/explore/baselines.ts';
import { run } from '../../../lib/rehearsal/explore/run.ts';
import { scenarioOf } from '../../../lib/rehearsal/explore/schedule.ts';
import { shrink, sizeOf } from '../../../lib/rehearsal/explore/shrink.ts';
import type { ScenarioInput } from '../../../lib/rehearsal/scenario/scenario.ts';
import { withoutRevisionId } from './broken-controllers.ts';

// Handlers log every injected fault, and nobody needs to read that.
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

const noEvents = { executionEnded: 0, alarm: 0 };

it('a failing schedule is shrunk to the one injection that breaks it', async () => {
  const [baseline] = baselines as [(typeof baselines)[number]];
  const needless = { name: 'needless', aws: [{ call: 'lambda:GetFunction', nth: 1, times: 3, fail: 'timeout' }] };
  const needed = {
    name: 'needed',
    aws: [
      { call: 'lambda:UpdateAlias', nth: 1, fail: 'operator', operator: { do: 'setAlias', functionVersion: '42' } },
    ] satisfies ScenarioInput['aws'],
    operator: [{ atSecond: 300, do: 'approve' }] satisfies ScenarioInput['operator'],
  };
  const scenario = scenarioOf({ baseline, injections: [needless, needed] });
  const { violation } = await run(scenario, withoutRevisionId);
  if (!violation) throw new Error('expected the scenario to fail');
  const shrunk = await shrink({ scenario, violation }, (each) => run(each, withoutRevisionId));
  expect(sizeOf(shrunk.scenario)).toBe(1);
  expect(shrunk.scenario.aws).toEqual(needed.aws);
});

it('a failing schedule keeps the end of a hold as long as it has the hold', async () => {
  const operator = [
    { atSecond: 100, do: 'hold' },
    { atSecond: 400, do: 'resume' },
  ] satisfies ScenarioInput['operator'];
  const scenario: ScenarioInput = { traffic: { requestsPerSecond: 1 }, policy: { preset: 'AllAtOnce' }, operator };
  const violation = { invariant: 'hold', second: 1, finding: 'it broke' } as const;
  const tried: ScenarioInput['operator'][] = [];
  const broken = async ({ operator: actions }: ScenarioInput) => {
    tried.push(actions);
    return { violation: actions?.length ? violation : null, outcome: 'promoted', calls: [], events: noEvents };
  };
  const shrunk = await shrink({ scenario, violation }, broken);
  expect(shrunk.scenario.operator).toEqual([operator[1]]);
  expect(tried).not.toContainEqual([operator[0]]);
});
