import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneMinute } from '../../../lib/rollout/alarm-shape.ts';
import { type AlarmFacts, alarmCheck, type Series, type Watched } from '../../../lib/rollout/doctor/alarm-checks.ts';

const live = { FunctionName: 'checkout', Resource: 'checkout:live' };

const series = (dimensions: Record<string, string>, more: Partial<Series> = {}): Series => ({
  namespace: 'AWS/Lambda',
  metric: 'Errors',
  dimensions,
  hasData: false,
  ...more,
});

const anAlarm = (...all: Series[]): AlarmFacts => ({
  name: 'errors',
  kind: 'metric',
  state: 'OK',
  reason: '',
  failing: false,
  promQl: false,
  shape: oneMinute,
  series: all,
});

const watched: Watched = {
  functionName: 'checkout',
  aliasName: 'live',
  invocations: 1000,
  alarmsAlreadyFiring: 'block',
  shortestStep: 300,
  served: ['41'],
};

const result = (alarm: AlarmFacts, more: Partial<Watched> = {}) => alarmCheck(alarm, { ...watched, ...more }).result;

describe('an alarm of the policy', () => {
  it('is a problem where it does not exist, which AWS would take for OK', () => {
    const check = alarmCheck({ ...anAlarm(), kind: 'missing' }, watched);
    expect(check).toMatchObject({ name: 'alarm errors', result: 'problem' });
    expect(check.found).toContain('another region or account cannot be seen');
  });

  it('is a problem in ALARM where it blocks the next rollout, and a warning where the policy ignores it', () => {
    const firing = { ...anAlarm(), state: 'ALARM', reason: 'two of three minutes' };
    expect(alarmCheck(firing, watched)).toMatchObject({ result: 'problem' });
    expect(alarmCheck(firing, { ...watched, alarmsAlreadyFiring: 'ignore' })).toMatchObject({ result: 'warning' });
    expect(alarmCheck(firing, watched).found).toContain('two of three minutes');
  });

  it('tells what to do about a metric without data: other dimensions for one of the function, else who publishes it', () => {
    const dimensions =
      'Lambda publishes what goes through the alias under FunctionName=checkout and Resource=checkout:live, for one version with ExecutedVersion in addition: give the alarm these dimensions';
    expect(alarmCheck(anAlarm(series({ FunctionName: 'checkout' })), watched)).toMatchObject({
      result: 'warning',
      found: expect.stringContaining('although the alias was invoked 1000 times'),
      todo: dimensions,
    });
    expect(alarmCheck(anAlarm(series({ Service: 'shop' }, { namespace: 'Shop' })), watched)).toMatchObject({
      result: 'warning',
      todo: `check that something publishes it; ${dimensions}`,
    });
  });

  it('is looked at by its state alone where it is composite', () => {
    expect(result({ ...anAlarm(), kind: 'composite' })).toBe('ok');
    expect(result({ ...anAlarm(), kind: 'composite', state: 'ALARM' })).toBe('problem');
  });

  it('is ok where each of its metrics has data, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            namespace: fc.string(),
            metric: fc.string(),
            dimensions: fc.dictionary(fc.string(), fc.string()),
          }),
        ),
        fc.nat(),
        (all, invocations) => {
          const seen = all.map((each) => ({ ...each, hasData: true }));
          expect(result(anAlarm(...seen), { invocations })).toBe('ok');
        },
      ),
    );
  });
});

