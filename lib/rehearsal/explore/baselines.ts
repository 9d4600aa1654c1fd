import { type PolicyInput, policySchema } from '../../rollout/policy/policy.ts';
import { ALIAS, CANDIDATE, FUNCTION, versionsOfMember } from '../names.ts';
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

/** Every ten seconds, by the function's log. */
const byLog = { counts: 'logs', minimumInvocations: 5, maximumBakeSeconds: 600 } as const;

/** Without alarms: the evidence decides alone. */
const adaptive = { adaptive: {}, settleSeconds: 120 } satisfies PolicyInput;

/** A condition on lines of the function's own. */
const answers500 = [{ name: 'http-5xx', log: { field: 'statusCode', from: 500 } }];

/** Few requests and short bakes, so that a run takes a few milliseconds; the alarm is long since quiet when it starts. */
const usual = {
  traffic: { requestsPerSecond: 5 },
  alarms: [{ ...alarm, treatMissingData: 'notBreaching' }],
  policy,
} satisfies ScenarioInput;

const bad = { candidate: { errorRate: 1 } } satisfies Partial<ScenarioInput>;

const approvedBefore60 = [
  { weight: 20, bakeSeconds: 60, approval: 'automatic' },
  { weight: 60, bakeSeconds: 60, approval: 'manual' },
] satisfies PolicyInput['steps'];

const baseline = (name: string, ends: Baseline['ends'], changes: Partial<ScenarioInput> = {}): Baseline => ({
  name,
  ends,
  scenario: { ...usual, ...changes, name },
});

/** The default alarms' shape, which needs two whole minutes, evaluated in the middle of the minute. */
const twoOfThree = {
  ...alarm,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  offsetSeconds: 33,
  treatMissingData: 'notBreaching',
} as const;

const fiveMinutes = {
  ...alarm,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  periodSeconds: 300,
  offsetSeconds: 45,
  treatMissingData: 'notBreaching',
} as const;

/** The events of alarms never come. */
const unheard = [{ event: 'alarm', times: 1000, deliver: 'never' }] satisfies ScenarioInput['events'];

const approvedAlways: NonNullable<PolicyInput['steps']> = [
  { weight: 20, bakeSeconds: 60, approval: 'manual' },
  { weight: 40, bakeSeconds: 60, approval: 'manual' },
  { weight: 60, bakeSeconds: 60, approval: 'manual' },
];

const withHooks = { ...policy, hooks: { beforeTraffic: ['smoke'], eachStep: ['probe'], afterTraffic: ['report'] } };

/** Evidence of twenty requests, that is never there. */
const unproven = (onNoEvidence: 'hold' | 'proceed') => ({
  traffic: { requestsPerSecond: 0.01 },
  policy: { ...policy, evidence: { minimumInvocations: 20, maximumBakeSeconds: 300, onNoEvidence } },
});

/** Approvals at every so many seconds, so that one comes to every question. */
const approvingEvery = (seconds: number, times: number): NonNullable<ScenarioInput['operator']> =>
  Array.from({ length: times }, (_, index) => ({ atSecond: (index + 1) * seconds, do: 'approve' }));

/** The deployed rollout is rejected, and somebody starts the version with a policy of their own, which waits for an approval. */
const byHand: Partial<ScenarioInput> = {
  candidate: { faults: [{ afterSeconds: 300, errorRate: 1 }] },
  alarms: [
    { ...alarm, name: 'deployed', threshold: 0.5, scope: 'alias', initialState: 'ALARM' },
    { ...alarm, name: 'other', treatMissingData: 'notBreaching' },
  ],
  policy: { ...policy, alarms: ['deployed'] },
  operator: [
    {
      atSecond: 60,
      do: 'start',
      input: {
        function: FUNCTION,
        alias: ALIAS,
        version: CANDIDATE,
        policy: { steps: approvedBefore60, approvalTimeoutSeconds: 7200, alarms: ['other'] },
      },
    },
  ],
};

/** Three members. The first is the one that operators act on unless they name another. */
const members = (changes: Partial<Record<'stock' | 'prices', object>> = {}): NonNullable<ScenarioInput['members']> => {
  const quiet = { ...alarm, treatMissingData: 'notBreaching' } as const;
  return [
    { name: FUNCTION, traffic: { requestsPerSecond: 5 }, alarms: [quiet] },
    ...(['stock', 'prices'] as const).map((name) => ({
      name,
      traffic: { requestsPerSecond: 5 },
      alarms: [{ ...quiet, name: `${name}-errors` }],
      ...changes[name],
    })),
  ];
};

