import { describe, expect, it } from 'vitest';
import type { Registration } from '../../../lib/rollout/contracts/registration.ts';
import {
  begun,
  dependsOnTheStack,
  isNoRollout,
  isRollbackRequest,
  rollbackRequestIn,
  startRequestIn,
  withGroup,
} from '../../../lib/rollout/decisions/begin.ts';
import type { StartRequest } from '../../../lib/rollout/document/start.ts';
import { execution } from '../a-rollout.ts';

const input = { function: 'checkout', alias: 'live', version: '42' };
const policy = { canary: { weight: 10 } };
const requestIn = (given: object) => startRequestIn(given, execution.id) as StartRequest;
const registered = (fields: Partial<Registration>): Registration => ({ schema: 1, stateMachineArn: 'arn', ...fields });

describe('an input that asks for a rollout', () => {
  it('begins one, and says who started it', () => {
    const change = begun(requestIn({ ...input, policy, startedBy: 'ann' }), [], execution);
    expect(change).toMatchObject({
      rollout: { next: 'preflight', candidate: '42', stable: '', step: -1, provisionedConcurrency: null },
      events: [{ event: 'started', weight: 0, reason: 'started by ann', at: execution.startedAt }],
    });
  });

  it.each([
    ['neither policy nor provisioned concurrency', {}, true],
    ['a policy alone', { policy }, true],
    ['both', { policy, provisionedConcurrency: null }, false],
  ])('with %s leaves to the stack what it does not say', (_, given, leaves) => {
    expect(dependsOnTheStack(requestIn({ ...input, ...given }))).toBe(leaves);
  });

  it('takes what its stack has deployed, unless it says otherwise', () => {
    const deployed = registered({ policy: { preset: 'AllAtOnce' }, provisionedConcurrency: 5 });
    expect(begun(requestIn(input), [deployed], execution)).toMatchObject({
      rollout: { provisionedConcurrency: 5, plan: [{ weight: 100 }] },
    });
    expect(begun(requestIn({ ...input, policy, provisionedConcurrency: null }), [deployed], execution)).toMatchObject({
      rollout: { provisionedConcurrency: null, plan: [{ weight: 10 }, { weight: 100 }] },
    });
  });

  it('takes the policy of the group that its stack has deployed, and the alarms that watch each member alone', () => {
    const members = ['prices', 'checkout'].map((name) => ({ ...input, function: name }));
    const deployed = ['prices', 'checkout'].map((name) =>
      registered({ group: 'shop', policy: { preset: 'AllAtOnce', alarms: ['backlog'] }, alarms: [`${name}-errors`] }),
    );
    const request = { ...requestIn(input), group: 'shop', members: requestIn({ members }).members };
    expect(withGroup(request, deployed).members.map(({ alarms }) => alarms)).toEqual([
      ['prices-errors'],
      ['checkout-errors'],
    ]);
  });

  it('is a rollout of the group that the alias is a member of, whoever starts it', () => {
    const deployed = registered({
      group: 'shop',
      policy: { preset: 'AllAtOnce', alarms: ['backlog'] },
      alarms: ['errors'],
    });
    expect(begun(requestIn(input), [deployed], execution)).toMatchObject({
      rollout: { group: 'shop', others: [], policy: { alarms: ['backlog', 'errors'] }, ownAlarms: [1] },
    });
    expect(begun(requestIn({ ...input, policy }), [deployed], execution)).toMatchObject({
      rollout: { group: 'shop', policy: { alarms: [] }, ownAlarms: [] },
    });
  });

  it.each([
    ['no policy is given and none is deployed', requestIn(input), undefined, 'give one as "policy"'],
    [
      'the deployed policy is refused',
      requestIn(input),
      registered({ policy: { canary: { weight: 60 } } }),
      'canary.weight: expected at most 50',
    ],
    [
      'it asks for more provisioned concurrency than the stack has deployed',
      requestIn({ ...input, provisionedConcurrency: 6 }),
      registered({ policy, provisionedConcurrency: 5 }),
      'provisionedConcurrency: expected at most 5, the number that the stack of the alias has deployed, found 6',
    ],
    [
      'it asks for provisioned concurrency and the stack has deployed none',
      requestIn({ ...input, policy, provisionedConcurrency: 1 }),
      registered({ policy }),
      'expected at most 0',
    ],
    [
      'it asks for provisioned concurrency and no stack has registered the alias',
      requestIn({ ...input, policy, provisionedConcurrency: 1_000_000_000 }),
      undefined,
      'expected at most 0',
    ],
  ] as const)('is rejected if %s', (_, request, deployed, reason) => {
    const answer = begun(request, [deployed], execution);
    expect(isNoRollout(answer)).toBe(true);
    expect(answer).toEqual({ next: 'rejected', reason: expect.stringContaining(reason), toRelease: false });
  });

  it.each([
    ['no object', 7, 'the input is refused'],
    [
      'a function in another region',
      { ...input, function: 'arn:aws:lambda:eu-west-1:123456789012:function:f' },
      'out of reach',
    ],
    [
      'a stack of another account',
      { ...input, stack: 'arn:aws:cloudformation:us-east-1:999999999999:stack/shop/1' },
      'stack arn:aws:cloudformation:us-east-1:999999999999:stack/shop/1 is out of reach',
    ],
    ['the ARN of something else as its stack', { ...input, stack: 'arn:aws:s3:::bucket' }, 'out of reach'],
  ])('is rejected if it is %s', (_, given, reason) => {
    expect(startRequestIn(given, execution.id)).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining(reason),
    });
  });

  it('is refused in few words, however many fields are wrong', () => {
    const wrong = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    const answer = startRequestIn(wrong, execution.id);
    expect(isNoRollout(answer) && answer.reason.length).toBeLessThanOrEqual(2000);
  });
});

describe('an input that asks for a rollback', () => {
  it('is known by its operation', () => {
    expect(isRollbackRequest({ operation: 'rollback' })).toBe(true);
    for (const other of [{ operation: 'start' }, {}, null, 7]) expect(isRollbackRequest(other)).toBe(false);
  });

  it('is sent on, or refused with what is wrong with it', () => {
    const asked = { operation: 'rollback', function: 'checkout', alias: 'live' };
    expect(rollbackRequestIn(asked, execution.id)).toMatchObject({ ...asked, next: 'rollback' });
    expect(rollbackRequestIn({ ...asked, version: '$LATEST' }, execution.id)).toMatchObject({ next: 'rejected' });
    const elsewhere = 'arn:aws:lambda:eu-west-1:123456789012:function:checkout:live';
    expect(rollbackRequestIn({ operation: 'rollback', alias: elsewhere }, execution.id)).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('out of reach'),
    });
  });
});
