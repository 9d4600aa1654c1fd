import type { PolicyInput } from '../../rollout/policy/policy.ts';
import type { ScenarioInput } from '../scenario/scenario.ts';

/** A rollout into which nothing is injected, and how it then ends. */
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

const approvedBefore60 = [
  { weight: 20, bakeSeconds: 60 },
  { weight: 60, bakeSeconds: 60, approval: 'manual' },
] satisfies PolicyInput['steps'];

const baseline = (name: string, ends: Baseline['ends'], changes: Partial<ScenarioInput> = {}): Baseline => ({
  name,
  ends,
  scenario: { ...usual, ...changes, name },
});

/** The rollouts that are explored, the simplest first. */
export const baselines: readonly Baseline[] = [
  baseline('all at once', 'promoted', { policy: { preset: 'AllAtOnce', alarms: ['errors'] } }),
  baseline('good', 'promoted'),
  baseline('bad at the canary', 'rolledBack', bad),
  baseline("bad, and the alarm's event comes late", 'rolledBack', {
    ...bad,
    events: [{ event: 'alarm', times: 1000, deliver: 'late' }],
  }),
  baseline('bad late', 'rolledBack', {
    candidate: { faults: [{ aboveWeight: 50, errorRate: 1 }] },
    events: [{ event: 'alarm', times: 1000, deliver: 'late' }],
  }),
  baseline('operator rollback', 'rolledBack', { operator: [{ atSecond: 230, do: 'rollback' }] }),
  baseline('stopped execution', 'rolledBack', { operator: [{ atSecond: 230, do: 'stopExecution' }] }),
  baseline('stopped and redriven', 'rolledBack', {
    operator: [
      { atSecond: 230, do: 'stopExecution' },
      { atSecond: 290, do: 'redrive' },
    ],
  }),
  baseline('bake skipped by hand', 'promoted', { operator: [{ atSecond: 100, do: 'advance' }] }),
  baseline('hold and resume', 'promoted', {
    operator: [
      { atSecond: 100, do: 'hold' },
      { atSecond: 400, do: 'resume' },
    ],
  }),
  baseline('manual approval', 'promoted', {
    policy: { ...policy, steps: approvedBefore60 },
    operator: [{ atSecond: 400, do: 'approve' }],
  }),
  baseline('first weight rejected', 'rejected', {
    policy: { ...policy, steps: [{ weight: 20, bakeSeconds: 60, approval: 'manual' }] },
    operator: [{ atSecond: 100, do: 'reject' }],
  }),
  baseline('superseding deploy', 'superseded', { operator: [{ atSecond: 230, do: 'deploy' }] }),
  baseline('superseding deploy that is bad', 'superseded', {
    alarms: [{ ...alarm, scope: 'alias', treatMissingData: 'notBreaching' }],
    operator: [{ atSecond: 230, do: 'deploy', candidate: { errorRate: 1 } }],
  }),
  baseline('hooks', 'promoted', {
    policy: { ...policy, hooks: { beforeTraffic: ['smoke'], eachStep: ['probe'], afterTraffic: ['report'] } },
  }),
  baseline('no traffic, although evidence is required', 'rolledBack', {
    traffic: { requestsPerSecond: 0.01 },
    policy: { ...policy, evidence: { minimumInvocations: 20, maximumBakeSeconds: 300 } },
  }),
  baseline('an alarm without data', 'rolledBack', {
    traffic: { requestsPerSecond: 0.001 },
    alarms: [{ ...alarm, treatMissingData: 'missing', initialState: 'INSUFFICIENT_DATA' }],
    policy: { ...policy, evidence: { minimumInvocations: 1, maximumBakeSeconds: 300, onNoEvidence: 'revert' } },
  }),
];
