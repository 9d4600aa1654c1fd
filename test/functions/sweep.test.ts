import type { DescribeExecutionCommandOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { create } from '../../functions/revert.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { AlarmSpec } from '../../lib/rehearsal/scenario/alarm-spec.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import type { AliasState } from '../../lib/rollout/alias/alias.ts';
import { ALIAS_REVERTED } from '../../lib/rollout/decisions/approval.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { aRollout, atStep, T0 } from '../rollout/a-rollout.ts';
import { alone } from './alone.ts';
import { onVirtualTime } from './an-aws.ts';
import { midway as atRest, NOW, policy, running } from './running.ts';

/** As in `running.ts`, with a handler that pauses on virtual time. */
function midway(...given: Parameters<typeof atRest>) {
  const found = atRest(...given);
  return { ...found, handler: (event: unknown) => onVirtualTime(() => found.handler(event)) };
}

const HOUR = 3600;
const SWEEP = { trigger: 'sweep', stateMachineArn: MACHINE };

/** An execution that ended badly. */
const ended = (
  name: string,
  {
    startedAt = T0,
    stoppedAt = NOW - 60,
    ...more
  }: Partial<DescribeExecutionCommandOutput> & { startedAt?: number; stoppedAt?: number } = {},
): DescribeExecutionCommandOutput => ({
  ...running(name),
  status: 'FAILED',
  startDate: new Date(startedAt * 1000),
  stopDate: new Date(stoppedAt * 1000),
  error: 'RevertFailed',
  cause: 'x',
  ...more,
});

/** Ends that were all meant, of rollouts that started after `deploy-7`. */
const others = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    ended(`other-${index}`, { startedAt: T0 + index, stoppedAt: NOW - 3 * 24 * HOUR + index, error: 'Rejected' }),
  );

