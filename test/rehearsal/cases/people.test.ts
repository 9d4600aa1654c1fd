import { GetAliasCommand, type GetAliasCommandOutput, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { executionArnOf } from '../../../lib/aws/states/executions.ts';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { accountOf } from '../../../lib/cli/operator-commands.ts';
import { status } from '../../../lib/operations/status.ts';
import { FUNCTION, MACHINE } from '../../../lib/rehearsal/names.ts';
import { type ScenarioInput, scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { ExecutionEnd } from '../../../lib/rehearsal/services/execution.ts';
import type { ControllerUnderTest } from '../../../lib/rehearsal/simulation/controller.ts';
import { type Rehearsal, rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import type { Actor } from '../../../lib/rehearsal/simulation/setup.ts';
import { pause } from '../../../lib/rehearsal/simulation/virtual-time.ts';
import { eventsOf } from '../a-scenario.ts';

const controller = loadController();

interface Observed extends Rehearsal {
  readonly ends: readonly (Pick<ExecutionEnd, 'status' | 'error' | 'cause'> & { readonly name: string })[];
  /** Every routing that the alias has had, as `41` or `41+42@0.1`. */
  readonly routings: readonly string[];
}

async function observing(
  scenario: ScenarioInput,
  actors: readonly Actor[] = [],
  controllerUnderTest: ControllerUnderTest = controller,
): Promise<Observed> {
  const ends: Observed['ends'][number][] = [];
  const routings: string[] = [];
  const rehearsal = await rehearse(
    scenarioSchema.parse(scenario),
    controllerUnderTest,
    {
      onEnd: ({ name }, { status, error, cause }) => ends.push({ name, status, error, cause }),
      onAliasChange: ({ after }) => routings.push(inWords(after)),
    },
    actors,
  );
  return { ...rehearsal, ends, routings };
}

const inWords = (alias: { functionVersion: string; additionalVersionWeights: Readonly<Record<string, number>> }) =>
  [alias.functionVersion, ...Object.entries(alias.additionalVersionWeights).map(([v, w]) => `${v}@${w}`)].join('+');

const alias = { FunctionName: FUNCTION, Name: 'live' };
const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });

/** A person who saves the alias at one second and writes it back at another, perhaps with another routing. */
function restoring(savedAt: number, restoredAt: number, to?: Partial<GetAliasCommandOutput>): Actor[] {
  let saved: GetAliasCommandOutput | undefined;
  return [
    {
      atSecond: savedAt,
      does: async ({ lambda }) => {
        saved = await lambda.send(new GetAliasCommand(alias));
      },
    },
    {
      atSecond: restoredAt,
      does: ({ lambda }) =>
        lambda.send(
          new UpdateAliasCommand({
            ...alias,
            FunctionVersion: saved?.FunctionVersion,
            Description: saved?.Description,
            RoutingConfig: { AdditionalVersionWeights: {}, ...saved?.RoutingConfig },
            ...to,
          }),
        ),
    },
  ];
}

const inSteps: ScenarioInput = {
  traffic: { requestsPerSecond: 10 },
  policy: {
    canary: { weight: 10, bakeSeconds: 120 },
    batches: { count: 2, intervalSeconds: 120 },
    settleSeconds: 120,
  },
};

describe('a person who restores a saved state of the alias', () => {
  it('keeps it, even if its description is that of the rollout before', async () => {
    const { ends, result, routings } = await observing(
      { ...inSteps, operator: [{ atSecond: 1000, do: 'deploy' }] },
      restoring(950, 1100),
    );
    expect(ends.map(({ error }) => error)).toEqual([null, 'RolledBack']);
    expect(result.alias).toEqual(only('42'));
    expect(routings.slice(-2)).not.toContainEqual(expect.stringContaining('43'));
  });

  it('keeps it, even if only the description is the old one', async () => {
    const { ends, result } = await observing(
      { ...inSteps, operator: [{ atSecond: 1000, do: 'deploy' }] },
      restoring(950, 1100, { FunctionVersion: '42', RoutingConfig: { AdditionalVersionWeights: { 43: 0.03 } } }),
    );
    expect(ends.at(-1)).toMatchObject({ error: 'Superseded' });
    expect(result.alias).toEqual({ functionVersion: '42', additionalVersionWeights: { 43: 3 } });
  });

  it('keeps it, even if it is an earlier step of the same rollout', async () => {
    const { ends, result } = await observing(inSteps, restoring(60, 200));
    expect(ends.at(-1)).toMatchObject({ error: 'Superseded' });
    expect(result.alias).toEqual({ functionVersion: '41', additionalVersionWeights: { 42: 10 } });
  });
});

describe('a stale read at the first observation', () => {
  it.each([1, 2])('takes no good version back (%d times)', async (times) => {
    const { result } = await observing({
      ...inSteps,
      aws: [{ call: 'lambda:GetAlias', nth: 4, times, fail: 'stale' }],
    });
    expect(result.outcome).toBe('promoted');
  });
});

/** A controller whose hooks take so many seconds. */
const slow = (seconds: number): ControllerUnderTest => ({
  ...controller,
  handlers: {
    ...controller.handlers,
    'run-hooks': (context) => {
      const handle = (controller.handlers['run-hooks'] as (typeof controller.handlers)[string])(context);
      return async (event) => {
        await pause(seconds);
        return handle(event);
      };
    },
  },
});

const reporting: ScenarioInput = {
  traffic: { requestsPerSecond: 5 },
  alarms: [
    {
      name: 'errors',
      metric: 'errorRate',
      scope: 'candidate',
      threshold: 0.05,
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
    },
  ],
  policy: {
    steps: [
      { weight: 20, bakeSeconds: 120 },
      { weight: 60, bakeSeconds: 120 },
    ],
    settleSeconds: 120,
    alarms: ['errors'],
    hooks: { afterTraffic: ['report'] },
  },
};

describe('while a hook after the traffic works,', () => {
  it.each([
    ['a tag', { atSecond: 700, do: 'hold' }],
    ['the command line', { atSecond: 700, do: 'command', command: 'hold checkout --reason stop' }],
  ] as const)('a hold by %s is seen before the promotion', async (_, hold) => {
    const rehearsal = await observing(
      { ...reporting, operator: [hold, { atSecond: 5000, do: 'resume' }] },
      [],
      slow(600),
    );
    const events = rehearsal.result.timeline.filter(({ event }) => event !== 'shifted');
    expect(events.map(({ event }) => event)).toEqual(['held', 'resumed', 'promoted']);
    expect(events[2]?.second).toBeGreaterThanOrEqual(5000);
    expect(rehearsal.result.cost.awsCalls['lambda:Invoke']).toBe(1);
  });

  it.each([
    [600, 'never'],
    [600, 'late'],
    [300, 'late'],
  ] as const)('an alarm reverts the alias after %d s, even if its event comes %s', async (seconds, deliver) => {
    const { result } = await observing(
      {
        ...reporting,
        candidate: { faults: [{ afterSeconds: 700, errorRate: 1 }] },
        events: [{ event: 'alarm', times: 1000, deliver }],
      },
      [],
      slow(seconds),
    );
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: only('41') });
  });

  it('a version that stays well is promoted as soon as it has agreed', async () => {
    const { result } = await observing(reporting, [], slow(600));
    expect(result).toMatchObject({ outcome: 'promoted', alias: only('42') });
    expect(result.seconds.toFullTraffic).not.toBeNull();
  });

  it('an execution of the definition before, which has no way back to a look, is promoted and not reverted', async () => {
    const { definition } = controller.synthesized;
    const States = structuredClone(definition.States) as unknown as Record<string, Record<string, unknown>>;
    const start = States['Start'] as { Parameters: Record<string, unknown> };
    delete start.Parameters['definition'];
    (States['All agreed?'] as Record<string, unknown>)['Choices'] = [
      { Variable: '$.next', StringEquals: 'promote', Next: 'Promote' },
    ];
    const before = { ...definition, States } as unknown as typeof definition;
    const { result } = await observing(reporting, [], {
      ...controller,
      synthesized: { ...controller.synthesized, definition: before },
    });
    expect(result).toMatchObject({ outcome: 'promoted', alias: only('42') });
  });
});

