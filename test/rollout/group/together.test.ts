import { describe, expect, it } from 'vitest';
import { allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { observeStep } from '../../../lib/rollout/decisions/transitions.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import type { AlarmObservation, Observation } from '../../../lib/rollout/observation.ts';
import { aliasShowing, allWell, execution, T0 } from '../a-rollout.ts';
import { alarmOf, groupAtStep } from './a-group.ts';

const NOW = T0 + 3600;
const places = { stock: 0, prices: 1, checkout: 2 } as const;
type Changes = Partial<Record<keyof typeof places, (seen: Observation, member: Rollout) => Partial<Observation>>>;

/** All is well with every member, but for what is changed. */
function seenAt(group: Rollout, now: number, changes: Changes = {}): readonly Observation[] {
  const alarms = group.policy.alarms.map((name): AlarmObservation => ({ name, state: 'OK', reason: '', shape: null }));
  return membersOf(group).map((member) => {
    const well = { ...allWell(member, now), alarms };
    return { ...well, ...changes[member.functionName as keyof typeof places]?.(well, member) };
  });
}

const look = (group: Rollout, changes: Changes = {}, now = NOW) => observeStep(group, seenAt(group, now, changes), now);

const shows =
  (routing: (member: Rollout) => Routing, description?: string) =>
  (_: Observation, member: Rollout): Partial<Observation> => ({
    alias: { ...aliasShowing(member, routing(member), description), revisionId: 'later' },
  });

const fires = (name: string): Changes => ({
  stock: ({ alarms }) => ({ alarms: alarms.map((each) => (each.name === name ? { ...each, state: 'ALARM' } : each)) }),
  prices: ({ alarms }) => ({ alarms: alarms.map((each) => (each.name === name ? { ...each, state: 'ALARM' } : each)) }),
  checkout: ({ alarms }) => ({
    alarms: alarms.map((each) => (each.name === name ? { ...each, state: 'ALARM' } : each)),
  }),
});

const promotedByUs = (member: Rollout) =>
  describeEnd({
    did: 'promoted',
    from: member.stable,
    to: member.candidate,
    reason: 'all is well',
    execution: execution.name,
    startedAt: execution.startedAt,
  });

/** A later rollout has begun at the member's candidate. */
const movedOn = (seen: Observation, member: Rollout): Partial<Observation> => {
  const step = { stable: member.candidate, candidate: '99', weight: 20, execution: 'deploy-8', startedAt: T0 + 30 };
  const description = describeShift(step, { number: 1, of: 4 });
  return shows(() => split(member.candidate, '99', 20), description)(seen, member);
};

describe('a look at a group', () => {
  it('goes on if nothing keeps any member, and says what each has shown', () => {
    const { rollout } = look(groupAtStep(0));
    expect(rollout).toMatchObject({ next: 'shift', wanted: { additionalVersionWeights: { 12: 0.4 } } });
    for (const name of ['stock:live: ', 'prices:live: ', 'checkout:live: ']) expect(rollout.reason).toContain(name);
  });

  it('is promoted when the last member agrees, and not before', () => {
    const last = groupAtStep(3);
    const silent: Changes = {
      checkout: ({ alarms }) => ({ alarms: alarms.map((each) => ({ ...each, state: 'INSUFFICIENT_DATA' })) }),
    };
    expect(look(last, silent, T0 + 900).rollout).toMatchObject({
      next: 'bake',
      reason: expect.stringMatching(/^checkout:live: /),
    });
    expect(look(last).rollout.next).toBe('promote');
  });

  it.each(['stock', 'prices', 'checkout'])('goes back if the alarm of %s fires, and names the member', (name) => {
    const { rollout } = look(groupAtStep(1), fires(alarmOf(name)));
    expect(rollout).toMatchObject({ next: 'revert', reason: `${name}:live: alarm ${name}-errors is in ALARM` });
  });

  it('goes back if an alarm fires that watches all of them, and blames none', () => {
    expect(look(groupAtStep(1), fires('site-down')).rollout).toMatchObject({
      next: 'revert',
      reason: 'alarm site-down is in ALARM',
    });
  });

  it('goes back if the version of one member cannot be invoked', () => {
    const failed = () => ({ candidateState: { state: 'Failed', stateReason: 'the key is disabled' } });
    expect(look(groupAtStep(1), { prices: failed }).rollout).toMatchObject({
      next: 'revert',
      reason: expect.stringContaining('prices:live: version 22'),
    });
  });

  it('is held by a hold on any member, and says which', () => {
    const { rollout, events } = look(groupAtStep(1), { prices: () => ({ hold: 'wait for the audit' }) });
    expect(rollout).toMatchObject({ next: 'bake', held: 'prices:live: wait for the audit' });
    expect(events).toMatchObject([{ event: 'held', reason: 'prices:live: wait for the audit' }]);
  });

  it('is reverted in favour of a person who has set one member, for the others have to be put back', () => {
    const set = shows(({ stable, candidate }) => split(stable, candidate, 3), 'my own');
    const { rollout } = look(groupAtStep(1), { prices: set });
    expect(rollout).toMatchObject({ next: 'revert', reason: expect.stringMatching(/^prices:live: .*someone else/) });
  });

  it('goes back if a person has put one member back', () => {
    const back = shows(({ stable }) => allTrafficTo(stable), 'back');
    expect(look(groupAtStep(1), { stock: back }).rollout.next).toBe('revert');
  });

  it('goes on by hand when all members have been given the next weight, and not before', () => {
    const next = shows(({ stable, candidate }) => split(stable, candidate, 40));
    const group = groupAtStep(0);
    expect(look(group, { stock: next, prices: next }, T0 + 60).rollout.next).toBe('bake');
    expect(look(group, { stock: next, prices: next, checkout: next }, T0 + 60).rollout).toMatchObject({
      next: 'shift',
      reason: expect.stringContaining('by hand'),
    });
  });

  it('promotes the others if some are promoted in its own name, unless something speaks against one', () => {
    const group = groupAtStep(3);
    const ours: Changes = {
      stock: (seen, member) => shows(() => allTrafficTo(member.candidate), promotedByUs(member))(seen, member),
    };
    expect(look(group, ours, T0 + 60).rollout.next).toBe('promote');
    const failed = () => ({ candidateState: { state: 'Failed', stateReason: '' } });
    expect(look(group, { ...ours, checkout: failed }, T0 + 60).rollout.next).toBe('revert');
  });

  it('leaves a member to the person who has promoted it, and takes it for the end of all if all are promoted', () => {
    const promoted = shows(({ candidate }) => allTrafficTo(candidate), 'by me');
    expect(look(groupAtStep(1), { stock: promoted }).rollout.next).toBe('revert');
    const all = { stock: promoted, prices: promoted, checkout: promoted };
    expect(look(groupAtStep(1), all).rollout.next).toBe('promote');
  });

  it('is promoted if a person has promoted all of it and the next rollout has begun at one member since', () => {
    const group = groupAtStep(3);
    const ours: Changes[keyof Changes] = (seen, member) =>
      shows(() => allTrafficTo(member.candidate), promotedByUs(member))(seen, member);
    const byHand = shows(({ candidate }) => allTrafficTo(candidate), 'by me');
    for (const promoted of [ours, byHand]) {
      const changes = { stock: movedOn, prices: promoted, checkout: promoted };
      expect(look(group, changes, T0 + 60).rollout).toMatchObject({
        next: 'promote',
        reason: expect.stringContaining('promoted to 22 by hand'),
      });
    }
    expect(look(group, { stock: movedOn, prices: ours }, T0 + 60).rollout.next).toBe('promote');
  });

  it('goes back if the next rollout has begun at one member and no other is promoted, or at all of them', () => {
    const group = groupAtStep(3);
    const takenOver = { next: 'revert', reason: expect.stringMatching(/^prices:live: execution deploy-8 has taken/) };
    expect(look(group, { prices: movedOn }, T0 + 60).rollout).toMatchObject(takenOver);
    const all = { stock: movedOn, prices: movedOn, checkout: movedOn };
    expect(look(group, all, T0 + 60).rollout).toMatchObject({
      next: 'revert',
      reason: expect.stringContaining('deploy-8'),
    });
  });

  it('counts the requests of each member', () => {
    const { rollout } = look(groupAtStep(0), {}, T0 + 180);
    expect(membersOf(rollout).map(({ current }) => current.candidate.invocations)).toEqual([120, 120, 120]);
  });

  it('ignores an alarm that fired before for as long as every member does of which it speaks', () => {
    const group = { ...groupAtStep(0), ignoredAlarms: ['site-down', 'stock-errors'], firedBefore: ['site-down'] };
    expect(look(group, fires('site-down'), T0 + 60).rollout).toMatchObject({
      next: 'bake',
      ignoredAlarms: ['site-down'],
    });
  });
});

describe('adaptive weights of a group', () => {
  const adaptive = { canary: undefined, batches: undefined, settleSeconds: undefined, adaptive: { failureBudget: 30 } };
  const history = { counts: { invocations: 864_000, errors: 864 }, requestsPerSecond: 10 };
  const counts = (errors: number, invocations: number) => ({ errors, invocations });

  /** Three minutes of the same counts. */
  const minutes = (stable: ReturnType<typeof counts>, candidate: ReturnType<typeof counts>) => () => ({
    periods: [0, 60, 120].map((second) => ({ start: T0 + second, stable, candidate })),
  });

  /** A group whose first traffic was long ago. */
  function adaptiveAt(step: number): Rollout {
    const group = groupAtStep(step, adaptive);
    const passed = [
      {
        weight: 1,
        from: T0 - 3600,
        until: T0,
        requests: { stable: counts(0, 0), candidate: counts(0, 0) },
        verdict: '',
      },
    ];
    return { ...group, passed, history, others: group.others.map((other) => ({ ...other, history })) };
  }

  it('are the smallest that the budget allows any member', () => {
    const healthy = minutes(counts(0, 540), counts(0, 60));
    const failedOnce = () => ({
      periods: [0, 60, 120].map((second) => ({
        start: T0 + second,
        stable: counts(0, 540),
        candidate: counts(second === 0 ? 1 : 0, 60),
      })),
    });
    const { rollout } = look(adaptiveAt(0), { stock: healthy, prices: failedOnce, checkout: healthy }, T0 + 240);
    expect(rollout.next).toBe('shift');
    expect(rollout.plan.map(({ weight }) => weight)).toEqual([10, 26, 100]);
  });

  it('retreat for all members if one of them fails at 100 %, whatever keeps the others', () => {
    const healthy = minutes(counts(0, 0), counts(0, 600));
    const failing = minutes(counts(0, 0), counts(60, 600));
    const { rollout } = look(adaptiveAt(1), { stock: healthy, prices: failing, checkout: healthy }, T0 + 240);
    expect(rollout).toMatchObject({ next: 'shift', wanted: split('11', '12', 4) });
    expect(rollout.reason).toContain('back to 4 %');
  });
});
