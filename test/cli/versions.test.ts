import { describe, expect, it } from 'vitest';
import { deleteVersion } from '../../lib/aws/lambda/versions.ts';
import { describeEnd, describeShift } from '../../lib/rollout/alias/description.ts';
import { runIn } from './a-terminal.ts';
import { AnAccount, MACHINE } from './an-account.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));
const writer = { execution: 'deploy-7', startedAt: 1_767_225_600 };
/** As a deploy names its rollout. */
const NAME = 'deploy-12-05d17139-4acf-498e-9408-cbdd0e6898d4';
const promoted = describeEnd({ did: 'promoted', from: '3', to: '9', reason: 'fine', ...writer });

/** A service with 60 versions, at version 9, which 3 was before. */
function aService() {
  const account = new AnAccount();
  const held = account.addService('checkout', numbers(60), { functionVersion: '9', description: promoted });
  return { account, held };
}

const anExecution = (name: string, status: string, candidate: string, stable?: string) => ({
  name,
  status,
  input: { function: 'checkout', alias: 'live', version: candidate },
  ...(stable === undefined ? {} : { document: { schema: 1, stable, candidate, plan: [], step: -1 } }),
});

async function json(account: AnAccount, ...words: string[]) {
  const { code, out, err } = await runIn(account.clients(), ...words, '--json');
  return { code, err, ...(out === '' ? {} : JSON.parse(out)) };
}

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('sluice versions list', () => {
  it('shows every version, newest first, and who uses it', async () => {
    const { account, held } = aService();
    const shift = describeShift({ stable: '9', candidate: '12', weight: 10, ...writer }, { number: 1, of: 4 });
    held.aliases.push({
      name: 'beta',
      functionVersion: '9',
      additionalVersionWeights: { 12: 0.1 },
      description: shift,
      revisionId: 'r',
    });
    held.provisioned = { 9: 5 };
    account.executions.push(anExecution(NAME, 'RUNNING', '12', '9'));
    const { versions } = await json(account, 'versions', 'list', 'checkout');
    expect(versions).toHaveLength(60);
    expect(versions[0]).toMatchObject({ version: '60', codeSha256: 'sha256of60', size: 1_500_000, aliases: [] });
    const of = (version: string) => versions.find((each: { version: string }) => each.version === version);
    expect(of('9')).toMatchObject({
      aliases: [
        { alias: 'live', weight: 100 },
        { alias: 'beta', weight: 90 },
      ].toSorted((a, b) => (a.alias < b.alias ? -1 : 1)),
      provisionedConcurrency: 5,
      rollouts: [{ execution: NAME, as: 'stable' }],
    });
    expect(of('12')).toMatchObject({ aliases: [{ alias: 'beta', weight: 10 }], rollouts: [{ as: 'candidate' }] });
    expect(of('3')).toMatchObject({ previousOf: [{ alias: 'live', rollbackTarget: true }] });
    const { out } = await runIn(account.clients(), 'versions', 'list', 'checkout');
    expect(out).toContain('live goes back to it');
    expect(out).toContain('beta 10 %');
    expect(widest(out)).toBeLessThanOrEqual(80);
  });

  it('says which controller could not be read, and lists the rest', async () => {
    const { account } = aService();
    account.forbidden.add('states:ListExecutions');
    const { code, versions, notRead } = await json(account, 'versions', 'list', 'checkout');
    expect(code).toBe(0);
    expect(versions).toHaveLength(60);
    expect(notRead).toEqual([`rollouts of ${MACHINE} cannot be read (AccessDeniedException)`]);
  });
});

