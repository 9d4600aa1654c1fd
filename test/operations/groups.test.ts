import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadController } from '../../lib/cli/load-controller.ts';
import { accountOf } from '../../lib/cli/operator-commands.ts';
import { advance } from '../../lib/operations/advance.ts';
import { approve } from '../../lib/operations/approve.ts';
import type { OperationClients } from '../../lib/operations/clients.ts';
import { InvalidRequest } from '../../lib/operations/errors.ts';
import { history } from '../../lib/operations/history.ts';
import { hold, resume } from '../../lib/operations/hold.ts';
import { rollback } from '../../lib/operations/rollback.ts';
import { start } from '../../lib/operations/start.ts';
import { status, statusOfAll } from '../../lib/operations/status.ts';
import { watch } from '../../lib/operations/watch.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { type ScenarioInput, scenarioSchema } from '../../lib/rehearsal/scenario/scenario.ts';
import { rehearse } from '../../lib/rehearsal/simulation/rehearse.ts';
import { run, runIn } from '../cli/a-terminal.ts';
import { CALLER } from '../cli/an-account.ts';

/** The name of the group in a rehearsal. */
const shop = { function: 'rehearsal' };
const prices = { function: 'prices', alias: 'live' };
const checkout = { function: 'checkout', alias: 'live' };

const policy = { canary: { weight: 20, bakeSeconds: 300 }, batches: { count: 1 }, settleSeconds: 300 };
const manual = { ...policy, batches: { count: 1, approval: 'manual' } } as const;

/** The versions that a rehearsal's members begin with, and those that it starts a rollout to. */
const members = [
  { ...prices, stable: '41', candidate: '42' },
  { ...checkout, stable: '141', candidate: '142' },
];

type Call = (clients: OperationClients) => Promise<unknown>;

/** Calls operations at seconds of a rollout of prices and checkout. Answers what each returned, or the error that it threw. */
async function onAGroup(given: Partial<ScenarioInput>, ...calls: readonly (readonly [atSecond: number, call: Call])[]) {
  const results: unknown[] = [];
  const people = calls.map(([atSecond, call], index) => ({
    atSecond,
    does: async (clients: Parameters<typeof accountOf>[0]) => {
      results[index] = await call({ ...accountOf(clients), caller: async () => CALLER }).catch((error) => error);
    },
  }));
  const each = [prices, checkout].map(({ function: name }) => ({ name, traffic: { requestsPerSecond: 10 } }));
  const scenario = scenarioSchema.parse({ members: each, policy, ...given });
  const { result } = await rehearse(scenario, loadController(), {}, people);
  return { result, results };
}

const at = (functionVersion: string, weights: Record<string, number> = {}) => ({
  functionVersion,
  additionalVersionWeights: weights,
});

describe('the rollout of a group', () => {
  it('is found by the name of the group, and by any member, of which it then tells', async () => {
    const { results } = await onAGroup(
      {},
      [150, (clients) => status(shop, clients)],
      [160, (clients) => status(checkout, clients)],
      [170, (clients) => statusOfAll({}, clients)],
    );
    const told = {
      group: 'rehearsal',
      state: 'running',
      weight: 20,
      members: [
        { ...members[0], now: at('41', { 42: 20 }) },
        { ...members[1], now: at('141', { 142: 20 }) },
      ],
    };
    expect(results).toMatchObject([
      { ...told, ...members[0], now: at('41', { 42: 20 }) },
      { ...told, ...members[1], now: at('141', { 142: 20 }) },
      [{ ...told, ...members[0] }],
    ]);
  });

  it('counts the requests of each member, and of all', async () => {
    const { results } = await onAGroup({}, [250, (clients) => status(shop, clients)]);
    const [{ requests, members: each }] = results as [Awaited<ReturnType<typeof status>>];
    const served = each?.map((member) => member.requests?.candidate.invocations ?? 0) ?? [];
    expect(served).toHaveLength(2);
    expect(Math.min(...served)).toBeGreaterThan(0);
    expect(requests?.candidate.invocations).toBe(served.reduce((a, b) => a + b, 0));
  });

  it('is approved by the name of any member', async () => {
    const { results, result } = await onAGroup({ policy: manual }, [500, (clients) => approve(checkout, clients)]);
    expect(results).toMatchObject([{ action: 'approved', ...members[1], group: 'rehearsal', members, weight: 100 }]);
    expect(result.outcome).toBe('promoted');
  });

  it('is advanced in all its members, and goes on from there', async () => {
    const { results, result } = await onAGroup({}, [100, (clients) => advance(shop, clients)]);
    expect(results).toMatchObject([
      {
        ...prices,
        group: 'rehearsal',
        from: 20,
        to: 100,
        promoted: false,
        members: [
          { ...prices, candidate: '42', now: at('41', { 42: 100 }) },
          { ...checkout, candidate: '142', now: at('141', { 142: 100 }) },
        ],
      },
    ]);
    expect(result.outcome).toBe('promoted');
    expect(result.seconds.total).toBeLessThan(600);
  });

  it('is not advanced if one of its members cannot be, and then no member is written', async () => {
    const byHand = { atSecond: 90, do: 'setAlias', member: 'checkout', ...at('141', { 142: 30 }) } as const;
    const { results } = await onAGroup(
      { operator: [byHand] },
      [100, (clients) => advance(prices, clients)],
      [101, (clients) => status(shop, clients)],
    );
    expect(String(results[0])).toContain('checkout:live: the alias serves 141 with 30 % to 142');
    expect(results[1]).toMatchObject({ members: [{ now: at('41', { 42: 20 }) }, { now: at('141', { 142: 30 }) }] });
  });

  it('is held and goes on by the name of the group, for all functions of it', async () => {
    const { results, result } = await onAGroup(
      {},
      [100, (clients) => hold({ ...shop, reason: 'sale' }, clients)],
      [1500, (clients) => status(shop, clients)],
      [1600, (clients) => resume(shop, clients)],
    );
    expect(results).toMatchObject([
      { action: 'held', functions: ['prices', 'checkout'] },
      { doing: 'held', weight: 20 },
      { action: 'resumed', functions: ['prices', 'checkout'] },
    ]);
    expect(result.outcome).toBe('promoted');
  });

  it('is watched to its end, and stands in the history of each member and of the group', async () => {
    const { results } = await onAGroup(
      {},
      [
        100,
        async (clients) => {
          let last: object | undefined;
          for await (last of watch(checkout, clients));
          return last;
        },
      ],
      [3000, (clients) => history({ ...shop, limit: 5 }, clients)],
      [3100, (clients) => history(prices, clients)],
    );
    const record = { group: 'rehearsal', state: 'promoted', members };
    expect(results).toMatchObject([
      { ...record, ...members[1], report: { group: 'rehearsal', members } },
      { ...prices, group: 'rehearsal', rollouts: [record] },
      { ...prices, rollouts: [{ ...record, ...members[0] }] },
    ]);
  });
});

