import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { aDeploy, properties, writesOf } from './a-deploy.ts';
import { alone } from './alone.ts';
import { onVirtualTime } from './an-aws.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:shared';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/1';

/** The properties of a template that no construct has written. */
const template = {
  StateMachineArn: undefined,
  Stack: undefined,
  Existing: undefined,
  Policy: { canary: { weight: '10', bakeSeconds: '60' } },
} as object;

/** A deploy to the function of a standalone controller. */
function aTemplateDeploy() {
  const deploy = aDeploy([], { SLUICE_STATE_MACHINE: MACHINE });
  const { ssm } = deploy.aws.clientsFor('a reader');
  const registered = () =>
    onVirtualTime(async () => {
      const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path: '/sluice', Recursive: true }));
      return Parameters.map(({ Name, Value }) => [Name, JSON.parse(Value ?? '')] as const);
    });
  const request = (type: 'Create' | 'Update' | 'Delete', changes: object = {}, more: object = {}) =>
    deploy.request(
      type,
      { ...template, ...changes },
      { ...(type === 'Update' ? { OldResourceProperties: old } : {}), ...more },
    );
  return { ...deploy, request, registered };
}
const old = { ...properties, ...template };

describe('an alias of a template that names no controller', () => {
  it('is made at its first version, and registered with the controller of the function', async () => {
    const { lambda, aws, request, registered } = aTemplateDeploy();
    expect(await request('Create')).toMatchObject({ status: 'SUCCESS', attributes: { AliasName: 'live' } });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(aws.started).toEqual([]);
    expect(await registered()).toEqual([
      [
        expect.stringMatching(/^\/sluice\/checkout\/live\/[0-9a-f]{12}$/),
        {
          schema: 1,
          stateMachineArn: MACHINE,
          policy: expect.objectContaining({ canary: { weight: 10, bakeSeconds: 60, approval: 'automatic' } }),
        },
      ],
    ]);
  });

  it('is shifted by that controller, which waits for the stack', async () => {
    const { aws, request } = aTemplateDeploy();
    await request('Create');
    expect(await request('Update', { Version: '42' })).toMatchObject({ status: 'SUCCESS' });
    expect(aws.started).toMatchObject([
      { input: { version: '42', stack: STACK, policy: { canary: { weight: 10, bakeSeconds: 60 } } } },
    ]);
  });

  it('waits for the outermost stack if its own is nested', async () => {
    const { aws, request, stack } = aTemplateDeploy();
    await request('Create');
    stack.rootId = 'arn:aws:cloudformation:us-east-1:123456789012:stack/shop/2';
    await request('Update', { Version: '42' });
    expect(aws.started).toMatchObject([{ input: { stack: stack.rootId } }]);
  });

  it.each([
    [{ Policy: { canary: { weight: '60' } } }, 'canary.weight: expected at most 50'],
    [{ Policy: '{' }, 'expected JSON, found {'],
    [{ Policy: { canary: { weight: '10' } }, Alarms: ['a', 'a'] }, 'expected each alarm once'],
    [{ Policy: { adaptive: {}, evidence: { counts: 'logs' } } }, 'evidence.counts: expected "metrics"'],
    [{ Polcy: {} }, 'Polcy: only keys of the contract'],
    [{ Version: '$LATEST' }, 'Version: expected a published version'],
    [{ AliasName: '42' }, 'AliasName: expected the name of an alias'],
    [{ Hooks: { BeforeTrafic: ['smoke'] } }, 'Hooks.BeforeTrafic: only keys of the contract'],
  ])('is refused with %j, and nothing is made', async (changes, reason) => {
    const { aws, request, registered } = aTemplateDeploy();
    expect(await request('Create', changes)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining(reason),
    });
    expect(writesOf(aws)).toEqual([]);
    expect(await registered()).toEqual([]);
  });

  it('is refused by a function that has no controller', async () => {
    const { request } = aDeploy();
    expect(await request('Create', template)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('StateMachineArn: expected the ARN of a controller'),
    });
  });

  it('lets a stack roll back whose policy was refused', async () => {
    const { request, stack } = aTemplateDeploy();
    await request('Create');
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect(await request('Update', { Policy: { canary: { weight: '60' } } })).toMatchObject({ status: 'SUCCESS' });
  });

  it('is deleted with its resource, and registered no more', async () => {
    const { lambda, request, registered } = aTemplateDeploy();
    await request('Create');
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toBeNull();
    expect(await registered()).toEqual([]);
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
  });

  it('is registered under its new function alone if the template has another one', async () => {
    const { request, registered } = aTemplateDeploy();
    await request('Create');
    await request('Update', { FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:checkout' });
    expect((await registered()).map(([name]) => name)).toHaveLength(1);
  });

  it('of a group has no policy of its own, and leaves its rollouts to the group', async () => {
    const { aws, request, registered } = aTemplateDeploy();
    await request('Create', { Group: 'shop', Policy: undefined });
    expect(await request('Update', { Group: 'shop', Policy: undefined, Version: '42', Alarms: ['a'] })).toMatchObject({
      status: 'SUCCESS',
      attributes: { NewVersion: '42' },
    });
    expect(aws.started).toEqual([]);
    expect(await registered()).toMatchObject(
      [[{}, { group: 'shop', alarms: ['a'] }]].map(([, value]) => [expect.any(String), value]),
    );
  });
});

describe('an alias that a construct has written', () => {
  it('is registered by its stack, and never by the function', async () => {
    const { request, aws } = aDeploy([], { SLUICE_STATE_MACHINE: MACHINE });
    await request('Create');
    await request('Update', { Version: '42' });
    await request('Delete');
    expect(aws.calls.map(({ action }) => action).filter((action) => action.startsWith('ssm:'))).toEqual([]);
  });
});
