import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rollbackTogether } from '../../../lib/aws/lambda/rollback-together.ts';
import { type AliasState, allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { ALambda } from './a-lambda.ts';

const name = { functionName: 'checkout', aliasName: 'live' };
const writer = { execution: 'deploy-7', startedAt: 1_767_225_600 };
const showing = (routing: Routing, description: string): AliasState => ({ ...routing, description, revisionId: 'r1' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Rolls the one alias back, and tells of which executions the members were asked for. */
async function rollingBack(alias: AliasState, asked: { readonly version?: string; readonly execution?: string } = {}) {
  const lambda = new ALambda(alias);
  const executions: string[] = [];
  const around = {
    underWay: async () => undefined,
    membersOf: async (execution: string) => {
      executions.push(execution);
      return [name];
    },
  };
  const all = rollbackTogether(
    lambda.client,
    name,
    { version: undefined, reason: 'broken', by: 'ann', ...asked },
    around,
  );
  await vi.runAllTimersAsync();
  return { done: await all, executions };
}

describe('the members that are rolled back with an alias', () => {
  it('are those of the rollout that has its weights there', async () => {
    const shifting = describeShift({ stable: '41', candidate: '42', weight: 10, ...writer }, { number: 1, of: 2 });
    const { done, executions } = await rollingBack(showing(split('41', '42', 10), shifting));
    expect(executions).toEqual(['deploy-7']);
    expect(done).toMatchObject({ lead: { kind: 'written' }, companions: [] });
  });

  it('are those of the rollout that was taken back before, unless one execution alone is meant', async () => {
    const reverted = describeEnd({
      did: 'reverted',
      from: '42',
      to: '41',
      reason: 'rollback by ann: broken',
      ...writer,
    });
    const { done, executions } = await rollingBack(showing(allTrafficTo('41'), reverted));
    expect(done.lead.kind).toBe('done');
    expect(executions).toEqual(['deploy-7']);
    const again = await rollingBack(showing(allTrafficTo('41'), reverted), { execution: 'deploy-7' });
    expect(again.executions).toEqual([]);
  });

  it('are not asked for if no rollout has written the alias', async () => {
    const { done, executions } = await rollingBack(showing(allTrafficTo('41'), 'by hand'), {});
    expect(done.lead.kind).not.toBe('written');
    expect(executions).toEqual([]);
  });

  it('are not asked for if a version is named, for that is a version of the one alias', async () => {
    const promoted = describeEnd({ did: 'promoted', from: '41', to: '42', reason: 'all quiet', ...writer });
    const { executions } = await rollingBack(showing(allTrafficTo('42'), promoted), { version: '40' });
    expect(executions).toEqual([]);
  });
});
