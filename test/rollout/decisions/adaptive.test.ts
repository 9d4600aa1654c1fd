import { describe, expect, it } from 'vitest';
import { split } from '../../../lib/rollout/alias/alias.ts';
import { observeStep } from '../../../lib/rollout/decisions/transitions.ts';
import { type Rollout, weightOf } from '../../../lib/rollout/document/rollout.ts';
import type { Counts, Observation, Period } from '../../../lib/rollout/observation.ts';
import { planTowards } from '../../../lib/rollout/policy/plan.ts';
import { allWell, aRollout, atStep, decideOn, periodsUntil, T0 } from '../a-rollout.ts';

const adaptive = { canary: undefined, batches: undefined, settleSeconds: undefined, adaptive: {} } as const;

/** Ten requests a second in the last day, of which one in a thousand failed. */
const history = { counts: { invocations: 864_000, errors: 864 }, requestsPerSecond: 10 };

/** An adaptive rollout at a weight that it was given at T0, some time after its first traffic. */
function atWeight(weight: number, { passed = [10], before = 600 } = {}): Rollout {
  const start = aRollout(adaptive);
  const steps = [...passed, weight];
  const plan = steps.reduce((all, each, index) => [...planTowards(all, index, each)], [...start.plan]);
  const step = passed.length;
  const at = { ...atStep(0, adaptive), plan, step, history, seen: split('41', '42', weight) };
  return {
    ...at,
    passed: passed.map((each, index) => ({
      weight: each,
      from: T0 - before + index,
      until: T0,
      requests: { stable: counts(6, 6000), candidate: counts(0, 600) },
      countedSeconds: 600,
      verdict: 'passed',
    })),
  };
}

const counts = (errors: number, invocations: number): Counts => ({ errors, invocations });

const seeing = (rollout: Rollout, now: number, stable: Counts, candidate: Counts): Observation => ({
  ...allWell(rollout, now),
  periods: periodsUntil(now, stable, candidate),
});

/** The same look with counts of single minutes. */
const seeingMinutes = (rollout: Rollout, now: number, minutes: readonly Counts[]): Observation => ({
  ...allWell(rollout, now),
  periods: minutes.map((candidate, index): Period => ({ start: T0 + index * 60, stable: counts(0, 0), candidate })),
});

