import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sfn } from '../../../lib/aws/handler/clients.ts';
import {
  handleRollbackRequest,
  type RollbackAnswer,
  type RollbackClients,
} from '../../../lib/aws/states/rollback-request.ts';
import { type AliasState, allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { answering } from '../answering.ts';
import { ALambda } from '../lambda/a-lambda.ts';

const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
const arnOf = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:sluice:${name}`;
const writer = { execution: 'deploy-7', startedAt: 1_767_225_600 };
const midway: AliasState = {
  ...split('41', '42', 10),
  description: describeShift({ stable: '41', candidate: '42', weight: 10, ...writer }, { number: 1, of: 2 }),
  revisionId: 'r1',
};
const promoted: AliasState = {
  ...allTrafficTo('42'),
  description: describeEnd({ did: 'promoted', from: '41', to: '42', reason: 'all quiet', ...writer }),
  revisionId: 'r1',
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Execution {
  readonly function: string;
  readonly alias: string;
  readonly status?: 'RUNNING' | 'SUCCEEDED';
}

/** The execution that has written the alias has shifted it alone; it is told by its name, and is not listed. */
const writing = { function: 'checkout', alias: 'live', status: 'RUNNING', name: writer.execution };

/** The controller is asked, which knows of these executions, newest first; and the calls of Step Functions that it made. */
async function asking(
  request: object,
  alias: AliasState,
  executions: readonly Execution[] = [],
  lambda = new ALambda(alias),
) {
  const calls: string[] = [];
  const all = executions.map((execution, index) => ({ status: 'RUNNING', ...execution, name: `deploy-${20 - index}` }));
  const client = answering(sfn({ region: 'us-east-1' }), (command, { executionArn, statusFilter }) => {
    const name = String(executionArn).split(':').at(-1);
    calls.push(executionArn === undefined ? command : `${command} ${name}`);
    if (command === 'ListExecutionsCommand') {
      const listed = all.filter(({ status }) => statusFilter === undefined || status === statusFilter);
      return { executions: listed.map((each) => ({ executionArn: arnOf(each.name) })) };
    }
    if (command !== 'DescribeExecutionCommand') return { events: [] };
    const {
      function: functionName,
      alias: aliasName,
      status,
    } = [...all, writing].find((each) => each.name === name) as (typeof all)[0];
    const input = JSON.stringify({ function: functionName, alias: aliasName, version: '43' });
    return { name, status, input, ...(status === 'RUNNING' ? {} : { stopDate: new Date(0) }) };
  });
  const clients = { lambda: lambda.client, sfn: client } as unknown as RollbackClients;
  let answer: RollbackAnswer | undefined;
  handleRollbackRequest(clients, {
    operation: 'rollback',
    stateMachineArn,
    reason: 'orders are missing',
    ...request,
  }).then((given) => {
    answer = given;
  });
  await vi.runAllTimersAsync();
  return { answer, calls, lambda };
}

const live = { function: 'checkout', alias: 'live' };

describe('a request for a rollback', () => {
  it('puts the alias back, says from which version to which, and ends the wait of the rollout that had the weights', async () => {
    const { answer, calls, lambda } = await asking(live, midway);
    expect(answer).toEqual({
      next: 'rolledBackByHand',
      reason: 'the alias was put back from 42 to 41: orders are missing',
      ...live,
      from: '42',
      to: '41',
    });
    expect(lambda.alias).toMatchObject(allTrafficTo('41'));
    expect(calls).toEqual(['DescribeExecutionCommand deploy-7', 'GetExecutionHistoryCommand deploy-7']);
  });

  it('adds to the reason that the version cannot be invoked', async () => {
    const lambda = new ALambda(midway);
    lambda.states = { '41': { State: 'Failed' } };
    const { answer } = await asking(live, midway, [], lambda);
    expect(answer?.reason).toBe(
      'the alias was put back from 42 to 41: orders are missing. But version 41 is Failed, so requests fail until it is Active',
    );
  });

  it('disturbs no execution after a promotion, whose execution has ended', async () => {
    const { answer, calls } = await asking(live, promoted);
    expect(answer).toMatchObject({ next: 'rolledBackByHand', from: '42', to: '41' });
    expect(calls).toEqual(['ListExecutionsCommand', 'DescribeExecutionCommand deploy-7']);
  });

  it('has what it asks for if the alias serves the version already', async () => {
    const { answer, lambda } = await asking({ ...live, version: '42' }, promoted);
    expect(answer).toEqual({ next: 'rolledBackByHand', reason: 'the alias serves 42 alone already', ...live });
    expect(lambda.writes).toBe(0);
  });

  it('is rejected, with the target, if no version before is known', async () => {
    const { answer } = await asking(live, { ...promoted, description: 'ours' });
    expect(answer).toMatchObject({ next: 'rejected', reason: expect.stringContaining('name a version'), ...live });
  });

  it('is rejected, with the way out, while a rollout is about to begin, which it could mean', async () => {
    const { answer, lambda } = await asking(live, promoted, [live]);
    expect(answer).toEqual({
      next: 'rejected',
      reason:
        'execution deploy-20 is about to shift the alias to 43 and has moved no traffic yet: stop it, or name the version to go back to',
      ...live,
    });
    expect(lambda.writes).toBe(0);
  });

  it('is rejected with the field that is wrong', async () => {
    expect((await asking({ ...live, version: 'newest' }, midway)).answer).toEqual({
      next: 'rejected',
      reason: expect.stringMatching(/^the input is refused: version: .*, found "newest"$/),
    });
  });

  it.each([
    ['a function', { function: 'checkout' }],
    ['an alias', { alias: 'live' }],
    ['a version, which no other member has', { version: '41' }],
  ])('is rejected if it names a group, and %s beside it', async (_, beside) => {
    const { answer, calls, lambda } = await asking({ group: 'shop', ...beside }, midway);
    expect(answer).toEqual({
      next: 'rejected',
      reason: 'group: expected neither "function" nor "alias" nor "version" beside it',
    });
    expect({ calls, reads: lambda.reads }).toEqual({ calls: [], reads: 0 });
  });
});

describe('the alias that a request means', () => {
  it.each([
    ['two fields', live],
    ['one field', { alias: 'checkout:live' }],
    [
      'both, which agree',
      { function: 'arn:aws:lambda:us-east-1:123456789012:function:checkout', alias: 'checkout:live' },
    ],
  ])('is named by %s', async (_, named) => {
    expect((await asking(named, midway)).answer).toMatchObject({ next: 'rolledBackByHand', ...live });
  });

  it('is in doubt if both fields name a function, and not the same one', async () => {
    expect((await asking({ function: 'basket', alias: 'checkout:live' }, midway)).answer).toEqual({
      next: 'rejected',
      reason: 'function: expected checkout, which "alias" names, found basket',
    });
  });

  it('is the one that is shifted now, whatever was shifted before', async () => {
    const before = { function: 'basket', alias: 'live', status: 'SUCCEEDED' } as const;
    expect((await asking({}, midway, [before, live])).answer).toMatchObject({ next: 'rolledBackByHand', ...live });
  });

  it('is the one that was shifted last if none is shifted now, however often', async () => {
    const ended = { ...live, status: 'SUCCEEDED' } as const;
    expect((await asking({}, promoted, [ended, ended])).answer).toMatchObject({ next: 'rolledBackByHand', ...live });
  });

  it.each([
    ['the function', { function: 'checkout' }],
    ['the alias', { alias: 'live' }],
  ])('is the only one that fits if only %s is named', async (_, named) => {
    const others = [
      { function: 'basket', alias: 'beta' },
      { function: 'orders', alias: 'beta' },
    ];
    expect((await asking(named, midway, [...others, live])).answer).toMatchObject({
      next: 'rolledBackByHand',
      ...live,
    });
  });

  it('is asked for, with the choices, if several fit', async () => {
    const { answer, lambda } = await asking({ function: 'checkout' }, midway, [
      live,
      { function: 'checkout', alias: 'beta' },
    ]);
    expect(answer).toEqual({
      next: 'rejected',
      reason:
        'which alias is meant? expected "function" and "alias", for example of one of: checkout:live, checkout:beta',
    });
    expect(lambda.writes).toBe(0);
  });

  it('is asked for if nothing was shifted lately', async () => {
    expect((await asking({}, midway)).answer).toEqual({
      next: 'rejected',
      reason: 'which alias is meant? expected "function" and "alias": this state machine has shifted none lately',
    });
  });

  it('is looked for among the 25 newest executions', async () => {
    const others = Array<Execution>(24).fill({ function: 'basket', alias: 'live' });
    expect((await asking({ function: 'checkout' }, midway, [...others, live])).answer).toMatchObject(live);
    const { answer, calls } = await asking({ function: 'checkout' }, midway, [...others, ...others.slice(0, 1), live]);
    expect(answer).toMatchObject({ next: 'rejected' });
    expect(calls.filter((call) => call.startsWith('DescribeExecution'))).toHaveLength(2 * 25);
  });
});
