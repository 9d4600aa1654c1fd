import type { Parameter, SSMClient } from '@aws-sdk/client-ssm';
import { SSMClient as Client } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { readGroup } from '../../../lib/aws/stack/group-registrations.ts';
import { BrokenRegistration } from '../../../lib/aws/stack/parameters.ts';
import { readRegistration, readRegistrations } from '../../../lib/aws/stack/registrations.ts';

const name = { functionName: 'checkout', aliasName: 'live' };
const holding = (Name: string, controller: string, at?: string): Parameter => ({
  Name,
  Value: JSON.stringify({ schema: 1, stateMachineArn: controller }),
  ...(at === undefined ? {} : { LastModifiedDate: new Date(at) }),
});

/** Systems Manager with some parameters, in pages of one. */
function having(...parameters: readonly Parameter[]): SSMClient & { readonly paths: string[] } {
  const paths: string[] = [];
  const send = async ({ input }: { input: { Path: string; NextToken?: string } }) => {
    paths.push(input.Path);
    const page = Number(input.NextToken ?? 0);
    const found = parameters.filter(({ Name = '' }) => Name.startsWith(`${input.Path}/`));
    return {
      Parameters: found.slice(page, page + 1),
      ...(page + 1 < found.length ? { NextToken: String(page + 1) } : {}),
    };
  };
  const client = new Client({ region: 'us-east-1' });
  return Object.assign(client, { send, paths }) as unknown as SSMClient & { readonly paths: string[] };
}

describe('the registration of an alias', () => {
  it('is found wherever its construct stands', async () => {
    const ssm = having(
      holding('/sluice/checkout/live/shop-c8a1b2c3d4', 'ours'),
      holding('/sluice/checkout/beta/x', 'no'),
    );
    expect(await readRegistration(ssm, name)).toMatchObject({ stateMachineArn: 'ours' });
    expect(new Set(ssm.paths)).toEqual(new Set(['/sluice/checkout']));
  });

  it('is understood as releases up to 0.1.0 have deployed it', async () => {
    expect(await readRegistration(having(holding('/sluice/checkout/live', 'ours')), name)).toMatchObject({
      stateMachineArn: 'ours',
    });
  });

  it('is found by the ARN of the function, too', async () => {
    const functionName = 'arn:aws:lambda:us-east-1:123456789012:function:checkout';
    expect(
      await readRegistration(having(holding('/sluice/checkout/live', 'ours')), { ...name, functionName }),
    ).toBeDefined();
  });

  it.each([
    ['first', (all: Parameter[]) => all],
    ['last', (all: Parameter[]) => all.toReversed()],
  ])('is the newest while the alias moves, listed %s', async (_, order) => {
    const ssm = having(
      ...order([
        holding('/sluice/checkout/live/after-c8', 'newer', '2026-01-02T00:00:00Z'),
        holding('/sluice/checkout/live/before-c8', 'older', '2026-01-01T00:00:00Z'),
      ]),
    );
    expect(await readRegistration(ssm, name)).toMatchObject({ stateMachineArn: 'newer' });
    expect(await readRegistrations(ssm)).toMatchObject([{ registration: { stateMachineArn: 'newer' } }]);
  });

  it('is none if no stack has deployed one', async () => {
    expect(await readRegistration(having(), name)).toBeUndefined();
  });

  it('is refused by the name of its parameter if it holds something else', async () => {
    const broken = having({ Name: '/sluice/checkout/live/shop-c8', Value: 'no JSON' });
    await expect(readRegistration(broken, name)).rejects.toThrow(BrokenRegistration);
    await expect(readRegistration(broken, name)).rejects.toThrow('/sluice/checkout/live/shop-c8');
  });
});

describe('the registration of a member of a group', () => {
  const member = (alarms: readonly string[]): Parameter => ({
    Name: '/sluice/checkout/live/shop-c8',
    Value: JSON.stringify({ schema: 1, stateMachineArn: 'ours', group: 'shop', alarms }),
  });
  const group = (alarms: readonly string[], place = 'shop-c8', at?: string): Parameter => ({
    Name: `/sluice-groups/shop/${place}`,
    Value: JSON.stringify({
      schema: 1,
      stateMachineArn: 'ours',
      policy: { preset: 'AllAtOnce', alarms },
      members: [{ function: 'checkout', alias: 'live' }],
    }),
    ...(at === undefined ? {} : { LastModifiedDate: new Date(at) }),
  });

  it('has the policy of the group, and its own alarms among those of the policy', async () => {
    const ssm = having(member(['checkout-errors']), group(['backlog']));
    const expected = { group: 'shop', policy: { preset: 'AllAtOnce', alarms: ['backlog', 'checkout-errors'] } };
    expect(await readRegistration(ssm, name)).toMatchObject(expected);
    expect(await readRegistrations(ssm)).toMatchObject([{ registration: expected }]);
  });

  it('has none if the group is not there, as in a deploy that has just begun', async () => {
    const registration = await readRegistration(having(member([])), name);
    expect(registration).toMatchObject({ group: 'shop' });
    expect(registration).not.toHaveProperty('policy');
  });

  it('is the newest of the group while that moves to another construct', async () => {
    const ssm = having(
      group(['newer'], 'after-c8', '2026-01-02T00:00:00Z'),
      group(['older'], 'before-c8', '2026-01-01T00:00:00Z'),
    );
    expect(await readGroup(ssm, 'shop')).toMatchObject({ policy: { alarms: ['newer'] } });
    expect(await readGroup(ssm, 'other')).toBeUndefined();
  });

  it('asks for no group if no alias has one', async () => {
    const ssm = having(holding('/sluice/checkout/live/x', 'ours'));
    await readRegistrations(ssm);
    expect(ssm.paths).toEqual(['/sluice']);
  });

  it('of a broken group is refused if it is asked for', async () => {
    const broken = { Name: '/sluice-groups/shop/x', Value: '{}' };
    await expect(readGroup(having(broken), 'shop')).rejects.toThrow(
      'parameter /sluice-groups/shop/x does not hold a registration of Sluice; deploy the stack again',
    );
  });
});
