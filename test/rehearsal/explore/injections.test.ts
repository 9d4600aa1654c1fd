import { describe, expect, it } from 'vitest';
import type { Call } from '../../../lib/rehearsal/explore/injections/injection.ts';
import { injectionsInto } from '../../../lib/rehearsal/explore/injections/injections.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { usual } from '../a-scenario.ts';

const none = { executionEnded: 0, alarm: 0 };

const at = (call: string): Call => ({ call, nth: 3, second: 12.4, before: { 'lambda:GetFunction': 2 } });

const namesAt = (call: string) => injectionsInto({ calls: [at(call)], events: none }).map(({ name }) => name);

describe('the injections of a run', () => {
  const calls = ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetFunction', 'events:PutEvents'];

  it.each(calls)('are scenarios that can be rehearsed, each with a name of its own: %s', (call) => {
    const injections = injectionsInto({ calls: [at(call)], events: { executionEnded: 5, alarm: 1 } });
    for (const { name, ...parts } of injections) {
      expect(scenarioSchema.safeParse({ ...usual, ...parts }).error, name).toBeUndefined();
    }
    expect(new Set(injections.map((each) => each.name)).size).toBe(injections.length);
  });

  it('make stale only a read of the alias, and leave the old routing only after a write', () => {
    expect(namesAt('lambda:GetAlias').filter((name) => /half|throws|minutes|true before/.test(name))).toEqual([]);
    expect(namesAt('lambda:UpdateAlias')).toContain('lambda:UpdateAlias 3 leaves the old routing for seconds');
    expect(namesAt('events:PutEvents').filter((name) => /stale|old routing/.test(name))).toEqual([]);
  });

  it('fail everything but the alias from a call on, but not from a call on the alias', () => {
    const everything = (call: string) =>
      injectionsInto({ calls: [at(call)], events: none }).find(({ name }) => name.startsWith('everything but'));
    expect(everything('lambda:GetAlias')).toBeUndefined();
    expect(everything('lambda:GetFunction')?.aws).toContainEqual({
      call: 'lambda:GetFunction',
      nth: 3,
      times: 1_000_000,
      fail: 'ServiceException',
    });
  });

  it('redrive only after the call at which the execution is stopped', () => {
    const redriving = injectionsInto({ calls: [at('lambda:GetAlias')], events: none }).flatMap(({ operator = [] }) =>
      operator.filter((action) => action.do === 'redrive'),
    );
    expect(redriving.map(({ atSecond }) => atSecond)).toEqual([13.4, 413]);
  });

  it('deliver each of the first three events of a kind late, twice and never', () => {
    const deliveries = injectionsInto({ calls: [], events: { executionEnded: 5, alarm: 1 } });
    const odd = deliveries.flatMap(({ events = [] }) => events);
    expect(odd).toHaveLength(3 * 3 + 3);
    expect(odd.at(-1)).toEqual({ event: 'alarm', nth: 1, deliver: 'never' });
  });

  it('set the clock of each function that decides or writes ahead and behind', () => {
    const clocks = injectionsInto({ calls: [], events: none }).flatMap((each) => (each.clocks ? [each.clocks] : []));
    expect(clocks).toContainEqual({ observe: 20 });
    expect(clocks).toContainEqual({ shift: -20 });
  });

  it('disturb only the calls that can be disturbed that way', () => {
    expect(namesAt('cloudwatch:GetMetricData')).toContain('cloudwatch:GetMetricData 3 has half of the data');
    expect(namesAt('lambda:Invoke')).toContain('lambda:Invoke 3 throws');
    expect(namesAt('lambda:GetAlias').filter((name) => /half|throws|minutes|true before/.test(name))).toEqual([]);
  });
});
