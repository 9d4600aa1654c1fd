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

const serves = (number: string) => (facts: StartFacts) => ({
  alias: { ...(facts.alias as AliasState), ...allTrafficTo(number) },
});

describe('the preflight of a group', () => {
  it('leads to the first weight of all members', () => {
    const { rollout } = check(aGroup());
    expect(rollout).toMatchObject({ next: 'shift', leftOut: [], wanted: split('11', '12', 10) });
    expect(membersOf(rollout).map(({ seen }) => seen.functionVersion)).toEqual(['11', '21', '41']);
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

  it('waits for the last of them', () => {
    const pending = () => ({ candidate: { ...version('42'), state: 'Pending' } });
    const { rollout } = check(aGroup(), { checkout: pending });
    expect(rollout).toMatchObject({ next: 'awaitCommit', reason: 'checkout:live: version 42 is still being created' });
    expect(membersOf(rollout).map(({ pendingLooks }) => pendingLooks)).toEqual([0, 0, 1]);
  });

  it('is held by a hold on one', () => {
    const { rollout, events } = check(aGroup(), { checkout: () => ({ hold: 'audit' }) });
    expect(rollout).toMatchObject({ next: 'awaitCommit', held: 'checkout:live: audit' });
    expect(events).toMatchObject([{ event: 'held' }]);
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

  it('has nothing to do if all serve their versions', () => {
    const all = { stock: serves('12'), prices: serves('22'), checkout: serves('42') };
    expect(check(aGroup(), all).rollout).toMatchObject({
      next: 'promoted',
      reason: expect.stringContaining('nothing to do'),
    });
  });

  it('takes back a first weight that it has given already if it is refused after all', () => {
    const ours = (facts: StartFacts, { stable, candidate }: Rollout) => ({
      alias: {
        ...(facts.alias as AliasState),
        ...split(stable, candidate, 10),
        description: describeShift(
          { stable, candidate, weight: 10, execution: execution.name, startedAt: execution.startedAt },
          { number: 1, of: 4 },
        ),
      },
    });
    const { rollout } = check(aGroup(), { stock: ours, prices: () => ({ candidate: null }) });
    expect(rollout).toMatchObject({ next: 'revert', reason: expect.stringContaining('does not exist') });
  });

  it('refuses to clear the weights beside one member while others are shifted', () => {
    const beside = (facts: StartFacts) => ({
      alias: {
        ...(facts.alias as AliasState),
        ...split('22', '23', 10),
        description: describeShift(
          { stable: '22', candidate: '23', weight: 10, execution: 'deploy-6', startedAt: T0 - 60 },
          { number: 1, of: 4 },
        ),
      },
      stable: version('22'),
    });
    expect(check(aGroup(), { prices: beside }).rollout).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('prices:live serves 22 already'),
    });
  });

  it('joins an earlier rollout that leads every member to its version', () => {
    const earlier = (_: StartFacts, { candidate }: Rollout) => ({ earlier: { execution: 'deploy-6', candidate } });
    expect(check(aGroup(), { stock: earlier, prices: earlier, checkout: earlier }).rollout).toMatchObject({
      next: 'awaitCommit',
      joined: 'deploy-6',
    });
  });
});
