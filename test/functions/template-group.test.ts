import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { create } from '../../functions/alias-resource.ts';
import type { CustomResourceAnswer } from '../../lib/aws/stack/custom-resource.ts';
import { aDeploy } from './a-deploy.ts';
import { onVirtualTime } from './an-aws.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:shared';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1';

const member = {
  FunctionName: 'checkout',
  AliasName: 'live',
  Version: '42',
  NewVersion: '42',
  Alarms: ['checkout-errors'],
};
const properties = {
  ServiceToken: 'x',
  GroupName: 'shop',
  Policy: { canary: { weight: '10', bakeSeconds: '60' } },
  Members: [member],
};

/** A deploy of a group by a template that names no controller, to the function of a standalone one. Its alias serves version 41. */
function aGroupDeploy() {
  const { aws, byHand } = aDeploy();
  byHand();
  const cloudformation = { send: async () => ({ Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS' }] }) } as never;
  const clients = { ...aws.clientsFor('alias-resource'), cloudformation };
  const answers: CustomResourceAnswer[] = [];
  const handler = create(
    { clients, environment: { SLUICE_STATE_MACHINE: MACHINE }, now: () => 0 },
    async (_, answer) => void answers.push(answer),
  );
  const request = async (RequestType: string, changes: object = {}, more: object = {}) => {
    await onVirtualTime(() =>
      handler({
        RequestType,
        ResourceType: 'Custom::SluiceGroup',
        ResponseURL: 'https://example.com/answer',
        StackId: STACK,
        RequestId: 'request',
        LogicalResourceId: 'Shop',
        PhysicalResourceId: answers[0]?.physicalId ?? '',
        ResourceProperties: { ...properties, ...changes },
        ...more,
      }),
    );
    return answers.at(-1) as CustomResourceAnswer;
  };
  const registered = () =>
    onVirtualTime(async () => {
      const asked = new GetParametersByPathCommand({ Path: '/sluice-groups', Recursive: true });
      const { Parameters = [] } = await clients.ssm.send(asked);
      return Parameters.map(({ Name, Value }) => [Name, JSON.parse(Value ?? '')] as const);
    });
  return { aws, request, registered };
}

describe('a group of a template that names no controller', () => {
  it('is registered with the controller of the function, which shifts its members after the commit', async () => {
    const { aws, request, registered } = aGroupDeploy();
    expect(await request('Create')).toMatchObject({ status: 'SUCCESS', attributes: { GroupName: 'shop' } });
    expect(await registered()).toEqual([
      [
        expect.stringMatching(/^\/sluice-groups\/shop\/[0-9a-f]{12}$/),
        {
          schema: 1,
          stateMachineArn: MACHINE,
          policy: expect.objectContaining({ canary: { weight: 10, bakeSeconds: 60, approval: 'automatic' } }),
          members: [{ function: 'checkout', alias: 'live' }],
        },
      ],
    ]);
    expect(aws.started).toMatchObject([
      {
        input: {
          group: 'shop',
          stack: STACK,
          members: [{ function: 'checkout', alias: 'live', version: '42', alarms: ['checkout-errors'] }],
        },
      },
    ]);
  });

  it('starts nothing for a member that the template had at that version before, whatever else it had', async () => {
    const { aws, request } = aGroupDeploy();
    const OldResourceProperties = { ...properties, Older: 'x' };
    await request('Update', { Members: [{ ...member, NewVersion: 'none' }] }, { OldResourceProperties });
    expect(aws.started).toEqual([]);
    const before = { ...OldResourceProperties, Members: [{ ...member, Version: '41' }] };
    await request('Update', { Members: [{ ...member, NewVersion: 'none' }] }, { OldResourceProperties: before });
    expect(aws.started).toHaveLength(1);
  });

  it('is registered no more when its resource goes', async () => {
    const { request, registered } = aGroupDeploy();
    await request('Create');
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
    expect(await registered()).toEqual([]);
  });

  it.each([
    [{ Policy: { canary: { weight: '60' } } }, 'canary.weight: expected at most 50'],
    [{ Members: [{ ...member, Alarm: 'x' }] }, 'Members[0].Alarm: only keys of the contract'],
  ])('is refused with %j, and nothing is started or registered', async (changes, reason) => {
    const { aws, request, registered } = aGroupDeploy();
    expect(await request('Create', changes)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining(reason),
    });
    expect(aws.started).toEqual([]);
    expect(await registered()).toEqual([]);
  });
});
