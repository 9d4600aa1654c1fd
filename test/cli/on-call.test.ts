import { beforeAll, describe, expect, it } from 'vitest';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import type { Account } from '../../lib/cli/account.ts';
import { accountOf, wordsIn } from '../../lib/cli/operator-commands.ts';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import { alone } from '../functions/alone.ts';
import { eventsOf, rehearsing, usual } from '../rehearsal/a-scenario.ts';
import { type Run, run, runIn } from './a-terminal.ts';

/** The rehearsal's AWS as ann's account. */
const annsAccount = (clients: Clients): Account => ({
  ...accountOf(clients),
  caller: async () => 'arn:aws:iam::123456789012:user/ann',
});

/** Commands at seconds of a rehearsal, with a rollout in progress; answers what each printed. */
async function onCall(
  changes: Partial<ScenarioInput>,
  ...commands: readonly (readonly [atSecond: number, command: string])[]
) {
  const runs: Run[] = [];
  const people = commands.map(([atSecond, command], index) => ({
    atSecond,
    does: async (clients: Clients) => {
      runs[index] = await runIn(annsAccount(clients), ...wordsIn(command));
    },
  }));
  const rehearsal = await rehearsing(changes, people);
  return { rehearsal, result: rehearsal.result, runs, json: runs.map(({ out }) => jsonIn(out)) };
}

// Commands are loaded when they are asked for, which takes no time in a rehearsal.
beforeAll(() => run('--help'));

const jsonIn = (text: string): Record<string, never> | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const manual: Partial<ScenarioInput> = {
  policy: { ...usual.policy, batches: { count: 1, intervalSeconds: 60, approval: 'manual' } },
};

describe('sluice rollback', () => {
  it('puts the alias back in the middle of a rollout, and says how to undo it', async () => {
    const { result, runs } = await onCall({}, [400, 'rollback checkout:live --reason "orders are missing"']);
    expect(result).toMatchObject({
      outcome: 'rolledBack',
      reason: 'rollback by user/ann: orders are missing',
      alias: alone('41'),
    });
    expect(runs[0]).toMatchObject({ code: 0, err: '' });
    expect(runs[0]?.out).toContain('checkout:live serves 41 alone');
    expect(runs[0]?.out).toContain('sluice start checkout:live --version 42');
  });

  it('takes one read, one write and one read back of the alias, and looks at the version after that', async () => {
    const { rehearsal } = await onCall({}, [400, 'rollback checkout:live']);
    const calls = rehearsal.calls.filter(({ caller }) => caller === 'operator').map(({ action }) => action);
    expect(calls.filter((action) => action.startsWith('lambda:'))).toEqual([
      'lambda:GetAlias',
      'lambda:UpdateAlias',
      'lambda:GetAlias',
      'lambda:GetFunctionConfiguration',
    ]);
  });

  it('ends a rollout that waits for an approval at once', async () => {
    const { result } = await onCall(manual, [500, 'rollback checkout']);
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(result.seconds.total).toBeLessThan(505);
  });

  it('undoes the last promotion, and nothing when it is asked for again', async () => {
    const { json } = await onCall({}, [4000, 'rollback checkout --json'], [4100, 'rollback checkout --json']);
    expect(json).toMatchObject([
      { action: 'rolledBack', from: '42', to: '41', now: alone('41') },
      { action: 'nothing', now: alone('41') },
    ]);
  });

  it('stops a rollout that has moved no traffic yet, and leaves the alias alone', async () => {
    const { result, json } = await onCall(
      { policy: { ...usual.policy, canary: { weight: 10, bakeSeconds: 300, approval: 'manual' } } },
      [100, 'rollback checkout --json'],
    );
    expect(json).toMatchObject([{ action: 'stopped', now: alone('41') }]);
    expect(result.alias).toEqual(alone('41'));
    expect(result.seconds.total).toBeLessThan(110);
  });

  it('goes to the version that is named', async () => {
    const { json } = await onCall({}, [4000, 'rollback checkout --to 41 --json']);
    expect(json).toMatchObject([{ action: 'rolledBack', to: '41' }]);
  });
});

