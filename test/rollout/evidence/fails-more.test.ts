import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomial } from '../../../lib/rehearsal/world/binomial.ts';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { failsMore } from '../../../lib/rollout/evidence/fails-more.ts';

const counts = (errors: number, invocations: number) => ({ invocations, errors });

describe('a candidate', () => {
  it.each([
    ['5 of 5 against 0 of 5', counts(5, 5), counts(0, 5)],
    ['5 of 5 against 0 of 1', counts(5, 5), counts(0, 1)],
    ['5 of 5 with nothing to compare it with', counts(5, 5), counts(0, 0)],
    ['60 of 600 against 6 of 600', counts(60, 600), counts(6, 600)],
    ['more errors than requests, as sums that are read apart may say', counts(7, 5), counts(0, 5)],
  ])('that fails %s fails more than the stable version', (_, candidate, stable) => {
    expect(failsMore(candidate, stable, 5)).toBe(true);
  });

  it.each([
    ['nothing', counts(0, 20), counts(0, 20)],
    ['as often as the stable version', counts(10, 100), counts(90, 900)],
    ['as an incident has both versions fail', counts(20, 20), counts(180, 180)],
    ['once in many', counts(1, 600), counts(0, 5400)],
    ['once in 20 with nothing to compare it with', counts(1, 20), counts(0, 0)],
    ['and the few of the stable version fail too', counts(5, 5), counts(1, 1)],
  ])('does not fail more if it fails %s', (_, candidate, stable) => {
    expect(failsMore(candidate, stable, 20)).toBe(false);
  });

  it('that fails at the rate of the stable version is suspected in at most one of twenty looks', () => {
    const suspected = (rate: number, n: number, seed: number) => {
      const random = createRandom(seed);
      const drawn = Array.from({ length: 2000 }, () =>
        failsMore(counts(binomial(random, n, rate), n), counts(binomial(random, n * 9, rate), n * 9), 20),
      );
      return drawn.filter((each) => each).length / drawn.length;
    };
    for (const [rate, n] of [
      [0.001, 300],
      [0.01, 60],
      [0.1, 300],
      [0.5, 20],
    ] as const) {
      expect(suspected(rate, n, 7)).toBeLessThan(0.065);
    }
  });

  it('never fails more than a stable version that fails as often, whatever the counts', () => {
    const drawn = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.record({ n: fc.constant(n), failed: fc.nat(n), times: fc.integer({ min: 1, max: 50 }) }));
    fc.assert(
      fc.property(drawn, ({ n, failed, times }) => {
        expect(failsMore(counts(failed, n), counts(failed * times, n * times), 20)).toBe(false);
      }),
    );
  });
});