describe('a rollback of a group', () => {
  it.each([
    ['the group', shop],
    ['a member', checkout],
  ])('by %s takes back the rollout that is under way, in every member at once', async (_, request) => {
    const { results, result } = await onAGroup(
      {},
      [150, (clients) => rollback({ ...request, reason: 'orders are missing' }, clients)],
      [152, (clients) => status(shop, clients)],
    );
    const [first] = results as [Record<string, unknown>];
    expect(first).toMatchObject({ action: 'rolledBack', group: 'rehearsal', warnings: [] });
    expect(first['members']).toHaveLength(1);
    expect(results[1]).toMatchObject({ members: [{ now: at('41') }, { now: at('141') }] });
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('orders are missing') });
  });

  it('undoes the last promotion of all members, and nothing if it is asked for again', async () => {
    const { results } = await onAGroup(
      {},
      [3000, (clients) => rollback({ ...prices, reason: 'bad' }, clients)],
      [3100, (clients) => rollback({ ...shop, reason: 'bad' }, clients)],
      [3200, (clients) => status(shop, clients)],
    );
    expect(results).toMatchObject([
      {
        ...prices,
        action: 'rolledBack',
        from: '42',
        to: '41',
        members: [{ ...checkout, from: '142', to: '141', now: at('141') }],
      },
      { action: 'nothing' },
      { members: [{ now: at('41') }, { now: at('141') }] },
    ]);
    expect(results[1]).not.toHaveProperty('members');
  });

  it('leaves a member alone that another rollout has shifted since', async () => {
    const { results } = await onAGroup(
      {},
      [3000, (clients) => start({ ...checkout, version: '141' }, clients)],
      [9000, (clients) => rollback({ ...prices, reason: 'bad' }, clients)],
      [9100, (clients) => status(checkout, clients)],
    );
    expect(results[1]).toMatchObject({ action: 'rolledBack', from: '42', to: '41' });
    expect(results[1]).not.toHaveProperty('members');
    expect(results[2]).toMatchObject({ now: at('141') });
  });

  it('of what another execution has shifted leaves every member alone', async () => {
    const { results } = await onAGroup(
      {},
      [3000, (clients) => rollback({ ...prices, execution: 'deploy-before', reason: 'bad' }, clients)],
      [3100, (clients) => status(shop, clients)],
    );
    expect(results).toMatchObject([{ action: 'nothing' }, { members: [{ now: at('42') }, { now: at('142') }] }]);
  });

  it('to a version that is named is one alias alone, and none for a group', async () => {
    const { results } = await onAGroup(
      {},
      [3000, (clients) => rollback({ ...prices, to: '41', reason: 'bad' }, clients)],
      [3100, (clients) => rollback({ ...shop, to: '41', reason: 'bad' }, clients)],
      [3200, (clients) => status(shop, clients)],
    );
    expect(results[0]).toMatchObject({ action: 'rolledBack', to: '41' });
    expect(results[1]).toBeInstanceOf(InvalidRequest);
    expect(results[2]).toMatchObject({ members: [{ now: at('41') }, { now: at('142') }] });
  });
});

