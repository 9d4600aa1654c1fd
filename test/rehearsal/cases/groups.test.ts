import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { AliasChange } from '../../../lib/rehearsal/services/lambda.ts';
import type { Observer } from '../../../lib/rehearsal/simulation/observer.ts';
import { type Rehearsal, rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import { routingInWords } from '../../../lib/rollout/alias/alias.ts';

const names = ['stock', 'prices', 'checkout'] as const;
type Name = (typeof names)[number];

const alarm = (name: string) => ({
  name: `${name}-errors`,
  metric: 'errorRate',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
});

const members = (changes: Partial<Record<Name, object>> = {}) =>
  names.map((name) => ({
    name,
    traffic: { requestsPerSecond: 10 },
    alarms: [alarm(name)],
    ...changes[name],
  }));

const policy = {
  canary: { weight: 20, bakeSeconds: 300 },
  batches: { count: 2, intervalSeconds: 300 },
  settleSeconds: 300,
  alarms: names.map((name) => `${name}-errors`),
};

interface Story extends Rehearsal {
  /** Every write of an alias, for example `stock 41 with 20 % to 42`. */
  readonly writes: readonly string[];
  readonly changes: readonly (AliasChange & { readonly second: number })[];
  /** The second of every call of each name. */
  readonly seconds: Readonly<Record<string, readonly number[]>>;
}

/** Rehearses three members, or others. */
async function group(changes: object = {}): Promise<Story> {
  const seen: (AliasChange & { readonly second: number })[] = [];
  const seconds: Record<string, number[]> = {};
  const observer: Observer = {
    onAliasChange: (change, _, second) => void seen.push({ ...change, second }),
    onCall: (call, _, second) => {
      seconds[call] = [...(seconds[call] ?? []), second];
    },
  };
  const scenario = scenarioSchema.parse({ members: members(), policy, ...changes });
  const rehearsal = await rehearse(scenario, loadController(), observer);
  const writes = seen.map(({ functionName, after }) => `${functionName} ${routingInWords(after)}`);
  return { ...rehearsal, writes, changes: seen, seconds };
}

const aliases = ({ result }: Rehearsal) =>
  Object.fromEntries(result.members?.map(({ name, alias }) => [name, alias.functionVersion]) ?? []);

const stable = { stock: '41', prices: '141', checkout: '241' };
const candidates = { stock: '42', prices: '142', checkout: '242' };

const bad = { candidate: { errorRate: 0.8 } };

describe('a group', () => {
  it('gives every member the same weight, in their order, and promotes them in this order', async () => {
    const story = await group();
    expect(story.result.outcome).toBe('promoted');
    expect(aliases(story)).toEqual(candidates);
    expect(story.writes).toEqual([
      ...[20, 60, 100].flatMap((weight) => [
        `stock 41 with ${weight} % to 42`,
        `prices 141 with ${weight} % to 142`,
        `checkout 241 with ${weight} % to 242`,
      ]),
      'stock 42',
      'prices 142',
      'checkout 242',
    ]);
  });

  it('begins a bake when the last member has its weight', async () => {
    const { changes, result } = await group();
    const [first, last] = [changes[0], changes[2]];
    expect(last?.second).toBeGreaterThan(first?.second ?? Number.POSITIVE_INFINITY);
    const shiftedAt = result.timeline.find(({ event }) => event === 'shifted')?.second ?? 0;
    expect(shiftedAt).toBe(Math.round(last?.second ?? 0));
  });

  it('goes back as a whole if one member is bad: that member first, then the others in the reverse of their order', async () => {
    const story = await group({ members: members({ prices: bad }) });
    expect(story.result).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('alarm prices-errors'),
      members: [{ name: 'stock' }, { name: 'prices' }, { name: 'checkout' }],
    });
    expect(aliases(story)).toEqual(stable);
    expect(story.writes.slice(3, 6)).toEqual(['prices 141', 'checkout 241', 'stock 41']);
    const [own, , last] = story.changes.slice(3);
    expect((last?.second ?? 0) - (own?.second ?? 0)).toBeLessThan(2);
  });

  it('goes back as a whole without any event, by its next look', async () => {
    const events = [{ event: 'alarm', times: 100, deliver: 'never' }];
    const story = await group({ members: members({ checkout: bad }), events });
    expect(story.result.outcome).toBe('rolledBack');
    expect(aliases(story)).toEqual(stable);
    expect(story.writes.slice(3, 6)).toEqual(['checkout 241', 'prices 141', 'stock 41']);
  });

  it('goes back as a whole if the version of one member cannot be invoked', async () => {
    const faults = [{ aboveWeight: 50, notInvocable: true }];
    const story = await group({ members: members({ stock: { candidate: { faults } } }) });
    expect(story.result).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('stock:live: '),
    });
    expect(story.result.reason).toContain('reached 42');
    expect(aliases(story)).toEqual(stable);
  });

  it('is held by a hold on one of its members', async () => {
    const operator = [
      { atSecond: 100, do: 'hold', member: 'checkout' },
      { atSecond: 2000, do: 'resume', member: 'checkout' },
    ];
    const { result, changes } = await group({ operator });
    expect(result.outcome).toBe('promoted');
    expect(changes.filter(({ second }) => second > 100 && second < 2000)).toEqual([]);
    expect(result.timeline).toContainEqual(
      expect.objectContaining({ event: 'held', reason: expect.stringContaining('checkout:live') }),
    );
  });

  it('leaves a member to the person who has set it, puts the others back, and names both', async () => {
    const operator = [
      { atSecond: 100, do: 'setAlias', member: 'prices', functionVersion: '141', additionalVersionWeights: { 142: 5 } },
    ];
    const story = await group({ operator });
    expect(story.result).toMatchObject({
      outcome: 'superseded',
      reason: expect.stringContaining('prices:live is left at 141 with 5 % to 142'),
      members: [
        { alias: { functionVersion: '41', additionalVersionWeights: {} } },
        { alias: { functionVersion: '141', additionalVersionWeights: { 142: 5 } } },
        { alias: { functionVersion: '241', additionalVersionWeights: {} } },
      ],
    });
  });

  it('goes back as a whole if a person puts one member back', async () => {
    const story = await group({ operator: [{ atSecond: 100, do: 'rollback', member: 'checkout' }] });
    expect(story.result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('by hand') });
    expect(aliases(story)).toEqual(stable);
  });

  it('takes back what it has given if a member cannot be given its weight in the middle of a step', async () => {
    const aws = [{ call: 'lambda:UpdateAlias', nth: 5, times: 6, fail: 'InvalidParameterValueException' }];
    const story = await group({ aws });
    expect(story.result).toMatchObject({ outcome: 'rolledBack' });
    expect(aliases(story)).toEqual(stable);
    expect(story.writes.slice(3)).toEqual(['stock 41 with 60 % to 42', 'checkout 241', 'prices 141', 'stock 41']);
  });

  it('takes back a promotion too if a further member cannot be promoted', async () => {
    const aws = [{ call: 'lambda:UpdateAlias', nth: 11, times: 6, fail: 'InvalidParameterValueException' }];
    const story = await group({ aws });
    expect(story.result).toMatchObject({ outcome: 'rolledBack' });
    expect(story.writes.slice(9)).toEqual(['stock 42', 'checkout 241', 'prices 141', 'stock 41']);
  });

  it('is superseded as a whole by a rollout of one of its members', async () => {
    const operator = [{ atSecond: 400, do: 'deploy', member: 'prices' }];
    const story = await group({ operator });
    expect(story.result).toMatchObject({ outcome: 'superseded', reason: expect.stringContaining('prices:live') });
    expect(aliases(story)).toEqual({ stock: '41', prices: '143', checkout: '241' });
  });

  it('is superseded by the next deploy of all its members', async () => {
    const story = await group({ operator: [{ atSecond: 400, do: 'deploy' }] });
    expect(story.result.outcome).toBe('superseded');
    expect(aliases(story)).toEqual({ stock: '43', prices: '143', checkout: '243' });
  });

  it.each([
    ['in the middle of a bake', 450],
    ['at the last step', 1000],
  ])('is put back as a whole if its execution is stopped %s', async (_, atSecond) => {
    const story = await group({ operator: [{ atSecond, do: 'stopExecution' }] });
    expect(story.result.outcome).toBe('rolledBack');
    expect(aliases(story)).toEqual(stable);
  });

  it.each(['executionEnded', 'nothing'])(
    'is put back as a whole if it is stopped in the middle of its promotion, also if the event of %s is lost',
    async (lost) => {
      const operator = { call: 'lambda:UpdateAlias', nth: 11, fail: 'operator', operator: { do: 'stopExecution' } };
      const dies = { call: 'lambda:UpdateAlias', nth: 12, fail: 'crashBefore' };
      const events = lost === 'nothing' ? [] : [{ event: lost, deliver: 'never' }];
      const story = await group({ aws: [operator, dies], events });
      expect(story.writes).toContain('stock 42');
      expect(story.writes).not.toContain('checkout 242');
      expect(aliases(story)).toEqual(stable);
    },
  );

  it('promotes all or none, whatever becomes of a handler on its way', async () => {
    for (const nth of [10, 11, 12]) {
      const story = await group({ aws: [{ call: 'lambda:UpdateAlias', nth, fail: 'crash' }] });
      expect(story.result.outcome).toBe('promoted');
      expect(aliases(story)).toEqual(candidates);
    }
  });

  it('asks once for an approval of a step, and gives it to all members', async () => {
    const operator = [{ atSecond: 500, do: 'approve' }];
    const manual = { ...policy, batches: { count: 1, intervalSeconds: 300, approval: 'manual' } };
    const { result } = await group({ policy: manual, operator });
    expect(result.outcome).toBe('promoted');
    expect(result.timeline.filter(({ event }) => event === 'approvalRequested')).toHaveLength(1);
  });

  it('may be one member, which ends as one alias does', async () => {
    const one = await group({ members: members().slice(2), policy: { ...policy, alarms: ['checkout-errors'] } });
    const [, , { name: _, ...alone }] = members() as [unknown, unknown, { name: string }];
    const scenario = scenarioSchema.parse({ ...alone, policy: { ...policy, alarms: ['checkout-errors'] } });
    const { result } = await rehearse(scenario, loadController());
    expect({ ...one.result, members: undefined }).toEqual({ ...result, members: undefined });
  });
});