it('a hook of a step that takes longer than the bake is followed by a look at once', async () => {
  const { result } = await observing(
    {
      ...reporting,
      policy: { ...reporting.policy, hooks: { eachStep: ['probe'] } },
      candidate: { faults: [{ afterSeconds: 60, errorRate: 1 }] },
      events: [{ event: 'alarm', times: 1000, deliver: 'never' }],
    },
    [],
    slow(600),
  );
  expect(result.outcome).toBe('rolledBack');
  expect(result.timeline.find(({ event }) => event === 'reverted')?.second).toBeLessThan(610);
});

describe('two steps that each need an approval', () => {
  const manual: ScenarioInput = {
    ...reporting,
    policy: {
      steps: [
        { weight: 20, bakeSeconds: 60 },
        { weight: 40, bakeSeconds: 60, approval: 'manual' },
        { weight: 60, bakeSeconds: 60, approval: 'manual' },
      ],
      settleSeconds: 60,
      approvalTimeoutSeconds: 900,
      alarms: ['errors'],
    },
  };

  it('take two: one that is given once serves once', async () => {
    const once = await observing({ ...manual, operator: [{ atSecond: 300, do: 'approve' }] });
    expect(eventsOf(once)).toEqual([
      'shifted 20',
      'approvalRequested',
      'approved',
      'shifted 40',
      'approvalRequested',
      'reverted',
    ]);
    const twice = await observing({
      ...manual,
      operator: [
        { atSecond: 300, do: 'approve' },
        { atSecond: 900, do: 'approve' },
      ],
    });
    expect(twice.result.outcome).toBe('promoted');
  });

  it('take two also if a hold lies between an approval and its weight', async () => {
    const held = await observing({
      ...manual,
      operator: [
        { atSecond: 290, do: 'hold' },
        { atSecond: 300, do: 'approve' },
        { atSecond: 900, do: 'resume' },
      ],
    });
    expect(eventsOf(held).filter((event) => event === 'approvalRequested')).toHaveLength(2);
    expect(held.result.outcome).toBe('rolledBack');
  });

  it('take two also if the execution was stopped and redriven after the first', async () => {
    const redriven = await observing({
      ...manual,
      policy: { ...manual.policy, onApprovalTimeout: 'hold' },
      operator: [
        { atSecond: 300, do: 'approve' },
        { atSecond: 305, do: 'stopExecution' },
        { atSecond: 310, do: 'redrive' },
      ],
    });
    expect(redriven.routings).not.toContain('41+42@0.6');
  });
});