describe('a rollback that the controller is asked for', () => {
  const inTheConsole =
    (input: object): Call =>
    ({ sfn }) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'by-hand', input: JSON.stringify(input) }));

  it.each([
    ['the name of the group', { group: 'rehearsal' }],
    ['the name of the group as Systems Manager gives it', { alias: 'rehearsal' }],
    ['a member', { function: 'checkout', alias: 'live' }],
    ['nothing, for there is one group', {}],
  ])('with %s takes back all members', async (_, named) => {
    const { results } = await onAGroup(
      {},
      [3000, inTheConsole({ operation: 'rollback', reason: 'orders are missing', ...named })],
      [3100, (clients) => status(shop, clients)],
    );
    expect(results[1]).toMatchObject({ members: [{ now: at('41') }, { now: at('141') }] });
  });

  it('with a group that does not exist changes nothing', async () => {
    const { results } = await onAGroup(
      {},
      [3000, inTheConsole({ operation: 'rollback', group: 'other' })],
      [3100, (clients) => status(shop, clients)],
    );
    expect(results[1]).toMatchObject({ members: [{ now: at('42') }, { now: at('142') }] });
  });
});

describe('a start', () => {
  it('of a group takes the newest versions, or those that are named, and leaves out what is served', async () => {
    const { results } = await onAGroup(
      {},
      [3000, (clients) => start({ ...shop, version: 'newest' }, clients)],
      [3500, (clients) => start({ ...shop, version: 'prices=41,checkout:live=141' }, clients)],
      [3600, (clients) => status(shop, clients)],
    );
    expect(results).toMatchObject([
      { ...prices, version: '42', group: 'rehearsal', members: [{ version: '42' }, { version: '142' }] },
      { ...prices, version: '41', members: [{ version: '41' }, { version: '141' }] },
      { members: [{ candidate: '41' }, { candidate: '141' }], step: { number: 1 } },
    ]);
  });

  it('of a member is a rollout of its group, of that member alone, by the policy of the group', async () => {
    const { results } = await onAGroup(
      {},
      [3000, (clients) => start({ ...checkout, version: '141' }, clients)],
      [3150, (clients) => status(shop, clients)],
    );
    expect(results).toMatchObject([
      { ...checkout, version: '141', group: 'rehearsal', members: [{ ...checkout, version: '141' }] },
      { group: 'rehearsal', members: [{ ...checkout, candidate: '141' }], weight: 20 },
    ]);
  });

  it('of versions that are being rolled out already joins that rollout', async () => {
    const { results } = await onAGroup({}, [100, (clients) => start({ ...shop, version: 'newest' }, clients)]);
    expect(results).toMatchObject([{ joined: true, group: 'rehearsal' }]);
  });

  it.each([
    ['one version for all', shop, '42', 'expected newest, or versions of the members of rehearsal'],
    ['a version of a stranger', shop, 'prices=41,search=7', 'expected members of rehearsal, each once'],
    ['versions of several for one alias', prices, 'prices=41', 'expected one version for one alias'],
  ])('with %s is refused', async (_, request, version, why) => {
    const { results } = await onAGroup({}, [100, (clients) => start({ ...request, version }, clients)]);
    expect(results[0]).toBeInstanceOf(InvalidRequest);
    expect(String(results[0])).toContain(why);
  });
});

describe('the command line', () => {
  // Commands are loaded when they are asked for, which takes no time in a rehearsal.
  beforeAll(() => run('--help'));

  it('shows a group by its name, and each member', async () => {
    const { results } = await onAGroup(
      { policy: manual },
      [250, (clients) => runIn(clients as never, 'status', 'rehearsal')],
      [500, (clients) => runIn(clients as never, 'status', 'prices')],
      [510, (clients) => runIn(clients as never, 'approve', 'rehearsal')],
      [3000, (clients) => runIn(clients as never, 'history', 'rehearsal')],
      [3100, (clients) => runIn(clients as never, 'rollback', 'rehearsal')],
      [3200, (clients) => runIn(clients as never, 'watch', 'prices')],
    );
    const printed = (results as { readonly out: string; readonly err: string }[]).map(({ out, err }) => out + err);
    expect(printed[0]).toMatch(
      /^rehearsal {2}is watched\n {2}█+░+ 20 %, step 1 of 2\n {2}prices:live {2}41 -> 42: 41 served \d+, 0 failed; 42 served/,
    );
    expect(printed[1]).toContain('answer with: sluice approve rehearsal, or sluice reject rehearsal');
    expect(printed[2]).toContain('approved 100 % of rehearsal for prices:live 42, checkout:live 142');
    expect(printed[3]).toMatch(/rehearsal +promoted\n {4}prices:live 41 -> 42, checkout:live 141 -> 142\n/);
    expect(printed[4]).toContain('prices:live serves 41 alone, and 42 no more; checkout:live serves 141 alone,');
    expect(printed[4]).toContain('sluice start rehearsal --version');
    expect(printed[5]).toMatch(/checkout:live {2}141: [\d,]+ requests, 0 failed; 142: /);
  });
});
