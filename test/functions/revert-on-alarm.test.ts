import type { DescribeExecutionCommandOutput, HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { create } from '../../functions/revert.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { AliasState } from '../../lib/rollout/alias/alias.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import type { PolicyInput } from '../../lib/rollout/policy/policy.ts';
import { atStep, T0 } from '../rollout/a-rollout.ts';
import { alone } from './alone.ts';
import { fires, midway, NOW, policy, running } from './running.ts';

/** The alias in the middle of the rollout `deploy-7`, while these executions run. */
const whileRunning = (executions: readonly DescribeExecutionCommandOutput[], document?: Partial<Rollout>) =>
  midway('deploy-7', [], undefined, {
    executions: () => executions,
    historyOf: () => (document ? [() => leftWith({ ...atStep(1), ...document })] : []),
  });

const leftWith = (document: Rollout): HistoryEvent => ({
  timestamp: new Date(0),
  type: 'TaskStateExited',
  id: 9,
  stateExitedEventDetails: { name: 'Observe', output: JSON.stringify(document) },
});

const isReverted = { reverted: true };
const isLeft = { reverted: false };

describe('an alarm that fires', () => {
  it('reverts the rollout whose policy names it, by one list, one description, one read and one write', async () => {
    const { handler, lambda, actions } = whileRunning([running('deploy-7')]);
    await handler(fires());
    expect(lambda.alias).toMatchObject({
      ...alone('41'),
      description:
        'sluice: reverted 42 -> 41: alarm errors went to ALARM (Threshold Crossed) (execution deploy-7, started 2026-01-01T00:00:00Z) [sluice:0123456789ab]',
    });
    expect(actions()).toEqual([
      'states:ListExecutions',
      'states:DescribeExecution',
      'lambda:GetAlias',
      'lambda:UpdateAlias',
      // Reads back what it wrote, and only then tells anybody.
      'lambda:GetAlias',
      'events:PutEvents',
      'states:GetExecutionHistory',
    ]);
  });

  it('costs one call while no rollout runs, and none while the list is fresh', async () => {
    const { handler, actions, later } = whileRunning([]);
    expect(await handler(fires())).toMatchObject(isLeft);
    await Promise.all([handler(fires('another')), handler(fires('a third'))]);
    expect(actions()).toEqual(['states:ListExecutions']);
    later(11);
    await Promise.all([handler(fires()), handler(fires('another'))]);
    expect(actions()).toEqual(['states:ListExecutions', 'states:ListExecutions']);
  });

  it('is answered once for events that come together, and an input is read once', async () => {
    const { handler, actions, later } = whileRunning([running('deploy-7')]);
    await Promise.all(['a', 'b', 'c'].map((alarm) => handler(fires(alarm))));
    later(20);
    await handler(fires('d'));
    expect(actions()).toEqual(['states:ListExecutions', 'states:DescribeExecution', 'states:ListExecutions']);
  });

  it('changes nothing for a rollout whose own policy does not name it', async () => {
    const { handler, lambda } = whileRunning([running('deploy-7', { policy: { ...policy, alarms: ['other'] } })]);
    expect(await handler(fires())).toMatchObject(isLeft);
    expect(lambda.alias).toMatchObject({ additionalVersionWeights: { '42': 0.4 } });
  });

  it('reverts a rollout whose policy was brought by hand and names it', async () => {
    const { handler, lambda } = whileRunning([running('deploy-7', { policy: { ...policy, alarms: ['by-hand'] } })]);
    expect(await handler(fires('by-hand'))).toMatchObject(isReverted);
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('reverts a rollout that has skipped to the next weight of its plan by hand', async () => {
    const steps = [
      { weight: 40, bakeSeconds: 60 },
      { weight: 70, bakeSeconds: 60 },
    ];
    const { handler, lambda } = whileRunning([running('deploy-7', { policy: { ...policy, steps } })]);
    lambda.alias = { ...(lambda.alias as AliasState), additionalVersionWeights: { '42': 0.7 } };
    expect(await handler(fires())).toMatchObject(isReverted);
  });

  it('does not touch weights that a person gave', async () => {
    const { handler, lambda } = whileRunning([running('deploy-7')]);
    lambda.alias = { ...(lambda.alias as AliasState), additionalVersionWeights: { '42': 0.37 } };
    expect(await handler(fires())).toMatchObject(isLeft);
  });

  it('changes nothing if it fired before the rollout started', async () => {
    const { handler } = whileRunning([running('deploy-7')]);
    expect(await handler(fires('errors', 'OK', T0 - 1))).toMatchObject(isLeft);
  });

  it('is heard from the rule of a stack of the release before', async () => {
    const { handler } = whileRunning([running('deploy-7')]);
    const event = { trigger: 'alarm', function: 'checkout', alias: 'live', alarm: 'errors', stateMachineArn: MACHINE };
    expect(await handler(event)).toMatchObject(isReverted);
    expect(await handler(event)).toMatchObject(isLeft);
  });

  it('is not delayed by an execution that is no rollout, or has an input that nobody understands', async () => {
    const odd = [
      { ...running('rollback'), input: '{"operation":"rollback"}' },
      { ...running('odd'), input: 'none' },
    ];
    const { handler, lambda } = whileRunning([...odd, running('deploy-7')]);
    await handler(fires());
    expect(lambda.alias).toMatchObject(alone('41'));
  });
});

describe('an alarm of a policy that ignores alarms which fire already', () => {
  const ignoring = [running('deploy-7', { policy: { ...policy, alarmsAlreadyFiring: 'ignore' } })];

  it.each([
    ['OK', true],
    ['INSUFFICIENT_DATA', false],
    ['ALARM', false],
  ])('that fires after %s reverts: %s', async (before, reverted) => {
    const { handler } = whileRunning(ignoring);
    expect(await handler(fires('errors', before))).toMatchObject({ reverted });
  });

  it.each([
    [['errors'], false],
    [['other'], true],
  ])('whose event comes late reverts unless the document ignores it: %j', async (ignoredAlarms, reverted) => {
    const { handler } = whileRunning(ignoring, { ignoredAlarms });
    expect(await handler(fires('errors', 'OK', NOW - 180))).toMatchObject({ reverted });
  });
});

describe('a rollout that was started with the deployed policy', () => {
  const started = [{ ...running('deploy-7'), input: '{"function":"checkout","alias":"live","version":"42"}' }];

  it.each([
    ['errors', true],
    ['renamed', false],
  ])('has the alarms of its document: %s reverts: %s', async (alarm, reverted) => {
    const { handler } = whileRunning(started, { policy: atStep(1, { alarms: ['errors'] }).policy });
    expect(await handler(fires(alarm))).toMatchObject({ reverted });
  });
});

describe('if executions cannot be read', () => {
  const always = (call: string) => ({ call, nth: 1, times: 1_000_000, fail: 'AccessDeniedException' });
  const registered = (more: Partial<PolicyInput> = {}, stateMachineArn = MACHINE) => ({
    registration: { schema: 1 as const, stateMachineArn, policy: { ...policy, ...more } },
  });
  const blind = (call: string, account: object, executions = [running('deploy-7')]) =>
    midway('deploy-7', [always(call)], undefined, { executions: () => executions }, account);

  it.each(['states:ListExecutions', 'states:DescribeExecution'])(
    'for %s is denied, the registrations and the description decide',
    async (call) => {
      const { handler, lambda } = blind(call, registered());
      expect(await handler(fires())).toMatchObject(isReverted);
      expect(lambda.alias).toMatchObject(alone('41'));
    },
  );

  it.each([
    ['names another alarm', registered({ alarms: ['other'] }), fires()],
    ['is of another controller', registered({}, `${MACHINE}-2`), fires()],
    ['ignores what fires already', registered({ alarmsAlreadyFiring: 'ignore' }), fires('errors', 'ALARM')],
    ['is older than the rollout', registered(), fires('errors', 'OK', T0 - 1)],
  ])('nothing is reverted if the registration or event %s', async (_, account, event) => {
    const { handler } = blind('states:ListExecutions', account);
    expect(await handler(event)).toMatchObject(isLeft);
  });

  it('the registrations decide nothing for a rollout whose own policy could be read', async () => {
    const executions = [
      running('deploy-7', { policy: { ...policy, alarms: [] } }),
      { ...running('deploy-8'), input: '{"function":"checkout","alias":"live","version":"43"}' },
    ];
    const { handler, lambda } = midway('deploy-7', [], undefined, { executions: () => executions }, registered());
    expect(await handler(fires())).toMatchObject(isLeft);
    expect(lambda.alias).toMatchObject({ additionalVersionWeights: { '42': 0.4 } });
  });
});

describe('an alias whose description somebody has rewritten', () => {
  const rewritten = (...executions: DescribeExecutionCommandOutput[]) => {
    const found = whileRunning(executions);
    found.lambda.alias = { ...(found.lambda.alias as AliasState), description: 'live alias of checkout' };
    return found;
  };

  it('is reverted when an alarm of the rollout fires whose candidate has the weight', async () => {
    const { handler, lambda } = rewritten(running('deploy-7'));
    expect(await handler(fires())).toMatchObject(isReverted);
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('keeps its weights if a rollout of the same candidate may have given them that does not watch the alarm', async () => {
    const other = running('deploy-8', { policy: { ...policy, alarms: [] } });
    expect(await rewritten(running('deploy-7'), other).handler(fires())).toMatchObject(isLeft);
  });
});

it('many running rollouts are described at most ten at a time', async () => {
  const names = Array.from({ length: 60 }, (_, index) => `deploy-${index}`);
  let atOnce = 0;
  let most = 0;
  const { aws, lambda } = midway('deploy-7', [], undefined, { executions: () => names.map((name) => running(name)) });
  const clients = aws.clientsFor('revert');
  clients.sfn.middlewareStack.add(
    (next, { commandName }) =>
      async (request) => {
        if (commandName !== 'DescribeExecutionCommand') return next(request);
        most = Math.max(most, ++atOnce);
        const answer = await next(request);
        atOnce--;
        return answer;
      },
    { step: 'initialize', name: 'counted' },
  );
  const handler = create({ clients, environment: {}, now: () => NOW });
  expect(await handler(fires())).toMatchObject(isReverted);
  expect(most).toBe(10);
  expect(lambda.alias).toMatchObject(alone('41'));
});
