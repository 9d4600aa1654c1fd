import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { create } from '../../functions/revert.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import { execution, T0 } from '../rollout/a-rollout.ts';
import { alone } from './alone.ts';
import { anAws } from './an-aws.ts';

const HOUR = 3600;
const input = JSON.stringify({ function: 'checkout', alias: 'live', version: '42' });

/** An execution that ended badly some seconds ago. */
const anEnd = (secondsAgo: number, more: Partial<DescribeExecutionCommandOutput> = {}) =>
  ({
    executionArn: execution.id,
    name: execution.name,
    status: 'ABORTED',
    startDate: new Date((T0 - 30 * 24 * HOUR) * 1000),
    stopDate: new Date((T0 - secondsAgo) * 1000),
    input,
    ...more,
  }) as DescribeExecutionCommandOutput;

/** A sweep over these ends, while the alias shows 40 % that the execution of the tests has left. */
async function swept(ends: readonly DescribeExecutionCommandOutput[], faults: readonly AwsFault[] = []) {
  const { aws, lambda } = anAws(faults, () => T0, { executions: () => ends });
  lambda.updateAlias(
    {
      FunctionName: 'checkout',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { '42': 0.4 } },
      Description: describeShift(
        { stable: '41', candidate: '42', weight: 40, execution: execution.name, startedAt: execution.startedAt },
        { number: 2, of: 4 },
      ),
    },
    'shift',
  );
  const handler = create({ clients: aws.clientsFor('revert'), environment: {}, now: () => T0 });
  const error = await handler({ trigger: 'sweep', stateMachineArn: MACHINE }).then(
    () => undefined,
    ({ name }: Error) => name,
  );
  return { alias: lambda.alias, error };
}

describe('a sweep', () => {
  it.each([
    ['an execution that was stopped within the last day', anEnd(23 * HOUR)],
    ['one that ended on purpose within the last hour', anEnd(0.9 * HOUR, { status: 'FAILED', error: 'Superseded' })],
  ])('takes back the weights that were left by %s', async (_, end) => {
    expect((await swept([end])).alias).toMatchObject(alone('41'));
  });

  it.each([
    ['an execution that was stopped longer ago', anEnd(25 * HOUR)],
    ['one that ended on purpose longer ago', anEnd(1.1 * HOUR, { status: 'FAILED', error: 'Superseded' })],
  ])('does not look at %s', async (_, end) => {
    expect((await swept([end])).alias).toMatchObject({ additionalVersionWeights: { '42': 0.4 } });
  });

  it('goes on after an end that it cannot look at, and fails only then', async () => {
    const other = anEnd(HOUR, {
      executionArn: `${execution.id}-other`,
      name: 'other',
      input: JSON.stringify({ function: 'basket', alias: 'live', version: '7' }),
    });
    const denied: AwsFault = { call: 'lambda:GetAlias', nth: 1, times: 1, fail: 'AccessDeniedException' };
    const { alias, error } = await swept([other, anEnd(2 * HOUR)], [denied]);
    expect(alias).toMatchObject(alone('41'));
    expect(error).toBe('AccessDeniedException');
  });
});