const ofGroup = { ...policy, alarms: ['errors', 'stock-errors', 'prices-errors'] };

const group = (name: string, ends: Baseline['ends'], changes: Partial<ScenarioInput> = {}): Baseline => ({
  name,
  ends,
  scenario: { members: members(), policy: ofGroup, ...changes, name },
});

/** Rollouts of several members. */
const groups: readonly Baseline[] = [
  group('a group', 'promoted'),
  group('one bad of three', 'rolledBack', { members: members({ stock: bad }) }),
  group('the last of three is bad late, and nobody hears of it', 'rolledBack', {
    members: members({ prices: { candidate: { faults: [{ aboveWeight: 50, errorRate: 1 }] } } }),
    events: unheard,
  }),
  group('a member that somebody sets by hand', 'superseded', {
    operator: [
      {
        atSecond: 230,
        do: 'setAlias',
        member: 'stock',
        functionVersion: versionsOfMember(1).stable,
        additionalVersionWeights: { [versionsOfMember(1).candidate]: 7 },
      },
    ],
  }),
  group('a write that fails at the second member', 'rolledBack', {
    aws: [{ call: 'lambda:UpdateAlias', nth: 5, times: 6, fail: 'InvalidParameterValueException' }],
  }),
  group('a deploy that shares a member', 'superseded', {
    operator: [{ atSecond: 230, do: 'deploy', member: 'prices' }],
  }),
  group('a group that is stopped while it is promoted', 'rolledBack', {
    aws: [
      { call: 'lambda:UpdateAlias', nth: 11, fail: 'operator', operator: { do: 'stopExecution' } },
      { call: 'lambda:UpdateAlias', nth: 12, fail: 'crashBefore' },
    ],
  }),
  group('a group with evidence, one of it slow to come', 'promoted', {
    members: members({ prices: { traffic: { requestsPerSecond: 1 } } }),
    policy: { ...ofGroup, evidence: { minimumInvocations: 20, maximumBakeSeconds: 600 } },
  }),
  group('a group by logs, one of it bad', 'rolledBack', {
    members: members({ prices: bad }),
    policy: { ...ofGroup, evidence: byLog },
  }),
  group('a group that one hold holds', 'promoted', {
    operator: [
      { atSecond: 100, do: 'hold', member: 'prices' },
      { atSecond: 400, do: 'resume', member: 'prices' },
    ],
  }),
  group('a group that is held before its first weight', 'promoted', {
    operator: [
      { atSecond: 1, do: 'hold', member: 'stock' },
      { atSecond: 400, do: 'resume', member: 'stock' },
    ],
  }),
  group('a group that people approve', 'promoted', {
    policy: { ...ofGroup, steps: approvedAlways },
    operator: approvingEvery(300, 4),
  }),
  group('a group that is warmed, and has hooks', 'promoted', {
    provisionedConcurrency: 5,
    policy: { ...ofGroup, hooks: withHooks.hooks },
  }),
  group('a group with adaptive weights, one of it bad', 'rolledBack', {
    members: members({ prices: { candidate: { errorRate: 0.5 } } }),
    policy: adaptive,
  }),
  group('a member that cannot be invoked', 'rolledBack', {
    members: members({ stock: { candidate: { faults: [{ afterSeconds: 0, notInvocable: true }] } } }),
  }),
  group('a group that is stopped and redriven', 'rolledBack', {
    operator: [
      { atSecond: 230, do: 'stopExecution' },
      { atSecond: 290, do: 'redrive' },
    ],
  }),
];

const waiting = { ...policy, onConflict: 'waitForSettle' };

