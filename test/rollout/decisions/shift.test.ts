import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, type Routing, sameRouting, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift, endOf, ownerOf, writerOf } from '../../../lib/rollout/alias/description.ts';
import { given, ledOn, moveFor, notGiven, shiftAfterWrite, shiftOf } from '../../../lib/rollout/decisions/shift.ts';
import { observeStep, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { type Rollout, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { aliasShowing, allWell, aRollout, atStep, execution, T0 } from '../a-rollout.ts';
import { anAlias } from './arbitrary-alias.ts';

/** A rollout that is about to give the weight after the given step; -1 gives the first, 3 promotes. */
function shifting(step: number): Rollout {
  const rollout = step < 0 ? aRollout() : atStep(step);
  return step === 3
    ? { ...rollout, next: 'promote', wanted: allTrafficTo('42'), reason: 'all is well' }
    : { ...rollout, next: 'shift', wanted: routingAt(rollout, step + 1) };
}

const lastSeen = (rollout: Rollout): AliasState =>
  rollout.step < 0 ? { ...rollout.seen, description: '', revisionId: 'r' } : aliasShowing(rollout, rollout.seen);

/** The alias after the write that a rollout decides on. */
function written(rollout: Rollout): AliasState {
  const move = moveFor(rollout, { kind: 'write' });
  if (move.kind !== 'write') throw new Error('expected a write');
  return { ...move.to, description: move.description, revisionId: 'r2' };
}

const ours = { stable: '41', candidate: '42', execution: execution.name, startedAt: T0 };
const ended = (did: 'promoted' | 'reverted') =>
  describeEnd({ did, from: '42', to: '41', reason: 'alarm a', execution: execution.name, startedAt: T0 });

describe.each([-1, 0, 1, 2, 3])('the weight after step %i', (step) => {
  const rollout = shifting(step);

  it('is given to an alias that shows what was seen last', () => {
    expect(shiftOf(rollout, lastSeen(rollout))).toEqual({ kind: 'write' });
  });

  it('is written once: what was written is found again', () => {
    expect(shiftOf(rollout, written(rollout))).toEqual({ kind: 'done' });
  });

  it('names the execution and its start, whenever the step began', () => {
    const later = { ...rollout, shiftedAt: T0 + 900 };
    expect(writerOf(written(later))).toMatchObject({ execution: execution.name, startedAt: T0 });
  });

  it('is written also if a person gave exactly it, so that the alias names the rollout', () => {
    const byHand = { ...rollout.wanted, description: lastSeen(rollout).description, revisionId: 'r' };
    expect(shiftOf(rollout, byHand)).toEqual({ kind: 'write' });
  });

  it('is not given to an alias that is gone', () => {
    expect(shiftOf(rollout, null).kind).toBe('superseded');
  });
});

describe('what a person has given before the rollout could', () => {
  const step = atStep(1);
  const given = (routing: Routing): AliasState => ({ ...aliasShowing(step, routing), revisionId: 'given' });
  const found = (routing: Routing): Rollout =>
    observeStep(step, [{ ...allWell(step, T0 + 60), alias: given(routing) }], T0 + 60).rollout;
  const restored: AliasState = { ...aliasShowing(step, step.seen), revisionId: 'restored' };

  it.each<[string, Routing, Rollout['next']]>([
    ['the next weight', routingAt(step, 2), 'shift'],
    ['everything', allTrafficTo('42'), 'promote'],
  ])('is only confirmed: %s that was taken back since stays taken back', (_, routing, next) => {
    const rollout = found(routing);
    expect(rollout).toMatchObject({ next, found: true, revisions: { last: 'given' } });
    expect(shiftOf(rollout, given(routing))).toEqual({ kind: 'write' });
    expect(shiftOf(rollout, restored)).toMatchObject({ kind: 'superseded' });
  });

  it('is confirmed also if the read is out of date, for AWS refuses the write then', () => {
    const before = { ...aliasShowing(step, step.seen), revisionId: 'before' };
    const known: Rollout = { ...step, revisions: { last: 'before', left: [] } };
    const observation = { ...allWell(step, T0 + 60), alias: given(routingAt(step, 2)) };
    const { rollout } = observeStep(known, [observation], T0 + 60);
    expect(shiftOf(rollout, before)).toEqual({ kind: 'write' });
  });

  it('is forgotten with the next look and with the next weight', () => {
    const rollout = found(routingAt(step, 2));
    expect(shifted(rollout, cloudWatchTiming, T0 + 61).rollout.found).toBe(false);
    expect(observeStep(rollout, [allWell(step, T0 + 90)], T0 + 90).rollout.found).toBe(false);
  });
});

describe('the first weight', () => {
  const rollout = shifting(-1);

  it('waits for another look if the alias has changed since the last, or a later rollout has had it', () => {
    expect(shiftOf(rollout, { ...allTrafficTo('40'), description: '', revisionId: 'r' })).toMatchObject({
      kind: 'lookAgain',
    });
    const later = describeShift(
      { ...ours, execution: 'deploy-8', startedAt: T0 + 1, weight: 10 },
      { number: 1, of: 4 },
    );
    expect(shiftOf(rollout, aliasShowing(rollout, allTrafficTo('41'), later))).toMatchObject({ kind: 'lookAgain' });
  });

  it('is not given a second time if its answer was lost and somebody took it back', () => {
    expect(shiftOf(rollout, aliasShowing(rollout, allTrafficTo('41'), ended('reverted')))).toEqual({
      kind: 'revert',
      reason: 'alarm a',
    });
  });

  it('stays as a person set it who gave a weight after the alias was reverted', () => {
    const alias = aliasShowing(rollout, split('41', '42', 10), ended('reverted'));
    expect(shiftOf(rollout, alias)).toMatchObject({ kind: 'superseded' });
  });
});

describe('whatever the alias shows', () => {
  const steps = fc.integer({ min: -1, max: 3 });

  it('a weight is written only over what was seen, or what is wanted, or what is out of date', () => {
    fc.assert(
      fc.property(steps, anAlias, (step, alias) => {
        const rollout = shifting(step);
        if (shiftOf(rollout, alias).kind !== 'write') return;
        const writer = writerOf(alias);
        const outOfDate = writer !== undefined && writer.startedAt < T0;
        const owner = ownerOf(alias);
        const earlier =
          owner?.execution === execution.name &&
          rollout.plan.slice(0, Math.max(0, step)).some(({ weight }) => weight === owner.weight);
        expect(sameRouting(alias, rollout.seen) || sameRouting(alias, rollout.wanted) || outOfDate || earlier).toBe(
          true,
        );
      }),
    );
  });

  it('nothing is written over a rollout that started later', () => {
    fc.assert(
      fc.property(steps, anAlias, (step, alias) => {
        fc.pre((writerOf(alias)?.startedAt ?? 0) > T0);
        expect(['lookAgain', 'superseded']).toContain(shiftOf(shifting(step), alias).kind);
      }),
    );
  });

  it('it is taken for written only if it shows what is wanted and names this rollout', () => {
    fc.assert(
      fc.property(steps, anAlias, (step, alias) => {
        const rollout = shifting(step);
        if (shiftOf(rollout, alias).kind !== 'done') return;
        expect(sameRouting(alias, rollout.wanted)).toBe(true);
        expect(writerOf(alias)?.execution).toBe(execution.name);
      }),
    );
  });
});

describe('the document', () => {
  const now = T0 + 400;

  it('goes on to the bake of the next step, or to its end', () => {
    expect(given(shifting(0), cloudWatchTiming, now)).toMatchObject({
      rollout: { step: 1, next: 'bake', shiftedAt: now },
      events: [{ event: 'shifted', weight: 40, at: now }],
    });
    expect(given(shifting(3), cloudWatchTiming, now)).toMatchObject({
      rollout: { next: 'promoted' },
      events: [{ event: 'promoted', weight: 100, reason: 'all is well' }],
    });
  });

  it.each([
    [{ kind: 'lookAgain', reason: 'why' }, { next: 'preflight', reason: 'why' }, []],
    [{ kind: 'revert', reason: 'why' }, { next: 'revert', reason: 'why', wanted: allTrafficTo('41') }, []],
    [{ kind: 'promoted', reason: 'why' }, { next: 'promoted', reason: 'why' }, ['promoted']],
    [{ kind: 'superseded', reason: 'why' }, { next: 'superseded', reason: 'why' }, ['superseded']],
    [{ kind: 'write' }, { next: 'superseded', reason: expect.stringContaining('does not exist') }, ['superseded']],
  ] as const)('goes on after %j without a write', (decision, expected, events) => {
    const change = notGiven(shifting(1), decision, null, now);
    expect(change.rollout).toMatchObject(expected);
    expect(change.events.map(({ event }) => event)).toEqual(events);
  });

  it('tells the weight that the candidate really has when it was superseded', () => {
    const rollout = shifting(1);
    const change = notGiven(
      rollout,
      { kind: 'superseded', reason: 'x' },
      aliasShowing(rollout, split('41', '42', 55)),
      now,
    );
    expect(change.events).toMatchObject([{ weight: 55 }]);
  });
});

it('a promotion is described as one, and a step with its number and its weight', () => {
  expect(endOf(written(shifting(3)))).toMatchObject({ did: 'promoted', from: '41', to: '42', reason: 'all is well' });
  expect(written(shifting(0)).description).toContain('41 -> 42 at 40%, step 2/4, execution deploy-7');
});

describe('what the alias shows after an accepted write', () => {
  const first: Rollout = { ...aRollout(), next: 'shift', wanted: split('41', '42', 10) };
  const showing = (routing: Routing, revisionId: string) => ({
    ...aliasShowing(first, routing, 'live alias'),
    revisionId,
  });

  it('under a revision that was read before is out of date, and is written again', () => {
    const alias = showing(allTrafficTo('41'), 'r0');
    expect(shiftAfterWrite(first, alias, ['r0'])).toEqual({ kind: 'write' });
  });

  it.each<[what: string, routing: Routing, kind: string]>([
    ['the state before', allTrafficTo('41'), 'revert'],
    ['a promotion', allTrafficTo('42'), 'promoted'],
    ['other weights', split('41', '42', 37), 'superseded'],
  ])("under a new revision is a person's: %s", (_, routing, kind) => {
    expect(shiftAfterWrite(first, showing(routing, 'r2'), ['r0'])).toMatchObject({ kind });
  });
});

describe('an adaptive rollout that a command has led on to everything', () => {
  const policy = { canary: undefined, batches: undefined, settleSeconds: undefined, adaptive: {} };
  /** It was about to go on from a weight to another one that the evidence chose. */
  const choosing = (from: number, to: number): Rollout => {
    const start = atStep(0, policy);
    const last = start.plan.at(-1) as Rollout['plan'][number];
    const plan = [{ ...last, weight: from }, { ...last, weight: to }, ...(to < 100 ? [last] : [])];
    return { ...start, plan, next: 'shift', seen: split('41', '42', from), wanted: split('41', '42', to) };
  };
  const everything = (revisionId = 'r9'): AliasState => ({
    ...split('41', '42', 100),
    description: describeShift({ ...ours, weight: 100 }, { number: 2, of: 2 }),
    revisionId,
  });

  it('goes on at 100 %, which is its last step', () => {
    const rollout = choosing(10, 60);
    const led = ledOn(rollout, everything());
    expect(led.plan.map(({ weight }) => weight)).toEqual([10, 100]);
    expect(shiftOf(led, everything())).toEqual({ kind: 'done' });
    expect(given(led, cloudWatchTiming, T0 + 300).rollout).toMatchObject({ step: 1, seen: split('41', '42', 100) });
    expect(shiftOf(rollout, everything())).toMatchObject({ kind: 'superseded' });
  });

  it.each<[string, Rollout, AliasState | null]>([
    ['retreats from there', choosing(100, 5), everything()],
    [
      'reads what it has left behind',
      { ...choosing(10, 60), revisions: { last: 'r5', left: ['r4'] } },
      everything('r4'),
    ],
    ['has had no traffic yet', { ...choosing(10, 60), step: -1 }, everything()],
    ['is about to promote', { ...choosing(60, 100), next: 'promote' }, everything()],
    [
      'shows another rollout',
      choosing(10, 60),
      {
        ...everything(),
        description: describeShift({ ...ours, execution: 'deploy-9', weight: 100 }, { number: 2, of: 2 }),
      },
    ],
    ['was written by hand', choosing(10, 60), { ...everything(), description: '' }],
    ['shows the chosen weight', choosing(10, 60), { ...everything(), ...split('41', '42', 60) }],
    ['has no alias any more', choosing(10, 60), null],
  ])('is not one that %s', (_, rollout, alias) => {
    expect(ledOn(rollout, alias)).toBe(rollout);
  });

  it('is not one of fixed weights', () => {
    const rollout = shifting(0);
    expect(ledOn(rollout, everything())).toBe(rollout);
  });
});
