import { describe, expect, it } from 'vitest';
import { oneMinute } from '../../lib/rollout/alarm-shape.ts';
import { candidateFailure, isBadRate } from '../../lib/rollout/candidate-rate.ts';
import { cloudWatchTiming, type Observation, type Period } from '../../lib/rollout/observation.ts';
import { passableAt } from '../../lib/rollout/pace.ts';
import { allWell, atStep, decideOn, T0 } from './a-rollout.ts';

/** Minutes from T0 on, each with the failed of 100 requests to the candidate and of 900 to the stable version; null is silence. */
const minutes = (...failed: ([candidate: number, stable?: number] | null)[]): Period[] =>
  failed.flatMap((each, index) =>
    each
      ? [
          {
            start: T0 + index * 60,
            candidate: { invocations: 100, errors: each[0] },
            stable: { invocations: 900, errors: each[1] ?? 0 },
          },
        ]
      : [],
  );

describe('a candidate by its own rate', () => {
  it('fails with two bad minutes of three in a row', () => {
    expect(candidateFailure(minutes([50], [50]), 60)).toEqual({ errors: 100, invocations: 200, periods: 2 });
    expect(candidateFailure(minutes([0], [6], [0], [6], [0]), 60)).toMatchObject({ periods: 2 });
    expect(candidateFailure(minutes([50], null, [50]), 60)).toMatchObject({ periods: 2 });
  });

  it('does not fail with one, or with two that are too far apart', () => {
    expect(candidateFailure(minutes([100], [0], [0]), 60)).toBeUndefined();
    expect(candidateFailure(minutes([100], [0], [0], [100]), 60)).toBeUndefined();
    expect(candidateFailure(minutes([100], null, null, [100]), 60)).toBeUndefined();
  });

  it('does not fail with five in a hundred, and does with six', () => {
    expect(candidateFailure(minutes([5], [5], [5]), 60)).toBeUndefined();
    expect(candidateFailure(minutes([6], [6]), 60)).toMatchObject({ errors: 12 });
    expect(isBadRate({ invocations: 0, errors: 0 })).toBe(false);
  });

  it('does not fail while the stable version fails as often: an incident is for the alarms', () => {
    expect(candidateFailure(minutes([50, 450], [50, 450]), 60)).toBeUndefined();
    expect(candidateFailure(minutes([51, 450], [51, 450]), 60)).toMatchObject({ periods: 2 });
  });

  it('fails alone where nobody else is served', () => {
    const alone = minutes([50], [50]).map((each) => ({ ...each, stable: { invocations: 0, errors: 0 } }));
    expect(candidateFailure(alone, 60)).toMatchObject({ periods: 2 });
  });
});

describe('a rollout', () => {
  const rollout = atStep(0);
  const bad = (eachVersion: boolean, periods: Period[], now: number): Observation => ({
    ...allWell(rollout, now),
    alarms: [{ name: 'checkout-errors', state: 'OK', reason: '', shape: { ...oneMinute, eachVersion } }],
    periods,
  });

  it("reverts by the candidate's rate although the alarm on the whole alias is quiet", () => {
    const seen = bad(true, minutes([40], [40]), T0 + 180);
    expect(decideOn(rollout, seen, T0 + 180)).toEqual({
      kind: 'revert',
      reason: '80 of 200 requests failed on 42 in 2 bad periods of 60 s, more than 5 % and more than on 41',
    });
  });

  it('does not judge the rate if no alarm of its policy asks for that', () => {
    const seen = bad(false, minutes([40], [40]), T0 + 180);
    expect(decideOn(rollout, seen, T0 + 180)).toMatchObject({ kind: 'keepWatching' });
  });

  it('does not count minutes that began before the weight was given', () => {
    const late = { ...rollout, shiftedAt: T0 + 1 };
    expect(decideOn(late, bad(true, minutes([40], [40]), T0 + 180), T0 + 180)).toMatchObject({ kind: 'keepWatching' });
  });

  it('passes a step only once the rate could have been seen, however late the counts are', () => {
    const timing = { ...cloudWatchTiming, metrics: { periodSeconds: 60, delaySeconds: 600 } };
    const passable = (eachVersion: boolean) =>
      passableAt({ evidence: undefined }, [{ ...oneMinute, eachVersion }], T0 + 1, 60, timing) - T0;
    expect([passable(false), passable(true)]).toEqual([240, 60 + 120 + 600]);
  });
});
