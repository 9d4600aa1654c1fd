import { describe, expect, it } from 'vitest';
import { type AliasState, split } from '../../lib/rollout/alias/alias.ts';
import { markOf } from '../../lib/rollout/alias/description.ts';
import { ANOTHER_STACK, aDeploy, MOVED, properties, writesOf } from './a-deploy.ts';
import { alone } from './alone.ts';

describe('an alias that was adopted', () => {
  const adopting = { Existing: 'adopt' } as const;

  it('is given back when the deploy that adopted it rolls back: it is never deleted', async () => {
    const { lambda, request, byHand } = aDeploy();
    byHand('ours since 2021');
    const before = lambda.alias;
    await request('Create', adopting);
    expect(await request('Delete', adopting)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toEqual({ ...before, revisionId: expect.any(String) });
  });

  it('is given back also if the template no longer says that it was adopted', async () => {
    const { lambda, request, byHand } = aDeploy();
    byHand();
    const { physicalId } = await request('Create', adopting);
    expect(await request('Update', {}, { OldResourceProperties: { ...properties, ...adopting } })).toMatchObject({
      status: 'SUCCESS',
      physicalId,
    });
    await request('Delete');
    expect(lambda.alias).toMatchObject({ ...alone('41'), description: 'ours' });
  });

  it.each([
    ['its policy', { Policy: '{"canary":{"weight":99}}' }, []],
    ['its version', { Version: '99' }, []],
    [
      'the start of its rollout',
      {},
      [{ call: 'states:StartExecution', nth: 1, times: 99, fail: 'AccessDeniedException' }],
    ],
    ['its write', {}, [{ call: 'lambda:UpdateAlias', nth: 1, times: 99, fail: 'AccessDeniedException' }]],
  ])('bears no mark after a creation that failed for %s, and stays', async (_, changes, faults) => {
    const { lambda, request, byHand } = aDeploy(faults);
    byHand();
    const before = lambda.alias;
    expect(await request('Create', { ...adopting, Version: '42', ...changes })).toMatchObject({ status: 'FAILED' });
    expect(lambda.alias).toEqual(before);
    expect(await request('Delete', { ...adopting, Version: '42', ...changes })).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toEqual(before);
  });

  it('is not deleted if a release before has marked it as one that it made', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    await request('Delete', adopting);
    expect(lambda.alias).toMatchObject({ ...alone('41'), description: '' });
  });

  it('is given back on its stable version if nobody goes on watching its weights', async () => {
    const { lambda, request, byHand, midway } = aDeploy();
    byHand();
    await request('Create', adopting);
    midway();
    await request('Delete', adopting);
    expect(lambda.alias).toMatchObject({
      ...alone('41'),
      description:
        'sluice: reverted 42 -> 41: its RolloutAlias was removed (execution deploy-7, started 2026-01-01T00:00:00Z)',
    });
  });

  it('keeps the weights that a person gave when it is given back', async () => {
    const { lambda, request, byHand } = aDeploy();
    byHand();
    await request('Create', adopting);
    lambda.alias = { ...(lambda.alias as AliasState), ...split('41', '42', 5) };
    await request('Delete', adopting);
    expect(lambda.alias).toMatchObject({ ...split('41', '42', 5), description: 'ours' });
  });

  it('may be adopted by a request that is repeated, and given back by one', async () => {
    const { lambda, aws, request, byHand } = aDeploy();
    byHand();
    for (const type of ['Create', 'Create', 'Delete', 'Delete'] as const) {
      expect(await request(type, adopting)).toMatchObject({ status: 'SUCCESS' });
    }
    expect(writesOf(aws)).toEqual(['lambda:UpdateAlias', 'lambda:UpdateAlias']);
    expect(lambda.alias).toMatchObject({ description: 'ours' });
  });
});

