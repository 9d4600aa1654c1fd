import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sfn } from '../../../lib/aws/handler/clients.ts';
import { rollbackAlias, runningRollout } from '../../../lib/aws/lambda/rollback-alias.ts';
import type { RolloutExecution } from '../../../lib/aws/states/executions.ts';
import { type AliasState, allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { answering } from '../answering.ts';
import { ALambda, named } from './a-lambda.ts';

const name = { functionName: 'checkout', aliasName: 'live' };
const writer = { execution: 'deploy-7', startedAt: 1_767_225_600 };
const promoted = describeEnd({ did: 'promoted', from: '41', to: '42', reason: 'all quiet', ...writer });
const shifting = describeShift({ stable: '41', candidate: '42', weight: 10, ...writer }, { number: 1, of: 2 });
const showing = (routing: Routing, description: string): AliasState => ({ ...routing, description, revisionId: 'r1' });
const running = (execution: string) => ({ name: execution, candidate: '43' }) as RolloutExecution;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function rollingBack(
  lambda: ALambda,
  { version, rollout }: { readonly version?: string; readonly rollout?: RolloutExecution } = {},
) {
  const underWay = vi.fn(async () => rollout);
  const asked = { version, reason: 'orders are missing', by: 'ann' };
  const settled = rollbackAlias(lambda.client, name, asked, underWay).then(
    (done) => done,
    (error: Error) => error,
  );
  await vi.runAllTimersAsync();
  return { done: await settled, asked: underWay.mock.calls.length };
}

describe('a rollback of an alias', () => {
  it('ends the rollout that has weights there, and asks for no other', async () => {
    const lambda = new ALambda(showing(split('41', '42', 10), shifting));
    const { done, asked } = await rollingBack(lambda, { rollout: running('deploy-8') });
    expect(done).toMatchObject({ kind: 'written', from: '42', to: '41', execution: 'deploy-7' });
    expect(asked).toBe(0);
    expect(lambda.alias).toMatchObject(allTrafficTo('41'));
  });

  it('writes nothing if a rollout is under way that has moved no traffic yet', async () => {
    const lambda = new ALambda(showing(allTrafficTo('42'), promoted));
    const { done } = await rollingBack(lambda, { rollout: running('deploy-8') });
    expect(done).toMatchObject({ kind: 'notStarted', rollout: { name: 'deploy-8' }, alias: { functionVersion: '42' } });
    expect(lambda.writes).toBe(0);
  });

  it('goes to the version that is named, whatever is under way', async () => {
    const lambda = new ALambda(showing(allTrafficTo('42'), promoted));
    const { done, asked } = await rollingBack(lambda, { version: '40', rollout: running('deploy-8') });
    expect(done).toMatchObject({ kind: 'written', from: '42', to: '40', execution: undefined });
    expect(asked).toBe(0);
  });

  it('undoes the last promotion, also while its execution has not ended yet', async () => {
    for (const rollout of [undefined, running('deploy-7')]) {
      const lambda = new ALambda(showing(allTrafficTo('42'), promoted));
      const { done } = await rollingBack(lambda, rollout ? { rollout } : {});
      expect(done).toMatchObject({ kind: 'written', from: '42', to: '41' });
    }
  });

  it('is done, without a write, if the alias serves that version already', async () => {
    const lambda = new ALambda(showing(allTrafficTo('42'), promoted));
    const { done } = await rollingBack(lambda, { version: '42' });
    expect(done).toMatchObject({ kind: 'done', why: expect.stringContaining('42 alone already') });
    expect(lambda.writes).toBe(0);
  });

  it('leads nobody further back while the execution that was reverted has not ended', async () => {
    const reverted = describeEnd({ did: 'reverted', from: '43', to: '42', before: '41', reason: 'alarm a', ...writer });
    const lambda = new ALambda(showing(allTrafficTo('42'), reverted));
    const { done } = await rollingBack(lambda, { rollout: running('deploy-7') });
    expect(done).toMatchObject({ kind: 'done', why: expect.stringContaining('put back to 42 already: alarm a') });
    expect(lambda.writes).toBe(0);
    expect((await rollingBack(lambda)).done).toMatchObject({ kind: 'written', from: '42', to: '41' });
    expect((await rollingBack(lambda)).done).toMatchObject({ kind: 'done' });
  });

  it('is refused if nobody tells the version before', async () => {
    const lambda = new ALambda(showing(allTrafficTo('42'), 'our alias'));
    expect((await rollingBack(lambda)).done).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('name a version'),
    });
    expect((await rollingBack(new ALambda(null))).done).toMatchObject({ kind: 'refused', alias: null });
  });

  it('has written also if somebody else wrote first and the write came at its second try', async () => {
    const lambda = new ALambda(showing(split('41', '42', 10), shifting));
    lambda.before = (nth) => {
      if (nth === 1) lambda.alias = { ...showing(split('41', '42', 40), shifting), revisionId: 'r2' };
    };
    expect((await rollingBack(lambda)).done).toMatchObject({ kind: 'written', to: '41' });
  });

  it('has written also if its write came to light at a later read', async () => {
    const before = showing(split('41', '42', 10), shifting);
    const lambda = new ALambda(before);
    let written: AliasState | null = null;
    lambda.after = () => {
      written = lambda.alias;
      lambda.alias = before;
    };
    lambda.before = (nth) => {
      if (nth === 2) {
        lambda.alias = written;
        throw named('PreconditionFailedException');
      }
    };
    expect((await rollingBack(lambda)).done).toMatchObject({
      kind: 'written',
      from: '42',
      to: '41',
      execution: 'deploy-7',
    });
  });

  it('has not written what somebody else put back meanwhile', async () => {
    const lambda = new ALambda(showing(split('41', '42', 10), shifting));
    lambda.before = () => {
      lambda.alias = null;
    };
    expect((await rollingBack(lambda)).done).toMatchObject({ kind: 'refused', alias: null });
  });

  it('fails if somebody else overtakes it at every try', async () => {
    const lambda = new ALambda(showing(split('41', '42', 10), shifting));
    lambda.before = (nth) => {
      lambda.alias = { ...showing(split('41', '42', 10 + nth), shifting), revisionId: `theirs-${nth}` };
    };
    expect((await rollingBack(lambda)).done).toMatchObject({ name: 'AliasUnsettled' });
  });
});