describe('only the description of the alias is rewritten in mid-rollout,', () => {
  const rewriting: Actor = {
    atSecond: 100,
    does: ({ lambda }) => lambda.send(new UpdateAliasCommand({ ...alias, Description: 'live alias of checkout' })),
  };

  it('and the rollout goes on, names itself with its next step and ends as ever', async () => {
    const { result } = await observing(inSteps, [rewriting]);
    expect(result).toMatchObject({ outcome: 'promoted', alias: only('42') });
  });

  it('and an alarm that the rollout itself sees reverts the alias', async () => {
    const { result } = await observing(
      { ...reporting, candidate: { errorRate: 1 }, events: [{ event: 'alarm', times: 1000, deliver: 'never' }] },
      [{ ...rewriting, atSecond: 30 }],
    );
    expect(result).toMatchObject({ outcome: 'rolledBack', alias: only('41') });
  });

  it('to that of the rollout before, and an alarm still reverts the alias', async () => {
    const { result } = await observing(
      {
        ...reporting,
        alarms: reporting.alarms?.map((alarm) => ({ ...alarm, scope: 'alias' })),
        operator: [{ atSecond: 1200, do: 'deploy', candidate: { errorRate: 1 } }],
        events: [{ event: 'alarm', times: 1000, deliver: 'never' }],
      },
      restoring(1100, 1230, { FunctionVersion: '42', RoutingConfig: { AdditionalVersionWeights: { 43: 0.2 } } }),
    );
    expect(result.alias).toEqual(only('42'));
  });
});

