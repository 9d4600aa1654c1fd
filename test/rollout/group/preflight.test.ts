import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../../lib/rollout/alias/description.ts';
import type { StartFacts } from '../../../lib/rollout/decisions/preflight.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import { reportOf } from '../../../lib/rollout/document/report.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { preflightOfAll } from '../../../lib/rollout/group/preflight.ts';
import { execution, T0 } from '../a-rollout.ts';
import { aGroup } from './a-group.ts';

const NOW = T0 + 10;
type Changes = Readonly<Record<string, (facts: StartFacts, member: Rollout) => Partial<StartFacts>>>;

const version = (number: string) => ({
  version: number,
  state: 'Active',
  stateReason: '',
  role: 'r',
  deadLetterTarget: '',
});

function check(group: Rollout, changes: Changes = {}) {
  const facts = membersOf(group).map((member): StartFacts => {
    const fine: StartFacts = {
      alias: { ...allTrafficTo(member.stable), description: '', revisionId: 'r' },
      stable: version(member.stable),
      candidate: version(member.candidate),
      alarms: group.policy.alarms.map((name) => ({ name, state: 'OK', reason: '', shape: null })),
      hold: null,
      provisionedConcurrency: false,
      stackStatus: null,
    };
    return { ...fine, ...changes[member.functionName]?.(fine, member) };
  });
  return preflightOfAll(group, facts, NOW);
}

/** The weights of a rollout of the same versions as the member's, or of others. */
const weighted =
  (of: {
    readonly execution: string;
    readonly startedAt: number;
    readonly stable?: string;
    readonly candidate?: string;
  }) =>
  (facts: StartFacts, member: Rollout): Partial<StartFacts> => {
    const { stable = member.stable, candidate = member.candidate } = of;
    const description = describeShift({ stable, candidate, weight: 10, ...of }, { number: 1, of: 4 });
    return {
      alias: { ...(facts.alias as AliasState), ...split(stable, candidate, 10), description },
      stable: version(stable),
    };
  };
const ours = weighted({ ...execution, execution: execution.name });
const before = { execution: 'deploy-6', startedAt: T0 - 60 };

const serves = (number: string) => (facts: StartFacts) => ({
  alias: { ...(facts.alias as AliasState), ...allTrafficTo(number) },
});

