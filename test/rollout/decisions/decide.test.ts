import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import type { Observation } from '../../../lib/rollout/observation.ts';
import { MOST_LOOKS } from '../../../lib/rollout/pace.ts';
import { aliasShowing, allWell, aRollout, atStep, decideOn, periodsUntil, T0 } from '../a-rollout.ts';

const afterBake = T0 + 360;
const alarm = (state: Observation['alarms'][number]['state'], reason = '') => [
  { name: 'checkout-errors', state, reason, shape: null },
];

describe('while a step bakes', () => {
  const rollout = atStep(0);

  it('keeps watching, a metric period at a time', () => {
    expect(decideOn(rollout, allWell(rollout, T0 + 60), T0 + 60)).toMatchObject({
      kind: 'keepWatching',
      waitSeconds: 60,
    });
  });

  it('looks again at the very second at which the step can be judged', () => {
    expect(decideOn(rollout, allWell(rollout, T0 + 330), T0 + 330)).toMatchObject({
      kind: 'keepWatching',
      waitSeconds: 30,
    });
  });

  it('waits for the data of the bake, not for the clock alone', () => {
    expect(decideOn(rollout, allWell(rollout, T0 + 300), T0 + 300)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('waiting for the last of its data'),
    });
  });

  it('advances once the bake was seen, and says what it saw', () => {
    expect(decideOn(rollout, allWell(rollout, afterBake), afterBake)).toEqual({
      kind: 'advance',
      step: 1,
      reason:
        '300 s at 10 % passed and alarm checkout-errors is quiet; 0 of 300 requests failed on 42 against 0 of 2700',
    });
  });

  it('goes by the clock where the policy names no alarm and asks for no evidence', () => {
    const blind = atStep(0, { alarms: [] });
    expect(decideOn(blind, allWell(blind, T0 + 300), T0 + 300)).toMatchObject({ kind: 'advance' });
  });

  it('completes after the last step', () => {
    const last = atStep(3);
    expect(decideOn(last, allWell(last, T0 + 660), T0 + 660)).toMatchObject({ kind: 'complete' });
  });

  it('completes at once where the last step is not watched', () => {
    const last = atStep(3, { settleSeconds: 0 });
    expect(decideOn(last, allWell(last, T0), T0)).toMatchObject({ kind: 'complete' });
  });
});

describe('an alarm', () => {
  const rollout = atStep(1);

  it('in ALARM reverts, also in the middle of a bake', () => {
    const seen = { ...allWell(rollout, T0 + 60), alarms: alarm('ALARM', 'Threshold Crossed') };
    expect(decideOn(rollout, seen, T0 + 60)).toEqual({
      kind: 'revert',
      reason: 'alarm checkout-errors is in ALARM (Threshold Crossed)',
    });
  });

  it('that cannot be found is not OK', () => {
    const seen = { ...allWell(rollout, T0 + 60), alarms: alarm('missing') };
    expect(decideOn(rollout, seen, T0 + 60)).toMatchObject({
      kind: 'revert',
      reason: expect.stringContaining('cannot be found'),
    });
  });

  it('without data keeps the step from passing', () => {
    const seen = { ...allWell(rollout, afterBake), alarms: alarm('INSUFFICIENT_DATA') };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('has no data yet, which proves nothing'),
    });
  });

  it('that never has data reverts after an hour', () => {
    const seen = { ...allWell(rollout, T0 + 3600), alarms: alarm('INSUFFICIENT_DATA') };
    expect(decideOn(rollout, seen, T0 + 3600)).toMatchObject({ kind: 'revert' });
  });

  it('that fired before the rollout is ignored until it has been OK', () => {
    const fixing = { ...rollout, ignoredAlarms: ['checkout-errors'] };
    const seen = { ...allWell(fixing, afterBake), alarms: alarm('ALARM') };
    expect(decideOn(fixing, seen, afterBake)).toMatchObject({ kind: 'advance' });
  });

  it('decides also if the policy asks for evidence', () => {
    const evident = atStep(1, { evidence: {} });
    const seen = { ...allWell(evident, T0 + 60), alarms: alarm('ALARM') };
    expect(decideOn(evident, seen, T0 + 60)).toMatchObject({ kind: 'revert' });
  });
});

