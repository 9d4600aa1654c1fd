import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { create } from '../../functions/revert.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { AliasState } from '../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import type { StartInput } from '../../lib/rollout/document/start.ts';
import { T0 } from '../rollout/a-rollout.ts';
import { anAws } from './an-aws.ts';

/** Now, in seconds since 1970: five minutes after every rollout of these tests has started. */
export const NOW = T0 + 300;

export const arnOf = (name: string): string => `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`;

/** A policy of one step at 40 % that names one alarm. */
export const policy = { steps: [{ weight: 40, bakeSeconds: 600 }], alarms: ['errors'] };

/** An execution that runs, as DescribeExecution shows it. */
export const running = (name: string, input: Partial<StartInput> = {}): DescribeExecutionCommandOutput => ({
  $metadata: {},
  executionArn: arnOf(name),
  stateMachineArn: MACHINE,
  name,
  status: 'RUNNING',
  startDate: new Date(T0 * 1000),
  input: JSON.stringify({ function: 'checkout', alias: 'live', version: '42', policy, ...input }),
});

/** The alarm `errors` fires, as the rule hands it over. */
export const fires = (alarm = 'errors', before = 'OK', at = NOW - 1) => ({
  trigger: 'alarm',
  stateMachineArn: MACHINE,
  time: new Date(at * 1000).toISOString(),
  detail: {
    alarmName: alarm,
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: '2026-01-01T00:00:00.000+0000' },
    previousState: { value: before },
    configuration: { metrics: [] },
  },
});

/** The alias at 40 % of the rollout of an execution, and the handler that is to revert it. */
export function midway(execution: string, ...[faults, , executions, account]: Parameters<typeof anAws>) {
  const { aws, lambda } = anAws(faults, () => 0, executions, account);
  const owner = { stable: '41', candidate: '42', weight: 40, execution, startedAt: T0 };
  lambda.alias = {
    ...(lambda.alias as AliasState),
    additionalVersionWeights: { '42': 0.4 },
    description: `${describeShift(owner, { number: 1, of: 1 })} [sluice:0123456789ab]`,
  };
  let now = NOW;
  const handler = create({ clients: aws.clientsFor('revert'), environment: {}, now: () => now });
  return {
    handler,
    lambda,
    aws,
    actions: () => aws.calls.map(({ action }) => action),
    later: (seconds: number) => {
      now += seconds;
    },
  };
}
