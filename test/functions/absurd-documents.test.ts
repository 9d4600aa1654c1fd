import { expect, it } from 'vitest';
import { create as announceApproval } from '../../functions/announce-approval.ts';
import { create as revert } from '../../functions/revert.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import { atStep, execution, T0 } from '../rollout/a-rollout.ts';
import { alone } from './alone.ts';
import { anAws } from './an-aws.ts';

const document: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(atStep(1)));

/** What the state machine's Revert leaves on an alias that shows a rollout's first weight. */
async function reverted(broken: object) {
  const { aws, lambda } = anAws();
  const { startedAt, name } = execution;
  lambda.updateAlias(
    {
      FunctionName: 'checkout',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { '42': 0.4 } },
      Description: describeShift(
        { stable: '41', candidate: '42', weight: 40, execution: name, startedAt },
        { number: 2, of: 4 },
      ),
    },
    'shift',
  );
  const handler = revert({ clients: aws.clientsFor('revert'), environment: {}, now: () => T0 + 600 });
  return { answer: await handler({ ...document, ...broken }), alias: lambda.alias };
}

it.each([1e300, -1, null, 'now', {}])('a revert works although its execution started at %j', async (startedAt) => {
  const { answer, alias } = await reverted({ execution: { ...execution, startedAt } });
  expect(alias).toMatchObject(alone('41'));
  expect(answer).toMatchObject({ next: 'rolledBack' });
});

it.each([
  ['an alarm', { trigger: 'alarm', alarm: 'errors', stateMachineArn: 'junk' }],
  ['a sweep', { trigger: 'sweep', stateMachineArn: 'junk' }],
  ['a rollback', { operation: 'rollback', function: 'checkout', alias: 'live', reason: 'x', stateMachineArn: 'junk' }],
])('%s that names no state machine is refused before any call', async (_, event) => {
  const { aws } = anAws([{ call: 'states:ListExecutions', nth: 1, times: 1000, fail: 'InvalidArn' }]);
  const handler = revert({ clients: aws.clientsFor('revert'), environment: {}, now: () => T0 });
  expect(await handler(event)).toMatchObject({ next: 'rejected', reason: expect.stringContaining('refused: ') });
});

/** What a revert is about; everything else may be anything. */
const NEEDED = ['schema', 'execution', 'functionName', 'aliasName', 'stable', 'candidate'];

it.each(Object.keys(document).filter((key) => !NEEDED.includes(key)))(
  'a revert works whatever %s is in its document',
  async (key) => {
    for (const value of [undefined, null, 1e300, -1, 'x', [], {}]) {
      const { alias } = await reverted({ [key]: value });
      expect(alias).toMatchObject(alone('41'));
    }
  },
);

it.each([1e300, -1, 100_000_000])('a request for an approval with %d seconds to answer is refused', async (seconds) => {
  const handler = announceApproval({
    clients: anAws().aws.clientsFor('announce-approval'),
    environment: {},
    now: () => T0,
  });
  await expect(handler({ rollout: { ...document, approvalSeconds: seconds }, taskToken: 'token' })).rejects.toThrow(
    /approvalSeconds: expected at (most|least) \d+, found/,
  );
});
