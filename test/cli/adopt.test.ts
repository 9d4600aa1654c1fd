import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NamedAlias } from '../../lib/rollout/decisions/prune.ts';
import { runIn } from './a-terminal.ts';
import { AnAccount, MACHINE } from './an-account.ts';

/** A function that a script deploys, and a standalone controller. */
function anAccount(alias: Partial<NamedAlias> = {}, tags: Record<string, string> = {}) {
  const account = new AnAccount();
  const live = {
    name: 'live',
    functionVersion: '41',
    additionalVersionWeights: {},
    description: 'ours',
    revisionId: 'r1',
  };
  const held = account.addFunction('script', ['41', '42'], { aliases: [{ ...live, ...alias }], tags });
  account.parameters.set('/sluice-controllers/shared/state-machine', MACHINE);
  return { account, held };
}

const adopt = (account: AnAccount, ...words: readonly string[]) =>
  runIn(account.clients(), 'adopt', 'script:live', '--controller', 'shared', ...words);

const written = ({ calls }: AnAccount) =>
  calls.map(({ call }) => call).filter((call) => /Put|Tag(?!s)|Update/.test(call) && !/List/.test(call));

const policy = join(mkdtempSync(join(tmpdir(), 'sluice-')), 'policy.json');
writeFileSync(policy, JSON.stringify({ preset: 'AllAtOnce' }));

describe('sluice adopt', () => {
  it('shows what it would do, and does nothing', async () => {
    const { account } = anAccount();
    const { code, out } = await adopt(account);
    expect(code).toBe(0);
    expect(out).toContain('would hand script:live over to controller shared');
    expect(out).toContain('sluice:managed = shared on the function');
    expect(out).toContain('add --yes');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(140);
    expect(written(account)).toEqual([]);
  });

  it('tags the function, registers the alias and marks it, and moves no traffic', async () => {
    const { account, held } = anAccount();
    expect(await adopt(account, '--yes', '--policy', policy)).toMatchObject({ code: 0 });
    expect(held.tags).toEqual({ 'sluice:managed': 'shared' });
    expect(held.aliases).toMatchObject([
      { functionVersion: '41', description: expect.stringMatching(/^ours \[sluice:[0-9a-f]{12}\]$/) },
    ]);
    expect(JSON.parse(account.parameters.get('/sluice/script/live/adopted') as string)).toMatchObject({
      schema: 1,
      stateMachineArn: MACHINE,
      policy: { preset: 'AllAtOnce' },
    });
  });

  it('lets rollouts be started without the controller and the policy', async () => {
    const { account } = anAccount();
    await adopt(account, '--yes', '--policy', policy);
    const { code } = await runIn(account.clients(), 'start', 'script:live', '--version', '42');
    expect(code).toBe(0);
    expect(account.calls.find(({ call }) => call === 'states:StartExecution')?.input).toMatchObject({
      stateMachineArn: MACHINE,
    });
  });

  it('may be repeated', async () => {
    const { account, held } = anAccount();
    await adopt(account, '--yes');
    const [before] = held.aliases;
    const { code, out } = await adopt(account, '--yes');
    expect([code, held.aliases]).toEqual([0, [before]]);
    expect(out).toContain('as it is already');
  });

  it.each([
    [
      'the function belongs to another controller',
      {},
      { 'sluice:managed': 'other' },
      'belongs to the controller other',
    ],
    [
      'the alias has another owner',
      { description: '[sluice:0123456789ab]' },
      {},
      'belongs to another stack or resource',
    ],
    ['there is no such alias', { name: 'prod' }, {}, 'there is no alias live of script'],
  ])('is refused if %s, and nothing is written', async (_, alias, tags, why) => {
    const { account } = anAccount(alias, tags);
    const { code, err } = await adopt(account, '--yes');
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
    expect(written(account)).toEqual([]);
  });

  it('says so if somebody else claims the alias in the same moment, and how to undo what was done', async () => {
    const { account, held } = anAccount();
    const put = account.parameters.set.bind(account.parameters);
    account.parameters.set = (name, value) => {
      Object.assign(held.aliases[0] as object, { description: '[sluice:0123456789ab]', revisionId: 'r2' });
      return put(name, value);
    };
    const { code, out, err } = await adopt(account, '--yes');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('belongs to another stack or resource');
    expect(err).toContain('undo: aws ssm delete-parameter --name /sluice/script/live/adopted');
  });

  it.each([
    [['adopt', 'script', '--controller', 'shared'], 'names no alias'],
    [['adopt', 'script:live'], 'is no name of a controller'],
    [['adopt', 'script:live', '--controller', 'other'], 'there is no controller other'],
  ])('refuses %j', async (words, why) => {
    const { account } = anAccount();
    const { code, err } = await runIn(account.clients(), ...words);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
  });
});
