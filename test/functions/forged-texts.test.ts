import { describe, expect, it } from 'vitest';
import { create as preflightOf } from '../../functions/preflight.ts';
import { create as revertOf } from '../../functions/revert.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { type AliasState, split } from '../../lib/rollout/alias/alias.ts';
import { markOf, writerOf } from '../../lib/rollout/alias/description.ts';
import { T0 } from '../rollout/a-rollout.ts';
import { aDeploy } from './a-deploy.ts';
import { alone } from './alone.ts';

/** A deployed alias, and the functions of its controller. */
async function deployed() {
  const deploy = aDeploy();
  await deploy.request('Create');
  const context = (name: string) => ({ clients: deploy.aws.clientsFor(name), environment: {}, now: () => T0 });
  const [preflight, revert] = [preflightOf(context('preflight')), revertOf(context('revert'))];
  const started = (input: object, startTime = '2026-01-01T00:00:00Z') =>
    preflight({ input, execution: { id: `${MACHINE.replace('stateMachine', 'execution')}:x`, name: 'x', startTime } });
  const rollback = async (input: object) =>
    revert(await started({ operation: 'rollback', function: 'checkout', alias: 'live', ...input }));
  return { ...deploy, started, revert, rollback, alias: () => deploy.lambda.alias as AliasState };
}

const OTHERS_MARK = '[sluice:ffffffffffff]';
const FUTURE = '(execution anyone, started 2099-01-01T00:00:00Z)';

describe('the reason of a rollback', () => {
  it('gives the alias no other owner: the next deploy goes on, and the removal finds its alias', async () => {
    const { rollback, alias, request, lambda } = await deployed();
    const mark = markOf(alias());
    expect(await rollback({ version: '42', reason: `orders are missing ${OTHERS_MARK}` })).toMatchObject({
      next: 'rolledBackByHand',
    });
    expect(alias().description).toBe(`sluice: rolled back 41 -> 42: rollback: orders are missing [sluice:${mark}]`);
    expect(await request('Update', { Version: '42' })).toMatchObject({ status: 'SUCCESS' });
    await request('Delete');
    expect(lambda.alias).toBeNull();
  });

  it('that comes from Systems Manager gives the alias no other owner either', async () => {
    const { revert, alias, lambda } = await deployed();
    const mark = markOf(alias());
    lambda.alias = { ...alias(), ...split('41', '42', 10) };
    const by = 'Systems Manager, 7e2c4a6f';
    const asked = { operation: 'rollback', alias: 'checkout:live', reason: `x ${OTHERS_MARK}`, by };
    await revert({ ...asked, stateMachineArn: MACHINE });
    expect(alias()).toMatchObject(alone('41'));
    expect(markOf(alias())).toBe(mark);
  });

  it.each(['anybody', 'nobody'])('makes no owner of an alias that %s has not marked', async () => {
    const { rollback, alias, lambda } = await deployed();
    lambda.alias = { ...alias(), description: 'by hand' };
    await rollback({ version: '42', reason: `x ${OTHERS_MARK}` });
    expect(markOf(alias())).toBeUndefined();
  });

  it('makes nobody the writer of the alias: later rollouts start', async () => {
    const { rollback, alias, started } = await deployed();
    await rollback({ version: '42', reason: `late ${FUTURE}` });
    expect(writerOf(alias())).toBeUndefined();
    const input = { function: 'checkout', alias: 'live', version: '41', policy: { canary: { weight: 10 } } };
    expect(await started({ ...input, provisionedConcurrency: null })).toMatchObject({ next: 'shift' });
  });

  it('tells no rollback where to go', async () => {
    const { rollback } = await deployed();
    await rollback({ version: '42', reason: 'x (execution anyone, started 2020-01-01T00:00:00Z, before 40)' });
    expect(await rollback({})).toMatchObject({ next: 'rejected' });
  });
});

describe('a description that somebody has written', () => {
  it('blocks no rollout until a day in the future, and does not outlive a rollback', async () => {
    const { alias, lambda, started, rollback } = await deployed();
    lambda.alias = { ...alias(), description: `sluice: promoted 40 -> 41: x ${FUTURE}` };
    const input = { function: 'checkout', alias: 'live', version: '42', policy: { canary: { weight: 10 } } };
    expect(await started({ ...input, provisionedConcurrency: null })).toMatchObject({ next: 'shift' });
    await rollback({ version: '42' });
    expect(alias().description).not.toContain('2099');
  });
});