describe('no traffic', () => {
  const silence = periodsUntil(T0 + 7200, { invocations: 0, errors: 0 }, { invocations: 0, errors: 0 });

  it('proves nothing: a step with evidence goes on until enough requests to the candidate were observed', () => {
    const rollout = atStep(0, { evidence: { minimumInvocations: 20 } });
    const seen = { ...allWell(rollout, afterBake), periods: silence };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({
      kind: 'keepWatching',
      reason: expect.stringContaining('that proves too little, so the step goes on'),
    });
  });

  it.each([
    ['revert', { kind: 'revert' }],
    ['hold', { kind: 'askApproval', step: 1 }],
    ['proceed', { kind: 'advance', step: 1 }],
  ] as const)('for as long as it may ends in what the policy says: %s', (onNoEvidence, expected) => {
    const rollout = atStep(0, { evidence: { onNoEvidence, maximumBakeSeconds: 1800 } });
    const seen = { ...allWell(rollout, T0 + 1800), periods: silence };
    expect(decideOn(rollout, seen, T0 + 1800)).toMatchObject(expected);
  });

  it('and no evidence asked for: time and alarms decide, and the reason says that nothing is proven', () => {
    const rollout = atStep(0);
    expect(decideOn(rollout, { ...allWell(rollout, afterBake), periods: silence }, afterBake)).toMatchObject({
      kind: 'advance',
      reason: expect.stringContaining('so nothing is proven'),
    });
  });

  it('does not count what came before the weight was settled', () => {
    const rollout = { ...atStep(0, { evidence: { minimumInvocations: 1 } }), shiftedAt: T0 + 1 };
    const straddling = [
      { start: T0, stable: { invocations: 600, errors: 0 }, candidate: { invocations: 60, errors: 0 } },
    ];
    const seen = { ...allWell(rollout, afterBake), periods: straddling };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({ kind: 'keepWatching' });
  });
});

describe('a person', () => {
  const rollout = atStep(1);
  const at = T0 + 120;
  const seeing = (routing: ReturnType<typeof allTrafficTo>, description?: string) => ({
    ...allWell(rollout, at),
    alias: aliasShowing(rollout, routing, description),
  });

  it('who put the alias back ends the rollout as rolled back', () => {
    expect(decideOn(rollout, seeing(allTrafficTo('41')), at)).toEqual({
      kind: 'revert',
      reason: 'the alias was put back to 41 by hand',
    });
  });

  it('who promoted ends the rollout as promoted', () => {
    expect(decideOn(rollout, seeing(allTrafficTo('42')), at)).toMatchObject({ kind: 'complete' });
  });

  it('who gave exactly the next weight has skipped the bake', () => {
    expect(decideOn(rollout, seeing(split('41', '42', 70)), at)).toMatchObject({ kind: 'advance', step: 2 });
  });

  it.each([
    ['another weight', split('41', '42', 55)],
    ['an earlier weight', split('41', '42', 10)],
    ['a weight further on', split('41', '42', 100)],
    ['another version', allTrafficTo('39')],
    ['another candidate', split('41', '43', 40)],
  ])('who set %s wins, and the alias stays as they set it', (_, routing) => {
    expect(decideOn(rollout, seeing(routing), at)).toMatchObject({ kind: 'superseded' });
  });

  it('who gave a weight after the alias was put back has it stay, also the next one', () => {
    const told = describeEnd({
      did: 'reverted',
      from: '42',
      to: '41',
      reason: 'x',
      execution: 'deploy-7',
      startedAt: T0,
    });
    const alias = aliasShowing(rollout, split('41', '42', 70), told);
    expect(decideOn(rollout, { ...allWell(rollout, at), alias }, at)).toMatchObject({ kind: 'superseded' });
  });

  it('who put back the weight before, after more was written, has it stay', () => {
    const further = describeShift(
      { stable: '41', candidate: '42', weight: 70, execution: 'deploy-7', startedAt: T0 },
      { number: 3, of: 4 },
    );
    const alias = aliasShowing(rollout, rollout.seen, further);
    expect(decideOn(rollout, { ...allWell(rollout, at), alias }, at)).toMatchObject({ kind: 'superseded' });
  });

  it('who removed the alias wins as well', () => {
    expect(decideOn(rollout, { ...allWell(rollout, at), alias: null }, at)).toMatchObject({ kind: 'superseded' });
  });

  it('who changed nothing but the description changed nothing', () => {
    expect(decideOn(rollout, seeing(rollout.seen, 'our production alias'), at)).toMatchObject({ kind: 'keepWatching' });
  });

  it('who holds the rollout keeps it where it is, whatever the bake says', () => {
    const seen = { ...allWell(rollout, afterBake), hold: 'black friday' };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({
      kind: 'keepWatching',
      reason: 'held: black friday',
    });
  });

  it('who holds the rollout does not keep an alarm from reverting it', () => {
    const seen = { ...allWell(rollout, at), hold: 'black friday', alarms: alarm('ALARM') };
    expect(decideOn(rollout, seen, at)).toMatchObject({ kind: 'revert' });
  });
});

