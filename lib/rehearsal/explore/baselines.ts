import type { PolicyInput } from '../../rollout/policy/policy.ts';
import type { ScenarioInput } from '../scenario/scenario.ts';

/** A rollout as it goes when nothing is injected, and how it then ends. */
export interface Baseline {
  readonly name: string;
  readonly ends: 'promoted' | 'rolledBack' | 'superseded' | 'rejected';
  readonly scenario: ScenarioInput;
}

const alarm = {
  name: 'errors',
  metric: 'errorRate',
  scope: 'candidate',
  threshold: 0.05,
  evaluationPeriods: 2,
  datapointsToAlarm: 1,
} as const;

const policy = {
  steps: [
    { weight: 20, bakeSeconds: 60 },
    { weight: 60, bakeSeconds: 60 },
  ],
  settleSeconds: 60,
  approvalTimeoutSeconds: 900,
  alarms: ['errors'],
} satisfies PolicyInput;

/** Few requests and short bakes, so that a run takes a few milliseconds; the alarm is long since quiet when it starts. */
const usual = {
  traffic: { requestsPerSecond: 5 },
  alarms: [{ ...alarm, treatMissingData: 'notBreaching' }],
  policy,
} satisfies ScenarioInput;

const bad = { candidate: { errorRate: 1 } } satisfies Partial<ScenarioInput>;

const askedBefore60 = [
  { weight: 20, bakeSeconds: 60 },
  { weight: 60, bakeSeconds: 60, approval: 'manual' },
] satisfies PolicyInput['steps'];

const shape = (name: string, ends: Baseline['ends'], changes: Partial<ScenarioInput> = {}): Baseline => ({
  name,
  ends,
  scenario: { ...usual, ...changes, name },
});

/** The rollouts that are explored, the simplest first. */
export const baselines: readonly Baseline[] = [
  shape('all at once', 'promoted', { policy: { preset: 'AllAtOnce', alarms: ['errors'] } }),
  shape('good', 'promoted'),
  shape('bad at the canary', 'rolledBack', bad),
  shape('bad, and the alarm tells nobody in time', 'rolledBack', {
    ...bad,
    events: [{ event: 'alarm', times: 1000, deliver: 'late' }],
  }),
  shape('bad late', 'rolledBack', {
    candidate: { faults: [{ aboveWeight: 50, errorRate: 1 }] },
    events: [{ event: 'alarm', times: 1000, deliver: 'late' }],
  }),
  shape('operator rollback', 'rolledBack', { operator: [{ atSecond: 230, do: 'rollback' }] }),
  shape('stopped execution', 'rolledBack', { operator: [{ atSecond: 230, do: 'stopExecution' }] }),
  shape('stopped and redriven', 'rolledBack', {
    operator: [
      { atSecond: 230, do: 'stopExecution' },
      { atSecond: 290, do: 'redrive' },
    ],
  }),
  shape('bake skipped by hand', 'promoted', { operator: [{ atSecond: 100, do: 'advance' }] }),
  shape('hold and resume', 'promoted', {
    operator: [
      { atSecond: 100, do: 'hold' },
      { atSecond: 400, do: 'resume' },
    ],
  }),
  shape('manual approval', 'promoted', {
    policy: { ...policy, steps: askedBefore60 },
    operator: [{ atSecond: 400, do: 'approve' }],
  }),
  shape('first weight asked for and refused', 'rejected', {
    policy: { ...policy, steps: [{ weight: 20, bakeSeconds: 60, approval: 'manual' }] },
    operator: [{ atSecond: 100, do: 'reject' }],
  }),
  shape('superseding deploy', 'superseded', { operator: [{ atSecond: 230, do: 'deploy' }] }),
  shape('superseding deploy that is bad', 'superseded', {
    alarms: [{ ...alarm, scope: 'alias', treatMissingData: 'notBreaching' }],
    operator: [{ atSecond: 230, do: 'deploy', candidate: { errorRate: 1 } }],
  }),
  shape('hooks', 'promoted', {
    policy: { ...policy, hooks: { beforeTraffic: ['smoke'], eachStep: ['probe'], afterTraffic: ['report'] } },
  }),
  shape('no traffic, and evidence asked for', 'rolledBack', {
    traffic: { requestsPerSecond: 0.01 },
    policy: { ...policy, evidence: { minimumInvocations: 20, maximumBakeSeconds: 300 } },
  }),
  shape('an alarm without data', 'rolledBack', {
    traffic: { requestsPerSecond: 0.001 },
    alarms: [{ ...alarm, treatMissingData: 'missing', initialState: 'INSUFFICIENT_DATA' }],
    policy: { ...policy, evidence: { minimumInvocations: 1, maximumBakeSeconds: 300, onNoEvidence: 'revert' } },
  }),
];