describe('sluice approve and reject', () => {
  it('let the rollout go on, and keep who said so and why in its record', async () => {
    const { result, runs, json } = await onCall(
      manual,
      [500, 'approve checkout --comment "dashboards look fine"'],
      [9000, 'history checkout --json'],
    );
    expect(result.outcome).toBe('promoted');
    expect(runs[0]?.out).toContain('approved 100 % of checkout:live for 42');
    expect(json[1]?.['rollouts']?.[0]?.['report']).toMatchObject({
      outcome: 'promoted',
      approvals: [{ verdict: 'approved', by: 'arn:aws:iam::123456789012:user/ann', comment: 'dashboards look fine' }],
    });
  });

  it('put the alias back, with the comment as the reason', async () => {
    const { result } = await onCall(manual, [500, 'reject checkout --comment "p99 doubled"']);
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
    expect(result.reason).toContain('p99 doubled');
  });

  it('do nothing if no approval is asked for', async () => {
    const { result, runs } = await onCall({}, [200, 'approve checkout'], [8000, 'reject checkout']);
    expect(runs.map(({ code }) => code)).toEqual([2, 2]);
    expect(runs[0]?.err).toContain('does not wait for an approval');
    expect(runs[1]?.err).toContain('no rollout of checkout:live is under way');
    expect(result.outcome).toBe('promoted');
  });
});

describe('sluice advance', () => {
  it('skips the rest of a bake; the rollout goes on from there', async () => {
    const { rehearsal, runs } = await onCall({}, [90, 'advance checkout']);
    expect(runs[0]?.out).toContain('gives 42 40 % now, after 10 %');
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'shifted 40', 'shifted 70', 'shifted 100', 'promoted']);
    expect(rehearsal.result.timeline[1]?.second).toBeLessThan(180);
  });

  it('leaves the new weight under the protection of alarms, also before the rollout has noticed it', async () => {
    const { result } = await onCall(
      { candidate: { errorRate: 1 }, policy: { ...usual.policy, canary: { weight: 10, bakeSeconds: 3600 } } },
      [119, 'advance checkout'],
    );
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: alone('41') });
  });

  it('is refused until the rollout has taken up the last one', async () => {
    const { result, runs } = await onCall({}, [61, 'advance checkout'], [63, 'advance checkout']);
    expect(runs.map(({ code }) => code)).toEqual([0, 2]);
    expect(runs[1]?.err).toContain('has not taken up the last advance yet');
    expect(result.outcome).toBe('promoted');
  });

  it('promotes at 100 %, before the version has settled', async () => {
    const { result, runs } = await onCall({}, [1200, 'advance checkout']);
    expect(runs[0]?.out).toContain('promoted before it had settled');
    expect(result).toMatchObject({ outcome: 'promoted', alias: alone('42') });
  });
});

describe('sluice hold and resume', () => {
  it('keep a rollout where it is for a while', async () => {
    const { rehearsal, json } = await onCall(
      {},
      [200, 'hold checkout --reason "freeze: see wiki" --json'],
      [3000, 'resume checkout --json'],
    );
    expect(json).toMatchObject([
      { action: 'held', functions: ['checkout'], undo: 'sluice resume checkout' },
      { action: 'resumed', functions: ['checkout'] },
    ]);
    expect(eventsOf(rehearsal).slice(0, 4)).toEqual(['shifted 10', 'held', 'resumed', 'shifted 40']);
    expect(rehearsal.result.timeline[1]?.reason).toBe('freeze: see wiki - user/ann');
  });

  it('is a freeze with --all', async () => {
    const { json } = await onCall({}, [200, 'hold --all --json'], [600, 'resume checkout']);
    expect(json[0]).toMatchObject({ action: 'held', functions: ['checkout'] });
  });
});

