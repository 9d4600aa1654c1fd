import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { loadController } from '../../lib/cli/load-controller.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { type ScenarioInput, scenarioSchema } from '../../lib/rehearsal/scenario/scenario.ts';
import { type Rehearsal, rehearse } from '../../lib/rehearsal/simulation/rehearse.ts';
import type { RehearsalResult } from '../../lib/rehearsal/simulation/result.ts';
import type { Actor, Setup } from '../../lib/rehearsal/simulation/setup.ts';

const controller = loadController();

/** Ten requests a second, one alarm on the alias and one on the candidate, a canary and three batches. */
export const usual: ScenarioInput = {
  traffic: { requestsPerSecond: 10 },
  stable: { errorRate: 0.001 },
  candidate: { errorRate: 0.001 },
  alarms: [
    {
      name: 'alias-errors',
      metric: 'errorRate',
      threshold: 0.05,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
    },
    {
      name: 'candidate-errors',
      metric: 'errorRate',
      scope: 'candidate',
      threshold: 0.05,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
    },
  ],
  policy: {
    canary: { weight: 10, bakeSeconds: 300 },
    batches: { count: 3, intervalSeconds: 300 },
    settleSeconds: 300,
    alarms: ['alias-errors', 'candidate-errors'],
  },
};

/** An alarm fires while the second step waits for a person. */
export const interrupted: Partial<ScenarioInput> = {
  policy: {
    steps: [
      { weight: 10, bakeSeconds: 60 },
      { weight: 50, bakeSeconds: 60, approval: 'manual' },
    ],
    alarms: ['candidate-errors'],
  },
  candidate: { faults: [{ afterSeconds: 300, errorRate: 1 }] },
};

/** A person gives the first weight by hand, before anybody has approved it. */
export const firstByHand: Partial<ScenarioInput> = {
  policy: {
    steps: [
      { weight: 10, bakeSeconds: 120, approval: 'manual' },
      { weight: 50, bakeSeconds: 120 },
    ],
    approvalTimeoutSeconds: 600,
  },
  operator: [{ atSecond: 20, do: 'advance' }],
};

/** Somebody who starts the state machine in the console. */
export const starting = (atSecond: number, input: unknown): Actor => ({
  atSecond,
  does: ({ sfn }) =>
    sfn.send(
      new StartExecutionCommand({ stateMachineArn: MACHINE, name: `hand-${atSecond}`, input: JSON.stringify(input) }),
    ),
});

/** Rehearses the usual scenario with some of it changed. */
export const rehearsing = (
  changes: Partial<ScenarioInput> = {},
  actors: readonly Actor[] = [],
  setup: Setup = {},
): Promise<Rehearsal> => rehearse(scenarioSchema.parse({ ...usual, ...changes }), controller, {}, actors, setup);

/** The weights that the candidate was given, and all other events, in order. */
export const eventsOf = ({ result }: Rehearsal): string[] =>
  result.timeline.map(({ event, weight }) => (event === 'shifted' ? `shifted ${weight}` : event));

/** How it ended: `toMatchObject` would take any weights for none. */
export const endOf = ({ outcome, alias }: RehearsalResult) => ({ outcome, alias });
