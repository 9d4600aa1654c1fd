import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeShift } from '../../../lib/rollout/alias/description.ts';
import type { NamedAlias } from '../../../lib/rollout/decisions/prune.ts';
import { aliasChecks, provisionedChecks } from '../../../lib/rollout/doctor/alias-checks.ts';
import { type CapacityFacts, capacityChecks } from '../../../lib/rollout/doctor/capacity-checks.ts';
import type { Check } from '../../../lib/rollout/doctor/check.ts';
import {
  type Allowed,
  controllerChecks,
  permissionsCheck,
  type SimulatedCall,
} from '../../../lib/rollout/doctor/controller-checks.ts';
import {
  hangChecks,
  hookCheck,
  hooksIn,
  logChecks,
  registrationChecks,
} from '../../../lib/rollout/doctor/policy-checks.ts';
import { holdCheck, versionChecks } from '../../../lib/rollout/doctor/version-checks.ts';
import { policySchema } from '../../../lib/rollout/policy/policy.ts';

const resultOf = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name)?.result;

const checkout = { functionName: 'checkout', aliasName: 'live' };
const MARK = ' [sluice:0123456789ab]';
const shift = describeShift(
  { stable: '41', candidate: '42', weight: 10, execution: 'deploy-7', startedAt: 1_767_225_600 },
  { number: 1, of: 4 },
);
const anAlias = (more: Partial<NamedAlias> = {}): NamedAlias => ({
  name: 'live',
  functionVersion: '41',
  additionalVersionWeights: {},
  description: MARK,
  revisionId: 'r1',
  ...more,
});

describe('the alias', () => {
  const of = (alias: NamedAlias | null, ownerStatus: string | null = null) =>
    aliasChecks({ ...checkout, alias, ownerStatus });

  it('has to exist, and somebody has to own it', () => {
    expect(resultOf(of(null), 'alias')).toBe('problem');
    expect(resultOf(of(anAlias()), 'owner')).toBe('ok');
    expect(resultOf(of(anAlias({ description: 'by hand' })), 'owner')).toBe('warning');
  });

  it('may carry the weights of a rollout that is under way, and no others', () => {
    const weighted = anAlias({ additionalVersionWeights: { 42: 0.1 }, description: shift + MARK });
    expect(resultOf(of(weighted, 'RUNNING'), 'weights')).toBe('ok');
    for (const status of ['ABORTED', 'FAILED', 'SUCCEEDED', null]) {
      expect(resultOf(of(weighted, status), 'weights')).toBe('problem');
    }
    const others = anAlias({ additionalVersionWeights: { 42: 0.2 }, description: shift + MARK });
    expect(resultOf(of(others, 'RUNNING'), 'weights')).toBe('problem');
    expect(of(anAlias({ additionalVersionWeights: { 42: 0.2 } })).at(-1)?.todo).toContain(
      'sluice rollback checkout:live',
    );
  });
});

describe('provisioned concurrency', () => {
  const of = (provisioned: Record<string, number>, rolling: readonly string[] = []) =>
    provisionedChecks({
      ...checkout,
      aliases: [anAlias({ additionalVersionWeights: { 42: 0.1 } })],
      provisioned: new Map(Object.entries(provisioned)),
      rolling,
    });

  it('on the alias excludes weights', () => {
    expect(resultOf(of({ live: 5 }), 'provisioned concurrency')).toBe('problem');
    expect(resultOf(of({ beta: 5 }), 'provisioned concurrency')).toBe('ok');
  });

  it('on a version costs on where no alias serves it and no rollout warms it', () => {
    expect(resultOf(of({ 41: 5, 42: 5 }), 'idle provisioned concurrency')).toBe('ok');
    expect(resultOf(of({ 43: 5 }, ['43']), 'idle provisioned concurrency')).toBe('ok');
    const [, idle] = of({ 40: 5 });
    expect(idle).toMatchObject({ result: 'warning', found: expect.stringContaining('5 on version 40') });
    expect(idle?.todo).toContain('--qualifier 40');
  });
});

