import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { withAnswer } from '../../../lib/rollout/decisions/approval.ts';
import { observeStep, promoted, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { quiet, withEvent } from '../../../lib/rollout/document/change.ts';
import { type Rollout, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming, type Observation } from '../../../lib/rollout/observation.ts';
import { aliasShowing, allWell, aRollout, atStep, T0 } from '../a-rollout.ts';

const observe = (rollout: Rollout, now: number, hold: string | null = null) =>
  observeStep(rollout, [{ ...allWell(rollout, now), hold }], now).rollout;

describe('a rollout that goes on', () => {
  it('bakes for a whole interval after a shift', () => {
    expect(atStep(0)).toMatchObject({ next: 'bake', waitSeconds: 60, step: 0, seen: split('41', '42', 10) });
  });

  it('does not wait at a step that is not watched', () => {
    expect(atStep(3, { settleSeconds: 0 })).toMatchObject({ next: 'bake', waitSeconds: 0 });
  });

  it('wants the next weight when it advances, and everything when it completes', () => {
    expect(observe(atStep(0), T0 + 360)).toMatchObject({ next: 'shift', wanted: split('41', '42', 40) });
    expect(observe(atStep(3), T0 + 660)).toMatchObject({ next: 'promote', wanted: allTrafficTo('42') });
  });

  it('has seen what it wanted when it is promoted', () => {
    const { rollout, events } = promoted(observe(atStep(3), T0 + 660), T0 + 660);
    expect(rollout).toMatchObject({ next: 'promoted', seen: allTrafficTo('42') });
    expect(events).toMatchObject([{ event: 'promoted', weight: 100 }]);
  });

  it('keeps what a step saw, from when to when it was taken, and why it ended', () => {
    const seen = observe(atStep(0), T0 + 360);
    expect(seen.current.candidate.invocations).toBe(300);
    expect(shifted(seen, cloudWatchTiming, T0 + 360).rollout).toMatchObject({
      passed: [
        {
          weight: 10,
          from: T0,
          until: T0 + 360,
          requests: { candidate: { invocations: 300 } },
          verdict: expect.stringContaining('300 s at 10 % passed'),
        },
      ],
      current: { candidate: { invocations: 0 } },
    });
  });

  it('tells once when it is held and once when it is resumed', () => {
    const held = observe(observe(atStep(0), T0 + 360, 'freeze'), T0 + 420, 'freeze');
    const resumed = observe(held, T0 + 480);
    expect(resumed.journal.map((entry) => entry.event)).toEqual(['shifted', 'held', 'resumed']);
  });

  it('forgets an ignored alarm once it has been OK', () => {
    const fixing = { ...atStep(0), ignoredAlarms: ['checkout-errors'] };
    expect(observe(fixing, T0 + 60).ignoredAlarms).toEqual([]);
  });
});

describe('a look at a rollout', () => {
  const eventsOf = (rollout: Rollout, changes: Partial<Observation>, now = T0 + 360) =>
    observeStep(rollout, [{ ...allWell(rollout, now), ...changes }], now).events;

  it('tells nothing if nothing happened', () => {
    expect(eventsOf(atStep(0), {})).toEqual([]);
  });

  it('tells an approval before what comes of it', () => {
    const asked: Rollout = { ...atStep(0), approval: 'asked', answer: { by: 'ada' } };
    expect(eventsOf(asked, { hold: 'freeze' })).toMatchObject([
      { event: 'approved', weight: 10, reason: 'approved by ada' },
      { event: 'held', weight: 10, reason: 'freeze' },
    ]);
  });

  it('tells of a request for an approval once, also if it times out and is repeated', () => {
    const manual = { batches: { count: 1, approval: 'manual' as const }, onApprovalTimeout: 'hold' as const };
    const rollout = atStep(0, manual);
    expect(eventsOf(rollout, {})).toMatchObject([{ event: 'approvalRequested', weight: 10 }]);
    expect(eventsOf({ ...rollout, approval: 'timedOut' }, {})).toEqual([]);
  });

  it('tells the weight that the candidate really has when it is superseded', () => {
    const rollout = atStep(1);
    const alias = aliasShowing(rollout, split('41', '42', 55));
    const { rollout: after, events } = observeStep(rollout, [{ ...allWell(rollout, T0 + 360), alias }], T0 + 360);
    expect(events).toMatchObject([{ event: 'superseded', weight: 55 }]);
    expect(after).toMatchObject({ next: 'superseded', reason: expect.stringContaining('42') });
    expect(after.journal.at(-1)).toEqual({ at: T0 + 360, event: 'superseded', weight: 55, reason: after.reason });
  });
});

describe('an approval', () => {
  const manual = { batches: { count: 3, approval: 'manual' as const } };
  const approved: Rollout = { ...atStep(0, manual), approval: 'approved', answer: { by: 'ada' } };

  it('is for one step: the next one asks again', () => {
    const given = observe(approved, T0 + 360);
    expect(given).toMatchObject({ next: 'shift', wanted: split('41', '42', 40) });
    const next = shifted(given, cloudWatchTiming, T0 + 360).rollout;
    expect(next).toMatchObject({ step: 1, approval: 'none', answer: null, error: null });
    expect(observe({ ...next, shiftedAt: T0 }, T0 + 660)).toMatchObject({ next: 'awaitApproval', approval: 'asked' });
  });

  it('outlasts a hold, for the step that it was given for', () => {
    const held = observe(approved, T0 + 360, 'stop');
    expect(held).toMatchObject({ next: 'bake', approval: 'approved' });
    const resumed = observe(held, T0 + 420);
    expect(resumed).toMatchObject({ next: 'shift' });
    expect(shifted(resumed, cloudWatchTiming, T0 + 420).rollout.approval).toBe('none');
  });

  it('that another request brought is gone when a request is made', () => {
    const asking = observe({ ...atStep(0, manual), answer: { by: 'ada' }, error: { Error: 'x' } }, T0 + 360);
    expect(asking).toMatchObject({ next: 'awaitApproval', approval: 'asked', answer: null, error: null });
  });
});

describe('an answer to an approval request', () => {
  const asked: Rollout = { ...aRollout(), approval: 'asked' };

  it('is a yes where the task succeeded', () => {
    const { rollout: answered, events } = withAnswer({ ...asked, answer: { by: 'ada', comment: 'go' } }, T0);
    expect(events).toMatchObject([{ event: 'approved', reason: 'approved by ada: go' }]);
    expect(answered.approvals).toMatchObject([{ by: 'ada', comment: 'go' }]);
    expect(answered.approval).toBe('approved');
    expect(answered.journal.at(-1)).toMatchObject({ event: 'approved', reason: 'approved by ada' });
  });

  it.each([
    ['sluice reject', { Error: 'ApprovalRejected', Cause: '{"by":"ada"}' }, 'rejected'],
    ['a failure without a name', { Error: null, Cause: null }, 'rejected'],
    ['the timeout of the task', { Error: 'States.Timeout', Cause: '' }, 'timedOut'],
    ['a request that could not be sent', { Error: 'AccessDeniedException', Cause: '{"errorMessage":"no"}' }, 'failed'],
  ] as const)('from %s is understood', (_, error, approval) => {
    expect(withAnswer({ ...asked, error }, T0).rollout.approval).toBe(approval);
  });

  it('is none if the alias was put back meanwhile, whichever release has put it back', () => {
    const error = { Error: 'AliasPutBack', Cause: 'alarm errors is in ALARM' };
    expect(withAnswer({ ...asked, error }, T0).rollout).toMatchObject({ approval: 'none', error: null, approvals: [] });
  });

  it('keeps of what its sender sent only texts', () => {
    const odd = { by: 7, comment: { text: 'go' }, more: 'x' };
    const answered = withAnswer({ ...asked, answer: odd }, T0).rollout;
    expect(answered).toMatchObject({ approval: 'approved', answer: {} });
    expect(answered.approvals).toEqual([{ at: T0, weight: 10, verdict: 'approved' }]);
    const empty = withAnswer({ ...asked, answer: { by: '', comment: '' } }, T0).rollout;
    expect(empty.approvals).toEqual([{ at: T0, weight: 10, verdict: 'approved' }]);
  });

  it('after the last step is an answer to 100 %, of which nothing is left to ask', () => {
    const last = { ...atStep(3), approval: 'asked' as const, answer: { by: 'ada' } };
    expect(withAnswer(last, T0).rollout.approvals).toEqual([{ at: T0, weight: 100, verdict: 'approved', by: 'ada' }]);
  });

  it('holds for one step: the next one that needs an approval is asked for again', () => {
    const policy = {
      canary: undefined,
      batches: undefined,
      settleSeconds: undefined,
      steps: [40, 60, 100].map((weight) => ({ weight, bakeSeconds: 60, approval: 'manual' as const })),
    };
    const approved = withAnswer({ ...atStep(0, policy), approval: 'asked', answer: { by: 'ada' } }, T0).rollout;
    const given = shifted({ ...approved, wanted: routingAt(approved, 1) }, cloudWatchTiming, T0).rollout;
    expect(given).toMatchObject({ step: 1, approval: 'none', answer: null });
    const { rollout: next } = observeStep(given, [allWell(given, T0 + 300)], T0 + 300);
    expect(next).toMatchObject({ next: 'awaitApproval', approval: 'asked', step: 1 });
  });

  it('costs the history of the execution two looks: the request and the look after it', () => {
    const policy = { batches: { count: 1, intervalSeconds: 60, approval: 'manual' as const } };
    const rollout = atStep(0, policy);
    const { rollout: after } = observeStep(rollout, [allWell(rollout, T0 + 600)], T0 + 600);
    expect(after).toMatchObject({ next: 'awaitApproval', observations: 2 });
  });

  it('is not looked for where nobody was asked', () => {
    const rollout = atStep(0);
    expect(withAnswer(rollout, T0)).toEqual(quiet(rollout));
  });
});

it('keeps its beginning and its latest entries when the story grows long', () => {
  let rollout = atStep(0);
  for (let index = 0; index < 1000; index++) {
    rollout = withEvent(quiet(rollout), T0 + index, index % 2 ? 'held' : 'resumed', 10, `entry ${index}`).rollout;
  }
  expect(rollout.journal).toHaveLength(200);
  expect(rollout.journal[0]?.event).toBe('shifted');
  expect(rollout.journal.at(-1)?.reason).toBe('entry 999');
  expect(JSON.stringify(rollout).length).toBeLessThan(100_000);
});

describe('the counts of a step', () => {
  const rollout = atStep(0);
  const looked = (at: number, until: number, before: Rollout = rollout) =>
    observeStep(before, [{ ...allWell(rollout, until), countedUntil: until - 60 }], at).rollout;

  it('are kept with the seconds that they were counted in', () => {
    expect(looked(T0 + 240, T0 + 240)).toMatchObject({
      current: { stable: { invocations: 1620 }, candidate: { invocations: 180 } },
      countedSeconds: 180,
    });
  });

  it('stay as they were known if they cannot be read', () => {
    const before = looked(T0 + 240, T0 + 240);
    const after = observeStep(before, [{ ...allWell(rollout, T0 + 300), periods: null }], T0 + 300).rollout;
    expect(after).toMatchObject({ next: 'bake', current: before.current, countedSeconds: 180 });
  });

  it('are not known if an answer shows fewer requests than one before it', () => {
    const before = looked(T0 + 300, T0 + 300);
    const after = looked(T0 + 360, T0 + 180, before);
    expect(after).toMatchObject({ current: before.current, countedSeconds: 240 });
    expect(after.reason).toContain('could not be counted');
  });

  it('may be forgotten by a step that is older than the memory of CloudWatch', () => {
    const before = { ...looked(T0 + 300, T0 + 300), policy: { ...rollout.policy, alarms: [] } };
    const sixteenDays = T0 + 16 * 24 * 3600;
    expect(looked(sixteenDays, T0 + 180, before).current.candidate.invocations).toBe(120);
  });
});
