import { describe, expect, it } from 'vitest';
import { sfn } from '../../../lib/aws/handler/clients.ts';
import {
  executionArnOf,
  jsonIn,
  listBadEnds,
  listExecutions,
  readRollout,
  readRollouts,
  startRollout,
  stateMachineArnOf,
  stopRollout,
} from '../../../lib/aws/states/executions.ts';
import type { StartInput } from '../../../lib/rollout/document/start.ts';
import { answering } from '../answering.ts';
import { named } from '../lambda/a-lambda.ts';

const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
const arn = 'arn:aws:states:us-east-1:123456789012:execution:sluice:deploy-7';

type Input = Readonly<Record<string, unknown>>;

/** A Step Functions that answers by a function; and what it was asked. */
function asked(answer: (command: string, input: Input) => object) {
  const calls: [string, Input][] = [];
  const client = answering(sfn({ region: 'us-east-1' }), (command, input) => {
    calls.push([command, input]);
    return answer(command, input);
  });
  return { client, calls };
}

describe('an execution', () => {
  it('has an ARN that names its state machine', () => {
    expect(executionArnOf(machine, 'deploy-7')).toBe(arn);
    expect(stateMachineArnOf(arn)).toBe(machine);
  });

  it('is started under its name with its input, and told apart from one that has that name already', async () => {
    const input = { function: 'checkout', alias: 'live', version: '42' } as StartInput;
    const { client, calls } = asked(() => ({ executionArn: arn }));
    expect(await startRollout(client, machine, 'deploy-7', input)).toEqual({ executionArn: arn, started: true });
    expect(calls).toEqual([
      ['StartExecutionCommand', { stateMachineArn: machine, name: 'deploy-7', input: JSON.stringify(input) }],
    ]);
    const failing = (name: string) =>
      asked(() => {
        throw named(name);
      }).client;
    expect(await startRollout(failing('ExecutionAlreadyExists'), machine, 'deploy-7', input)).toEqual({
      executionArn: arn,
      started: false,
    });
    await expect(startRollout(failing('ExecutionLimitExceeded'), machine, 'deploy-7', input)).rejects.toThrow(
      'ExecutionLimitExceeded',
    );
  });

  it('is stopped with an error and a cause', async () => {
    const { client, calls } = asked(() => ({}));
    await stopRollout(client, arn, 'RolledBack', 'by hand');
    expect(calls).toEqual([['StopExecutionCommand', { executionArn: arn, error: 'RolledBack', cause: 'by hand' }]]);
  });

  it('is read as the rollout that its input asks for', async () => {
    const startDate = new Date(1000);
    const stopDate = new Date(2000);
    const input = { function: `arn:aws:lambda:us-east-1:123456789012:function:checkout`, alias: 'live', version: '42' };
    const bare = { input: JSON.stringify(input) };
    const read = (found: object) => readRollout(asked(() => found).client, { executionArn: arn });
    expect(await read(bare)).toEqual({
      arn,
      name: '',
      status: '',
      startedAt: new Date(0),
      endedAt: null,
      functionName: 'checkout',
      aliasName: 'live',
      candidate: '42',
      group: null,
      members: [{ functionName: 'checkout', aliasName: 'live', candidate: '42' }],
      policy: undefined,
      startedBy: 'somebody',
      output: null,
      error: null,
      cause: null,
    });
    const whole = { name: 'deploy-7', status: 'FAILED', output: '{}', error: 'Rejected', cause: 'no' };
    const by = { input: JSON.stringify({ ...input, policy: { alarms: ['a'] }, startedBy: 'ann' }) };
    expect(await read({ ...whole, ...by, startDate, stopDate })).toMatchObject({
      ...whole,
      startedAt: startDate,
      endedAt: stopDate,
      policy: { alarms: ['a'] },
      startedBy: 'ann',
    });
  });

  it.each([
    ['without an input', undefined],
    ['with an input that is no JSON', 'x'],
    ['that rolls back', '{"operation":"rollback","function":"checkout","alias":"live","version":"42"}'],
    ['without a function', '{"function":"","alias":"live","version":"42"}'],
    ['without an alias', '{"function":"checkout","alias":"","version":"42"}'],
    ['without a version', '{"function":"checkout","alias":"live","version":""}'],
  ])('%s is no rollout', async (_, input) => {
    expect(await readRollout(asked(() => ({ input })).client, { executionArn: arn })).toBeUndefined();
  });
});