describe('the versions', () => {
  const facts = { version: '41', state: 'Active', stateReason: '', role: 'arn:role/a', deadLetterTarget: '' };
  const of = (served: typeof facts | null, latest: Partial<typeof facts> = {}) =>
    versionChecks({ alias: 'checkout:live', version: '41', served, latest: { ...facts, ...latest } });

  it('have to exist and to work', () => {
    expect(resultOf(of(null), 'served version')).toBe('problem');
    expect(resultOf(of({ ...facts, state: 'Failed' }), 'served version')).toBe('problem');
  });

  it.each([
    ['Active', 'ok', ''],
    ['Pending', 'warning', 'requests fail until it is Active'],
    ['Inactive', 'warning', 'requests fail until Lambda has brought it back'],
    ['Deactivating', 'problem', 'cannot be invoked'],
    ['Deactivated', 'problem', 'cannot be invoked'],
    ['ActiveNonInvocable', 'problem', 'cannot be invoked'],
    ['Deleting', 'problem', 'cannot be invoked'],
    ['Unknown', 'problem', 'cannot be invoked'],
    ['NewInNextYear', 'problem', 'cannot be invoked'],
  ])('serve only while they are Active: %s', (state, result, words) => {
    const served = of({ ...facts, state }).find(({ name }) => name === 'served version');
    expect(served).toMatchObject({ result, found: expect.stringContaining(words) });
  });

  it('that sleep are woken by an invocation', () => {
    expect(of({ ...facts, state: 'Inactive' })[0]?.todo).toContain(
      'aws lambda invoke --function-name checkout:41 /dev/null',
    );
  });

  it('are compared with the next one by code and settings', () => {
    const content = (codeSha256: string, settings: Record<string, string> = {}) => ({
      content: { codeSha256, configSha256: null, settings, shown: ['memory'], mutable: [], durable: false },
    });
    const next = (before: object, after: object) =>
      of({ ...facts, ...before }, after).find(({ name }) => name === 'next version')?.found;
    expect(next(content('a'), content('b'))).toContain('41 differs from 41 in code only');
    expect(next(content('a', { memory: '128' }), content('a', { memory: '256' }))).toContain('in memory (128, 256)');
  });

  it('are warned of if something of them can change', () => {
    const mutable = ['the object s3://code/checkout.zip, which must stay there'];
    const content = { codeSha256: 'a', configSha256: null, settings: {}, shown: [], mutable, durable: false };
    const served = { ...facts, content };
    expect(of(served).find(({ name }) => name === 'immutability')).toMatchObject({
      result: 'warning',
      found: expect.stringContaining('s3://code/checkout.zip'),
    });
    expect(of(facts).find(({ name }) => name === 'immutability')).toBeUndefined();
  });

  it('have to be published ones: $LATEST takes no weights beside it', () => {
    const checks = versionChecks({ alias: 'checkout:live', version: '$LATEST', served: facts, latest: facts });
    expect(checks).toMatchObject([{ name: 'served version', result: 'problem' }]);
  });

  it('have to have the same execution role and dead-letter queue, or the next rollout is refused', () => {
    expect(resultOf(of(facts), 'next version')).toBe('ok');
    expect(of(facts, { role: 'arn:role/b' })[1]).toMatchObject({
      result: 'problem',
      found: expect.stringContaining('(a, b)'),
    });
    expect(of(facts, { deadLetterTarget: 'arn:aws:sqs:eu-west-1:1:dead' })[1]).toMatchObject({
      result: 'problem',
      found: expect.stringContaining('(none, dead)'),
    });
  });
});

describe('the hold', () => {
  it('is told with its reason, and so is that it cannot be read', () => {
    expect(holdCheck('checkout', null).result).toBe('ok');
    expect(holdCheck('checkout', 'freeze')).toMatchObject({ result: 'warning', found: 'rollouts are held: freeze' });
    expect(holdCheck('checkout', '').found).toContain('no reason given');
    expect(holdCheck('checkout', undefined).result).toBe('warning');
  });
});

describe('the concurrency', () => {
  const idle: CapacityFacts = {
    reserved: null,
    functionPeak: null,
    unreserved: 1000,
    unreservedPeak: 10,
    throttles: 0,
  };
  const of = (more: Partial<CapacityFacts>) => resultOf(capacityChecks({ ...idle, ...more }), 'concurrency');

  it('of 0 is a problem, and one that is nearly used up a warning', () => {
    expect(of({ reserved: 0 })).toBe('problem');
    expect(of({ reserved: 10, functionPeak: 8 })).toBe('warning');
    expect(of({ reserved: 10, functionPeak: 7 })).toBe('ok');
    expect(of({ unreservedPeak: 799 })).toBe('ok');
    expect(of({ unreservedPeak: 800 })).toBe('warning');
    expect(of({ unreserved: null })).toBe('warning');
  });

  it('that is reserved makes the account no matter', () => {
    fc.assert(
      fc.property(fc.nat(), (unreservedPeak) => {
        expect(of({ reserved: 10, functionPeak: 1, unreservedPeak })).toBe('ok');
      }),
    );
  });

  it('that was enough is told as such', () => {
    expect(capacityChecks(idle)).toEqual([
      {
        name: 'concurrency',
        result: 'ok',
        found: "10 of 1000 used at most in the last 24 h, of the account's unreserved concurrency",
        todo: null,
      },
      { name: 'throttles', result: 'ok', found: 'none in the last 24 h', todo: null },
    ]);
  });

  it('that was not enough is a warning', () => {
    expect(capacityChecks({ ...idle, throttles: 3 })[1]).toMatchObject({
      result: 'warning',
      found: expect.stringContaining('3 invocations'),
    });
  });
});

