import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sfn } from '../../../lib/aws/handler/clients.ts';
import { ExecutionCache } from '../../../lib/aws/states/execution-cache.ts';
import { readEarlier, readJoined } from '../../../lib/aws/states/join.ts';
import { aRollout, T0 } from '../../rollout/a-rollout.ts';
import { answering } from '../answering.ts';
import { named } from '../lambda/a-lambda.ts';

interface Execution {
  readonly name: string;
  /** In seconds, relative to the start of `deploy-7`. */
  readonly after: number;
  readonly input?: object;
}

const input = { function: 'checkout', alias: 'live', version: '42' };

/** The executions that run, newest first, as `deploy-7` finds them; and which of them were read. */
function among(executions: readonly Execution[], failing?: string) {
  const described: string[] = [];
  const lists: unknown[] = [];
  const arnOf = (name: string) => `arn:aws:states:us-east-1:123456789012:execution:sluice:${name}`;
  const client = answering(sfn({ region: 'us-east-1' }), (command, { executionArn, ...asked }) => {
    if (command === failing) throw named('AccessDeniedException');
    if (command === 'ListExecutionsCommand') {
      lists.push(asked);
      return {
        executions: executions.map(({ name, after }) => ({
          executionArn: arnOf(name),
          name,
          startDate: new Date((T0 + after) * 1000),
        })),
      };
    }
    const name = String(executionArn).split(':').at(-1) as string;
    described.push(name);
    const found = executions.find((each) => each.name === name);
    return { name, status: 'RUNNING', input: JSON.stringify({ ...input, ...found?.input }) };
  });
  const cache = new ExecutionCache(client, () => T0);
  return { described, lists, look: async () => (await readEarlier(cache, aRollout()))[0] };
}

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

describe('the rollout that was started earlier', () => {
  it('is the newest of the same alias, whatever its version', async () => {
    const { look, lists } = among([
      { name: 'deploy-8', after: 1 },
      { name: 'deploy-7', after: 0 },
      { name: 'deploy-6', after: -1, input: { version: '43' } },
      { name: 'deploy-5', after: -2 },
    ]);
    expect(await look()).toEqual({ execution: 'deploy-6', candidate: '43' });
    expect(lists).toMatchObject([
      { stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice', statusFilter: 'RUNNING' },
    ]);
  });

  it('is of two that started at once the one whose name comes first, so that only one of them joins the other', async () => {
    expect(await among([{ name: 'deploy-8', after: 0 }]).look()).toBeNull();
    expect(await among([{ name: 'deploy-6', after: 0 }]).look()).toMatchObject({ execution: 'deploy-6' });
  });

  it('is never the rollout itself, whatever the list says of its start', async () => {
    expect(await among([{ name: 'deploy-7', after: -1 }]).look()).toBeNull();
  });

  it.each([
    ['of another alias', { alias: 'beta' }],
    ['of another function', { function: 'basket' }],
    ['of something else than a rollout', { operation: 'rollback' }],
    ['without a version', { version: 7 }],
  ])('is no execution %s', async (_, more) => {
    expect(await among([{ name: 'deploy-6', after: -1, input: more }]).look()).toBeNull();
  });

  it('is looked for among those alone that started before, each of which is read once for all looks', async () => {
    const { look, described } = among([
      { name: 'deploy-9', after: 5 },
      { name: 'deploy-6', after: -1, input: { alias: 'beta' } },
      { name: 'deploy-5', after: -2 },
    ]);
    await look();
    await look();
    expect(described).toEqual(['deploy-6', 'deploy-5']);
  });

  it.each(['ListExecutionsCommand', 'DescribeExecutionCommand'])('is none if %s fails', async (failing) => {
    expect(await among([{ name: 'deploy-6', after: -1 }], failing).look()).toBeNull();
  });
});

describe('the rollout that another one has joined', () => {
  const ended = (found: object) =>
    readJoined(
      answering(sfn({ region: 'us-east-1' }), (_, { executionArn }) => {
        if (!String(executionArn).endsWith(':execution:sluice:deploy-6')) throw named('ExecutionDoesNotExist');
        return { name: 'deploy-6', input: JSON.stringify(input), ...found };
      }),
      aRollout(),
      'deploy-6',
    );

  it.each([
    ['RUNNING', true],
    ['PENDING_REDRIVE', true],
    ['SUCCEEDED', false],
    ['ABORTED', false],
  ])('runs or has ended: %s', async (status, running) => {
    expect(await ended({ status })).toMatchObject({ running, status });
  });

  it('tells its reason by the cause of its failure, else by its output', async () => {
    const output = JSON.stringify({ reason: 'all quiet' });
    expect(await ended({ status: 'FAILED', error: 'RolledBack', cause: 'alarm a fires', output })).toMatchObject({
      error: 'RolledBack',
      reason: 'alarm a fires',
    });
    expect(await ended({ status: 'SUCCEEDED', output })).toMatchObject({ error: null, reason: 'all quiet' });
    expect(await ended({ status: 'SUCCEEDED', output: '{"reason":7}' })).toMatchObject({ reason: '' });
    expect(await ended({ status: 'ABORTED' })).toMatchObject({ reason: '' });
  });

  it('is not known any more if its input is none of a rollout', async () => {
    expect(await ended({ status: 'RUNNING', input: 'null' })).toBeNull();
  });
});
