import { describe, expect, it } from 'vitest';
import { observeStep, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { type Rollout, rolloutIn, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { sumOf } from '../../../lib/rollout/evidence/stake.ts';
import { periodsFrom } from '../../../lib/rollout/evidence/trial-of-rollout.ts';
import { cloudWatchTiming, type Period } from '../../../lib/rollout/observation.ts';
import { allWell, atStep, T0 } from '../a-rollout.ts';

const minute = (start: number, errors: number, requests = 60): Period => ({
  start,
  stable: { invocations: 540, errors: errors > 0 ? 1 : 0 },
  candidate: { invocations: requests, errors },
});

/** The rollout after a look at these periods, all of them closed. */
function looked(rollout: Rollout, periods: readonly Period[]) {
  const until = (periods.at(-1) as Period).start + 60;
  const seen = { ...allWell(rollout, until), periods };
  return observeStep(rollout, [seen], until + 60).rollout;
}

const comparisonOf = ({ trial }: Rollout) => sumOf(trial.now.comparison);

describe('the trial of a rollout', () => {
  const rollout = atStep(0, { evidence: {} });

  it('reverts a candidate that fails more than the stable version, long before its bake is over', () => {
    const after = looked(rollout, [minute(T0, 12)]);
    expect(after).toMatchObject({
      next: 'revert',
      reason:
        '42 fails more often than 41 at the same time: 12 of 60 requests failed on 42 and 1 of 540 requests failed on 41; at most 1 % of healthy versions are ever taken for a bad one',
    });
  });

  it('reverts a candidate that fails grossly before it can be compared', () => {
    const warming = atStep(0, { evidence: { graceSeconds: 600 } });
    expect(looked(warming, [minute(T0, 58)])).toMatchObject({
      next: 'revert',
      reason: expect.stringContaining('42 fails more often than any version may'),
    });
  });

  it('does not compare a candidate that warms up', () => {
    const warming = atStep(0, { evidence: { graceSeconds: 60 } });
    expect(looked(warming, [minute(T0, 12)])).toMatchObject({ next: 'bake' });
    expect(looked(warming, [minute(T0, 0), minute(T0 + 60, 12)])).toMatchObject({ next: 'revert' });
  });

  it('keeps a suspected candidate at its step, although its bake is over', () => {
    const periods = [0, 60, 120, 180, 240].map((second) => minute(T0 + second, second === 0 ? 3 : 0));
    const after = looked(rollout, periods);
    expect(after).toMatchObject({ next: 'bake', reason: expect.stringContaining('suspicious') });
  });

  it('changes nothing unless the policy asks for evidence', () => {
    const without = atStep(0);
    const after = looked(without, [minute(T0, 12)]);
    expect(after.next).toBe('bake');
    expect(after.trial).toEqual(without.trial);
  });

  it('takes in a period once, however often a look reads it', () => {
    const once = looked(rollout, [minute(T0, 2)]);
    const twice = looked(once, [minute(T0, 2)]);
    expect(twice.trial).toEqual(once.trial);
  });

  it('takes in a period as CloudWatch has corrected it', () => {
    const first = looked(rollout, [minute(T0, 0, 50)]);
    const corrected = looked(first, [minute(T0, 2, 60)]);
    expect(corrected.trial).toEqual(looked(rollout, [minute(T0, 2, 60)]).trial);
  });

  it('is left as it is by counts that cannot be read', () => {
    const once = looked(rollout, [minute(T0, 2)]);
    const blind = observeStep(once, [{ ...allWell(once, T0 + 120), periods: null }], T0 + 180).rollout;
    expect(blind.trial).toEqual(once.trial);
  });

  it('is handed on by documents of the release before, which have none', () => {
    const { trial: _, ...older } = rollout;
    expect(rolloutIn(older)?.trial).toEqual(rollout.trial);
  });
});

describe('the next step of a trial', () => {
  const first = looked(atStep(0, { evidence: {} }), [minute(T0, 2)]);
  const at = T0 + 210;
  const second = shifted({ ...first, wanted: routingAt(first, 1) }, cloudWatchTiming, at).rollout;

  it('begins with what the steps before have shown', () => {
    expect(comparisonOf(second)).toBe(comparisonOf(first));
    expect(comparisonOf(looked(second, [minute(T0 + 240, 0)]))).toBe(comparisonOf(first));
  });

  it('takes in the minutes of the step before that no look could read', () => {
    expect(periodsFrom(second, cloudWatchTiming.metrics)).toBe(T0 + 60);
    const periods = [minute(T0 + 60, 12), minute(T0 + 120, 0), minute(T0 + 240, 0)];
    expect(looked(second, periods)).toMatchObject({ next: 'revert' });
  });

  it('does not compare the versions in the minute in which the weight was given', () => {
    expect(comparisonOf(looked(second, [minute(T0 + 180, 5)]))).toBe(comparisonOf(second));
    expect(comparisonOf(looked(second, [minute(T0 + 120, 5)]))).toBeGreaterThan(100);
    expect(comparisonOf(looked(second, [minute(T0 + 240, 5)]))).toBeGreaterThan(100);
  });
});
