import { describe, expect, it } from 'vitest';
import { AGroupStack, type TemplateAlias, type TestTemplate } from './a-group-stack.ts';

/** A template of a group with these functions at these versions. */
const grouped = (
  versions: Readonly<Record<string, string>>,
  changes: Partial<Record<string, Partial<TemplateAlias>>> = {},
): TestTemplate => ({
  group: 'Service',
  aliases: Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [name, { version, grouped: true, ...changes[name] }]),
  ),
});

/** A stack whose first deploy has made a group of three functions at version 1. */
async function aShop() {
  const stack = new AGroupStack();
  const first = await stack.deploy(grouped({ prices: '1', orders: '1', checkout: '1' }));
  return { stack, first };
}

/** What was started, as `function:version` of each member. */
const shifted = ({ started }: Awaited<ReturnType<AGroupStack['deploy']>>) =>
  started.map(({ input }) => {
    const members = (input['members'] ?? [input]) as readonly { readonly function: string; readonly version: string }[];
    return members.map((member) => `${member.function}:${member.version}`);
  });

/** Every alias serves this version, as if its rollout had ended. */
function promote(stack: AGroupStack, versions: Readonly<Record<string, string>>): void {
  for (const [name, FunctionVersion] of Object.entries(versions)) {
    stack.aliases.set(name, { ...stack.aliases.get(name), FunctionVersion });
  }
}

const serving = (stack: AGroupStack) =>
  Object.fromEntries([...stack.aliases].map(([name, { FunctionVersion }]) => [name, FunctionVersion]));

describe('a deploy of a group', () => {
  it('makes the aliases at their first versions, and starts nothing', async () => {
    const { stack, first } = await aShop();
    expect(first).toEqual({ started: [], failure: undefined });
    expect(serving(stack)).toEqual({ prices: '1', orders: '1', checkout: '1' });
  });

  it('starts one rollout of the members whose version changed, in their order, and moves no traffic', async () => {
    const { stack } = await aShop();
    const { started } = await stack.deploy(grouped({ prices: '2', orders: '1', checkout: '2' }));
    expect(started).toEqual([
      {
        name: expect.stringMatching(/^deploy-shop-00000000-0000-0000-0000-\d{12}-[0-9a-f]{8}$/),
        input: {
          group: 'shop',
          members: ['prices', 'checkout'].map((name) => ({
            function: name,
            alias: 'live',
            version: '2',
            provisionedConcurrency: null,
            alarms: [`${name}-errors`],
          })),
          policy: expect.objectContaining({ canary: expect.objectContaining({ weight: 10 }), alarms: ['backlog'] }),
          stack: 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1',
          startedBy: 'the deploy of stack shop',
        },
      },
    ]);
    expect(serving(stack)).toEqual({ prices: '1', orders: '1', checkout: '1' });
  });

  it('starts nothing if nothing changed, or the policy alone', async () => {
    const { stack } = await aShop();
    const same = grouped({ prices: '1', orders: '1', checkout: '1' });
    expect(shifted(await stack.deploy(same))).toEqual([]);
    expect(shifted(await stack.deploy({ ...same, policy: '{"preset":"AllAtOnce"}' }))).toEqual([]);
  });

  it('brings along what an earlier rollout has reverted: the template is the release', async () => {
    const { stack } = await aShop();
    await stack.deploy(grouped({ prices: '2', orders: '2', checkout: '2' }));
    const fixed = await stack.deploy(grouped({ prices: '2', orders: '2', checkout: '3' }));
    expect(shifted(fixed)).toEqual([['prices:2', 'orders:2', 'checkout:3']]);
  });

  it('leaves out what was promoted meanwhile', async () => {
    const { stack } = await aShop();
    await stack.deploy(grouped({ prices: '2', orders: '2', checkout: '1' }));
    promote(stack, { prices: '2', orders: '2' });
    expect(shifted(await stack.deploy(grouped({ prices: '2', orders: '2', checkout: '2' })))).toEqual([['checkout:2']]);
  });

  it('is refused for a version that can serve nothing, and then starts nothing at all', async () => {
    const { stack } = await aShop();
    stack.failed.add('checkout:2');
    const deploy = await stack.deploy(grouped({ prices: '2', orders: '1', checkout: '2' }));
    expect(deploy).toEqual({ started: [], failure: expect.stringContaining('version 2 is Failed') });
  });

  it('is refused for a policy that is wrong', async () => {
    const { stack } = await aShop();
    const wrong = { ...grouped({ prices: '2', orders: '1', checkout: '1' }), policy: '{"canary":{"weight":60}}' };
    expect(await stack.deploy(wrong)).toMatchObject({
      started: [],
      failure: expect.stringContaining('the policy is refused: canary.weight: expected at most 50'),
    });
  });

  it('starts a rollout to an adopted alias that serves another version', async () => {
    const stack = new AGroupStack();
    stack.aliases.set('prices', { FunctionVersion: '7' });
    const deploy = await stack.deploy(grouped({ prices: '8', checkout: '1' }, { prices: { existing: 'adopt' } }));
    expect(shifted(deploy)).toEqual([['prices:8']]);
  });

  it('warms a member whose number changed alone', async () => {
    const { stack } = await aShop();
    const versions = { prices: '1', orders: '1', checkout: '1' };
    const warmed = grouped(versions, { orders: { provisionedConcurrency: '5' } });
    await stack.deploy(warmed);
    const { started } = await stack.deploy(grouped(versions, { orders: { provisionedConcurrency: '7' } }));
    expect(started).toMatchObject([{ input: { members: [{ function: 'orders', provisionedConcurrency: 7 }] } }]);
  });
});

