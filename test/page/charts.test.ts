import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceChart, strengthInWords } from '../../lib/page/charts/evidence.ts';
import { intervalsOf } from '../../lib/page/charts/intervals.ts';
import { Plot, roundedUp } from '../../lib/page/charts/plot.ts';
import { failuresChart, requestsChart } from '../../lib/page/charts/requests.ts';
import { weightChart } from '../../lib/page/charts/weight.ts';
import { aCourse, lookAfter } from './a-course.ts';

const versions = { stable: '41', candidate: '42' };
const options = { width: 600, versions };

describe('the intervals between looks', () => {
  it('tell what each look found in addition', () => {
    const [first, second] = intervalsOf([lookAfter(1), lookAfter(3, 7)], 10);
    expect(first).toMatchObject({ from: 0, until: 60, requests: { candidate: { invocations: 60, errors: 0 } } });
    expect(second).toMatchObject({ from: 60, until: 180, requests: { candidate: { invocations: 120, errors: 7 } } });
  });

  it('are no more than a chart can show, and lose no request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 100 }), (looks, most) => {
        const all = Array.from({ length: looks }, (_, index) => lookAfter(index + 1, index));
        const intervals = intervalsOf(all, most);
        expect(intervals.length).toBeLessThanOrEqual(most + 1);
        const sum = intervals.reduce((total, { requests }) => total + requests.candidate.errors, 0);
        expect(sum).toBe(looks - 1);
      }),
    );
  });

  it('are not negative if CloudWatch corrects a count downwards', () => {
    const [, second] = intervalsOf([lookAfter(1, 9), { ...lookAfter(2, 4) }], 10);
    expect(second?.requests.candidate.errors).toBe(0);
  });
});

describe('an axis', () => {
  it('goes up to a round number that is not below the value', () => {
    expect([0, 0.013, 9, 11, 400, 501].map(roundedUp)).toEqual([1, 0.02, 10, 20, 500, 1000]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
        expect(roundedUp(value)).toBeGreaterThanOrEqual(value * (1 - 1e-9));
        expect(roundedUp(value)).toBeLessThanOrEqual(value * 10);
      }),
    );
  });

  it('of time has no more marks than there is room for', () => {
    for (const seconds of [1, 90, 3600, 86_400 * 14]) {
      const marks = new Plot({ width: 320, height: 100, seconds, most: 1 }).axes([]).toString().match(/<text/g) ?? [];
      expect(marks.length).toBeGreaterThan(0);
      expect(marks.length).toBeLessThanOrEqual(6);
    }
  });
});

describe('charts', () => {
  it('keep all that they draw within their frame', () => {
    const course = aCourse({ planned: [{ weight: 100, from: 300, seconds: 600, asks: false }] });
    const charts = [
      weightChart(course, { width: 600, candidate: '42', numbered: true }),
      requestsChart(course, options),
      failuresChart(course, options),
      evidenceChart(course, { width: 600, candidate: '42' }),
    ].join('');
    const xs = [...charts.matchAll(/ (?:x|cx)="([^"]*)"/g)].map(([, x]) => Number(x));
    expect(xs.length).toBeGreaterThan(20);
    expect(xs.filter((x) => !(x >= 0 && x <= 600))).toEqual([]);
    expect(charts).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('of weight tell in words from when on the candidate had which share', () => {
    const text = weightChart(aCourse(), { width: 600, candidate: '42', numbered: true }).toString();
    expect(text).toContain('0 from 0:00, 10 from 0:00, 0 from 5:00');
  });

  it('of a rollout under way go on to the end of its plan', () => {
    const planned = [{ weight: 50, from: 400, seconds: 300, asks: true }];
    const text = weightChart(aCourse({ planned }), { width: 600, candidate: '42', numbered: true }).toString();
    expect(text).toContain('line-planned');
    expect(text).toContain('>now<');
    expect(text).toContain('>10:00<');
  });

  it('of a rollout without any look or event are empty and whole', () => {
    const nothing = aCourse({ seconds: 0, events: [], looks: [], steps: [] });
    const charts = [
      weightChart(nothing, { width: 600, candidate: '42', numbered: true }),
      requestsChart(nothing, options),
    ].join('');
    expect(charts).not.toMatch(/NaN|Infinity|undefined/);
    expect(evidenceChart(nothing, { width: 600, candidate: '42' })).toBeUndefined();
  });

  it('of evidence say when it was strongest, and how strong that is', () => {
    const text = evidenceChart(aCourse(), { width: 600, candidate: '42' })?.toString();
    expect(text).toContain('enough to revert: errors, at 5:00');
    expect([0, 0.3, 0.5, 1].map(strengthInWords)).toEqual([
      'none to speak of',
      'little',
      'suspicious',
      'enough to revert',
    ]);
  });
});
