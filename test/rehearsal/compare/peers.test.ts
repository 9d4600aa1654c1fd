import { describe, expect, it } from 'vitest';
import { argoRollouts } from '../../../lib/rehearsal/compare/argo-rollouts.ts';
import { codeDeploy } from '../../../lib/rehearsal/compare/code-deploy.ts';
import { flagger } from '../../../lib/rehearsal/compare/flagger.ts';
import { kayenta } from '../../../lib/rehearsal/compare/kayenta.ts';
import { isHigher } from '../../../lib/rehearsal/compare/mann-whitney.ts';
import type { Sight, Strategy } from '../../../lib/rehearsal/compare/strategy.ts';

/** Sixty requests a minute to each version, of which the candidate's fail from a second on. */
const sightOf = ({ candidateRate = 0, from = 0, firing = false, silent = false } = {}): Sight => {
  const counts = (rate: number, begin: number, end: number) => {
    const served = silent ? 0 : Math.max(0, end - Math.max(0, begin));
    return { invocations: served, errors: Math.round(Math.max(0, end - Math.max(from, begin)) * rate) };
  };
  return {
    firing: () => firing,
    candidate: (begin, end) => counts(candidateRate, begin, end),
    stable: (begin, end) => counts(0, begin, end),
  };
};

/** The weights that a strategy gives, each with its second, the last one included. */
function courseOf(strategy: Strategy, sight: Sight): readonly (readonly [second: number, weight: number])[] {
  const course: [number, number][] = [];
  let second = 0;
  const give = (weight: number) => weight !== course.at(-1)?.[1] && course.push([second, weight]);
  const turns = strategy(sight);
  for (;;) {
    const turn = turns.next();
    if (turn.done) {
      give(turn.value);
      return course;
    }
    give(turn.value.weight);
    second = turn.value.until;
  }
}

describe('CodeDeploy', () => {
  it('shifts a canary and then everything', () => {
    expect(courseOf(codeDeploy('Canary10Percent5Minutes'), sightOf())).toEqual([
      [0, 10],
      [300, 100],
    ]);
  });

  it('shifts a tenth a minute', () => {
    const course = courseOf(codeDeploy('Linear10PercentEvery1Minute'), sightOf());
    expect(course).toEqual(Array.from({ length: 10 }, (_, index) => [index * 60, (index + 1) * 10]));
  });

  it('does not begin while an alarm fires, whatever the configuration', () => {
    expect(courseOf(codeDeploy('Canary10Percent5Minutes'), sightOf({ firing: true }))).toEqual([[0, 0]]);
    expect(courseOf(codeDeploy('AllAtOnce'), sightOf({ firing: true }))).toEqual([[0, 0]]);
  });

  it('takes the canary back as soon as an alarm fires', () => {
    let firing = false;
    const turns = codeDeploy('Canary10Percent5Minutes')({ ...sightOf(), firing: () => firing });
    expect(turns.next().value).toEqual({ weight: 10, until: 300 });
    firing = true;
    expect(turns.next()).toEqual({ done: true, value: 0 });
  });
});

describe('Flagger', () => {
  it('gives a tenth more after each check, and everything after the check at 50 %', () => {
    const steps = [10, 20, 30, 40, 50, 100].map((weight, index) => [index * 60, weight]);
    expect(courseOf(flagger, sightOf({ candidateRate: 0.008 }))).toEqual(steps);
  });

  it('rolls back one interval after the fifth check that failed', () => {
    expect(courseOf(flagger, sightOf({ candidateRate: 0.05 }))).toEqual([
      [0, 10],
      [360, 0],
    ]);
  });

  it('takes a version without requests for a bad one', () => {
    expect(courseOf(flagger, sightOf({ silent: true })).at(-1)).toEqual([360, 0]);
  });
});

describe('Argo Rollouts', () => {
  it('gives a fifth more every ten minutes', () => {
    const steps = [20, 40, 60, 80, 100].map((weight, index) => [index * 600, weight]);
    expect(courseOf(argoRollouts, sightOf({ candidateRate: 0.05 }))).toEqual(steps);
    expect(courseOf(argoRollouts, sightOf({ silent: true }))).toEqual(steps);
  });

  it('aborts at the fourth measurement that failed', () => {
    expect(courseOf(argoRollouts, sightOf({ candidateRate: 0.1 }))).toEqual([
      [0, 20],
      [240, 0],
    ]);
  });
});

describe('Kayenta', () => {
  it('passes after three judgements, also without any data', () => {
    const passed = [
      [0, 10],
      [1860, 100],
    ];
    expect(courseOf(kayenta, sightOf())).toEqual(passed);
    expect(courseOf(kayenta, sightOf({ silent: true }))).toEqual(passed);
  });

  it('fails a canary at its first judgement, a minute after the data', () => {
    expect(courseOf(kayenta, sightOf({ candidateRate: 0.1 })).at(-1)).toEqual([660, 0]);
  });

  it('looks at all data since the start, so a fault that begins late is found late or never', () => {
    expect(courseOf(kayenta, sightOf({ candidateRate: 0.1, from: 360 })).at(-1)).toEqual([1860, 0]);
    expect(courseOf(kayenta, sightOf({ candidateRate: 0.1, from: 900 })).at(-1)).toEqual([1860, 100]);
  });
});

describe('the judge of Kayenta', () => {
  it('finds values higher that lie above all others', () => {
    expect(isHigher([5.1, 5.5, 6.2, 6.8, 7.1, 7.7], [1.2, 2.3, 2.9, 3.1, 3.6, 4.2])).toBe(true);
    expect(isHigher([1.2, 2.3, 2.9, 3.1, 3.6, 4.2], [5.1, 5.5, 6.2, 6.8, 7.1, 7.7])).toBe(false);
  });

  it('finds nothing in the same values, in a few values or in none', () => {
    const values = [1, 2, 3, 4, 5, 6];
    expect(isHigher(values, values)).toBe(false);
    expect(isHigher([100, 100], [0, 0])).toBe(false);
    expect(isHigher([], values)).toBe(false);
    expect(isHigher(values, [])).toBe(false);
  });

  it('finds nothing in a difference that most values share by chance', () => {
    expect(isHigher([1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6])).toBe(false);
  });
});