describe('an adaptive weight', () => {
  it('grows once two whole periods were seen and the budget allows it', () => {
    const rollout = atWeight(10);
    const healthy = (now: number) => decideOn(rollout, seeing(rollout, now, counts(1, 540), counts(0, 60)), now);
    expect(healthy(T0 + 120)).toMatchObject({
      kind: 'keepWatching',
      reason:
        '0 of 60 requests failed on 42 and 1 of 540 on 41; fewer than 2 whole periods of 60 s have been seen, so the step goes on',
    });
    expect(healthy(T0 + 180)).toEqual({
      kind: 'advance',
      step: 2,
      weight: 60,
      reason:
        '0 of 120 requests failed on 42 and 2 of 1080 on 41: 60 % for 125 s costs at most some 30 failed requests more',
    });
  });

  it('is looked at when the next period can be read', () => {
    const rollout = { ...atWeight(10), shiftedAt: T0 + 47 };
    const now = T0 + 50;
    expect(decideOn(rollout, seeing(rollout, now, counts(0, 0), counts(0, 0)), now)).toMatchObject({ waitSeconds: 10 });
  });

  it('is 10 % at the most in the first three lags', () => {
    const early = atWeight(2, { passed: [], before: 0 });
    const now = T0 + 240;
    expect(decideOn(early, seeing(early, now, counts(0, 588), counts(0, 12)), now)).toMatchObject({ weight: 10 });
    const atTen = atWeight(10, { passed: [], before: 0 });
    expect(decideOn(atTen, seeing(atTen, now, counts(0, 540), counts(0, 60)), now)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('it is too early for much more of the traffic'),
    });
  });

  it('stays where more of the traffic could cost more than the budget', () => {
    const rollout = atWeight(10);
    const now = T0 + 180;
    expect(decideOn(rollout, seeing(rollout, now, counts(0, 5400), counts(6, 600)), now)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining(
        'more of the traffic could cost more than 30 failed requests before that is seen',
      ),
    });
  });

  it('stays while a few requests are waited for, and not for ever', () => {
    const rollout = { ...atWeight(10), history: null };
    const few = (now: number) => decideOn(rollout, seeing(rollout, now, counts(0, 9), counts(0, 0)), now);
    expect(few(T0 + 120)).toMatchObject({ kind: 'keepWatching' });
    expect(few(T0 + 180)).toMatchObject({ kind: 'advance' });
  });

  it('stays while the candidate is suspected', () => {
    const rollout = atWeight(10);
    const comparison = { held: [20, 0, 0, 0], staked: 0.5, suspicions: 1 };
    const trial = { ...rollout.trial, now: { ...rollout.trial.now, comparison } };
    const now = T0 + 180;
    expect(decideOn({ ...rollout, trial }, seeing(rollout, now, counts(0, 540), counts(0, 60)), now)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('42 seems to fail more often than 41'),
    });
  });

  it('stays below 100 % for ten minutes while being a little worse explains the requests better, and smaller ones do not', () => {
    const leaning = (weight: number) => {
      const rollout = atWeight(weight);
      const comparison = { held: [0.2, 0, 0, 0], staked: 0.4, suspicions: 0 };
      return { ...rollout, trial: { ...rollout.trial, now: { ...rollout.trial.now, comparison } } };
    };
    const look = (weight: number, now: number) =>
      decideOn(leaning(weight), seeing(leaning(weight), now, counts(0, 240), counts(0, 360)), now);
    expect(look(60, T0 + 599)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining(
        '42 may fail more often than 41, so both are compared a little longer before 42 gets everything',
      ),
    });
    expect(look(60, T0 + 600)).toMatchObject({ kind: 'advance', weight: 100 });
    expect(look(10, T0 + 180)).toMatchObject({ kind: 'advance', weight: 60 });
  });

  it('stays below 100 % while one of the streams speaks against the candidate', () => {
    const rollout = atWeight(60, {});
    const { evidence } = rollout.policy;
    const policy = {
      ...rollout.policy,
      evidence: { ...evidence, latency: { slowerThanMilliseconds: 800 } } as NonNullable<typeof evidence>,
    };
    const stream = {
      stake: { held: [0.2, 0, 0, 0], staked: 0.4, suspicions: 0 },
      counts: { stable: counts(2, 240), candidate: counts(9, 360) },
    };
    const trial = { ...rollout.trial, now: { ...rollout.trial.now, streams: { latency: stream } } };
    const now = T0 + 180;
    expect(
      decideOn({ ...rollout, policy, trial }, seeing(rollout, now, counts(0, 240), counts(0, 360)), now),
    ).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining(
        'took longer than 800 ms more often than those to 41 at the same time: 9 of 360 against 2 of 240',
      ),
    });
  });

  it('stays where failures that Lambda does not count could cost more than the budget', () => {
    const rollout = atWeight(10);
    const now = T0 + 180;
    const seen = seeing(rollout, now, counts(0, 5400), counts(0, 600));
    const failing = {
      stake: rollout.trial.now.comparison,
      counts: { stable: counts(0, 5400), candidate: counts(6, 600) },
    };
    const having = (name: string) => ({
      ...rollout,
      trial: { ...rollout.trial, now: { ...rollout.trial.now, streams: { [name]: failing } } },
    });
    expect(decideOn(rollout, seen, now)).toMatchObject({ kind: 'advance' });
    expect(decideOn(having('http-5xx'), seen, now)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('more of the traffic could cost more than 30 failed requests'),
    });
    expect(decideOn(having('latency'), seen, now)).toMatchObject({ kind: 'advance' });
  });

  it('is given up after the longest bake, as a step without evidence', () => {
    const rollout = atWeight(10);
    const now = T0 + 3600;
    const unread = { ...allWell(rollout, now), periods: null };
    expect(decideOn(rollout, unread, now - 60)).toMatchObject({ kind: 'keepWatching' });
    expect(decideOn(rollout, unread, now)).toMatchObject({
      kind: 'revert',
      reason: 'the requests to 42 could not be counted in 3600 s; nobody knows how they went',
    });
    expect(decideOn({ ...rollout, approval: 'approved' }, unread, now)).toMatchObject({ kind: 'advance', step: 2 });
  });

  it('leads the plan to the weight that was chosen, and everything after it', () => {
    const rollout = atWeight(2);
    const now = T0 + 240;
    const { rollout: next } = observeStep(rollout, [seeing(rollout, now, counts(0, 588), counts(0, 12))], now);
    expect(next.plan.map(({ weight }) => weight)).toEqual([10, 2, 20, 100]);
    expect(next).toMatchObject({ next: 'shift', wanted: split('41', '42', 20) });
  });
});

