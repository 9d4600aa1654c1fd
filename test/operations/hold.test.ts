import { describe, expect, it } from 'vitest';
import { hold, resume } from '../../lib/operations/hold.ts';
import type { Progress } from '../../lib/operations/progress.ts';
import { AnAccount } from '../cli/an-account.ts';

/** Three functions that Sluice shifts, one of them of another team, and one that it does not know. */
function anAccount() {
  const account = new AnAccount();
  for (const name of ['basket', 'checkout', 'search']) {
    account.addService(name, ['1']).tags = { team: name === 'search' ? 'discovery' : 'payments' };
  }
  account.addFunction('report', ['1'], { tags: { team: 'payments' } });
  const held = () => [...account.functions].filter(([, { tags }]) => 'sluice:hold' in tags).map(([name]) => name);
  return { account, held };
}

describe('hold', () => {
  it('tags one function with the reason and the caller', async () => {
    const { account, held } = anAccount();
    expect(await hold({ function: 'checkout', reason: 'freeze' }, account.clients())).toEqual({
      action: 'held',
      functions: ['checkout'],
      reason: 'freeze - user/ann',
    });
    expect(held()).toEqual(['checkout']);
    expect(account.functions.get('checkout')?.tags['sluice:hold']).toBe('freeze - user/ann');
  });

  it('is a freeze of every function that Sluice shifts with all, and reports its progress', async () => {
    const { account, held } = anAccount();
    const seen: Progress[] = [];
    const { functions } = await hold({ all: true, onProgress: (progress) => seen.push(progress) }, account.clients());
    expect(functions).toEqual(['basket', 'checkout', 'search']);
    expect(held()).toEqual(functions);
    expect(seen.at(-1)).toEqual({ what: 'functions', done: 3, total: 3 });
  });

  it('of all holds a function too whose parameter somebody has broken, and passes over one that does not exist', async () => {
    const { account, held } = anAccount();
    account.parameters.set('/sluice/checkout/live', 'broken');
    account.parameters.set('/sluice/gone/live', 'broken');
    await hold({ all: true }, account.clients());
    expect(held()).toEqual(['basket', 'checkout', 'search']);
  });

  it('takes only the functions with the tag, and of these only the ones that Sluice shifts', async () => {
    const { account, held } = anAccount();
    await hold({ all: true, tag: { key: 'team', value: 'payments' } }, account.clients());
    expect(held()).toEqual(['basket', 'checkout']);
  });
});

describe('resume', () => {
  it('takes the hold of one function away', async () => {
    const { account, held } = anAccount();
    await hold({ all: true }, account.clients());
    expect(await resume({ function: 'checkout' }, account.clients())).toEqual({
      action: 'resumed',
      functions: ['checkout'],
    });
    expect(held()).toEqual(['basket', 'search']);
  });

  it('ends a freeze with all, for one team if a tag is given', async () => {
    const { account, held } = anAccount();
    await hold({ all: true }, account.clients());
    await resume({ all: true, tag: { key: 'team', value: 'payments' } }, account.clients());
    expect(held()).toEqual(['search']);
    await resume({ all: true }, account.clients());
    expect(held()).toEqual([]);
  });
});