describe('a read that is out of date', () => {
  const rollout = atStep(1);
  const at = T0 + 120;
  const earlier = { stable: '41', candidate: '42', weight: 10, execution: 'deploy-7', startedAt: T0 };
  const older = { stable: '41', candidate: '40', weight: 30, execution: 'deploy-6', startedAt: T0 - 600 };

  it.each([
    ['an earlier step of this rollout', split('41', '42', 10), describeShift(earlier, { number: 1, of: 4 })],
    ['the rollout that this one superseded', split('41', '40', 30), describeShift(older, { number: 2, of: 4 })],
  ])("shows %s, and is nobody's hand", (_, routing, description) => {
    const alias = aliasShowing(rollout, routing, description);
    expect(decideOn(rollout, { ...allWell(rollout, at), alias }, at)).toMatchObject({ kind: 'keepWatching' });
  });
});

describe('another rollout', () => {
  const rollout = atStep(1);
  const other = { stable: '41', candidate: '43', weight: 10, execution: 'deploy-8', startedAt: T0 + 60 };

  it('that took the alias over supersedes this one', () => {
    const alias = aliasShowing(rollout, split('41', '43', 10), describeShift(other, { number: 1, of: 4 }));
    expect(decideOn(rollout, { ...allWell(rollout, T0 + 120), alias }, T0 + 120)).toMatchObject({
      kind: 'superseded',
      reason: 'execution deploy-8 has taken the alias over',
    });
  });

  it('that took over and was reverted since supersedes this one too', () => {
    const told = describeEnd({
      did: 'reverted',
      from: '43',
      to: '41',
      reason: 'x',
      execution: 'deploy-8',
      startedAt: 1_767_225_600,
    });
    const alias = aliasShowing(rollout, allTrafficTo('41'), told);
    expect(decideOn(rollout, { ...allWell(rollout, T0 + 120), alias }, T0 + 120)).toMatchObject({ kind: 'superseded' });
  });

  it('that wrote the very same weights is told apart by its name', () => {
    const same = describeShift({ ...other, candidate: '42', weight: 40 }, { number: 2, of: 4 });
    const alias = aliasShowing(rollout, rollout.seen, same);
    expect(decideOn(rollout, { ...allWell(rollout, T0 + 120), alias }, T0 + 120)).toMatchObject({ kind: 'superseded' });
  });
});

it('gives the reason of the fast path that put the alias back already', () => {
  const rollout = atStep(1);
  const told = describeEnd({
    did: 'reverted',
    from: '42',
    to: '41',
    reason: 'alarm a went to ALARM',
    execution: 'deploy-7',
    startedAt: 1_767_225_600,
  });
  const alias = aliasShowing(rollout, allTrafficTo('41'), told);
  expect(decideOn(rollout, { ...allWell(rollout, T0 + 90), alias }, T0 + 90)).toEqual({
    kind: 'revert',
    reason: 'alarm a went to ALARM',
  });
});

describe('an approval', () => {
  const manual = { batches: { count: 3, intervalSeconds: 300, approval: 'manual' as const } };

  it('is asked for before the weight is given', () => {
    const rollout = atStep(0, manual);
    expect(decideOn(rollout, allWell(rollout, afterBake), afterBake)).toMatchObject({ kind: 'askApproval', step: 1 });
  });

  it('lets the step go on', () => {
    const rollout = { ...atStep(0, manual), approval: 'approved' as const, answer: { by: 'ada' } };
    expect(decideOn(rollout, allWell(rollout, afterBake), afterBake)).toMatchObject({
      kind: 'advance',
      step: 1,
      reason: expect.stringContaining('approved by ada'),
    });
  });

  it('does not overrule an alarm that fired meanwhile', () => {
    const rollout = { ...atStep(0, manual), approval: 'approved' as const };
    const seen = { ...allWell(rollout, afterBake), alarms: alarm('ALARM') };
    expect(decideOn(rollout, seen, afterBake)).toMatchObject({ kind: 'revert' });
  });

  it('that is refused reverts, with who refused and why', () => {
    const rollout = { ...atStep(0, manual), approval: 'rejected' as const, answer: { by: 'ada', comment: 'too slow' } };
    expect(decideOn(rollout, allWell(rollout, afterBake), afterBake)).toEqual({
      kind: 'revert',
      reason: 'approval was rejected by ada: too slow',
    });
  });

  it('that nobody gives in time reverts, or is asked for again where the policy holds', () => {
    const late = { ...atStep(0, manual), approval: 'timedOut' as const };
    expect(decideOn(late, allWell(late, afterBake), afterBake)).toMatchObject({ kind: 'revert' });
    const holding = { ...atStep(0, { ...manual, onApprovalTimeout: 'hold' }), approval: 'timedOut' as const };
    expect(decideOn(holding, allWell(holding, afterBake), afterBake)).toMatchObject({ kind: 'askApproval', step: 1 });
  });

  it('before the first traffic is given the first step', () => {
    const rollout = {
      ...aRollout({
        canary: undefined,
        batches: undefined,
        steps: [{ weight: 10, bakeSeconds: 60, approval: 'manual' }],
      }),
      approval: 'approved' as const,
    };
    expect(decideOn(rollout, allWell(rollout, T0), T0)).toMatchObject({ kind: 'advance', step: 0 });
  });
});