describe('an alias that moves', () => {
  it('to another construct is refused with what to do, and taken over if the template says so', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    const before = lambda.alias;
    for (const Existing of ['fail', 'adopt'] as const) {
      expect(await request('Create', { Existing }, MOVED)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(/belongs to another stack or resource .*deploy once with existing: 'takeOver'/),
      });
      expect(lambda.alias).toEqual(before);
    }
    expect(await request('Create', { Existing: 'takeOver' }, MOVED)).toMatchObject({ status: 'SUCCESS' });
    expect(markOf(lambda.alias as AliasState)).not.toBe(markOf(before as AliasState));
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('is left alone by the removal of the construct that it moved away from', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    await request('Create', { Existing: 'takeOver' }, MOVED);
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(await request('Update', { Version: '42' }, { ...MOVED, PhysicalResourceId: '' })).toMatchObject({
      status: 'SUCCESS',
    });
  });

  it('belongs to its construct again after a move that rolled back', async () => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    const moved = await request('Create', { Existing: 'takeOver' }, MOVED);
    await request('Delete', { Existing: 'takeOver' }, { ...MOVED, PhysicalResourceId: moved.physicalId });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(await request('Update', { Version: '42' })).toMatchObject({ status: 'SUCCESS' });
    expect(aws.started).toMatchObject([{ input: { version: '42' } }]);
  });

  it('to a stack that was made again is taken over, if the stack before has left its mark', async () => {
    const { lambda, request } = aDeploy();
    // CloudFormation may send the Delete while the Create is at work. (aws-cdk#26139.)
    await request('Delete');
    await request('Create');
    expect(await request('Create', { Existing: 'adopt' }, ANOTHER_STACK)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining("deploy once with existing: 'takeOver'"),
    });
    expect(await request('Create', { Existing: 'takeOver' }, ANOTHER_STACK)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it.each([
    ['another logical id', MOVED],
    ['another stack', ANOTHER_STACK],
  ])('with its resource, which a refactored stack gives %s, stays its own', async (_, place) => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    expect(await request('Update', { Version: '42' }, place)).toMatchObject({ status: 'SUCCESS' });
    expect(aws.started).toMatchObject([{ input: { version: '42' } }]);
    expect(await request('Delete', {}, place)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toBeNull();
  });

  it('waits for the end of a rollout, for another controller would not know its execution', async () => {
    const { lambda, request, midway } = aDeploy();
    await request('Create');
    midway();
    const before = lambda.alias;
    expect(await request('Create', { Existing: 'takeOver' }, MOVED)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/in the middle of a rollout: execution deploy-7 .*sluice rollback checkout:live/),
    });
    expect(lambda.alias).toEqual(before);
  });

  it('is not taken over by an update of the construct that it moved away from, which may still roll back', async () => {
    const { lambda, stack, request } = aDeploy();
    await request('Create');
    await request('Create', { Existing: 'takeOver' }, ANOTHER_STACK);
    const before = lambda.alias;
    const policy = { Policy: '{"preset":"AllAtOnce"}' };
    expect(await request('Update', policy)).toMatchObject({ status: 'FAILED' });
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const back = { OldResourceProperties: { ...properties, ...policy } };
    expect(await request('Update', {}, back)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toEqual(before);
  });

  it('out of Sluice stays as it is: adopt it first, then remove its RolloutAlias', async () => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    await request('Update', { Existing: 'adopt' });
    await request('Delete', { Existing: 'adopt' });
    expect(lambda.alias).toMatchObject({ ...alone('41'), description: '' });
    expect(aws.started).toEqual([]);
  });
});

describe('another controller', () => {
  const another = { StateMachineArn: `${properties.StateMachineArn}-of-another-stack` };

  it('is refused in the middle of a rollout, which it does not know, and its rollback succeeds', async () => {
    const { lambda, stack, request, midway } = aDeploy();
    await request('Create');
    midway();
    const before = lambda.alias;
    expect(await request('Update', another)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/cannot change its controller .*execution deploy-7 has given 42 10 %/),
    });
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const back = { OldResourceProperties: { ...properties, ...another } };
    expect(await request('Update', {}, back)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toEqual(before);
  });

  it('takes over between two rollouts', async () => {
    const { request } = aDeploy();
    await request('Create');
    expect(await request('Update', another)).toMatchObject({ status: 'SUCCESS' });
  });

  it('is refused also if the status of the stack cannot be read', async () => {
    const { stack, request, midway } = aDeploy();
    await request('Create');
    midway();
    Object.defineProperty(stack, 'status', {
      get: () => {
        throw new Error('denied');
      },
    });
    expect(await request('Update', another)).toMatchObject({ status: 'FAILED' });
  });

  it('is no obstacle to a new version under the same controller', async () => {
    const { aws, request, midway } = aDeploy();
    await request('Create');
    midway();
    await request('Update', { Version: '42' });
    expect(aws.started).toMatchObject([{ input: { version: '42' } }]);
  });
});

describe('an alias that somebody deleted', () => {
  it.each([
    ['a new version', { Version: '42' }],
    ['another policy', { Policy: '{"preset":"AllAtOnce"}' }],
  ])('is not half made again by %s: the deploy is refused with what to do', async (_, changes) => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    lambda.deleteAlias();
    expect(await request('Update', changes)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(
        /was deleted by hand.*aws lambda create-alias --function-name checkout --name live --function-version VERSION\. .*--revert-drift/,
      ),
    });
    expect(lambda.alias).toBeNull();
    expect(aws.started).toEqual([]);
  });

  it.each([
    ['a lower version', 'UPDATE_IN_PROGRESS', { Version: '42' }],
    ['the status of the stack', 'UPDATE_ROLLBACK_IN_PROGRESS', { Policy: '{"preset":"AllAtOnce"}' }],
  ])('does not hold up the rollback of that deploy, which %s tells', async (_, status, refused) => {
    const { lambda, stack, request } = aDeploy();
    await request('Create');
    lambda.deleteAlias();
    stack.status = status;
    const back = { OldResourceProperties: { ...properties, ...refused } };
    expect(await request('Update', {}, back)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toBeNull();
  });

  it('belongs to its stack again once it was made again by hand', async () => {
    const { lambda, aws, request, byHand } = aDeploy();
    await request('Create');
    lambda.deleteAlias();
    byHand('');
    expect(await request('Update', { Version: '42' })).toMatchObject({ status: 'SUCCESS' });
    expect(markOf(lambda.alias as AliasState)).toMatch(/^[0-9a-f]{12}$/);
    expect(aws.started).toMatchObject([{ input: { version: '42' } }]);
  });

  it('is not made again by an update that comes after its Delete', async () => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    await request('Delete');
    expect(await request('Update', { Version: '42' })).toMatchObject({ status: 'FAILED' });
    expect(lambda.alias).toBeNull();
    expect(aws.started).toEqual([]);
  });
});
