import { execFileSync } from 'node:child_process';
import type { Stack } from '@aws-sdk/client-cloudformation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../lib/aws/stack/environments.ts';
import { environmentNameOf, formerEnvironmentNameOf } from '../../lib/branch/branch-name.ts';
import { prunable } from '../../lib/cli/environments.ts';
import { run, runIn } from './a-terminal.ts';
import { aStack, SomeStacks } from './some-stacks.ts';

const environmentOf = (branch: string, more: Partial<Environment> = {}): Environment => ({
  branch,
  proven: true,
  service: 'checkout',
  stack: `checkout-${environmentNameOf(branch)}`,
  stackId: 'arn',
  status: 'UPDATE_COMPLETE',
  owner: null,
  url: null,
  createdAt: new Date(0),
  deployedAt: new Date(0),
  idleCostPerMonth: 0,
  idleCostIsLeast: false,
  protected: false,
  ...more,
});

const nextYear = new Date(Date.now() + 365 * 86_400_000);

describe('pruning', () => {
  it('removes what has no branch any more, and nothing that has one', () => {
    const branch = fc.string({ minLength: 1 }).filter((name) => name.trim() !== '');
    fc.assert(
      fc.property(fc.uniqueArray(branch), fc.uniqueArray(branch), (deployed, existing) => {
        const environments = deployed.map((name) => environmentOf(name));
        const gone = prunable(environments, 'checkout', existing).map((each) => each.branch);
        expect(gone).toEqual(deployed.filter((name) => !existing.includes(name)));
      }),
    );
  });

  it('leaves protected environments alone, those of other services, and those that their own tags do not prove', () => {
    const gone = [{ protected: true }, { service: 'payments' }, { proven: false }].map((more) =>
      environmentOf('gone', more),
    );
    expect(prunable(gone, 'checkout', ['main'])).toEqual([]);
  });

  it('keeps an environment that the release before named, as long as its branch exists', () => {
    const former = environmentOf('feature/x', { stack: `checkout-${formerEnvironmentNameOf('feature/x')}` });
    expect(prunable([former], 'checkout', ['feature/x'])).toEqual([]);
    expect(prunable([former], 'checkout', ['main'])).toEqual([former]);
  });
});

/** Which of the stacks `sluice env prune --yes` deletes in a repository that has only the branch main. */
function pruned(...stacks: readonly Stack[]): string[] {
  const account = new SomeStacks(stacks);
  const script = `
    import { SomeStacks } from './test/cli/some-stacks.ts';
    import { runIn } from './test/cli/a-terminal.ts';
    const given = JSON.parse(process.env.STACKS).map((stack) => ({ ...stack, CreationTime: new Date(stack.CreationTime) }));
    const some = new SomeStacks(given);
    await runIn(some.account, 'env', 'prune', '--service', 'checkout', '--stdin', '--yes');
    console.log(JSON.stringify(some.deleted));`;
  const out = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    input: 'main\n',
    env: { ...process.env, STACKS: JSON.stringify(account.stacks) },
    encoding: 'utf8',
  });
  return JSON.parse(out) as string[];
}

describe('sluice env prune', () => {
  it('deletes environments of its own service whose name follows from their tags, and no other stack', () => {
    const gone = aStack('feature/login');
    const unicode = aStack('Feature_Zwölf #2');
    expect(
      pruned(
        gone,
        unicode,
        aStack('main'),
        aStack('feature/pay', { service: 'payments' }),
        aStack('feature/login', { StackName: `${gone.StackName}-NestedDb-1ABCD` }),
        aStack('feature/login', { ParentId: gone.StackId as string }),
        aStack('feature/login', { StackName: 'production' }),
        aStack('feature/other', { StackName: `checkout-${environmentNameOf('feature/login')}` }),
        aStack('gone', { StackName: `checkout-${formerEnvironmentNameOf('gone')}` }),
      ).toSorted(),
    ).toEqual(
      [gone.StackName, unicode.StackName, `checkout-${formerEnvironmentNameOf('gone')}`].toSorted() as string[],
    );
  });

  it('is refused without a service, because the branches of a repository tell nothing about others', async () => {
    const { code, err } = await run('env', 'prune', '--yes');
    expect(code).toBe(2);
    expect(err).toContain('expected: --service NAME');
  });
});

