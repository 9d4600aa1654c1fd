import { describe, expect, it } from 'vitest';
import { oneMinute, twoOfThreeMinutes } from '../../lib/rollout/alarm-shape.ts';
import { alarmsInWords, remarksOnAlarms } from '../../lib/rollout/alarms-in-words.ts';
import { withAnswer } from '../../lib/rollout/decisions/approval.ts';
import { preflight } from '../../lib/rollout/decisions/preflight.ts';
import { observeStep } from '../../lib/rollout/decisions/transitions.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { type AlarmObservation, cloudWatchTiming, type VersionCounts } from '../../lib/rollout/observation.ts';
import { allWell, aRollout, atStep, T0 } from './a-rollout.ts';

const alarm = (state: AlarmObservation['state'], more: Partial<AlarmObservation> = {}): AlarmObservation => ({
  name: 'checkout-errors',
  state,
  reason: '',
  shape: twoOfThreeMinutes,
  ...more,
});

const ignoring = (step: number): Rollout => ({
  ...atStep(step, { alarmsAlreadyFiring: 'ignore' }),
  ignoredAlarms: ['checkout-errors'],
  firedBefore: ['checkout-errors'],
});

/** A look at a rollout whose alarm is in a state. */
const look = (rollout: Rollout, state: AlarmObservation['state'], now: number, counts?: VersionCounts): Rollout => {
  const seen = { ...allWell(rollout, now), alarms: [alarm(state)] };
  return observeStep(rollout, [counts ? { ...seen, periods: [{ start: T0, ...counts }] } : seen], now).rollout;
};

describe('an alarm that fired before the rollout', () => {
  it('stays ignored while it has no data, and fires again without taking anything back', () => {
    const silent = look(ignoring(0), 'INSUFFICIENT_DATA', T0 + 60);
    expect(silent.ignoredAlarms).toEqual(['checkout-errors']);
    expect(look(silent, 'ALARM', T0 + 120).next).toBe('bake');
  });

  it('is taken seriously once a look has seen it OK', () => {
    const recovered = look(ignoring(0), 'OK', T0 + 60);
    expect(recovered.ignoredAlarms).toEqual([]);
    expect(look(recovered, 'ALARM', T0 + 120).next).toBe('revert');
  });

  it('is ignored again if it fires while the stable version fails and the candidate does not', () => {
    const recovered = look(ignoring(0), 'OK', T0 + 60);
    const counts = (candidateErrors: number, stableErrors: number) => ({
      candidate: { invocations: 60, errors: candidateErrors },
      stable: { invocations: 100, errors: stableErrors },
    });
    const next = (candidate: number, stable: number) =>
      look(recovered, 'ALARM', T0 + 120, counts(candidate, stable)).next;
    expect([next(0, 6), next(1, 6), next(0, 5)]).toEqual(['bake', 'revert', 'revert']);
    const served = { candidate: { invocations: 0, errors: 0 }, stable: { invocations: 100, errors: 50 } };
    expect(look(recovered, 'ALARM', T0 + 120, served).next).toBe('revert');
  });

  it('is not forgotten while the start waits and the alarm loses its data', () => {
    const version = (number: string) => ({
      version: number,
      state: 'Active',
      stateReason: '',
      role: 'r',
      deadLetterTarget: '',
    });
    const at = (rollout: Rollout, state: AlarmObservation['state'], hold: string | null) =>
      preflight(
        rollout,
        {
          alias: { functionVersion: '41', additionalVersionWeights: {}, description: '', revisionId: 'r1' },
          stable: version('41'),
          candidate: version('42'),
          alarms: [alarm(state)],
          hold,
          provisionedConcurrency: false,
          stackStatus: null,
        },
        T0,
      ).rollout;
    const held = at(aRollout({ alarmsAlreadyFiring: 'ignore' }), 'ALARM', 'wait');
    expect(at(held, 'INSUFFICIENT_DATA', null)).toMatchObject({ next: 'shift', ignoredAlarms: ['checkout-errors'] });
    expect(at(held, 'OK', null)).toMatchObject({ next: 'shift', ignoredAlarms: [] });
  });
});