describe('the rollouts of a state machine', () => {
  const inputs: Readonly<Record<string, object>> = {
    a: { function: 'checkout', alias: 'live', version: '42' },
    b: { function: 'checkout', alias: 'beta', version: '42' },
    c: { function: 'basket', alias: 'live', version: '42' },
    d: { operation: 'rollback' },
  };
  const all = () =>
    asked((command, { executionArn, nextToken }) => {
      if (command === 'DescribeExecutionCommand')
        return { name: executionArn, input: JSON.stringify(inputs[String(executionArn)]) };
      const page = nextToken === 'more' ? ['c', 'd'] : ['a', 'b'];
      return {
        executions: page.map((each) => ({ executionArn: each })),
        ...(nextToken === 'more' ? {} : { nextToken: 'more' }),
      };
    });

  it('are those of all pages, and what is something else is only counted', async () => {
    const { client, calls } = all();
    let read = 0;
    const found: string[] = [];
    for await (const { name } of readRollouts(client, machine, { status: 'RUNNING', onRead: () => read++ }))
      found.push(name);
    expect({ found, read }).toEqual({ found: ['a', 'b', 'c'], read: 4 });
    expect(calls.filter(([command]) => command === 'ListExecutionsCommand').map(([, input]) => input)).toMatchObject([
      { stateMachineArn: machine, statusFilter: 'RUNNING', maxResults: 100 },
      { nextToken: 'more' },
    ]);
  });

  it('are those of one alias if it is named', async () => {
    const found: string[] = [];
    const alias = { functionName: 'checkout', aliasName: 'live' };
    for await (const { name } of readRollouts(all().client, machine, { alias })) found.push(name);
    expect(found).toEqual(['a']);
  });

  it('are told as those of the alias that is named, whichever member of a group it is', async () => {
    const members = ['stock', 'checkout'].map((name, index) => ({
      function: name,
      alias: 'live',
      version: `${index + 1}2`,
    }));
    const { client } = asked((command) =>
      command === 'DescribeExecutionCommand'
        ? { name: 'a', input: JSON.stringify({ group: 'shop', members }) }
        : { executions: [{ executionArn: 'a' }] },
    );
    const alias = { functionName: 'checkout', aliasName: 'live' };
    const found: unknown[] = [];
    for await (const rollout of readRollouts(client, machine, { alias })) found.push(rollout);
    expect(found).toMatchObject([
      { functionName: 'checkout', candidate: '22', group: 'shop', members: [{ candidate: '12' }, { candidate: '22' }] },
    ]);
  });
});

describe('a list of executions', () => {
  it('is read page by page, up to the most pages, and tells whether it is whole', async () => {
    const { client, calls } = asked((_, { nextToken }) =>
      nextToken === undefined ? { executions: [{ name: 'a' }], nextToken: 'more' } : { executions: [{ name: 'b' }] },
    );
    const filter = { stateMachineArn: machine, statusFilter: 'FAILED' as const };
    expect(await listExecutions(client, filter, 2)).toEqual({
      executions: [{ name: 'a' }, { name: 'b' }],
      whole: true,
    });
    expect(await listExecutions(client, filter, 1)).toEqual({ executions: [{ name: 'a' }], whole: false });
    expect(calls.map(([, input]) => input)).toStrictEqual([
      { ...filter, maxResults: 1000 },
      { ...filter, maxResults: 1000, nextToken: 'more' },
      { ...filter, maxResults: 1000 },
    ]);
    expect(await listExecutions(asked(() => ({})).client, filter, 2)).toEqual({ executions: [], whole: true });
  });

  it('of bad ends has those since a second, the newest end first, whatever they lack', async () => {
    const { client } = asked((_, { statusFilter }) => ({
      executions:
        statusFilter === 'ABORTED'
          ? [
              { executionArn: 'a', name: 'a', status: 'ABORTED', startDate: new Date(1000), stopDate: new Date(5000) },
              { executionArn: 'b', name: 'b', status: 'ABORTED', stopDate: new Date(4999) },
              { executionArn: 'c', name: 'c', status: 'ABORTED' },
            ]
          : statusFilter === 'FAILED'
            ? [{ stopDate: new Date(9000) }]
            : [],
    }));
    expect(await listBadEnds(client, machine, 5)).toEqual({
      ends: [
        { executionArn: '', name: '', status: '', startedAt: null, stoppedAt: 9 },
        { executionArn: 'a', name: 'a', status: 'ABORTED', startedAt: 1, stoppedAt: 5 },
      ],
      unfinished: [],
      failures: [],
    });
    expect((await listBadEnds(client, machine, 0)).ends.map(({ stoppedAt }) => stoppedAt)).toEqual([9, 5, 4.999, 0]);
  });

  it('of bad ends tells which status it could not read, and which not to the end', async () => {
    const { client } = asked((_, { statusFilter }) => {
      if (statusFilter === 'TIMED_OUT') throw named('AccessDeniedException');
      return { executions: [], ...(statusFilter === 'FAILED' ? { nextToken: 'more' } : {}) };
    });
    expect(await listBadEnds(client, machine, 0)).toMatchObject({
      ends: [],
      unfinished: ['FAILED'],
      failures: [{ name: 'AccessDeniedException' }],
    });
  });
});

describe('a text that may be JSON', () => {
  it('is its value, or nothing', () => {
    expect([jsonIn('{"a":1}'), jsonIn('x'), jsonIn(''), jsonIn(null), jsonIn(undefined)]).toEqual([
      { a: 1 },
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