describe('a group of ten', () => {
  const many = Array.from({ length: 10 }, (_, index) => ({
    name: `f${index}`,
    traffic: { requestsPerSecond: 1 },
    candidate: index === 4 ? { faults: [{ aboveWeight: 50, errorRate: 1 }] } : {},
    alarms: [alarm(`f${index}`)],
  }));
  const alarms = many.map(({ name }) => `${name}-errors`);

  it.each([[true], [false]])(
    'never asks Lambda for more than 15 requests a second, in one execution (bad: %s)',
    async (isBad) => {
      const all = isBad ? many : many.map((member) => ({ ...member, candidate: {} }));
      const { result, seconds, calls } = await group({ members: all, policy: { ...policy, alarms } });
      expect(result.outcome).toBe(isBad ? 'rolledBack' : 'promoted');
      const controlPlane = ['GetAlias', 'UpdateAlias', 'GetProvisionedConcurrencyConfig'].flatMap(
        (call) => seconds[`lambda:${call}`] ?? [],
      );
      const busiest = Math.max(
        ...controlPlane.map((from) => controlPlane.filter((second) => second >= from && second < from + 1).length),
      );
      expect(busiest).toBeLessThanOrEqual(15);
      expect(result.cost.awsCalls['lambda:UpdateAlias']).toBe(isBad ? 30 : 40);
      expect(result.cost.usd).toBeLessThan(0.1);
      expect(calls.filter(({ action }) => action === 'states:StartExecution')).toEqual([]);
    },
  );
});
