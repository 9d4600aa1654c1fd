import { describe, expect, it } from 'vitest';
import { refusalsIn } from '../../../lib/rollout/contracts/refusal.ts';
import { policySchema } from '../../../lib/rollout/policy/policy.ts';

const refused = (policy: unknown) => {
  const parsed = policySchema.safeParse(policy, { reportInput: true });
  return parsed.success ? [] : refusalsIn(parsed.error);
};

const canary = { weight: 10, bakeSeconds: 300 };

describe('a policy', () => {
  it('gets its defaults filled in', () => {
    expect(policySchema.parse({ canary, evidence: {} })).toEqual({
      canary: { ...canary, approval: 'automatic' },
      approvalTimeoutSeconds: 1800,
      onApprovalTimeout: 'revert',
      alarms: [],
      alarmsAlreadyFiring: 'block',
      evidence: {
        minimumInvocations: 20,
        maximumBakeSeconds: 3600,
        onNoEvidence: 'revert',
        falseRollbackRate: 0.01,
        graceSeconds: 0,
        counts: 'metrics',
        maximumGigabytesScanned: 50,
        signals: [],
      },
      hooks: { beforeTraffic: [], eachStep: [], afterTraffic: [] },
      onConflict: 'supersede',
    });
  });

  it.each([
    { what: 'a canary of more than half', policy: { canary: { weight: 51, bakeSeconds: 1 } }, path: 'canary.weight' },
    { what: 'a negative weight', policy: { canary: { weight: -1, bakeSeconds: 1 } }, path: 'canary.weight' },
    { what: 'a weight of nothing', policy: { canary: { weight: 0, bakeSeconds: 1 } }, path: 'canary.weight' },
    { what: 'a fraction of a percent', policy: { canary: { weight: 0.5, bakeSeconds: 1 } }, path: 'canary.weight' },
    { what: 'text for a number', policy: { canary: { weight: '10', bakeSeconds: 1 } }, path: 'canary.weight' },
    { what: 'a fractional bake', policy: { canary: { weight: 10, bakeSeconds: 1.5 } }, path: 'canary.bakeSeconds' },
    { what: 'no batches', policy: { canary, batches: { count: 0, intervalSeconds: 1 } }, path: 'batches.count' },
    { what: 'batches of less than a percent', policy: { canary, batches: { count: 91 } }, path: 'batches.count' },
    { what: 'more than everything', policy: { steps: [{ weight: 120, bakeSeconds: 1 }] }, path: 'steps[0].weight' },
    {
      what: 'weights that do not rise',
      policy: {
        steps: [
          { weight: 20, bakeSeconds: 1 },
          { weight: 20, bakeSeconds: 1 },
        ],
      },
      path: 'steps[1].weight',
    },
    { what: 'an unknown key', policy: { canary, bake: 5 }, path: 'bake' },
    { what: 'an unknown key further down', policy: { canary: { ...canary, wait: 5 } }, path: 'canary.wait' },
    { what: 'an unknown preset', policy: { preset: 'Canary5Percent5Minutes' }, path: 'preset' },
    { what: 'two ways at once', policy: { canary, preset: 'AllAtOnce' }, path: 'preset' },
    { what: 'no way at all', policy: {}, path: '' },
    { what: 'the same alarm twice', policy: { canary, alarms: ['a', 'a'] }, path: 'alarms' },
    {
      what: 'a hook that cannot be a function',
      policy: { canary, hooks: { eachStep: ['no spaces'] } },
      path: 'hooks.eachStep[0]',
    },
    {
      what: 'a failure budget below one',
      policy: { adaptive: { failureBudget: 0.5 } },
      path: 'adaptive.failureBudget',
    },
    { what: 'adaptive weights beside steps', policy: { adaptive: {}, canary }, path: 'adaptive' },
    {
      what: 'counts from anywhere else',
      policy: { canary, evidence: { counts: 'traces' } },
      path: 'evidence.counts',
    },
    {
      what: 'logs of which nothing may be scanned',
      policy: { canary, evidence: { counts: 'logs', maximumGigabytesScanned: 0 } },
      path: 'evidence.maximumGigabytesScanned',
    },
    { what: 'a conflict rule that nobody knows', policy: { canary, onConflict: 'wait' }, path: 'onConflict' },
    { what: 'something that is no object', policy: 'canary', path: '' },
  ])('with $what is refused at $path', ({ policy, path }) => {
    expect(refused(policy).map((refusal) => refusal.path)).toContain(path);
  });

  it('with adaptive weights asks for evidence, and keeps what it says of it', () => {
    expect(policySchema.parse({ adaptive: {} })).toMatchObject({
      adaptive: { failureBudget: 30 },
      evidence: { falseRollbackRate: 0.01, onNoEvidence: 'revert' },
    });
    const evidence = { onNoEvidence: 'hold' } as const;
    expect(policySchema.parse({ adaptive: {}, evidence }).evidence).toMatchObject(evidence);
  });

  it('is refused with what was found and what was expected', () => {
    expect(refused({ canary: { weight: 51, bakeSeconds: 1 } })).toEqual([
      {
        path: 'canary.weight',
        found: '51',
        expected: 'expected at most 50: a canary is never more than half of the traffic',
      },
    ]);
  });

  const signal = { name: 'http-5xx', namespace: 'Checkout', failures: 'Http5xx', versionDimension: 'version' };
  it.each<[what: string, evidence: object, path: string, expected: RegExp]>([
    [
      'a latency of no time',
      { latency: { slowerThanMilliseconds: 0 } },
      'evidence.latency.slowerThanMilliseconds',
      /at least 1/,
    ],
    ['an unknown percentile', { latency: 'stableP50' }, 'evidence.latency', /expected "stableP99" or/],
    ['a signal without a metric', { signals: [{ ...signal, failures: '' }] }, 'evidence.signals[0].failures', /./],
    [
      'a signal that is named as what is compared anyway',
      { signals: [{ ...signal, name: 'errors' }] },
      'evidence.signals[0].name',
      /another name than errors, throttles, latency/,
    ],
    [
      'a signal of the log beside counts by metrics',
      { signals: [{ name: 'http-5xx', log: { field: 'statusCode', from: 500 } }] },
      'evidence.signals[0].log',
      /expected "counts": "logs" beside it/,
    ],
    [
      'a field that Logs Insights would not understand',
      { counts: 'logs', signals: [{ name: 'http-5xx', log: { field: 'a | limit 1', from: 500 } }] },
      'evidence.signals[0].log.field',
      /as Logs Insights names it/,
    ],
    [
      'a field whose name is too long for a query',
      { counts: 'logs', signals: [{ name: 'http-5xx', log: { field: 'f'.repeat(201), from: 500 } }] },
      'evidence.signals[0].log.field',
      /at most 200/,
    ],
    [
      'a signal of the log without a bound',
      { counts: 'logs', signals: [{ name: 'http-5xx', log: { field: 'statusCode' } }] },
      'evidence.signals[0].log.from',
      /a number/,
    ],
    ['two signals of one name', { signals: [signal, signal] }, 'evidence.signals', /different names/],
    [
      'a signal with the version twice',
      { signals: [{ ...signal, dimensions: { version: '42' } }] },
      'evidence.signals',
      /"versionDimension" alone/,
    ],
    [
      'eleven signals',
      { signals: Array.from({ length: 11 }, (_, index) => ({ ...signal, name: `s${index}` })) },
      'evidence.signals',
      /./,
    ],
    [
      'a signal of too many dimensions',
      {
        signals: [
          { ...signal, dimensions: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`d${index}`, 'x'])) },
        ],
      },
      'evidence.signals',
      /at most 29/,
    ],
  ])('with %s is refused', (_, evidence, path, expected) => {
    const [first] = refused({ canary, evidence });
    expect(first).toMatchObject({ path, expected: expect.stringMatching(expected) });
  });

  it('takes the whole contract', () => {
    const contract = {
      canary,
      settleSeconds: 600,
      evidence: {
        falseRollbackRate: 0.01,
        minimumInvocations: 20,
        maximumBakeSeconds: 3600,
        onNoEvidence: 'revert',
        graceSeconds: 0,
        counts: 'logs',
        maximumGigabytesScanned: 50,
        latency: 'stableP99',
        signals: [
          { name: 'http-5xx', namespace: 'Checkout', failures: 'Http5xx', versionDimension: 'version' },
          { name: 'answered 500', log: { field: 'message.status-code', from: 500 } },
        ],
      },
      onConflict: 'waitForSettle',
    };
    expect(policySchema.parse(contract)).toMatchObject(contract);
  });

  it.each([0, 0.00001, 0.21, 1])(
    'is refused with a false-rollback rate of %d: it is a share that a test can keep and a person can bear',
    (falseRollbackRate) => {
      expect(refused({ canary, evidence: { falseRollbackRate } })).toEqual([
        { path: 'evidence.falseRollbackRate', found: String(falseRollbackRate), expected: expect.any(String) },
      ]);
    },
  );

  it('is refused for every bad field at once', () => {
    expect(refused({ canary: { weight: 'x', bakeSeconds: -1 }, alarms: 'all' })).toHaveLength(3);
  });
});

