import { describe, expect, it } from 'vitest';
import { create } from '../../functions/provision.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import { allTrafficTo } from '../../lib/rollout/alias/alias.ts';
import { warming } from '../../lib/rollout/decisions/warm.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { aRollout } from '../rollout/a-rollout.ts';
import { anAws, onVirtualTime } from './an-aws.ts';

/** A rollout from 41, which is warm, to 42, which is not, and a clock that a test may set. */
function aStage(faults: readonly AwsFault[] = []) {
  let second = 0;
  const { aws, lambda } = anAws(faults, () => second);
  lambda.putProvisionedConcurrencyConfig(configuring('41', 5), -600);
  const handler = create({ clients: aws.clientsFor('provision'), environment: {}, now: () => second });
  const run = async (rollout: Rollout) => (await handler(rollout)) as Rollout;
  const at = (value: number) => {
    second = value;
  };
  const changes = () =>
    aws.calls
      .filter(({ action }) => /(Put|Delete)Provisioned/.test(action))
      .map(({ action, resource }) => `${action.slice(7).replace(/Prov.*/, '')} ${resource.split(':').at(-1)}`);
  return { lambda, run, at, changes };
}

const configuring = (version: string, executions: number) => ({
  FunctionName: 'checkout',
  Qualifier: version,
  ProvisionedConcurrentExecutions: executions,
});

const asked = warming({ ...aRollout(), provisionedConcurrency: 5 });
/** Preflight sends a rollout that waits back here. */
const again = warming;
const ended = (next: Rollout['next']): Rollout => ({ ...asked, warmed: true, next, reason: 'so it ended' });

describe('warming the candidate', () => {
  it('asks once, also where the answer was lost and the handler runs again with the old document', async () => {
    const { run, changes } = aStage();
    await run(asked);
    expect(await run(asked)).toMatchObject({ next: 'awaitCommit', warmed: false });
    expect(changes()).toEqual(['Put 42']);
  });

  it('says when it is ready', async () => {
    const { run, at } = aStage();
    await run(asked);
    at(119);
    expect(await run(asked)).toMatchObject({ next: 'awaitCommit' });
    at(120);
    expect(await run(asked)).toMatchObject({ next: 'preflight', warmed: true });
  });

  it('asks for nothing where the version is warm already', async () => {
    const { lambda, run, changes } = aStage();
    lambda.putProvisionedConcurrencyConfig(configuring('42', 5), -600);
    expect(await run(asked)).toMatchObject({ next: 'preflight', warmed: true });
    expect(changes()).toEqual([]);
  });

  it('asks for the new number where another one is configured', async () => {
    const { lambda, run, changes } = aStage();
    lambda.putProvisionedConcurrencyConfig(configuring('42', 4), -600);
    expect(await run(asked)).toMatchObject({ next: 'awaitCommit' });
    expect(changes()).toEqual(['Put 42']);
    expect(lambda.provisionedConcurrency).toEqual({ 41: 5, 42: 5 });
  });

  it('takes back what failed, and rejects', async () => {
    const { lambda, run, at } = aStage();
    lambda.failingInits.add('42');
    const once = await run(asked);
    at(300);
    expect(await run(again(once))).toMatchObject({ next: 'rejected' });
    expect(lambda.provisionedConcurrency).toEqual({ 41: 5 });
  });

  it('tries again where it failed in a rollout before', async () => {
    const { lambda, run, at } = aStage();
    lambda.failingInits.add('42');
    lambda.putProvisionedConcurrencyConfig(configuring('42', 5), -600);
    lambda.failingInits.clear();
    const once = await run(asked);
    expect(once).toMatchObject({ next: 'awaitCommit' });
    at(120);
    expect(await run(again(once))).toMatchObject({ next: 'preflight' });
  });

  it('leaves a version that serves what it has, whatever its new number came to', async () => {
    const { lambda, run, at } = aStage();
    lambda.failingInits.add('41');
    const itself = warming({ ...asked, candidate: '41', provisionedConcurrency: 9 });
    const once = await run(itself);
    at(300);
    expect(await run(again(once))).toMatchObject({ next: 'rejected' });
    expect(lambda.provisionedConcurrency).toEqual({ 41: 9 });
  });
});

describe('releasing', () => {
  it('leaves the end and its reason as they are, and may be repeated', async () => {
    const { lambda, run } = aStage();
    lambda.putProvisionedConcurrencyConfig(configuring('42', 5), -600);
    for (const next of ['rolledBack', 'superseded', 'rejected', 'cancelled'] as const) {
      expect(await run(ended(next))).toMatchObject({ next, reason: 'so it ended', toRelease: false });
      expect(lambda.provisionedConcurrency).toEqual({ 41: 5 });
    }
  });

  it('puts again what another rollout took from the promoted version', async () => {
    const { lambda, run } = aStage();
    lambda.alias = { ...allTrafficTo('42'), description: '', revisionId: 'r' };
    expect(await run(ended('promoted'))).toMatchObject({ next: 'promoted', reason: 'so it ended' });
    expect(lambda.provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('does not touch a version that a newer rollout is warming', async () => {
    const { lambda, run, changes } = aStage();
    lambda.publish('43');
    lambda.putProvisionedConcurrencyConfig(configuring('43', 5), 0);
    await run(ended('rolledBack'));
    expect(changes()).toEqual(['Delete 42']);
    expect(lambda.provisionedConcurrency).toEqual({ 41: 5, 43: 5 });
  });

  it('takes a version for released that does not exist any more', async () => {
    const { lambda, run } = aStage();
    lambda.versions.delete('42');
    expect(await run(ended('rolledBack'))).toMatchObject({ next: 'rolledBack', reason: 'so it ended' });
  });

  const denied = (times: number): AwsFault => ({
    call: 'lambda:DeleteProvisionedConcurrencyConfig',
    nth: 1,
    times,
    fail: 'AccessDeniedException',
  });
  /** A release in virtual time whose first deletions are denied. */
  const releasing = (times: number) =>
    onVirtualTime(async (time) => {
      const { lambda, run } = aStage([denied(times)]);
      lambda.putProvisionedConcurrencyConfig(configuring('42', 5), -600);
      const released = await run(ended('rolledBack'));
      return { released, left: lambda.provisionedConcurrency, seconds: time.second() };
    });

  it('is tried three times, with five seconds between two tries', async () => {
    expect(await releasing(2)).toEqual({
      released: expect.objectContaining({ next: 'rolledBack', reason: 'so it ended', toRelease: false }),
      left: { 41: 5 },
      seconds: 10,
    });
  });

  it('that fails changes no end, and says that the concurrency still costs money', async () => {
    const { released, left, seconds } = await releasing(9);
    expect(released).toMatchObject({ next: 'rolledBack', toRelease: false });
    expect(released.reason).toMatch(
      /^so it ended; provisioned concurrency of checkout could not be released and still costs money \(AccessDeniedException: /,
    );
    expect(seconds).toBe(10);
    expect(left).toEqual({ 41: 5, 42: 5 });
  });
});
