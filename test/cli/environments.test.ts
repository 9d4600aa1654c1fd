import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../lib/aws/stack/environments.ts';
import { environmentNameOf } from '../../lib/branch/branch-name.ts';
import { prunable } from '../../lib/cli/environments.ts';
import { run } from './a-terminal.ts';

const environmentOf = (branch: string, more: Partial<Environment> = {}): Environment => ({
  branch,
  service: 'checkout',
  stack: `checkout-${environmentNameOf(branch)}`,
  stackId: 'arn',
  status: 'UPDATE_COMPLETE',
  owner: null,
  url: null,
  createdAt: new Date(0),
  deployedAt: new Date(0),
  idleCostPerMonth: 0,
  protected: false,
  ...more,
});

describe('pruning', () => {
  it('removes what has no branch any more, and nothing that has one', () => {
    const branch = fc.string({ minLength: 1 }).filter((name) => name.trim() !== '');
    fc.assert(
      fc.property(fc.uniqueArray(branch), fc.uniqueArray(branch), (deployed, existing) => {
        const gone = prunable(
          deployed.map((name) => environmentOf(name)),
          existing,
        ).map((each) => each.branch);
        expect(gone).toEqual(deployed.filter((name) => !existing.includes(name)));
      }),
    );
  });

  it('goes by the name, which no other branch has, and not by a tag, which lacks what tags may not hold', () => {
    const tagged = environmentOf('fix #12', { branch: 'fix _12' });
    expect(prunable([tagged], ['fix #12'])).toEqual([]);
    expect(prunable([tagged], ['fix _12'])).toEqual([tagged]);
  });

  it('leaves protected environments alone', () => {
    expect(prunable([environmentOf('gone', { protected: true })], ['main'])).toEqual([]);
  });
});

describe('sluice env', () => {
  it.each([
    [['env']],
    [['env', 'explode']],
    [['env', 'url']],
    [['env', 'remove']],
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