describe('a candidate at 100 %', () => {
  const rollout = atWeight(100, { passed: [10, 60] });

  it('is watched as long as it fails as usual', () => {
    const now = T0 + 300;
    expect(decideOn(rollout, seeing(rollout, now, counts(0, 0), counts(1, 600)), now)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('1500 s of the bake are left'),
    });
  });

  it('completes after half an hour', () => {
    const now = T0 + 1920;
    const observation = seeing(rollout, now, counts(0, 0), counts(1, 600));
    expect(decideOn(rollout, observation, now)).toMatchObject({ kind: 'complete' });
  });

  it('retreats to a small weight if one minute is unlike the last day', () => {
    const now = T0 + 600;
    const minutes = [...Array.from({ length: 8 }, () => counts(0, 600)), counts(60, 600)];
    expect(decideOn(rollout, seeingMinutes(rollout, now, minutes), now)).toEqual({
      kind: 'advance',
      step: 3,
      weight: 4,
      reason:
        '60 of 5400 requests failed on 42 at 100 %, more than is usual here: back to 4 %, where both versions can be compared',
    });
  });

  it('retreats also while it is held, and is not raised then', () => {
    const now = T0 + 240;
    const bad = { ...seeing(rollout, now, counts(0, 0), counts(60, 600)), hold: 'freeze' };
    const { rollout: next } = observeStep(rollout, [bad], now);
    expect(next.plan.map(({ weight }) => weight)).toEqual([10, 60, 100, 4, 100]);
    const retreated = { ...next, step: 3, shiftedAt: T0 + 240, seen: next.wanted };
    expect(weightOf(retreated)).toBe(4);
    const later = T0 + 900;
    const good = { ...seeing(retreated, later, counts(0, 576), counts(0, 24)), hold: 'freeze' };
    expect(decideOn(retreated, good, later)).toMatchObject({ kind: 'keepWatching', reason: 'held: freeze' });
  });

  it('is reverted if it fails there again and neither version failed beside the other', () => {
    const again = atWeight(100, { passed: [10, 60, 100, 4, 40] });
    const now = T0 + 180;
    expect(decideOn(again, seeing(again, now, counts(0, 0), counts(60, 600)), now)).toEqual({
      kind: 'revert',
      reason:
        '120 of 1200 requests failed on 42 at 100 %, more than is usual here, as once before, and neither version failed so at 40 %',
    });
  });

  it('retreats again if the stable version failed beside it too: an incident speaks against neither', () => {
    const after = atWeight(100, { passed: [10, 60, 100, 4] });
    const incident = { stable: counts(300, 6000), candidate: counts(12, 240) };
    const again = {
      ...after,
      passed: after.passed.map((step) => (step.weight === 4 ? { ...step, requests: incident } : step)),
    };
    const now = T0 + 180;
    expect(decideOn(again, seeing(again, now, counts(0, 0), counts(30, 600)), now)).toMatchObject({
      kind: 'keepWatching',
    });
    expect(decideOn(again, seeing(again, now, counts(0, 0), counts(90, 600)), now)).toMatchObject({ kind: 'advance' });
  });

  it('is held to the stable version of this rollout if nobody could read the last day', () => {
    const unread = { ...rollout, history: null };
    const now = T0 + 180;
    expect(decideOn(unread, seeing(unread, now, counts(0, 0), counts(1, 600)), now)).toMatchObject({
      kind: 'keepWatching',
    });
    expect(decideOn(unread, seeing(unread, now, counts(0, 0), counts(30, 600)), now)).toMatchObject({
      kind: 'advance',
      weight: expect.any(Number),
    });
  });

  it('retreats three times at most', () => {
    const often = atWeight(100, { passed: [10, 100, 5, 100, 5, 100, 5] });
    const now = T0 + 180;
    expect(decideOn(often, seeing(often, now, counts(0, 0), counts(30, 600)), now)).toMatchObject({
      kind: 'keepWatching',
    });
  });
});
