import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmSpec } from '../../../lib/rehearsal/scenario/alarm-spec.ts';
import { evaluate, evaluationRange, metricValue, reasonFor } from '../../../lib/rehearsal/world/alarm-evaluation.ts';
import { drawn, spec } from './an-alarm.ts';

const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

describe('an alarm, as the CloudWatch user guide has it in its tables on missing data,', () => {
  describe.each([
    { datapointsToAlarm: 3, datapoints: '0 - X - X', states: ['OK', 'OK', 'OK', 'OK'] },
    { datapointsToAlarm: 3, datapoints: '0 - - - -', states: ['OK', 'OK', 'OK', 'OK'] },
    { datapointsToAlarm: 3, datapoints: '- - - - -', states: ['INSUFFICIENT_DATA', 'retained', 'ALARM', 'OK'] },
    { datapointsToAlarm: 3, datapoints: '0 X X - X', states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
    { datapointsToAlarm: 3, datapoints: '- - X - -', states: ['ALARM', 'retained', 'ALARM', 'OK'] },
    { datapointsToAlarm: 2, datapoints: '0 - X - X', states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
    { datapointsToAlarm: 2, datapoints: '0 0 X 0 X', states: ['ALARM', 'ALARM', 'ALARM', 'ALARM'] },
    { datapointsToAlarm: 2, datapoints: '0 - X - -', states: ['OK', 'OK', 'ALARM', 'OK'] },
    { datapointsToAlarm: 2, datapoints: '- - - - 0', states: ['OK', 'OK', 'ALARM', 'OK'] },
    { datapointsToAlarm: 2, datapoints: '- - - X -', states: ['ALARM', 'retained', 'ALARM', 'OK'] },
  ])('$datapointsToAlarm out of 3, $datapoints', (row) => {
    it.each(treatments.map((treatMissingData, column) => [treatMissingData, row.states[column]] as const))(
      'with missing data as %s is %s',
      (treatMissingData, expected) => {
        const rule = spec({ datapointsToAlarm: row.datapointsToAlarm, treatMissingData });
        for (const before of states) {
          expect(evaluate(rule, drawn(row.datapoints), before)).toBe(expected === 'retained' ? before : expected);
        }
      },
    );
  });

  it.each(['- - - - X', '- - - X -'])('does not go into ALARM prematurely: %s', (datapoints) => {
    expect(evaluate(spec(), drawn(datapoints), 'OK')).toBe('OK');
    expect(evaluate(spec(), drawn(datapoints), 'INSUFFICIENT_DATA')).toBe('INSUFFICIENT_DATA');
  });
});

describe('an alarm', () => {
  it('reads two periods more than it evaluates', () => {
    expect(evaluationRange(spec())).toBe(5);
  });

  it('breaches above its threshold, not at it', () => {
    expect(evaluate(spec(), [0, 0, 0.05, 0.05, 0.05], 'OK')).toBe('OK');
    expect(evaluate(spec(), [0, 0, 0.06, 0.06, 0.06], 'OK')).toBe('ALARM');
  });

  it('fires on enough of its datapoints, wherever they stand, and rests on too few', () => {
    const three = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(three, fc.integer({ min: 1, max: 3 }), (breaching, datapointsToAlarm) => {
        const range = [null, 1, ...breaching.map((each) => (each ? 1 : 0))];
        const enough = breaching.filter(Boolean).length >= datapointsToAlarm;
        for (const treatMissingData of treatments) {
          expect(evaluate(spec({ datapointsToAlarm, treatMissingData }), range, 'OK')).toBe(enough ? 'ALARM' : 'OK');
        }
      }),
    );
  });

  it('never fires without a breaching datapoint unless missing data breaches', () => {
    const range = fc.array(fc.option(fc.constant(0.01)), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(range, fc.constantFrom('missing', 'notBreaching', 'ignore'), (datapoints, treatMissingData) => {
        expect(evaluate(spec({ treatMissingData }), datapoints, 'OK')).not.toBe('ALARM');
      }),
    );
  });
});

describe("an alarm's reason", () => {
  const twoOfThree = spec({ datapointsToAlarm: 2 });

  it.each<[string, AlarmSpec, string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA', string]>([
    [
      'names the datapoints that breach',
      twoOfThree,
      '0 0 X 0 X',
      'ALARM',
      '2 out of the last 3 datapoints [0.08, 0.08] were greater than the threshold (0.05).',
    ],
    [
      'names those that do not',
      twoOfThree,
      '0 0 0 0 X',
      'OK',
      '2 out of the last 3 datapoints [0.01, 0.01] were not greater than the threshold (0.05).',
    ],
    [
      'names the one that is old enough',
      spec(),
      '- - X - -',
      'ALARM',
      '1 out of the last 3 datapoints [0.08] was greater than the threshold (0.05).',
    ],
    [
      'tells of missing data that breaches',
      spec({ treatMissingData: 'breaching' }),
      '- - - - -',
      'ALARM',
      'no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    ],
    [
      'tells of missing data that does not',
      spec({ treatMissingData: 'notBreaching', evaluationPeriods: 1, datapointsToAlarm: 1 }),
      '- - -',
      'OK',
      'no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    [
      'tells of both',
      spec({ treatMissingData: 'breaching' }),
      '- - X X -',
      'ALARM',
      '2 datapoints [0.08, 0.08] were greater than the threshold (0.05) and 1 missing datapoint was treated as [Breaching].',
    ],
    [
      'tells of datapoints that did not decide',
      { ...twoOfThree, treatMissingData: 'breaching' },
      '- - - - 0',
      'ALARM',
      '1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    ],
  ])('%s', (_, rule, datapoints, state, reason) => {
    expect(evaluate(rule, drawn(datapoints), 'OK')).toBe(state);
    expect(reasonFor(rule, drawn(datapoints), state)).toBe(`Threshold Crossed: ${reason}`);
  });

  it('counts the unknown where there is no data', () => {
    expect(reasonFor(spec(), drawn('- - - - -'), 'INSUFFICIENT_DATA')).toBe(
      'Insufficient Data: 3 datapoints were unknown.',
    );
  });

  it('lists the newest datapoint first, in four digits', () => {
    expect(reasonFor(spec(), [0, 0, 0.1, 0.2, 1 / 3], 'ALARM')).toContain('[0.3333, 0.2, 0.1]');
  });
});

describe('a metric', () => {
  it.each([
    ['errorRate', 0.25],
    ['errors', 5],
    ['invocations', 20],
    ['throttles', 0],
    ['p99Milliseconds', 100],
  ] as const)('%s is %d where five of twenty invocations failed, and nothing without invocations', (metric, value) => {
    expect(metricValue(metric, { invocations: 20, errors: 5 })).toBe(value);
    expect(metricValue(metric, { invocations: 0, errors: 0 })).toBeNull();
  });
});
