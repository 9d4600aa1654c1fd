import { describe, expect, it } from 'vitest';
import { grid } from './policies/grid.ts';
import { factorAgainst, measure, rivals } from './policies/measure.ts';
import { shareTakenForBad } from './policies/nulls.ts';

/** A corner of what `npm run bench` measures: one traffic, one baseline, few seeds. */
describe('adaptive weights at ten requests a second', () => {
  const cells = grid({ periodSeconds: 60, delaySeconds: 60 }).filter(
    ({ requestsPerSecond, baseline }) => requestsPerSecond === 10 && baseline === 0.001,
  );
  const measured = cells.map((cell) => ({ ...cell, ...measure(cell, 5) }));
  const [codeDeploy, flagger, argoRollouts, kayenta] = rivals;

  it('take no innocent version back, and give a good one everything within twelve minutes', () => {
    const innocent = measured.filter((cell) => cell.innocent);
    expect(innocent.map(({ kind, adaptive }) => [kind, adaptive.rolledBack])).toEqual(
      innocent.map(({ kind }) => [kind, 0]),
    );
    const good = measured.find(({ kind }) => kind === 'good');
    expect(good?.adaptive.toFullTrafficSeconds.median).toBeLessThanOrEqual(720);
  });

  it('cost many times fewer failed requests than the policies of others', () => {
    const bad = measured.filter((cell) => !cell.innocent);
    expect(bad).toHaveLength(9);
    expect(factorAgainst(codeDeploy, bad)).toBeGreaterThan(18);
    expect(factorAgainst(flagger, bad)).toBeGreaterThan(6);
    expect(factorAgainst(argoRollouts, bad)).toBeGreaterThan(6);
    expect(factorAgainst(kayenta, bad)).toBeGreaterThan(6);
  });
});

it('the test takes hardly any of its healthy candidates for bad, whatever drifts', () => {
  expect(shareTakenForBad(500, 0.01)).toBeLessThan(0.01);
});