describe('a rollback after an automatic revert', () => {
  const twice: ScenarioInput = {
    traffic: { requestsPerSecond: 10 },
    alarms: [
      {
        name: 'errors',
        metric: 'errorRate',
        threshold: 0.03,
        evaluationPeriods: 1,
        treatMissingData: 'notBreaching',
      },
    ],
    policy: { canary: { weight: 10, bakeSeconds: 60 }, alarms: ['errors'] },
  };
  const bad = { atSecond: 600, do: 'deploy', candidate: { errorRate: 1 } } as const;
  const typing = (atSecond: number) =>
    ({ atSecond, do: 'command', command: 'rollback checkout:live --reason "42 loses orders"' }) as const;

  it('undoes the promotion before it, once', async () => {
    const { result, routings } = await observing({ ...twice, operator: [bad, typing(1400), typing(1500)] });
    expect(result.alias).toEqual(only('41'));
    expect(routings.slice(-3)).toEqual(['42+43@0.1', '42', '41']);
  });

  it('by the operation of the state machine does so too', async () => {
    const { result } = await observing({ ...twice, operator: [bad] }, [
      {
        atSecond: 1400,
        does: ({ sfn }) =>
          sfn.send(
            new StartExecutionCommand({
              stateMachineArn: MACHINE,
              name: 'by-hand',
              input: JSON.stringify({ operation: 'rollback', alias: 'checkout:live', reason: '42 loses orders' }),
            }),
          ),
      },
    ]);
    expect(result.alias).toEqual(only('41'));
  });
});

/** Somebody, perhaps a pipeline, who starts the state machine for a version. */
const starting = (atSecond: number, name: string, more: object = {}): Actor => ({
  atSecond,
  does: ({ sfn }) =>
    sfn.send(
      new StartExecutionCommand({
        stateMachineArn: MACHINE,
        name,
        input: JSON.stringify({ function: FUNCTION, alias: 'live', version: '42', policy: inSteps.policy, ...more }),
      }),
    ),
});