describe('the version that a rollback leads to', () => {
  const stateAfter = async (states: ALambda['states']) => {
    const lambda = new ALambda(showing(split('41', '42', 10), shifting));
    lambda.states = states;
    const { done } = await rollingBack(lambda);
    return (done as { readonly notServing?: unknown }).notServing;
  };

  it('can be invoked at once if it is Active', async () => {
    expect(await stateAfter({ '41': { State: 'Active' } })).toBeNull();
  });

  it('is told with its state if requests fail on it, and with the command that wakes it if it sleeps', async () => {
    expect(await stateAfter({ '41': { State: 'Inactive', StateReason: 'idle' } })).toBe(
      'version 41 is Inactive (idle), so requests fail until it is Active; wake it: aws lambda invoke --function-name checkout:41 /dev/null',
    );
    expect(await stateAfter({ '41': { State: 'Failed' } })).toBe(
      'version 41 is Failed, so requests fail until it is Active',
    );
  });

  it.each([
    ['Lambda names none', { '41': {} }],
    ['it cannot be read', {}],
  ])('is told without its state if %s: the rollback is done all the same', async (_, states) => {
    expect(await stateAfter(states)).toBeUndefined();
  });
});

describe('the rollout under way that a rollback may mean', () => {
  const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
  /** A Step Functions with these executions, newest first: name, version and alias. */
  const withRunning = (...all: [string, string, string?][]) => {
    const filters: unknown[] = [];
    const client = answering(sfn({ region: 'us-east-1' }), (command, { executionArn, statusFilter }) => {
      if (command === 'ListExecutionsCommand') {
        filters.push(statusFilter);
        return { executions: all.map(([arn]) => ({ executionArn: arn })) };
      }
      const [execution, version, alias = 'live'] = all.find(([arn]) => arn === executionArn) ?? [];
      return { name: execution, input: JSON.stringify({ function: 'checkout', alias, version }) };
    });
    return { client, filters };
  };

  it('is the newest of the alias', async () => {
    const { client, filters } = withRunning(['d9', '44', 'staging'], ['d8', '43'], ['d7', '42'], ['d6', '43']);
    expect(await runningRollout(client, MACHINE, name)).toMatchObject({ name: 'd8', candidate: '43' });
    expect(filters).toEqual(['RUNNING']);
  });

  it('is the first of those to the same version, which the others have joined', async () => {
    const { client } = withRunning(['d9', '43'], ['d8', '43'], ['d7', '42']);
    expect(await runningRollout(client, MACHINE, name)).toMatchObject({ name: 'd8' });
  });

  it('is none if only other aliases are shifted', async () => {
    const { client } = withRunning(['d9', '44', 'staging']);
    expect(await runningRollout(client, MACHINE, name)).toBeUndefined();
  });
});
