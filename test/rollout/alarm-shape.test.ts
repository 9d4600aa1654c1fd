import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmSpec } from '../../lib/rehearsal/scenario/alarm-spec.ts';
import { type AlarmState, evaluate } from '../../lib/rehearsal/world/alarm-evaluation.ts';
import { isEvaluatedAt, periodOf, periodStarts } from '../../lib/rehearsal/world/alarms.ts';
import {
  type AlarmShape,
  couldHaveFiredAt,
  needInWords,
  oneMinute,
  secondsToFire,
  seesOnlySince,
  twoOfThreeMinutes,
} from '../../lib/rollout/alarm-shape.ts';
import { cloudWatchTiming } from '../../lib/rollout/observation.ts';
import { passableAt } from '../../lib/rollout/pace.ts';

const timing = cloudWatchTiming.alarms;

const aSpec = (spec: Partial<AlarmSpec>): AlarmSpec => ({
  name: 'errors',
  metric: 'errorRate',
  scope: 'alias',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: 'notBreaching',
  initialState: 'OK',
  ...spec,
});

const shapeOf = (spec: AlarmSpec): AlarmShape => ({
  ...oneMinute,
  periodSeconds: periodOf(spec),
  evaluationPeriods: spec.evaluationPeriods,
  datapointsToAlarm: spec.datapointsToAlarm,
  evaluationSeconds: Math.min(60, periodOf(spec)),
});

/** When the rehearsal's CloudWatch lets an alarm fire whose metric is good before a second and bad from it on. */
function firesAt(spec: AlarmSpec, shiftedAt: number): number {
  let state: AlarmState = 'OK';
  for (let second = shiftedAt - 7200; ; second++) {
    if (!isEvaluatedAt(spec, second)) continue;
    // A period that lies partly before the shift is good: the alarm has to fire on the step's data alone.
    const range = periodStarts(spec, second).map((start) => (start >= shiftedAt ? 1 : 0));
    state = evaluate(spec, range, state);
    if (state === 'ALARM') return second;
  }
}

const specs = fc
  .record({
    periodSeconds: fc.constantFrom(10, 30, 60, 120, 300, 900),
    offsetSeconds: fc.integer({ min: 0, max: 59 }),
    evaluationPeriods: fc.integer({ min: 1, max: 15 }),
    treatMissingData: fc.constantFrom('notBreaching', 'breaching', 'ignore', 'missing' as const),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ share, ...spec }) =>
    aSpec({ ...spec, datapointsToAlarm: 1 + Math.floor(share * (spec.evaluationPeriods - 0.001)) }),
  );

describe('the time until an alarm could have fired', () => {
  it('is long enough for every alarm, whenever the step begins and whenever the alarm is evaluated', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 86_400, max: 90_000 }), (spec, shiftedAt) => {
        expect(firesAt(spec, shiftedAt)).toBeLessThanOrEqual(couldHaveFiredAt(shiftedAt, shapeOf(spec), timing));
      }),
    );
  });

  it('is at most a period and an evaluation longer than such an alarm takes', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 86_400, max: 90_000 }), (spec, shiftedAt) => {
        const shape = shapeOf(spec);
        const late = couldHaveFiredAt(shiftedAt, shape, timing) - firesAt(spec, shiftedAt);
        expect(late).toBeLessThanOrEqual(shape.periodSeconds + shape.evaluationSeconds);
      }),
    );
  });

  it('of the default alarms is four minutes from a full minute on, and up to a minute more from others', () => {
    const needs = (second: number) => couldHaveFiredAt(600 + second, twoOfThreeMinutes, timing) - 600 - second;
    expect([0, 1, 7, 20, 33, 45, 59].map(needs)).toEqual([240, 299, 293, 280, 267, 255, 241]);
    expect(secondsToFire(twoOfThreeMinutes, timing)).toBe(300);
  });

  it('of an alarm of which nothing is known is that of one bad minute', () => {
    expect(couldHaveFiredAt(600, null, timing)).toBe(couldHaveFiredAt(600, oneMinute, timing));
  });

  it('shrinks with the minute of an endpoint that is quicker than CloudWatch, and never grows beyond it', () => {
    const quick = { periodSeconds: 1, delaySeconds: 0 };
    expect(secondsToFire(twoOfThreeMinutes, quick)).toBe(4);
    expect(secondsToFire(oneMinute, { periodSeconds: 300, delaySeconds: 60 })).toBe(240);
  });

  it('until it sees nothing else is longer if it looks at more than it needs', () => {
    expect(seesOnlySince(600, twoOfThreeMinutes, timing)).toBe(600 + 300);
  });

  it('holds a watched step back, and no step that is not watched', () => {
    const shapes = [oneMinute, { ...oneMinute, periodSeconds: 300, evaluationPeriods: 3, datapointsToAlarm: 3 }];
    const passable = (bake: number) => passableAt({ evidence: undefined }, shapes, 600, bake, cloudWatchTiming);
    expect(passable(60)).toBe(600 + 900 + 60 + 60);
    expect(passable(3600)).toBe(600 + 3600 + 60);
    expect(passable(0)).toBe(600);
  });
});

it('the need of an alarm is told in minutes, in periods or in query results', () => {
  expect(needInWords(twoOfThreeMinutes)).toBe('2 of 3 minutes');
  expect(needInWords({ ...oneMinute, periodSeconds: 300 })).toBe('1 of 1 periods of 300 s');
  expect(needInWords({ ...oneMinute, kind: 'log', periodSeconds: 300 })).toBe('1 of 1 query results, one each 300 s');
});