describe('a start of the version that is rolling out', () => {
  const once = ['41+42@0.1', '41+42@0.55', '41+42@1', '42'];

  it.each([
    ['at 10 %', 60],
    ['at 100 %', 300],
    ['in the same second as the first', 1],
    ['before anything has been looked at', 0],
  ])('%s moves no traffic and ends with the first one, promoted', async (_, second) => {
    const { ends, routings, result } = await observing(inSteps, [starting(second, 'again')]);
    expect(routings).toEqual(once);
    expect(result.outcome).toBe('promoted');
    expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('ends with the first one, rolled back, and tells its reason', async () => {
    const { ends, routings } = await observing(
      { ...reporting, policy: { ...reporting.policy, hooks: {} }, candidate: { errorRate: 1 } },
      [starting(60, 'again')],
    );
    expect(routings).toEqual(['41+42@0.2', '41']);
    expect(ends.map(({ error }) => error)).toEqual(['RolledBack', 'RolledBack']);
    expect(ends.at(-1)).toMatchObject({
      name: 'again',
      cause: expect.stringMatching(/which it had joined.*alarm errors/),
    });
  });

  it('ends as rejected if the first one was stopped', async () => {
    const stopping: Actor = {
      atSecond: 200,
      does: ({ sfn }) => sfn.send(new StopExecutionCommand({ executionArn: executionArnOf(MACHINE, 'rehearsal-42') })),
    };
    const { ends, result } = await observing(inSteps, [starting(60, 'again'), stopping]);
    expect(ends.at(-1)).toMatchObject({ name: 'again', error: 'Rejected', cause: expect.stringContaining('ABORTED') });
    expect(result.alias).toEqual(only('41'));
  });

  it('leaves the first one in the hands of the command line', async () => {
    const rehearsal = await observing(
      {
        ...inSteps,
        policy: {
          steps: [
            { weight: 10, bakeSeconds: 60 },
            { weight: 50, bakeSeconds: 60, approval: 'manual' },
          ],
        },
        operator: [{ atSecond: 300, do: 'command', command: 'approve checkout:live' }],
      },
      [starting(200, 'again')],
    );
    expect(eventsOf(rehearsal)).toContain('approved');
    expect(rehearsal.result.outcome).toBe('promoted');
  });

  it('is stopped together with the first one by a rollback before any traffic', async () => {
    const { routings, ends } = await observing(
      {
        ...inSteps,
        policy: { canary: { weight: 10, approval: 'manual' } },
        operator: [{ atSecond: 100, do: 'command', command: 'rollback checkout:live --reason no' }],
      },
      [starting(50, 'again')],
    );
    expect(routings).toEqual([]);
    expect(ends).toHaveLength(2);
  });

  it('by the command line starts nothing', async () => {
    const { ends, routings } = await observing({
      ...inSteps,
      operator: [{ atSecond: 300, do: 'command', command: 'start checkout:live --version 42' }],
    });
    expect(routings).toEqual(once);
    expect(ends).toHaveLength(1);
  });

  it('twice in one second is one rollout', async () => {
    const { ends, routings } = await observing(inSteps, [
      starting(1000, 'first', { version: '41' }),
      starting(1000, 'second', { version: '41' }),
    ]);
    expect(routings.slice(4)).toEqual(['42+41@0.1', '42+41@0.55', '42+41@1', '41']);
    expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  });

  it('after a rollout to another version has started takes over, for the newest wins', async () => {
    const { ends, result } = await observing({ ...inSteps, operator: [{ atSecond: 60, do: 'deploy' }] }, [
      starting(61, 'again'),
    ]);
    expect(ends.map(({ name, status }) => [name, status]).at(-1)).toEqual(['again', 'SUCCEEDED']);
    expect(result.alias).toEqual(only('42'));
  });
});

describe('a deploy while another version settles at 100 %', () => {
  const deploying = (onConflict: 'supersede' | 'waitForSettle', atSecond: number): ScenarioInput => ({
    ...inSteps,
    policy: { ...inSteps.policy, settleSeconds: 600, onConflict },
    operator: [{ atSecond, do: 'deploy' }],
  });

  it('leaves the version before stable, and says so', async () => {
    let shown: Awaited<ReturnType<typeof status>> | undefined;
    const looking: Actor = {
      atSecond: 530,
      does: async (clients) => {
        shown = await status({ function: FUNCTION, alias: 'live' }, accountOf(clients));
      },
    };
    const { routings } = await observing(deploying('supersede', 500), [looking]);
    expect(routings).toContain('41+43@0.1');
    const told = /42, which had 100 %.*loses its traffic: 41, the version before it, stays stable/;
    expect(shown).toMatchObject({ candidate: '43', reason: expect.stringMatching(told) });
    expect(shown?.events[0]).toMatchObject({ event: 'shifted', weight: 10, reason: expect.stringMatching(told) });
  });

  it('waits for it if the policy says so, and starts from what is served then', async () => {
    const { routings, ends } = await observing(deploying('waitForSettle', 500));
    expect(routings).toEqual(['41+42@0.1', '41+42@0.55', '41+42@1', '42', '42+43@0.1', '42+43@0.55', '42+43@1', '43']);
    expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('waits for it and starts from the version before, if it was reverted', async () => {
    const { routings } = await observing({
      ...deploying('waitForSettle', 500),
      operator: [
        { atSecond: 500, do: 'deploy' },
        { atSecond: 600, do: 'command', command: 'rollback checkout:live --reason slow' },
      ],
    });
    expect(routings).toContain('41+43@0.1');
  });

  it('does not wait while it has less', async () => {
    const { routings } = await observing(deploying('waitForSettle', 60));
    expect(routings.slice(0, 2)).toEqual(['41+42@0.1', '41+43@0.1']);
  });
});
