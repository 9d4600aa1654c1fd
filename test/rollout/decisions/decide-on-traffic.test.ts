import { describe, expect, it } from 'vitest';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import type { Observation, Period } from '../../../lib/rollout/observation.ts';
import type { PolicyInput } from '../../../lib/rollout/policy/policy.ts';
import { allWell, atStep, decideOn, periodsUntil, T0 } from '../a-rollout.ts';

const afterBake = T0 + 360;
const none = { invocations: 0, errors: 0 };
const failing = (errors: number, invocations: number) => ({ invocations, errors });

const seeing = (
  rollout: Rollout,
  now: number,
  stable: Period['stable'],
  candidate: Period['candidate'],
): Observation => ({
  ...allWell(rollout, now),
  periods: periodsUntil(now, stable, candidate),
});

/** A step with five minutes of ten requests a second behind it. */
const passed = (weight: number, requests = 3000) => ({
  weight,
  from: T0 - 300,
  until: T0,
  requests: { stable: failing(3, requests), candidate: none },
  countedSeconds: 300,
  verdict: 'passed',
});

describe('a candidate that cannot be invoked', () => {
  it.each([0, 1, 2])('is reverted at step %d, although the alarm is quiet and nobody asked for evidence', (step) => {
    const rollout = atStep(step);
    const weight = rollout.plan[step]?.weight;
    expect(decideOn(rollout, seeing(rollout, afterBake, failing(0, 540), none), afterBake)).toEqual({
      kind: 'revert',
      reason: `2,700 requests came at ${weight} %, none reached 42: it cannot be invoked`,
    });
  });

  it('is reverted in the middle of a bake, during a hold, and after an approval', () => {
    const rollout = { ...atStep(0), approval: 'approved' as const };
    const seen = { ...seeing(rollout, T0 + 240, failing(0, 540), none), hold: 'freeze' };
    expect(decideOn(rollout, seen, T0 + 240)).toMatchObject({ kind: 'revert' });
  });

  it('is reverted if it lost that in the middle of a step', () => {
    const rollout = atStep(1);
    const half = [
      ...periodsUntil(T0 + 240, failing(0, 324), failing(0, 216)),
      ...periodsUntil(afterBake, failing(0, 324), none).slice(3),
    ];
    expect(decideOn(rollout, { ...allWell(rollout, afterBake), periods: half }, afterBake)).toMatchObject({
      kind: 'revert',
      reason: '2,268 requests came at 40 %, only 648 reached 42 and not some 907: it cannot be invoked all the time',
    });
  });

  it('is reverted at 100 % if nothing comes after steps with traffic', () => {
    const rollout = { ...atStep(3), passed: [passed(10), passed(40), passed(70)] };
    const seen = seeing(rollout, T0 + 660, none, none);
    expect(decideOn(rollout, seen, T0 + 660)).toEqual({
      kind: 'revert',
      reason: 'requests came at every step before, and none in 540 s at 100 %: 42 cannot be invoked',
    });
  });

  it('is reverted at 100 % if its requests stop while it settles', () => {
    const rollout = atStep(3);
    const seen = { ...seeing(rollout, T0 + 660, none, none), periods: periodsUntil(T0 + 300, none, failing(0, 600)) };
    expect(decideOn(rollout, seen, T0 + 660)).toMatchObject({ kind: 'revert' });
  });

  it('is not judged by requests that came while the new weight was still being made known', () => {
    const rollout = { ...atStep(0), shiftedAt: T0 + 55 };
    const oneMinute = [{ start: T0 + 60, stable: failing(0, 540), candidate: none }];
    const seen = { ...allWell(rollout, T0 + 180), periods: oneMinute };
    expect(decideOn(rollout, seen, T0 + 180)).toMatchObject({ kind: 'keepWatching' });
    expect(decideOn({ ...rollout, shiftedAt: T0 + 49 }, seen, T0 + 180)).toMatchObject({ kind: 'revert' });
  });
});

describe('real silence', () => {
  it.each([0, 1, 2, 3])('of both versions at step %d ends nothing', (step) => {
    const rollout = atStep(step);
    expect(decideOn(rollout, seeing(rollout, T0 + 660, none, none), T0 + 660).kind).toMatch(/^(advance|complete)$/);
  });

  it('that began before 100 % is not the fault of the candidate', () => {
    const rollout = { ...atStep(3), passed: [passed(10), passed(40), passed(70, 0)] };
    expect(decideOn(rollout, seeing(rollout, T0 + 660, none, none), T0 + 660)).toMatchObject({ kind: 'complete' });
  });

  it('is not made of periods that were not asked for yet', () => {
    const rollout = { ...atStep(3), passed: [passed(10)] };
    const seen = { ...seeing(rollout, T0 + 660, none, none), countedUntil: T0 };
    expect(decideOn(rollout, seen, T0 + 660)).toMatchObject({ kind: 'complete' });
  });
});