describe('sluice versions prune', () => {
  it('keeps the versions on which durable executions run', async () => {
    const { account, held } = aService();
    held.durable = ['20'];
    const shown = await json(account, 'versions', 'prune', 'checkout');
    expect(shown.kept).toContainEqual({ version: '20', why: ['durable executions still run on it'] });
    const { removed } = await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(removed).toHaveLength(47);
    expect(held.versions).toContain('20');
  });

  it('keeps a version on which an execution begins while others are deleted', async () => {
    const { account, held } = aService();
    held.durable = [];
    account.before = async ({ call }) => {
      if (call === 'lambda:DeleteFunction') held.durable = ['33'];
    };
    await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(held.versions).toContain('33');
  });

  it('deletes nothing of a durable function whose executions cannot be read', async () => {
    const { account, held } = aService();
    held.durable = [];
    account.forbidden.add('lambda:ListDurableExecutionsByFunction');
    const { removed, kept } = await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(removed).toEqual([]);
    expect(kept[0].why).toEqual(['whether durable executions still run on it cannot be read (AccessDeniedException)']);
    expect(held.versions).toHaveLength(60);
  });

  it('asks a function that is not durable for no executions', async () => {
    const { account } = aService();
    await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(account.count('lambda:ListDurableExecutionsByFunction')).toBe(0);
  });

  it('shows what would go, why the rest stays, and touches nothing', async () => {
    const { account, held } = aService();
    const { code, dryRun, removed, kept } = await json(account, 'versions', 'prune', 'checkout');
    expect({ code, dryRun }).toEqual({ code: 0, dryRun: true });
    expect(kept.map(({ version }: { version: string }) => version)).toEqual(['3', '9', ...numbers(60).slice(-10)]);
    expect(kept[0].why).toEqual(['alias live may go back to it']);
    expect(removed).toHaveLength(48);
    expect(held.versions).toHaveLength(60);
    const { out } = await runIn(account.clients(), 'versions', 'prune', 'checkout');
    expect(out).toContain('Would delete 48 versions of checkout (72 MB)');
    expect(out).toContain('Add --yes to do it.');
    expect(out).toContain('cannot be brought back');
    expect(widest(out)).toBeLessThanOrEqual(80);
    expect(account.count('lambda:DeleteFunction')).toBe(0);
  });

  it('deletes with --yes, each by its number, and keeps what rollouts are about', async () => {
    const { account, held } = aService();
    held.provisioned = { 30: 1 };
    account.executions.push(
      anExecution('deploy-20', 'RUNNING', '20'),
      anExecution('deploy-15', 'FAILED', '15', '14'),
      anExecution('deploy-11', 'SUCCEEDED', '11', '10'),
    );
    const { removed, undo, note } = await json(account, 'versions', 'prune', 'checkout', '--keep', '2', '--yes');
    expect(held.versions).toEqual(['3', '9', '14', '15', '20', '30', '59', '60']);
    expect(removed).toHaveLength(52);
    expect({ undo, note }).toMatchObject({ undo: null, note: expect.stringContaining('cannot be brought back') });
    const deletions = account.calls.filter(({ call }) => call === 'lambda:DeleteFunction');
    expect(deletions.map(({ input }) => input['Qualifier'])).toEqual(removed);
    expect(account.functions.has('checkout')).toBe(true);
  });

  it('reads the aliases again before each deletion, and spares what they have moved to', async () => {
    const { account, held } = aService();
    account.before = ({ call, input }) => {
      const [live] = held.aliases;
      if (call === 'lambda:DeleteFunction' && input['Qualifier'] === '1' && live) {
        held.aliases = [{ ...live, additionalVersionWeights: { 5: 0 } }];
      }
    };
    const { removed, kept } = await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(removed).not.toContain('5');
    expect(kept).toContainEqual({ version: '5', why: ['alias live uses it'] });
    expect(held.versions).toContain('5');
  });

  it('goes on where Lambda keeps a version', async () => {
    const { account, held } = aService();
    account.before = ({ call, input }) => {
      if (call === 'lambda:DeleteFunction' && input['Qualifier'] === '4') {
        throw Object.assign(new Error('aliases reference it: [new]'), { name: 'ResourceConflictException' });
      }
    };
    const { code, removed, kept } = await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(code).toBe(0);
    expect(removed).toHaveLength(47);
    expect(kept).toContainEqual({ version: '4', why: [expect.stringContaining('aliases reference it')] });
    expect(held.versions).toContain('4');
  });

  it('ends where it may not delete, and tells what it has done', async () => {
    const { account } = aService();
    account.before = ({ call, input }) => {
      if (call === 'lambda:DeleteFunction' && input['Qualifier'] === '4') account.forbidden.add(call);
    };
    const { code, removed, failure } = await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(code).toBe(1);
    expect(removed).toEqual(['1', '2']);
    expect(failure).toContain('AccessDeniedException');
  });

  it.each([
    ['a controller cannot be read', (account: AnAccount) => account.forbidden.add('states:ListExecutions')],
    ['a history cannot be read', (account: AnAccount) => account.forbidden.add('states:GetExecutionHistory')],
    [
      'nothing tells the controller of an alias that one has shifted',
      (account: AnAccount) => account.parameters.clear(),
    ],
    ['the parameter holds something else', (account: AnAccount) => account.register('checkout', 'live', { schema: 2 })],
  ])('refuses where %s', async (_, breaks) => {
    const { account, held } = aService();
    account.executions.push(anExecution('deploy-11', 'SUCCEEDED', '11', '10'));
    breaks(account);
    const { code, err } = await json(account, 'versions', 'prune', 'checkout', '--yes');
    expect(code).toBe(2);
    expect(err).toMatch(/^sluice: /);
    expect(held.versions).toHaveLength(60);
    expect(account.count('lambda:DeleteFunction')).toBe(0);
  });

  it('needs no controller for an alias that none has ever shifted', async () => {
    const { account, held } = aService();
    account.parameters.clear();
    held.aliases = held.aliases.map((alias) => ({ ...alias, description: 'made by hand' }));
    expect(await json(account, 'versions', 'prune', 'checkout', '--keep', '2')).toMatchObject({
      code: 0,
      kept: [{ version: '8' }, { version: '9' }, { version: '59' }, { version: '60' }],
    });
  });

  it.each([
    'checkout --keep 1',
    'checkout --keep many',
    'checkout --keep 2.5',
    'checkout:live',
    'check/out',
    '',
    'nowhere',
  ])('refuses %j before anything is written', async (words) => {
    const { account } = aService();
    const { code, out } = await runIn(
      account.clients(),
      'versions',
      'prune',
      ...words.split(' ').filter(Boolean),
      '--yes',
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(account.count('lambda:DeleteFunction')).toBe(0);
  });
});

describe('deleting a version', () => {
  it.each(['$LATEST', '', '0', '-1', '1e3', 'live', '1.0', undefined])(
    'never asks Lambda to delete %j, for without a number it deletes the function',
    async (version) => {
      const { account } = aService();
      await expect(deleteVersion(account.clients().lambda, 'checkout', version as '1')).rejects.toThrow();
      expect(account.calls).toEqual([]);
    },
  );

  it('takes no function with a qualifier', async () => {
    const { account } = aService();
    await expect(deleteVersion(account.clients().lambda, 'checkout:live', '1')).rejects.toThrow();
    expect(account.calls).toEqual([]);
  });
});

describe('help', () => {
  it.each(['list', 'prune'])('explains versions %s, with an example', async (name) => {
    const { code, out } = await runIn(undefined, 'versions', name, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`For example: sluice versions ${name} checkout`);
  });
});