describe('whatever is observed', () => {
  const observation = fc.record({
    state: fc.constantFrom('OK', 'ALARM', 'INSUFFICIENT_DATA', 'missing' as const),
    hold: fc.option(fc.string(), { nil: null }),
    routing: fc.constantFrom(
      allTrafficTo('41'),
      allTrafficTo('42'),
      split('41', '42', 10),
      split('41', '42', 40),
      split('41', '42', 70),
      split('41', '42', 100),
      split('41', '43', 40),
      allTrafficTo('39'),
    ),
    invocations: fc.nat(2000),
    seconds: fc.nat(8000),
    step: fc.integer({ min: 0, max: 3 }),
    evidence: fc.boolean(),
  });

  const decided = (drawn: typeof observation extends fc.Arbitrary<infer T> ? T : never) => {
    const rollout = atStep(drawn.step, drawn.evidence ? { evidence: {} } : {});
    const now = T0 + drawn.seconds;
    const counts = { invocations: drawn.invocations, errors: 0 };
    const seen: Observation = {
      ...allWell(rollout, now),
      alias: aliasShowing(rollout, drawn.routing),
      alarms: alarm(drawn.state as 'OK'),
      hold: drawn.hold,
      periods: periodsUntil(now, counts, counts),
    };
    return { rollout, decision: decideOn(rollout, seen, now) };
  };

  it('a decision has a reason, and a wait is a whole number of seconds', () => {
    fc.assert(
      fc.property(observation, (drawn) => {
        const { decision } = decided(drawn);
        expect(decision.reason.length).toBeGreaterThan(5);
        if (decision.kind === 'keepWatching') {
          expect(Number.isInteger(decision.waitSeconds)).toBe(true);
          expect(decision.waitSeconds).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('nothing goes on by itself while an alarm fires, has no data or is missing, or while it is held', () => {
    fc.assert(
      fc.property(observation, (drawn) => {
        const { rollout, decision } = decided(drawn);
        const byHand = decision.reason.includes('by hand');
        const onwards = decision.kind === 'advance' || decision.kind === 'complete';
        const unwatched = rollout.plan[rollout.step]?.bakeSeconds === 0;
        if (onwards && !byHand && !unwatched) {
          expect(drawn.state).toBe('OK');
          expect(drawn.hold).toBeNull();
        }
      }),
    );
  });

  it('a rollout never advances by more than one step', () => {
    fc.assert(
      fc.property(observation, (drawn) => {
        const { rollout, decision } = decided(drawn);
        if (decision.kind === 'advance') expect(decision.step).toBe(rollout.step + 1);
      }),
    );
  });
});

it('ends by itself before the history of its execution is full', () => {
  const rollout = { ...atStep(0), observations: MOST_LOOKS };
  expect(decideOn(rollout, { ...allWell(rollout, T0 + 60), hold: 'for ever' }, T0 + 60)).toMatchObject({
    kind: 'revert',
  });
});

describe('an alarm that fired at this step and has recovered', () => {
  const rollout = atStep(1);
  const fired = { at: T0 + 100, reason: 'Threshold Crossed' };
  const observation = (now: number): Observation => ({
    ...allWell(rollout, now),
    alarms: [{ name: 'checkout-errors', state: 'OK', reason: '', shape: null, fired }],
  });

  it('takes the candidate back: its event was lost', () => {
    expect(decideOn(rollout, observation(T0 + 200), T0 + 200)).toEqual({
      kind: 'revert',
      reason:
        'alarm checkout-errors was in ALARM from 2026-01-01T00:01:40.000Z on and has recovered since (Threshold Crossed)',
    });
  });

  it('does so also after a person has approved', () => {
    const approved: Rollout = { ...rollout, approval: 'approved' };
    expect(decideOn(approved, observation(T0 + 900), T0 + 900)).toMatchObject({ kind: 'revert' });
  });

  it('does not if it fired before the rollout already: its present state alone is judged', () => {
    const before: Rollout = { ...rollout, firedBefore: ['checkout-errors'] };
    expect(decideOn(before, observation(T0 + 200), T0 + 200)).toMatchObject({ kind: 'keepWatching' });
  });
});