it('a starved stable version is told, for a revert would lead to it', () => {
  const rollout = atStep(0);
  expect(decideOn(rollout, seeing(rollout, afterBake, none, failing(0, 60)), afterBake)).toMatchObject({
    kind: 'advance',
    reason: expect.stringContaining('only 0 of 300 requests reached 41 and not some 270'),
  });
});

describe('evidence', () => {
  const evidence = { minimumInvocations: 5, maximumBakeSeconds: 3600 };

  it('is asked for also of a step that is not watched otherwise', () => {
    const policy: Partial<PolicyInput> = { canary: { weight: 10, bakeSeconds: 0 }, evidence, alarms: [] };
    const rollout = atStep(0, policy);
    expect(decideOn(rollout, seeing(rollout, T0, none, none), T0)).toMatchObject({ kind: 'keepWatching' });
    expect(decideOn(rollout, seeing(rollout, T0 + 3600, none, none), T0 + 3600)).toMatchObject({ kind: 'revert' });
    expect(decideOn(rollout, allWell(rollout, T0 + 180), T0 + 180)).toMatchObject({ kind: 'advance' });
  });

  it('is not given by a candidate that fails more than the stable version at the same time', () => {
    const rollout = atStep(0, { evidence });
    const seen = seeing(rollout, afterBake, failing(0, 9), failing(1, 1));
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({
      kind: 'keepWatching',
      reason:
        '5 of 5 requests failed on 42 at 10 %, more than the 0 of 45 on 41: that proves too little, so the step goes on',
    });
  });

  it.each([
    ['revert', { kind: 'revert' }],
    ['hold', { kind: 'askApproval' }],
    ['proceed', { kind: 'advance' }],
  ] as const)(
    'that stays away because the candidate fails ends in what the policy says: %s',
    (onNoEvidence, expected) => {
      const rollout = atStep(0, { evidence: { ...evidence, onNoEvidence } });
      const seen = seeing(rollout, T0 + 3600, failing(0, 540), failing(30, 60));
      expect(decideOn(rollout, seen, T0 + 3600)).toMatchObject(expected);
    },
  );

  it('is given by a candidate that fails as often as the stable version', () => {
    const rollout = atStep(0, { evidence });
    const seen = seeing(rollout, afterBake, failing(27, 540), failing(3, 60));
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({ kind: 'advance' });
  });

  it('at 100 % is compared with the stable version in the steps before', () => {
    const rollout = { ...atStep(3, { evidence }), passed: [passed(10), passed(40)] };
    const at = (errors: number) => decideOn(rollout, seeing(rollout, T0 + 660, none, failing(errors, 600)), T0 + 660);
    expect(at(6)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('more than the 6 of 6000 on 41 in the steps before'),
    });
    expect(at(0)).toMatchObject({ kind: 'complete' });
  });
});

describe('counts that cannot be read', () => {
  it('change nothing but the words if nobody asked for evidence', () => {
    const rollout = atStep(0);
    const seen = { ...allWell(rollout, afterBake), periods: null };
    expect(decideOn(rollout, seen, afterBake)).toEqual({
      kind: 'advance',
      step: 1,
      reason:
        '300 s at 10 % passed and alarm checkout-errors is quiet; the requests could not be counted, so they prove nothing',
    });
  });

  it('prolong a step that must prove itself, until the policy decides', () => {
    const rollout = atStep(0, { evidence: { maximumBakeSeconds: 1800 } });
    const seen = { ...allWell(rollout, afterBake), periods: null };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({ kind: 'keepWatching' });
    expect(decideOn(rollout, seen, T0 + 1800)).toEqual({
      kind: 'revert',
      reason: 'the requests to 42 at 10 % could not be counted in 1800 s',
    });
  });
});

describe('a candidate that loses its state', () => {
  const inState = (state: string, at: number) => {
    const rollout = atStep(0);
    const seen = { ...allWell(rollout, at), candidateState: { state, stateReason: 'the reason' } };
    return decideOn(rollout, seen, at);
  };

  it.each(['Failed', 'Deactivating', 'Deactivated', 'ActiveNonInvocable', 'Deleting', 'SomethingNew'])(
    'for good is reverted at once: %s',
    (state) => {
      expect(inState(state, T0 + 60)).toEqual({
        kind: 'revert',
        reason: `version 42 is ${state} (the reason): it cannot be invoked`,
      });
    },
  );

  it.each(['Pending', 'Inactive'])('for a time does not pass the step meanwhile: %s', (state) => {
    expect(inState(state, afterBake)).toMatchObject({
      kind: 'keepWatching',
      reason: `version 42 is ${state} (the reason), so the step goes on`,
    });
    expect(inState(state, T0 + 3600)).toMatchObject({ kind: 'revert' });
  });

  it('says nothing if the state cannot be read or Lambda names none', () => {
    const rollout = atStep(0);
    const seen = { ...allWell(rollout, afterBake), candidateState: null };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({ kind: 'advance' });
    expect(inState('Unknown', afterBake)).toMatchObject({ kind: 'advance' });
  });
});