describe('a sweep of ends', () => {
  it.each([
    ['newest start first', (all: DescribeExecutionCommandOutput[]) => all.toReversed()],
    ['newest end first', (all: DescribeExecutionCommandOutput[]) => all],
  ])('finds one behind 2,500 others in a list with the %s', async (_, order) => {
    const executions = order([ended('deploy-7'), ...others(2500)]);
    const { handler, lambda } = midway('deploy-7', [], undefined, { executions: () => executions });
    expect(await handler(SWEEP)).toMatchObject({ reverted: true });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('says which list it has not seen to the end', async () => {
    const { handler, actions } = midway('deploy-7', [], undefined, { executions: () => others(10_001) });
    expect(await handler(SWEEP)).toMatchObject({
      reverted: false,
      reason: expect.stringContaining('not all executions that ended as FAILED were looked at'),
    });
    expect(actions().filter((action) => action === 'states:ListExecutions')).toHaveLength(1 + 10 + 1 + 1);
  });

  it('reads each alias once, and each input once for all sweeps', async () => {
    const executions = Array.from({ length: 20 }, (_, index) => ended(`done-${index}`));
    const { handler, actions } = midway('deploy-7', [], undefined, { executions: () => executions });
    await handler(SWEEP);
    await handler(SWEEP);
    const count = (name: string) => actions().filter((action) => action === name).length;
    expect([count('lambda:GetAlias'), count('states:DescribeExecution')]).toEqual([2, 20]);
  });

  it.each<[string, Parameters<typeof ended>[1]]>([
    ['badly within the last day', { stoppedAt: NOW - 23.9 * HOUR }],
    [
      'badly within the last day, a month after its start',
      { startedAt: T0 - 30 * 24 * HOUR, stoppedAt: NOW - 23 * HOUR },
    ],
    ['on purpose within the last hour', { stoppedAt: NOW - 0.9 * HOUR, error: 'Superseded' }],
  ])('takes back what was left by an execution that ended %s', async (_, detail) => {
    const { handler, lambda } = midway('deploy-7', [], undefined, { executions: () => [ended('deploy-7', detail)] });
    expect(await handler(SWEEP)).toMatchObject({ reverted: true });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it.each<[string, Parameters<typeof ended>[1]]>([
    ['badly, more than a day ago', { stoppedAt: NOW - 24.1 * HOUR }],
    ['on purpose, more than an hour ago', { stoppedAt: NOW - 1.1 * HOUR, error: 'Superseded' }],
  ])('leaves what ended %s', async (_, detail) => {
    const { handler } = midway('deploy-7', [], undefined, { executions: () => [ended('deploy-7', detail)] });
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
  });

  it('goes on after an end that it cannot look at, and fails only then', async () => {
    const input = JSON.stringify({ function: 'basket', alias: 'live', version: '7' });
    const executions = [ended('other', { input }), ended('deploy-7')];
    const denied = { call: 'lambda:GetAlias', nth: 1, times: 1, fail: 'AccessDeniedException' };
    const { handler, lambda } = midway('deploy-7', [denied], undefined, { executions: () => executions });
    await expect(handler(SWEEP)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('is held up by no list that cannot be read', async () => {
    const first = { call: 'states:ListExecutions', nth: 1, times: 2, fail: 'AccessDeniedException' };
    const { handler, lambda } = midway('deploy-7', [first], undefined, { executions: () => [ended('deploy-7')] });
    await expect(handler(SWEEP)).rejects.toThrow();
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('leaves the weights of an undescribed alias to a running rollout of the same candidate', async () => {
    const executions = [running('deploy-8'), ended('deploy-7', { status: 'ABORTED' })];
    const { handler, lambda } = midway('deploy-7', [], undefined, { executions: () => executions });
    lambda.alias = { ...(lambda.alias as AliasState), description: 'mine' };
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
  });

  it('reverts an undescribed alias that nobody claims', async () => {
    const executions = [running('deploy-8', { version: '43' }), ended('deploy-7', { status: 'ABORTED' })];
    const { handler, lambda } = midway('deploy-7', [], undefined, { executions: () => executions });
    lambda.alias = { ...(lambda.alias as AliasState), description: 'mine' };
    expect(await handler(SWEEP)).toMatchObject({ reverted: true });
  });
});

describe('a sweep of registered aliases', () => {
  const registration = { schema: 1, stateMachineArn: MACHINE } as const;

  it('takes back the weights of an execution that is gone, as with the state machine that ran it', async () => {
    const { handler, lambda, later } = midway('deploy-7', [], undefined, {}, { registration });
    later(300);
    expect(await handler(SWEEP)).toMatchObject({ reverted: true, reason: expect.stringContaining('deploy-7 is gone') });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it.each([
    ['that runs', [running('deploy-7')], registration],
    ['that ended on purpose, long ago', [ended('deploy-7', { stoppedAt: T0 + 1, error: 'Superseded' })], registration],
    ['of another controller', [], { ...registration, stateMachineArn: `${MACHINE}-2` }],
  ])('leaves the weights of an execution %s', async (_, executions, registered) => {
    const { handler, lambda, later } = midway(
      'deploy-7',
      [],
      undefined,
      { executions: () => executions },
      { registration: registered },
    );
    later(2 * 3600);
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
    expect(lambda.alias?.additionalVersionWeights).toEqual({ 42: 0.4 });
  });

  it('leaves weights that a person gave', async () => {
    const { handler, lambda, later } = midway('deploy-7', [], undefined, {}, { registration });
    lambda.alias = { ...(lambda.alias as AliasState), additionalVersionWeights: { 42: 0.05 } };
    later(300);
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
  });

  it('does not take a young execution for one that is gone', async () => {
    const { handler, later } = midway('deploy-7', [], undefined, {}, { registration });
    later(-1);
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
  });

  it('leaves an alias whose controller a deploy has just changed, for that may still be refused', async () => {
    const seen: string[] = [];
    const clients = {
      ssm: parametersOf(['checkout'], registration, new Date((NOW - 1799) * 1000)),
      lambda: aliasesRead((name) => seen.push(name)),
      sfn: { send: async () => ({ executions: [] }) },
    } as unknown as Parameters<typeof create>[0]['clients'];
    let now = NOW;
    const handler = create({ clients, environment: {}, now: () => now });
    await handler(SWEEP);
    expect(seen).toEqual([]);
    now += 61;
    await handler(SWEEP);
    expect(seen).toEqual(['checkout']);
  });

  it('looks at twenty aliases at most, and at all of them in turn', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `service-${index}`);
    const seen: string[][] = [];
    const clients = {
      ssm: parametersOf(names, registration),
      lambda: aliasesRead((name) => seen.at(-1)?.push(name)),
      sfn: { send: async () => ({ executions: [] }) },
    } as unknown as Parameters<typeof create>[0]['clients'];
    let now = NOW;
    const handler = create({ clients, environment: {}, now: () => now });
    for (let turn = 0; turn < 3; turn++) {
      seen.push([]);
      await handler(SWEEP);
      now += 300;
    }
    expect(seen.map((each) => each.length)).toEqual([20, 20, 20]);
    expect(new Set(seen.flat()).size).toBe(50);
  });
});

/** Systems Manager with the registration of an alias `live` of each function. */
function parametersOf(names: readonly string[], registration: object, LastModifiedDate = new Date(0)) {
  const Value = JSON.stringify(registration);
  const Parameters = names.map((name) => ({ Name: `/sluice/${name}/live/shop`, Value, LastModifiedDate }));
  const client = new SSMClient({ region: 'us-east-1' });
  return Object.assign(client, { send: async () => ({ Parameters }) });
}

/** Lambda with an alias without weights at every function. */
function aliasesRead(onRead: (functionName: string) => void) {
  const send = async ({ input }: { input: { FunctionName: string } }) => {
    onRead(input.FunctionName);
    return { FunctionVersion: '41', Description: '', RevisionId: 'r' };
  };
  return { send };
}

const alarm = (name: string, initialState: AlarmSpec['initialState']): AlarmSpec => ({
  name,
  metric: 'errors',
  scope: 'alias',
  threshold: 1,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  treatMissingData: 'ignore',
  initialState,
});

/** The history of an execution that waits for an approval, or that does not. */
function historyOf(document: Partial<Rollout>, waits: boolean): readonly HistoryEvent[] {
  const rollout = { ...atStep(1), ...document };
  const base = { timestamp: new Date(0), id: 1 };
  const parameters = JSON.stringify({ Payload: { taskToken: 'token', rollout } });
  const scheduled = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken', region: 'us-east-1', parameters };
  return waits
    ? [
        { ...base, type: 'TaskSubmitted' },
        { ...base, type: 'TaskStarted' },
        { ...base, type: 'TaskScheduled', taskScheduledEventDetails: scheduled },
      ]
    : [
        {
          ...base,
          type: 'WaitStateEntered',
          stateEnteredEventDetails: { name: 'Bake', input: JSON.stringify(rollout) },
        },
      ];
}

interface Watching {
  readonly policy?: object;
  readonly state?: AlarmSpec['initialState'] | 'missing';
  readonly document?: Partial<Rollout>;
  readonly waits?: boolean;
  readonly faults?: readonly AwsFault[];
}

/** The rollout `deploy-7` runs, and its alarm is in a state. */
function watching({ policy: more = {}, state = 'ALARM', document = {}, waits = true, faults = [] }: Watching) {
  const failed: unknown[] = [];
  const found = midway(
    'deploy-7',
    faults,
    undefined,
    {
      executions: () => [running('deploy-7', { policy: { ...policy, ...more } })],
      historyOf: () => historyOf(document, waits).map((event) => () => event),
      failTask: (token, error) => failed.push([token, error]),
    },
    { alarms: state === 'missing' ? [] : [alarm('errors', state)] },
  );
  return { ...found, failed };
}

describe('a sweep of running rollouts', () => {
  it('reverts one whose alarm is in ALARM, and ends its wait for an approval', async () => {
    const { handler, lambda, failed } = watching({});
    expect(await handler(SWEEP)).toMatchObject({
      reverted: true,
      reason: expect.stringContaining('alarm errors is in ALARM'),
    });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(failed).toEqual([['token', ALIAS_REVERTED]]);
  });

  it.each<[string, Watching]>([
    ['is OK', { state: 'OK' }],
    ['has no data', { state: 'INSUFFICIENT_DATA' }],
    ['is none of its policy', { policy: { alarms: ['other'] }, state: 'ALARM', waits: false }],
    ['is one that it ignores', { policy: { alarmsAlreadyFiring: 'ignore' }, document: { ignoredAlarms: ['errors'] } }],
    ['is gone while it looks itself', { state: 'missing', waits: false }],
  ])('leaves one whose alarm %s', async (_, given) => {
    const { handler, failed } = watching(given);
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
    expect(failed).toEqual([]);
  });

  it('reverts one whose alarm fires although it ignores others', async () => {
    const { handler } = watching({ policy: { alarmsAlreadyFiring: 'ignore' }, document: { ignoredAlarms: ['other'] } });
    expect(await handler(SWEEP)).toMatchObject({ reverted: true });
  });

  it('reverts one that waits for a person and whose alarm is gone', async () => {
    const { handler, actions } = watching({ state: 'missing' });
    expect(await handler(SWEEP)).toMatchObject({ reverted: true, reason: expect.stringContaining('cannot be found') });
    expect(actions().filter((action) => action === 'cloudwatch:DescribeAlarms')).toHaveLength(2);
  });

  it.each<[what: string, state: 'Failed' | 'Deactivated']>([
    ['has failed', 'Failed'],
    ['was deactivated', 'Deactivated'],
  ])('reverts one that waits for a person and whose candidate %s', async (_, state) => {
    const { handler, lambda, failed } = watching({ state: 'OK' });
    lambda.setState('42', state);
    expect(await handler(SWEEP)).toMatchObject({ reverted: true, reason: expect.stringContaining(`42 is ${state}`) });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(failed).toEqual([['token', ALIAS_REVERTED]]);
  });

  it.each<[what: string, to: Partial<AliasState>]>([
    ['was promoted by hand', { functionVersion: '42', additionalVersionWeights: {} }],
    ['was given other weights', { additionalVersionWeights: { '42': 0.37 } }],
    ['was reverted, and the rollout was not told', { additionalVersionWeights: {} }],
  ])('ends the wait of one whose alias %s, and leaves the alias', async (_, to) => {
    const { handler, lambda, failed } = watching({ state: 'OK' });
    lambda.alias = { ...(lambda.alias as AliasState), ...to };
    expect(await handler(SWEEP)).toMatchObject({ reverted: false });
    expect(lambda.alias).toMatchObject(to);
    expect(failed).toEqual([['token', ALIAS_REVERTED]]);
  });

  it('lets one wait that has given nothing yet, whatever its alarm does', async () => {
    const { handler, failed, lambda } = watching({ document: { ...aRollout(), next: 'awaitApproval' } });
    lambda.alias = { ...(lambda.alias as AliasState), additionalVersionWeights: {} };
    await handler(SWEEP);
    expect(failed).toEqual([]);
  });

  it('reverts one whose alarm fires although its history cannot be read, and tells of that', async () => {
    const unreadable = { call: 'states:GetExecutionHistory', nth: 1, times: 99, fail: 'AccessDeniedException' };
    const { handler, lambda } = watching({ faults: [unreadable] });
    await expect(handler(SWEEP)).rejects.toThrow();
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('leaves one whose policy nobody tells, and looks at the others all the same', async () => {
    const { handler, lambda } = midway(
      'deploy-7',
      [],
      undefined,
      { executions: () => [running('deploy-8', { alias: 'beta', policy: undefined }), running('deploy-7')] },
      { alarms: [alarm('errors', 'ALARM')] },
    );
    expect(await handler(SWEEP)).toMatchObject({ reverted: true });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('asks once for 100 alarms', async () => {
    const names = (from: number) => Array.from({ length: 100 }, (_, index) => `alarm-${from + index}`);
    const executions = [0, 100, 150].map((from) =>
      running(`deploy-${from}`, { policy: { ...policy, alarms: names(from) } }),
    );
    const { handler, actions } = midway(
      'deploy-7',
      [],
      undefined,
      { executions: () => executions },
      {
        alarms: names(0)
          .concat(names(100), names(200))
          .map((name) => alarm(name, 'OK')),
      },
    );
    await handler(SWEEP);
    expect(actions().filter((action) => action === 'cloudwatch:DescribeAlarms')).toHaveLength(3);
  });
});