describe('a stack that rolls back', () => {
  it('starts nothing a second time, though versions and members change again', async () => {
    const { stack } = await aShop();
    const deploy = await stack.deploy(grouped({ prices: '2', orders: '2', checkout: '2', search: '1' }), 'fails');
    expect(shifted(deploy)).toEqual([['prices:2', 'orders:2', 'checkout:2']]);
    expect([...stack.aliases.keys()]).toEqual(['prices', 'orders', 'checkout']);
  });

  it('starts nothing for a member that comes back, even if an earlier deploy brought its version', async () => {
    const { stack } = await aShop();
    await stack.deploy(grouped({ prices: '2', orders: '1', checkout: '1' }));
    const without = await stack.deploy(
      grouped({ prices: '2', orders: '1', checkout: '1' }, { prices: { grouped: false } }),
      'fails',
    );
    expect(without).toEqual({ started: [], failure: 'another resource failed' });
    const all = await stack.deploy(grouped({ orders: '1', checkout: '1' }), 'fails');
    expect(all.started).toEqual([]);
  });
});

describe('an alias that moves into a group or out of it', () => {
  const alone = (version: string): TemplateAlias => ({ version });

  it('moves no traffic and starts nothing, also if its last rollout was reverted', async () => {
    const stack = new AGroupStack();
    await stack.deploy({ aliases: { prices: alone('1'), checkout: alone('1') } });
    await stack.deploy({ aliases: { prices: alone('2'), checkout: alone('1') } });
    expect(shifted(await stack.deploy(grouped({ prices: '2', checkout: '1' })))).toEqual([]);
    expect(shifted(await stack.deploy({ aliases: { prices: alone('2'), checkout: alone('1') } }))).toEqual([]);
    expect(serving(stack)).toEqual({ prices: '1', checkout: '1' });
  });

  it('starts the rollout of a version that comes with the move, once', async () => {
    const stack = new AGroupStack();
    await stack.deploy({ aliases: { prices: alone('1'), checkout: alone('1') } });
    expect(shifted(await stack.deploy(grouped({ prices: '2', checkout: '1' })))).toEqual([['prices:2']]);
    promote(stack, { prices: '2' });
    const out = await stack.deploy({ aliases: { prices: alone('3'), checkout: alone('1') } });
    expect(shifted(out)).toEqual([['prices:3']]);
    expect(out.started[0]?.input).not.toHaveProperty('members');
  });

  it('starts nothing if the group is another construct from now on', async () => {
    const { stack } = await aShop();
    await stack.deploy(grouped({ prices: '2', orders: '1', checkout: '1' }));
    const renamed = { ...grouped({ prices: '2', orders: '1', checkout: '1' }), group: 'Shop' };
    expect(shifted(await stack.deploy(renamed))).toEqual([]);
  });
});

describe('a group that is deleted', () => {
  it('leaves its aliases alone', async () => {
    const { stack } = await aShop();
    const aliases = { prices: { version: '1' }, orders: { version: '1' }, checkout: { version: '1' } };
    expect(await stack.deploy({ aliases })).toEqual({ started: [], failure: undefined });
    expect(serving(stack)).toEqual({ prices: '1', orders: '1', checkout: '1' });
  });

  it('goes with all its members', async () => {
    const { stack } = await aShop();
    expect(await stack.deploy({ aliases: {} })).toEqual({ started: [], failure: undefined });
    expect(stack.answers.map(({ status }) => status)).not.toContain('FAILED');
    expect(serving(stack)).toEqual({});
  });

  it('goes even if it was never made, for its properties were wrong', async () => {
    const stack = new AGroupStack();
    const wrong = { ...grouped({ prices: '1' }), policy: 'no JSON' };
    await stack.deploy(wrong);
    expect(await stack.deploy({ aliases: {} })).toMatchObject({ failure: undefined });
  });
});
