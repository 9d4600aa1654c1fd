import { describe, expect, it } from 'vitest';
import { advance } from '../../lib/operations/advance.ts';
import { approve } from '../../lib/operations/approve.ts';
import type { OperationClients } from '../../lib/operations/clients.ts';
import { InvalidRequest, Refused } from '../../lib/operations/errors.ts';
import { history } from '../../lib/operations/history.ts';
import { hold, resume } from '../../lib/operations/hold.ts';
import { rollback } from '../../lib/operations/rollback.ts';
import { start } from '../../lib/operations/start.ts';
import { status } from '../../lib/operations/status.ts';
import { AnAccount } from '../cli/an-account.ts';

type Operation = (request: never, clients: OperationClients) => Promise<unknown>;

const checkout = { function: 'checkout', alias: 'live' };

describe('a request', () => {
  it.each<[string, Operation, object, string]>([
    ['a function that is none', status, { function: 'check out' }, 'function'],
    ['an ARN with a qualifier', status, { function: 'arn:aws:lambda:us-east-1:123456789012:function:a:1' }, 'function'],
    ['a version for an alias', status, { function: 'checkout', alias: '43' }, 'alias'],
    ['an unknown field', advance, { ...checkout, weight: 30 }, 'weight'],
    ['a controller that is none', advance, { ...checkout, controller: 'no controller' }, 'controller'],
    ['no version', start, checkout, 'version'],
    ['$LATEST', start, { ...checkout, version: '$LATEST' }, 'version'],
    ['a name with a space', start, { ...checkout, version: '42', name: 'a b' }, 'name'],
    [
      'a canary of 51 %',
      start,
      { ...checkout, version: '42', policy: { canary: { weight: 51 } } },
      'policy.canary.weight',
    ],
    ['a version to go back to that is none', rollback, { ...checkout, to: 'live' }, 'to'],
    ['a reason of spaces', rollback, { ...checkout, reason: ' ' }, 'reason'],
    ['a comment of 201 characters', approve, { ...checkout, comment: 'a'.repeat(201) }, 'comment'],
    ['0 rollouts', history, { ...checkout, limit: 0 }, 'limit'],
    ['neither a function nor all', hold, {}, ''],
    ['both a function and all', resume, { function: 'checkout', all: true }, ''],
    ['a tag without all', hold, { function: 'checkout', tag: { key: 'team' } }, 'tag'],
  ])('with %s is refused with the path of the field, and nothing is called', async (_, operation, request, path) => {
    const account = new AnAccount();
    account.addService('checkout', ['41', '42']);
    const refusal = await operation(request as never, account.clients()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidRequest);
    expect(refusal).toBeInstanceOf(Refused);
    expect((refusal as InvalidRequest).fields.map((field) => field.path)).toEqual([path]);
    expect((refusal as InvalidRequest).message).toContain('expected');
    expect(account.calls).toEqual([]);
  });
});