describe('an ignored alarm that still fires at 100 %', () => {
  const last = ignoring(3);
  const afterSettling = T0 + 660;

  it('promotes nothing without a person', () => {
    const asked = look(last, 'ALARM', afterSettling);
    expect(asked).toMatchObject({ next: 'awaitApproval', approval: 'asked' });
    expect(asked.reason).toContain('alarm checkout-errors is ignored and firing since before the rollout');
    expect(asked.reason).toContain('still fires although it sees 42 alone');
  });

  it('is promoted if the person says so', () => {
    const asked = look(last, 'ALARM', afterSettling);
    const approved = { ...asked, answer: { by: 'ada' } };
    expect(withAnswer(approved, afterSettling + 60).rollout.approval).toBe('approved');
    expect(look(approved, 'ALARM', afterSettling + 60).next).toBe('promote');
  });

  it('is reverted if nobody answers, or asked about again if the policy holds', () => {
    const asked = look(last, 'ALARM', afterSettling);
    const timedOut = { ...asked, error: { Error: 'States.Timeout' } };
    expect(look(timedOut, 'ALARM', afterSettling + 1800).next).toBe('revert');
    const holding = { ...timedOut, policy: { ...timedOut.policy, onApprovalTimeout: 'hold' as const } };
    expect(look(holding, 'ALARM', afterSettling + 1800).next).toBe('awaitApproval');
  });

  it('is promoted once it is OK', () => {
    expect(look(last, 'OK', afterSettling).next).toBe('promote');
  });

  it('gets the time to see the candidate alone, even if the policy does not watch 100 %', () => {
    const unwatched = { ...last, plan: last.plan.map((step) => ({ ...step, bakeSeconds: 0 })) };
    expect(look(unwatched, 'ALARM', T0 + 299)).toMatchObject({ next: 'bake' });
    expect(look(unwatched, 'ALARM', T0 + 300)).toMatchObject({ next: 'awaitApproval' });
  });
});

describe('a verdict', () => {
  const rollout = { ...atStep(0), ignoredAlarms: ['b', 'c'] };

  it('says of each alarm what it is', () => {
    const alarms = [
      alarm('OK', { name: 'a' }),
      alarm('ALARM', { name: 'b' }),
      alarm('INSUFFICIENT_DATA', { name: 'c' }),
      alarm('INSUFFICIENT_DATA', { name: 'd' }),
      alarm('OK', { name: 'e', shape: { ...oneMinute, version: '40' } }),
      alarm('OK', { name: 'f', shape: { ...oneMinute, version: '42' } }),
    ];
    expect(alarmsInWords(rollout, alarms)).toBe(
      'alarm b is ignored and firing since before the rollout, alarm c is ignored since before the rollout and without data, alarm d is without data, alarm e is quiet but watching 40 alone, not 42, alarms a and f are quiet',
    );
    expect(alarmsInWords(rollout, [])).toBe('no alarm is named');
  });

  it('stays short if there are many alarms with long names', () => {
    const alarms = Array.from({ length: 100 }, (_, index) => alarm('OK', { name: `${index}${'x'.repeat(250)}` }));
    const words = alarmsInWords(rollout, alarms);
    expect(words).toContain('and 96 more are quiet');
    expect(words.length).toBeLessThan(400);
  });

  it('says which alarm a step waits for, and for how long', () => {
    const slow = alarm('OK', { shape: { ...oneMinute, evaluationPeriods: 15, datapointsToAlarm: 15 } });
    const short = atStep(0, { canary: { weight: 10, bakeSeconds: 60 } });
    const seen = { ...allWell(short, T0 + 900), alarms: [slow] };
    expect(observeStep(short, [seen], T0 + 900).rollout).toMatchObject({
      next: 'bake',
      waitSeconds: 60,
      reason:
        'the bake is over; waiting for the last of its data: alarm checkout-errors fires on 15 of 15 minutes, so it could not have fired for another 120 s',
    });
  });
});

describe('what preflight remarks', () => {
  const remarks = (...alarms: AlarmObservation[]) => remarksOnAlarms(aRollout(), alarms, cloudWatchTiming);

  it('is nothing about alarms that fit into the shortest step', () => {
    expect(remarks(alarm('OK'))).toEqual([]);
  });

  it('is which alarm needs longer than the shortest step, and how long', () => {
    const shape = { ...oneMinute, periodSeconds: 300, evaluationPeriods: 3, datapointsToAlarm: 2 };
    expect(remarks(alarm('OK', { shape }))).toEqual([
      'alarm checkout-errors fires on 2 of 3 periods of 300 s, which takes up to 1020 s; a step of 300 s lasts until then',
    ]);
  });

  it('is which alarm watches another version, and which has no period', () => {
    expect(remarks(alarm('OK', { shape: { ...oneMinute, version: '41' } }), alarm('OK', { shape: null }))).toEqual([
      'alarm checkout-errors watches version 41 alone, so it says nothing of 42',
      'alarm checkout-errors does not tell its period, so it is taken to fire after one bad minute',
    ]);
  });
});
