import { describe, expect, it } from 'vitest';
import { sfn } from '../../../lib/aws/handler/clients.ts';
import { lastRolloutsOf, runningRolloutsOf } from '../../../lib/aws/states/function-rollouts.ts';
import { MACHINE } from '../../../lib/rehearsal/names.ts';
import { groupAtStep } from '../../rollout/group/a-group.ts';
import { answering } from '../answering.ts';

const members = [
  { function: 'stock', alias: 'live', version: '12' },
  { function: 'checkout', alias: 'live', version: '42' },
];

/** Step Functions with one execution of a group, whose document is that of the group at its second step. */
const withGroup = (ended: boolean) =>
  answering(sfn({ region: 'us-east-1' }), (command) => {
    if (command === 'ListExecutionsCommand')
      return { executions: [{ executionArn: 'arn:deploy-7', name: 'deploy-7' }] };
    if (command === 'DescribeExecutionCommand') {
      return { name: 'deploy-7', input: JSON.stringify({ members }), ...(ended ? { stopDate: new Date() } : {}) };
    }
    const output = JSON.stringify(groupAtStep(1));
    return { events: [{ stateExitedEventDetails: { output } }] };
  });

const found = { execution: 'deploy-7', aliasName: 'live', stable: '41', candidate: '42' };

describe('the rollouts of a function', () => {
  it('have no stable version before they have looked at the alias', async () => {
    const output = JSON.stringify({ ...groupAtStep(1), stable: '', others: [] });
    const client = answering(sfn({ region: 'us-east-1' }), (command) => {
      if (command === 'ListExecutionsCommand')
        return { executions: [{ executionArn: 'arn:deploy-7', name: 'deploy-7' }] };
      if (command === 'DescribeExecutionCommand')
        return { name: 'deploy-7', input: JSON.stringify({ function: 'checkout', alias: 'live', version: '42' }) };
      return { events: [{ stateExitedEventDetails: { output } }] };
    });
    const [rollout] = await runningRolloutsOf(client, MACHINE, 'checkout');
    expect(rollout).toMatchObject({ candidate: '42', running: true });
    expect(rollout?.stable).toBeUndefined();
  });

  it('are those of groups too, with the versions of this member', async () => {
    expect(await runningRolloutsOf(withGroup(false), MACHINE, 'checkout')).toEqual([{ ...found, running: true }]);
    expect(await runningRolloutsOf(withGroup(false), MACHINE, 'basket')).toEqual([]);
  });

  it('that have ended are found by their alias', async () => {
    expect(await lastRolloutsOf(withGroup(true), MACHINE, 'checkout', ['live'], () => {})).toEqual([
      { ...found, running: false },
    ]);
    expect(await lastRolloutsOf(withGroup(true), MACHINE, 'checkout', ['beta'], () => {})).toEqual([]);
  });
});
