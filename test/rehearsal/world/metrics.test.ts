import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Metrics, visibleUntil } from '../../../lib/rehearsal/world/metrics.ts';

/** A version's invocations second by second from `firstSecond` on; one of each two fails, rounded down. */
function metricsOf(invocations: readonly number[], firstSecond = 0): Metrics {
  const metrics = new Metrics(firstSecond);
  invocations.forEach((each, index) => {
    metrics.record('41', firstSecond + index, { invocations: each, errors: Math.floor(each / 2) });
  });
  return metrics;
}

describe("a version's metrics", () => {
  it('are summed by period, oldest first', () => {
    expect(metricsOf([1, 2, 3, 4]).datapoints(['41'], 0, 4, 2)).toEqual([
      { start: 0, invocations: 3, errors: 1 },
      { start: 2, invocations: 7, errors: 3 },
    ]);
  });

  it('have no datapoint for a period without invocations', () => {
    expect(
      metricsOf([1, 0, 0, 1])
        .datapoints(['41'], 0, 4, 1)
        .map(({ start }) => start),
    ).toEqual([0, 3]);
    expect(metricsOf([1]).datapoints(['42'], 0, 4, 1)).toEqual([]);
  });

  it('show the counts so far of a period that is not over', () => {
    expect(
      metricsOf([1, 1, 1, 1])
        .datapoints(['41'], 0, 3, 2)
        .map(({ invocations }) => invocations),
    ).toEqual([2, 1]);
  });

  it('reach into the past', () => {
    expect(
      metricsOf([1, 2, 3], -2)
        .datapoints(['41'], -2, 1, 1)
        .map(({ start }) => start),
    ).toEqual([-2, -1, 0]);
  });

  it('are empty before the first second and after the last one', () => {
    expect(metricsOf([1, 1]).sum(['41'], -100, 100)).toEqual({ invocations: 2, errors: 0 });
  });

  it('take a second that was left out as one without invocations', () => {
    const metrics = metricsOf([1]);
    metrics.record('41', 5, { invocations: 2, errors: 1 });
    expect(metrics.sum(['41'], 1, 5)).toEqual({ invocations: 0, errors: 0 });
    expect(metrics.sum(['41'], 0, 6)).toEqual({ invocations: 3, errors: 1 });
  });

  it('lose and double nothing, however the time is cut into periods', () => {
    const counts = fc.array(fc.nat(20), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 70 }), (invocations, period) => {
        const points = metricsOf(invocations).datapoints(['41'], 0, invocations.length, period);
        const sum = points.reduce((total, point) => total + point.invocations, 0);
        expect(sum).toBe(invocations.reduce((total, each) => total + each, 0));
      }),
    );
  });
});

describe('the metrics of several versions', () => {
  it('are summed together', () => {
    const metrics = metricsOf([4]);
    metrics.record('42', 0, { invocations: 1, errors: 1 });
    expect(metrics.sum(['41', '42', '43'], 0, 1)).toEqual({ invocations: 5, errors: 3 });
  });
});

describe('data', () => {
  it('can be read after its delay', () => {
    expect(visibleUntil(125.4, { delaySeconds: 60 })).toBe(65);
    expect(visibleUntil(60, { delaySeconds: 60 })).toBe(0);
  });
});