describe('sluice env list', () => {
  const list = async (stack: Stack, schedule?: object) => {
    const schedules = schedule ? { [stack.StackName as string]: schedule } : {};
    return (await runIn(new SomeStacks([stack], schedules).account, 'env', 'list')).out;
  };
  const soon = { ScheduleExpression: 'rate(360 minutes)', StartDate: nextYear };
  const past = { ScheduleExpression: 'rate(360 minutes)', StartDate: new Date(0) };

  it.each([
    ['that it deletes itself', {}, soon, /deletes itself in 36[45] d/],
    [
      'that it deletes itself, as the release before wrote it',
      {},
      { ScheduleExpression: 'at(2126-01-01T00:00:00)' },
      /deletes itself in/,
    ],
    ['that it stays', {}, undefined, /stays until removed/],
    ['that its time is up', {}, past, /its time is up; its schedule tries to remove it/],
    ['that it is being deleted', { StackStatus: 'DELETE_IN_PROGRESS' }, past, /is being deleted/],
    ['that its removal failed', { StackStatus: 'DELETE_FAILED' }, past, /its removal failed.*sluice env remove/],
    [
      'that its removal failed for good',
      { StackStatus: 'DELETE_FAILED' },
      undefined,
      /failed; run sluice env remove again/,
    ],
  ] as const)('tells %s', async (_, more, schedule, expected) => {
    expect(await list(aStack('feature/x', more as Partial<Stack>), schedule)).toMatch(expected);
  });

  it.each(['日本語/Ärger', 'Feature_Zwölf #2', 'fix #12'])('calls %s by its name', async (branch) => {
    expect(await list(aStack(branch))).toContain(`${branch}  checkout-`);
  });

  it('calls a branch by its output if the tag of the release before lost a character', async () => {
    const StackName = `checkout-${formerEnvironmentNameOf('fix #12')}`;
    expect(await list(aStack('fix #12', { tag: 'fix _12', StackName }))).toContain('fix #12  checkout-');
  });

  it('tells a cost that is only known in part', async () => {
    const Outputs = [{ OutputKey: 'IdleCostPerMonth', OutputValue: '0.40+' }];
    expect(await list(aStack('feature/x', { Outputs }))).toContain('at least $0.40 a month while idle');
  });
});

describe('sluice env remove', () => {
  it('takes a branch that looks like a flag behind two dashes', async () => {
    for (const branch of ['--help', '-x']) {
      const some = new SomeStacks([aStack(branch)]);
      const { code, out } = await runIn(some.account, 'env', 'remove', '--', branch);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('is being deleted') });
      expect(some.deleted).toEqual([`checkout-${environmentNameOf(branch)}`]);
    }
  });

  it('finds the environment that the release before named', async () => {
    const StackName = `checkout-${formerEnvironmentNameOf('feature/x')}`;
    const some = new SomeStacks([aStack('feature/x', { StackName })]);
    expect((await runIn(some.account, 'env', 'remove', 'feature/x')).code).toBe(0);
    expect(some.deleted).toEqual([StackName]);
  });

  it('means the newer of two, and then the one of the release before', async () => {
    const CreationTime = new Date('2026-01-01T00:00:00Z');
    const former = aStack('feature/x', { StackName: `checkout-${formerEnvironmentNameOf('feature/x')}`, CreationTime });
    const newer = new SomeStacks([former, aStack('feature/x')]);
    await runIn(newer.account, 'env', 'remove', 'feature/x');
    expect(newer.deleted).toEqual([`checkout-${environmentNameOf('feature/x')}`]);
    const leaving = new SomeStacks([aStack('feature/x', { StackStatus: 'DELETE_IN_PROGRESS' }), former]);
    await runIn(leaving.account, 'env', 'remove', 'feature/x');
    expect(leaving.deleted).toEqual([former.StackName]);
  });
});

describe('sluice env extend', () => {
  it.each([
    [
      'a schedule that tries again',
      { ScheduleExpression: 'rate(10 minutes)', StartDate: new Date(0) },
      'rate(10 minutes)',
    ],
    ['the schedule of the release before', { ScheduleExpression: 'at(2026-01-01T00:00:00)' }, 'rate(360 minutes)'],
  ])('moves the beginning of %s', async (_, schedule, expression) => {
    const stack = aStack('feature/x');
    const some = new SomeStacks([stack], {
      [stack.StackName as string]: { ...schedule, Target: { Arn: 'a', RoleArn: 'b' } },
    });
    const { code, out } = await runIn(some.account, 'env', 'extend', 'feature/x', '--days', '14', '--json');
    expect(code).toBe(0);
    const { expiresAt } = JSON.parse(out) as { expiresAt: string };
    expect(some.updates).toMatchObject([
      { ScheduleExpression: expression, StartDate: new Date(expiresAt), Target: { Arn: 'a' }, State: 'ENABLED' },
    ]);
  });
});

describe('sluice env', () => {
  it.each([
    [['env']],
    [['env', 'explode']],
    [['env', 'url']],
    [['env', 'remove']],
    [['env', 'remove', '-x']],
    [['env', 'extend', 'feature/x', '--days', '0']],
    [['env', 'extend', 'feature/x', '--days', 'many']],
    [['env', 'prune', '--no']],
  ])('refuses %j before it asks AWS anything', async (words) => {
    const { code, out, err } = await run(...words);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^sluice: /);
  });

  it.each(['list', 'url', 'extend', 'remove', 'prune'])('explains %s', async (name) => {
    const { code, out } = await run('env', name, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`sluice env ${name}`);
  });
});