describe('the longest time that a policy may take', () => {
  const DAY = 24 * 3600;
  const bakes = (count: number, days: number, more = {}) => ({
    steps: Array.from({ length: count }, (_, index) => ({ weight: index + 1, bakeSeconds: days * DAY, ...more })),
    settleSeconds: 0,
  });

  it.each([
    { what: '18 bakes of three weeks', policy: bakes(18, 21), days: 378 },
    { what: 'one second too much', policy: { ...bakes(73, 5), settleSeconds: 1 }, days: 366 },
    {
      what: 'steps without a bake that evidence may prolong',
      policy: { ...bakes(18, 0), evidence: { maximumBakeSeconds: 21 * DAY } },
      days: 399,
    },
    {
      what: 'approvals that may each take three weeks',
      policy: { ...bakes(18, 0, { approval: 'manual' }), approvalTimeoutSeconds: 21 * DAY },
      days: 378,
    },
    {
      what: 'steps that may be prolonged for three weeks',
      policy: { ...bakes(18, 1), evidence: { maximumBakeSeconds: 21 * DAY } },
      days: 399,
    },
    {
      what: 'questions that follow steps without evidence',
      policy: {
        ...bakes(20, 10),
        approvalTimeoutSeconds: 10 * DAY,
        evidence: { onNoEvidence: 'hold' },
      },
      days: 411,
    },
  ])('is refused with the number of days: $what', ({ policy, days }) => {
    expect(refused(policy)).toEqual([
      { path: '', expected: expect.stringContaining('at most 365 days'), found: `"${days} days"` },
    ]);
  });

  it.each([
    { what: 'a year to the second', policy: { ...bakes(73, 5), settleSeconds: 0 } },
    { what: 'steps that are not watched', policy: bakes(100, 0) },
    { what: 'waits that nobody asks for', policy: { ...bakes(50, 1), approvalTimeoutSeconds: 21 * DAY } },
  ])('is accepted: $what', ({ policy }) => {
    expect(refused(policy)).toEqual([]);
  });
});
