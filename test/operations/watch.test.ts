import { describe, expect, it } from 'vitest';
import { NoRollout } from '../../lib/operations/errors.ts';
import type { RolloutRecord } from '../../lib/operations/rollout-record.ts';
import { watch, watchExecution } from '../../lib/operations/watch.ts';
import { AnAccount, MACHINE } from '../cli/an-account.ts';
import { failing } from './failing.ts';
import { checkout, onARollout } from './on-a-rollout.ts';

async function all(looks: AsyncIterable<RolloutRecord>): Promise<readonly RolloutRecord[]> {
  const seen: RolloutRecord[] = [];
  for await (const look of looks) seen.push(look);
  return seen;
}

describe('watch', () => {
  it('yields the newest rollout until it has ended, its end last', async () => {
    const { results } = await onARollout({}, [30, (clients) => all(watch(checkout, clients))]);
    const looks = results[0] as readonly RolloutRecord[];
    expect(looks.slice(0, -1).every(({ state }) => state === 'running')).toBe(true);
    expect(looks.at(-1)).toMatchObject({ state: 'promoted', report: { outcome: 'promoted' } });
    const weights = looks.map(({ weight }) => weight);
    expect(weights).toEqual(weights.toSorted((a, b) => a - b));
  });

  it('is refused for an alias that has had no rollout', async () => {
    const account = new AnAccount();
    account.addService('checkout', ['41']);
    await expect(all(watch(checkout, account.clients()))).rejects.toBeInstanceOf(NoRollout);
  });

  it('waits out throttling, two seconds a look, and ends with a rollout that failed', async () => {
    const account = new AnAccount();
    account.executions.push({
      name: 'deploy-42',
      status: 'FAILED',
      input: { function: 'checkout', alias: 'live', version: '42' },
    });
    const pauses: number[] = [];
    const { sfn, ...others } = account.clients();
    const clients = {
      ...others,
      sfn: failing(sfn, 'DescribeExecution', 'ThrottlingException', 2),
      pause: async (seconds: number) => {
        if (pauses.push(seconds) > 5) throw new Error('a rollout that has ended is watched on');
      },
    };
    const arn = `${MACHINE.replace('stateMachine', 'execution')}:deploy-42`;
    expect(await all(watchExecution(arn, clients))).toMatchObject([{ execution: 'deploy-42', state: 'failed' }]);
    expect(pauses).toEqual([2, 2]);
  });
});