describe('an alarm without data', () => {
  it.each([
    ['an executed version without the alias', { FunctionName: 'checkout', ExecutedVersion: '42' }],
    ['the alias alone as resource', { FunctionName: 'checkout', Resource: 'live' }],
    ['no function', { Resource: 'checkout:live' }],
    ["another function's resource", { FunctionName: 'checkout', Resource: 'basket:live' }],
  ])('is a problem where Lambda never publishes under its dimensions: %s', (_, dimensions) => {
    for (const invocations of [0, 1000]) {
      const check = alarmCheck(anAlarm(series(dimensions)), { ...watched, invocations });
      expect(check.result).toBe('problem');
      expect(check.todo).toContain('FunctionName=checkout and Resource=checkout:live');
      expect(check.todo).toContain('ExecutedVersion');
      for (const [name, value] of Object.entries(dimensions)) expect(check.found).toContain(`${name}=${value}`);
    }
  });

  it('is as it should be where the alias was not invoked', () => {
    for (const dimensions of [live, { FunctionName: 'checkout' }]) {
      expect(result(anAlarm(series(dimensions)), { invocations: 0 })).toBe('ok');
    }
  });

  it('is a warning where the alias was invoked', () => {
    for (const dimensions of [live, { FunctionName: 'checkout' }]) {
      expect(alarmCheck(anAlarm(series(dimensions)), watched)).toMatchObject({
        result: 'warning',
        found: expect.stringContaining('invoked 1000 times'),
      });
    }
  });

  it('is usual for one version of the alias outside a rollout', () => {
    expect(result(anAlarm(series({ ...live, ExecutedVersion: '42' })))).toBe('ok');
  });

  it('is a warning where it looks at something else', () => {
    const other = [
      series({ FunctionName: 'basket', Resource: 'basket:live' }),
      series({ FunctionName: 'checkout', Resource: 'checkout:beta' }),
      series({ Service: 'checkout' }, { namespace: 'Checkout', metric: 'OrdersMissing' }),
    ];
    for (const each of other) {
      expect(result(anAlarm(each))).toBe('warning');
      expect(result(anAlarm(each), { invocations: 0 })).toBe('warning');
    }
  });

  it('is judged by the worst metric of a formula', () => {
    const bad = series({ FunctionName: 'checkout', ExecutedVersion: '42' });
    const seen = series(live, { hasData: true });
    expect(result(anAlarm(seen, series(live), bad))).toBe('problem');
    expect(result(anAlarm(seen, series(live), series({ ...live, ExecutedVersion: '42' })))).toBe('warning');
    expect(result(anAlarm(seen, series({ ...live, ExecutedVersion: '42' })))).toBe('ok');
  });
});

describe('an alarm that would not protect the next rollout as well as it seems', () => {
  const check = (more: Partial<AlarmFacts>, around: Partial<Watched> = {}) =>
    alarmCheck({ ...anAlarm(), ...more }, { ...watched, ...around });

  it('is a warning if it needs longer than the shortest step, with both numbers', () => {
    const shape = { ...oneMinute, periodSeconds: 300, evaluationPeriods: 3, datapointsToAlarm: 2 };
    expect(check({ shape })).toMatchObject({
      result: 'warning',
      found: expect.stringContaining('2 of 3 periods of 300 s'),
    });
    expect(check({ shape }).found).toContain('takes up to 1020 s; steps of 300 s last until then');
    expect(check({ shape }, { shortestStep: 1020 }).result).toBe('ok');
    expect(check({ shape }, { shortestStep: null }).result).toBe('ok');
  });

  it('is a warning if it watches a version alone that the alias does not serve', () => {
    const shape = { ...oneMinute, version: '40' };
    expect(check({ shape })).toMatchObject({
      result: 'warning',
      found: expect.stringContaining('watches version 40 alone'),
    });
    expect(check({ shape }, { served: ['41', '40'] }).result).toBe('ok');
    expect(check({ shape }, { served: [] }).result).toBe('ok');
  });

  it('is a warning if CloudWatch cannot evaluate it', () => {
    const failing = check({ failing: true, state: 'INSUFFICIENT_DATA', reason: 'no such metric' });
    expect(failing).toMatchObject({ result: 'warning', found: expect.stringContaining('no such metric') });
  });

  it.each([
    ['actions are disabled', { shape: { ...oneMinute, actionsEnabled: false } }, 'it reverts rollouts all the same'],
    ['query is PromQL', { promQl: true }, 'is OK from its start'],
    ['period is not known', { shape: null }, 'to fire after one bad minute'],
    ['data are log lines', { kind: 'log' }, 'a log alarm'],
  ] as [string, Partial<AlarmFacts>, string][])('is ok and says so if its %s', (_, more, words) => {
    expect(check(more)).toMatchObject({ result: 'ok', found: expect.stringContaining(words) });
  });
});