describe('the preflight of a group', () => {
  it('leads to the first weight of all members', () => {
    const { rollout } = check(aGroup());
    expect(rollout).toMatchObject({ next: 'shift', leftOut: [], wanted: split('11', '12', 10) });
    expect(membersOf(rollout).map(({ seen }) => seen.functionVersion)).toEqual(['11', '21', '41']);
    expect(rollout.reason).toMatch(
      /^stock:live: preflight passed: .*; prices:live: .*; checkout:live: .*; a weight takes some 0.6 s to reach all 3 members$/,
    );
  });

  it('asks a person for the first weight with what was found of all members', () => {
    const policy = { canary: { weight: 10, bakeSeconds: 300, approval: 'manual' } } as const;
    const { rollout, events } = check(aGroup(policy));
    expect(rollout).toMatchObject({
      next: 'awaitApproval',
      reason: expect.stringMatching(/^stock:live: 10 % .*; prices:live: .*; checkout:live: /),
    });
    expect(events).toMatchObject([{ event: 'approvalRequested', reason: rollout.reason }]);
  });

  it('remembers what should be known of any member, each thing once', () => {
    const firing = (facts: StartFacts): Partial<StartFacts> => ({
      alarms: facts.alarms.map((alarm) => (alarm.name === 'prices-errors' ? alarm : { ...alarm, state: 'ALARM' })),
    });
    const group = aGroup({ alarmsAlreadyFiring: 'ignore' });
    const { rollout } = check(group, { stock: firing, prices: firing, checkout: firing });
    const names = ['checkout-errors', 'site-down', 'stock-errors'];
    expect(rollout.ignoredAlarms.toSorted()).toEqual(names);
    expect(rollout.firedBefore.toSorted()).toEqual(names);
  });

  it('notes what may change under a version, or may hang, with its name', () => {
    const content = {
      codeSha256: 'c',
      configSha256: null,
      settings: {},
      shown: [],
      mutable: ['a layer'],
      durable: false,
    };
    const { rollout } = check(aGroup(), {
      prices: () => ({ candidate: { ...version('22'), content } }),
      checkout: () => ({ candidate: { ...version('42'), timeoutSeconds: 900 } }),
    });
    expect(rollout.notes).toEqual(['prices:live: version 22 is not immutable: it depends on a layer']);
    expect(rollout.remarks).toContainEqual(expect.stringContaining('a hang of 900 s'));
    expect(rollout.remarks.filter((remark) => remark.includes('site-down'))).toHaveLength(1);
  });

  it('begins adaptive weights with the smallest that the traffic of a member asks for', () => {
    const adaptive = {
      canary: undefined,
      batches: undefined,
      settleSeconds: undefined,
      adaptive: { failureBudget: 30 },
    };
    const served = (requestsPerSecond: number) => () => ({
      history: { counts: { invocations: 1000, errors: 0 }, requestsPerSecond },
    });
    const { rollout } = check(aGroup(adaptive), { stock: served(0.1), prices: served(2), checkout: served(0.5) });
    expect(rollout).toMatchObject({ next: 'shift', wanted: split('11', '12', 2) });
    expect(rollout.plan.map(({ weight }) => weight)).toEqual([2, 100]);
    expect(membersOf(rollout).map(({ history }) => history?.requestsPerSecond)).toEqual([0.1, 2, 0.5]);
  });

  it('refuses all if one is refused, and names it', () => {
    const { rollout } = check(aGroup(), { prices: () => ({ candidate: null }) });
    expect(rollout).toMatchObject({
      next: 'rejected',
      reason: 'prices:live: version 22 of prices does not exist; publish it first',
    });
  });

  it('keeps the beginning of a note that is long', () => {
    const content = { codeSha256: 'c', configSha256: null, settings: {}, shown: [], durable: false };
    const { rollout } = check(aGroup(), {
      prices: () => ({ candidate: { ...version('22'), content: { ...content, mutable: ['l'.repeat(500)] } } }),
    });
    expect(rollout.notes.map((note) => note.length)).toEqual([300]);
  });

  it('notes each thing once, however often it looks while one is held and another one sleeps', () => {
    const content = { codeSha256: 'c', configSha256: null, settings: {}, shown: [], durable: false };
    const changes: Changes = {
      stock: () => ({ candidate: { ...version('12'), content: { ...content, mutable: ['a layer'] } } }),
      prices: () => ({ hold: 'audit' }),
      checkout: () => ({ candidate: { ...version('42'), state: 'Inactive' } }),
    };
    let { rollout } = check(aGroup(), changes);
    const { notes, remarks } = rollout;
    for (let look = 0; look < 8; look++) rollout = check(rollout, changes).rollout;
    expect(notes).toEqual(['stock:live: version 12 is not immutable: it depends on a layer']);
    expect(rollout).toMatchObject({ next: 'awaitCommit', notes, remarks });
    expect(rollout.journal.map(({ event }) => event)).toEqual(['held']);
  });

  it('names the first of several that are refused', () => {
    const gone = () => ({ candidate: null });
    expect(check(aGroup(), { prices: gone, checkout: gone }).rollout.reason).toMatch(/^prices:live: /);
  });

  it('is refused by an alarm in the name of the member that it watches, or of none if it watches all', () => {
    const firing = (name: string) => {
      const change = (facts: StartFacts): Partial<StartFacts> => ({
        alarms: facts.alarms.map((alarm) => (alarm.name === name ? { ...alarm, state: 'ALARM' } : alarm)),
      });
      return check(aGroup(), { stock: change, prices: change, checkout: change }).rollout.reason;
    };
    expect(firing('prices-errors')).toMatch(/^prices:live: alarm prices-errors is in ALARM/);
    expect(firing('site-down')).toMatch(/^alarm site-down is in ALARM/);
  });

  it('waits for the last of them', () => {
    const pending = () => ({ candidate: { ...version('42'), state: 'Pending' } });
    const { rollout } = check(aGroup(), { checkout: pending });
    expect(rollout).toMatchObject({ next: 'awaitCommit', reason: 'checkout:live: version 42 is still being created' });
    expect(membersOf(rollout).map(({ pendingLooks }) => pendingLooks)).toEqual([0, 0, 1]);
    expect(rollout).toMatchObject({ functionName: 'stock', wanted: allTrafficTo('11'), policy: aGroup().policy });
  });

  it('is held by a hold on one', () => {
    const { rollout, events } = check(aGroup(), { checkout: () => ({ hold: 'audit' }) });
    expect(rollout).toMatchObject({ next: 'awaitCommit', held: 'checkout:live: audit' });
    expect(events).toMatchObject([{ event: 'held', reason: 'checkout:live: audit' }]);
  });

  it.each([
    ['stock', ['prices', 'checkout'], '12'],
    ['checkout', ['stock', 'prices'], '42'],
  ])('leaves out %s if it serves its version already, and names it', (name, others, number) => {
    const { rollout } = check(aGroup(), { [name]: serves(number) });
    expect(rollout).toMatchObject({
      next: 'shift',
      leftOut: [{ functionName: name, aliasName: 'live', version: number }],
      reason: expect.stringContaining(`${name}:live is left out: it serves ${number} already`),
    });
    expect(membersOf(rollout).map(({ functionName }) => functionName)).toEqual(others);
    expect(reportOf({ ...rollout, next: 'promoted' }, 'promoted', NOW).members).toContainEqual(
      expect.objectContaining({ function: name, leftOut: true }),
    );
  });

  it('speaks of no time between members if one is left', () => {
    const { reason } = check(aGroup(), { stock: serves('12'), prices: serves('22') }).rollout;
    expect(reason).toMatch(/prices:live is left out: it serves 22 already$/);
  });

  it('has nothing to do if all serve their versions', () => {
    const all = { stock: serves('12'), prices: serves('22'), checkout: serves('42') };
    expect(check(aGroup(), all).rollout).toMatchObject({
      next: 'promoted',
      reason: expect.stringContaining('nothing to do'),
    });
  });

  it('takes back a first weight that it has given already if it is refused after all', () => {
    const { rollout } = check(aGroup(), { stock: ours, prices: () => ({ candidate: null }) });
    expect(rollout).toMatchObject({ next: 'revert', reason: expect.stringContaining('does not exist') });
  });

  it.each<[string, Changes[string]]>([
    ['another rollout', weighted(before)],
    ['nobody, after its own were cleared', (facts, member) => serves('11')({ ...facts, ...ours(facts, member) })],
  ])('takes back nothing if it is refused beside the weights of %s', (_, stock) => {
    const gone = () => ({ candidate: null });
    expect(check(aGroup(), { stock, prices: gone }).rollout.next).toBe('rejected');
  });

  it('keeps a first weight that it has given already while it waits for a member', () => {
    const pending = () => ({ candidate: { ...version('42'), state: 'Pending' } });
    expect(check(aGroup(), { stock: ours, checkout: pending }).rollout.next).toBe('awaitCommit');
  });

  it('refuses to clear the weights beside one member while others are shifted', () => {
    const beside = weighted({ ...before, stable: '22', candidate: '23' });
    expect(check(aGroup(), { prices: beside }).rollout).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('prices:live serves 22 already'),
    });
  });

  it('clears the weights beside all members, which serve their versions already', () => {
    const beside = (stable: string, candidate: string) => weighted({ ...before, stable, candidate });
    const { rollout } = check(aGroup(), {
      stock: beside('12', '13'),
      prices: beside('22', '23'),
      checkout: beside('42', '43'),
    });
    expect(rollout).toMatchObject({ next: 'promote', wanted: allTrafficTo('12'), leftOut: [] });
    expect(membersOf(rollout).map(({ wanted }) => wanted)).toEqual(['12', '22', '42'].map(allTrafficTo));
  });

  it('keeps on record whom it has left out before', () => {
    const leftOut = [{ functionName: 'orders', aliasName: 'live', version: '7' }];
    expect(check({ ...aGroup(), leftOut }).rollout.leftOut).toEqual(leftOut);
    const { rollout } = check({ ...aGroup(), leftOut }, { stock: serves('12') });
    expect(rollout.leftOut.map(({ functionName }) => functionName)).toEqual(['orders', 'stock']);
    const refused = check({ ...aGroup(), leftOut }, { stock: () => ({ candidate: null }) });
    expect(refused.rollout.leftOut).toEqual(leftOut);
  });

  it('joins an earlier rollout that leads every member to its version', () => {
    const earlier = (_: StartFacts, { candidate }: Rollout) => ({ earlier: { execution: 'deploy-6', candidate } });
    expect(check(aGroup(), { stock: earlier, prices: earlier, checkout: earlier }).rollout).toMatchObject({
      next: 'awaitCommit',
      joined: 'deploy-6',
    });
  });
});