describe('sluice status', () => {
  it('shows what is rolling, and what it waits for', async () => {
    const { json, runs } = await onCall(manual, [200, 'status --json'], [500, 'status'], [600, 'approve checkout']);
    expect(json[0]?.['rollouts']).toMatchObject([
      { function: 'checkout', alias: 'live', state: 'running', doing: 'baking', weight: 10, stable: '41' },
    ]);
    expect(runs[1]?.out).toContain('WAITS FOR AN APPROVAL');
    expect(runs[1]?.out).toContain('sluice approve checkout:live');
  });

  it('says so if no rollout is under way', async () => {
    const { runs } = await onCall({}, [9000, 'status'], [9000, 'status checkout']);
    expect(runs[0]?.out).toContain('No rollout is under way');
    expect(runs[1]?.out).toContain('promoted');
  });
});

describe('sluice watch', () => {
  it('follows a rollout to its end, and ends with its exit code', async () => {
    const { runs } = await onCall({ candidate: { errorRate: 1 } }, [30, 'watch checkout']);
    expect(runs[0]?.code).toBe(1);
    expect(runs[0]?.out).toMatch(/shifted +██/);
    expect(runs[0]?.out).toMatch(/rolled back after \d+ min/);
    expect(Math.max(...(runs[0]?.out ?? '').split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('prints the report with --json', async () => {
    const { json, runs } = await onCall({}, [30, 'watch checkout --json']);
    expect(runs[0]?.code).toBe(0);
    expect(json[0]).toMatchObject({
      schema: 1,
      outcome: 'promoted',
      steps: expect.any(Array),
      cost: expect.any(Object),
    });
  });
});

describe('sluice start', () => {
  it('starts a rollout by the policy that is deployed, and waits for its end', async () => {
    const { result, runs } = await onCall(
      {},
      [4000, 'rollback checkout'],
      [4100, 'start checkout --version newest --wait'],
    );
    expect(runs[1]?.code).toBe(0);
    expect(runs[1]?.out).toContain('started the rollout of checkout:live to 42');
    expect(runs[1]?.out).toContain('promoted after');
    expect(result.alias).toEqual(alone('42'));
  });
});

describe('sluice history', () => {
  it('tells who, when, versions, steps, end, reason and failed requests', async () => {
    const { runs } = await onCall({ candidate: { errorRate: 1 } }, [4000, 'history checkout']);
    const { out = '' } = runs[0] ?? {};
    expect(out).toMatch(/41 -> 42 +rolled back/);
    expect(out).toMatch(/\d+ failed of \d+ on 42/);
    expect(out).toContain('by the rehearsal');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('what cannot be meant', () => {
  it.each([
    'rollback checkout --to $LATEST',
    'rollback "check out"',
    'rollback checkout:live:more',
    'rollback checkout --reason ""',
    'start checkout',
    'start checkout --version 4x',
    'start checkout --version 42 --name "a b"',
    'start checkout --version 42 --policy nowhere.json',
    'advance',
    'hold',
    'hold checkout --all',
    'hold checkout --tag a=b',
    'resume checkout --all',
    'approve checkout --comment ""',
    'history checkout --limit 0',
    'history checkout --limit many',
    'status a b',
    'watch basket',
    'rollback basket',
    'status checkout:43',
  ])('is refused before anything is written: %s', async (command) => {
    const { rehearsal, runs } = await onCall({}, [200, command]);
    expect(runs[0]).toMatchObject({ code: 2, out: '' });
    expect(runs[0]?.err).toMatch(/^sluice: /);
    const writes = /Update|Tag|Send|Start|Stop|Put|Delete/;
    expect(rehearsal.calls.filter(({ caller, action }) => caller === 'operator' && writes.test(action))).toEqual([]);
    expect(rehearsal.result.outcome).toBe('promoted');
  });
});