describe('the policy', () => {
  const of = (policy?: unknown) =>
    registrationChecks('checkout', 'live', { schema: 1, stateMachineArn: 'arn', ...(policy ? { policy } : {}) });

  it('has to be deployed, to be one, and to name alarms', () => {
    expect(resultOf(registrationChecks('checkout', 'live', undefined).checks, 'registration')).toBe('problem');
    expect(resultOf(of().checks, 'policy')).toBe('warning');
    expect(resultOf(of({ preset: 'AllAtOnce' }).checks, 'policy')).toBe('warning');
    expect(resultOf(of({ preset: 'AllAtOnce', alarms: ['errors'] }).checks, 'policy')).toBe('ok');
    const broken = of({ preset: 'AllAtTwice' });
    expect(resultOf(broken.checks, 'policy')).toBe('problem');
    expect(broken.policy).toBeUndefined();
    expect(broken.checks[1]?.found).toContain('preset');
  });

  it('names hooks that exist', () => {
    const policy = policySchema.parse({ preset: 'AllAtOnce', hooks: { beforeTraffic: ['a', 'b'], eachStep: ['a'] } });
    expect(hooksIn(policy)).toEqual(['a', 'b']);
    expect([null, 'Failed', 'Active', 'Inactive'].map((state) => hookCheck('a', state).result)).toEqual([
      'problem',
      'problem',
      'ok',
      'ok',
    ]);
  });
});

describe('the controller', () => {
  const facts = {
    stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice',
    status: 'ACTIVE',
    functions: [{ name: 'shift', state: 'Active' as string | null }],
    version: '1.0.0' as string | null | undefined,
  };
  const of = (more: Partial<typeof facts> | { status: null }) => controllerChecks({ ...facts, ...more }, '1.0.0');

  it('is there and whole', () => {
    expect(of({}).map(({ result }) => result)).toEqual(['ok', 'ok', 'ok']);
    expect(of({ status: null })).toMatchObject([{ result: 'problem' }]);
    expect(of({ status: 'DELETING' })).toMatchObject([{ result: 'problem' }]);
    for (const state of [null, 'Failed']) {
      expect(resultOf(of({ functions: [{ name: 'shift', state }] }), 'controller functions')).toBe('problem');
    }
    expect(resultOf(of({ functions: [] }), 'controller functions')).toBe('problem');
  });

  it('is of the version of the command line', () => {
    for (const version of ['0.9.0', null, undefined]) {
      expect(resultOf(of({ version }), 'controller version')).toBe('warning');
    }
  });

  it('may do on the function what it has to; what cannot be asked is no problem', () => {
    const calls = (...answers: Allowed[]): SimulatedCall[] =>
      answers.map((allowed) => ({ state: 'Shift', action: 'lambda:UpdateAlias', allowed }));
    expect(permissionsCheck(calls('allowed', 'allowed'), '').result).toBe('ok');
    expect(permissionsCheck(calls('allowed', 'denied', 'unknown'), '')).toMatchObject({
      result: 'problem',
      found: expect.stringContaining('Shift may not lambda:UpdateAlias'),
    });
    expect(permissionsCheck(calls('allowed', 'unknown'), 'AccessDenied')).toMatchObject({
      result: 'warning',
      found: 'not checked (AccessDenied)',
    });
    expect(permissionsCheck([], '').result).toBe('warning');
  });
});

describe("the function's timeout", () => {
  const policy = policySchema.parse({ canary: { weight: 10, bakeSeconds: 300 }, settleSeconds: 900 });

  it('should not outlast a watched step', () => {
    expect(hangChecks(policy, 300)).toMatchObject([{ name: 'timeout', result: 'ok' }]);
    expect(hangChecks(policy, 301)).toMatchObject([
      { name: 'timeout', result: 'warning', found: expect.stringContaining('a hang of 301 s') },
    ]);
  });

  it('is not judged if it is not known', () => {
    expect(hangChecks(policy, undefined)).toEqual([]);
  });
});

describe('the log', () => {
  const byLog = policySchema.parse({ canary: { weight: 10 }, evidence: { counts: 'logs' } });
  const json = { format: 'JSON', systemLevel: 'INFO', group: undefined };

  it('has to tell the ends of invocations if the policy counts by it', () => {
    expect(logChecks(byLog, json)).toMatchObject([{ name: 'log', result: 'ok' }]);
    expect(logChecks(byLog, { ...json, format: 'Text' })).toMatchObject([
      { name: 'log', result: 'warning', found: expect.stringContaining("rollouts count by CloudWatch's minutes") },
    ]);
  });

  it('is not looked at otherwise, nor if Lambda does not tell of it', () => {
    const policy = policySchema.parse({ canary: { weight: 10 }, evidence: {} });
    expect(logChecks(policy, { ...json, format: 'Text' })).toEqual([]);
    expect(logChecks(byLog, undefined)).toEqual([]);
  });
});