/** Rollouts of policies that only some releases have. */
const whatTheReleaseHas: readonly Baseline[] = policySchema.safeParse(waiting).success
  ? [
      baseline('a deploy that waits for the end of the one before', 'promoted', {
        policy: waiting as PolicyInput,
        operator: [{ atSecond: 500, do: 'deploy' }],
      }),
      group('a deploy of one member that waits for the end of the group before', 'promoted', {
        policy: { ...waiting, alarms: ofGroup.alarms } as PolicyInput,
        operator: [{ atSecond: 700, do: 'deploy', member: 'prices' }],
      }),
    ]
  : [];

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
  baseline('alarms that need longer than a step', 'promoted', { alarms: [twoOfThree] }),
  baseline('bad, and the alarm needs longer than a step', 'rolledBack', { ...bad, alarms: [twoOfThree] }),
  baseline('bad, and the alarm has a period of five minutes', 'rolledBack', { ...bad, alarms: [fiveMinutes] }),
  baseline('bad while held, and nobody hears of it', 'rolledBack', {
    candidate: { faults: [{ afterSeconds: 150, errorRate: 1 }] },
    operator: [
      { atSecond: 100, do: 'hold' },
      { atSecond: 1500, do: 'resume' },
    ],
    events: unheard,
  }),
  baseline('held, and the tags cannot be read for a while', 'promoted', {
    operator: [
      { atSecond: 100, do: 'hold' },
      { atSecond: 1000, do: 'resume' },
    ],
    // From the look on that would give the next weight; a look reads the function and the version.
    aws: [{ call: 'lambda:GetFunction', nth: 8, times: 5, fail: 'empty' }],
  }),
  baseline('bad, and the alias cannot be written for minutes', 'rolledBack', {
    ...bad,
    aws: [{ call: 'lambda:UpdateAlias', nth: 2, times: 40, fail: 'ServiceException' }],
  }),
  baseline('stopped, and nobody hears of it', 'rolledBack', {
    operator: [{ atSecond: 230, do: 'stopExecution' }],
    events: [{ event: 'executionEnded', times: 1000, deliver: 'never' }],
  }),
  baseline('a hook that throws', 'rolledBack', {
    policy: withHooks,
    aws: [{ call: 'lambda:Invoke', nth: 3, fail: 'throws' }],
  }),
  baseline("bad, and the alarm's event never comes", 'rolledBack', { ...bad, events: unheard }),
  baseline('a candidate that cannot be invoked', 'rolledBack', {
    candidate: { faults: [{ afterSeconds: 0, notInvocable: true }] },
  }),
  baseline('a candidate that cannot be invoked at the end', 'rolledBack', {
    candidate: { faults: [{ aboveWeight: 60, notInvocable: true }] },
    policy: { ...policy, settleSeconds: 300 },
  }),
  baseline('a candidate that loses its state', 'rolledBack', {
    operator: [{ atSecond: 200, do: 'setVersionState', functionVersion: CANDIDATE, state: 'Deactivated' }],
    policy: { ...policy, settleSeconds: 300 },
  }),
  baseline('a candidate that is throttled', 'rolledBack', {
    candidate: { throttleRate: 0.5 },
    alarms: [{ ...alarm, metric: 'throttles', threshold: 0, treatMissingData: 'notBreaching' }],
  }),
  baseline('an alarm over others', 'promoted', {
    alarms: [{ ...alarm, name: 'below', treatMissingData: 'notBreaching' }],
    compositeAlarms: [{ name: 'errors', anyOf: ['below'] }],
  }),
  baseline('a log alarm', 'promoted', { alarms: [{ ...alarm, kind: 'log', treatMissingData: 'notBreaching' }] }),
  baseline('a fix during an incident', 'promoted', {
    stable: { errorRate: 0.3 },
    alarms: [{ ...alarm, scope: 'alias', initialState: 'ALARM', treatMissingData: 'notBreaching' }],
    policy: { ...policy, alarmsAlreadyFiring: 'ignore', settleSeconds: 300 },
  }),
  baseline('an alarm that is ignored and fires to the end', 'promoted', {
    alarms: [
      {
        ...alarm,
        metric: 'invocations',
        threshold: 0,
        scope: 'alias',
        initialState: 'ALARM',
        treatMissingData: 'ignore',
      },
    ],
    policy: { ...policy, alarmsAlreadyFiring: 'ignore' },
    operator: approvingEvery(400, 4),
  }),
  baseline('adaptive weights', 'promoted', { policy: adaptive }),
  baseline('adaptive weights and a bad version', 'rolledBack', { policy: adaptive, candidate: { errorRate: 0.5 } }),
  baseline('adaptive weights and a fault of 100 % alone', 'rolledBack', {
    policy: { ...adaptive, settleSeconds: 600 },
    candidate: { faults: [{ aboveWeight: 80, errorRate: 0.2 }] },
  }),
  baseline('evidence', 'promoted', {
    policy: { ...policy, evidence: { minimumInvocations: 20, maximumBakeSeconds: 600 } },
  }),
  baseline('counts by the log', 'promoted', { policy: { ...policy, evidence: byLog } }),
  baseline('counts by the log, of which some lines come late', 'promoted', {
    policy: { ...policy, evidence: byLog },
    logs: { lateShare: 0.05, lateSeconds: 60 },
  }),
  baseline('adaptive weights by the log', 'promoted', { policy: { ...adaptive, evidence: byLog } }),
  baseline('adaptive weights by the log, and a bad version', 'rolledBack', {
    policy: { ...adaptive, evidence: byLog },
    candidate: { errorRate: 0.5 },
  }),
  baseline('adaptive weights by the log, and a version that is slow and answers with 500', 'rolledBack', {
    policy: { ...adaptive, evidence: { ...byLog, latency: { slowerThanMilliseconds: 800 }, signals: answers500 } },
    candidate: { signals: { 'http-5xx': 0.3 }, slowRate: 0.3 },
  }),
  baseline('counts by the log, and a candidate that cannot be invoked', 'rolledBack', {
    policy: { ...policy, evidence: byLog },
    candidate: { faults: [{ afterSeconds: 0, notInvocable: true }] },
  }),
  baseline('a log that cannot be read from the second step on, and a bad version', 'rolledBack', {
    policy: { ...policy, alarms: [], evidence: byLog },
    candidate: { faults: [{ aboveWeight: 50, errorRate: 0.5 }] },
    aws: [{ call: 'logs:StartQuery', nth: 12, times: 1_000_000, fail: 'AccessDeniedException' }],
  }),
  baseline('several approvals', 'promoted', {
    policy: { ...policy, steps: approvedAlways },
    operator: approvingEvery(300, 4),
  }),
  baseline('one approval of several', 'rolledBack', {
    policy: { ...policy, steps: approvedAlways.with(0, { weight: 20, bakeSeconds: 60, approval: 'automatic' }) },
    operator: [{ atSecond: 400, do: 'approve' }],
  }),
  baseline('an approval that is waited for beyond its time', 'promoted', {
    policy: { ...policy, steps: approvedBefore60, approvalTimeoutSeconds: 300, onApprovalTimeout: 'hold' },
    operator: approvingEvery(1500, 2),
  }),
  baseline('bad while an approval is waited for', 'rolledBack', {
    candidate: { faults: [{ afterSeconds: 300, errorRate: 1 }] },
    policy: { ...policy, steps: approvedBefore60, approvalTimeoutSeconds: 7200 },
  }),
  baseline('an alarm fires and recovers while an approval is waited for, and nobody hears of it', 'rolledBack', {
    incidents: [{ fromSecond: 300, forSeconds: 120, errorRate: 1 }],
    policy: { ...policy, steps: approvedBefore60, approvalTimeoutSeconds: 7200 },
    operator: [{ atSecond: 1500, do: 'approve' }],
    events: unheard,
  }),
  baseline("bad while an approval is waited for, and only the version's own rate shows it", 'rolledBack', {
    candidate: { faults: [{ afterSeconds: 300, errorRate: 0.2 }] },
    alarms: [{ ...alarm, scope: 'alias', threshold: 0.5, eachVersion: true, treatMissingData: 'notBreaching' }],
    policy: { ...policy, steps: approvedBefore60, approvalTimeoutSeconds: 7200 },
  }),
  baseline('no evidence, and a person decides', 'promoted', {
    ...unproven('hold'),
    operator: approvingEvery(500, 8),
  }),
  baseline('no evidence, and it goes on', 'promoted', unproven('proceed')),
  baseline('a deploy that is rejected', 'promoted', {
    policy: { ...policy, onConflict: 'reject' },
    operator: [{ atSecond: 230, do: 'deploy' }],
  }),
  baseline('canary and batches', 'promoted', {
    policy: {
      canary: { weight: 10, bakeSeconds: 60 },
      batches: { count: 2, intervalSeconds: 60 },
      settleSeconds: 60,
      alarms: ['errors'],
    },
  }),
  baseline('provisioned concurrency', 'promoted', { provisionedConcurrency: 5 }),
  baseline('held while a hook after the traffic works', 'promoted', {
    policy: withHooks,
    aws: [{ call: 'lambda:Invoke', nth: 5, fail: 'slow' }],
    operator: [
      { atSecond: 700, do: 'hold' },
      { atSecond: 1600, do: 'resume' },
    ],
  }),
  baseline('bad while a hook after the traffic works, and nobody hears of it', 'rolledBack', {
    candidate: { faults: [{ afterSeconds: 700, errorRate: 1 }] },
    policy: withHooks,
    aws: [{ call: 'lambda:Invoke', nth: 5, fail: 'slow' }],
    events: unheard,
  }),
  baseline('a policy of their own by hand', 'rejected', byHand),
  baseline('a policy of their own by hand, and no event comes', 'rejected', { ...byHand, events: unheard }),
  ...groups,
  ...whatTheReleaseHas,
];
