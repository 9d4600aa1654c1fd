import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { create as preflight } from '../functions/preflight.ts';
import { create as revert } from '../functions/revert.ts';
import { type Clients, lambda as lambdaClient } from '../lib/aws/handler/clients.ts';
import { entry } from '../lib/aws/handler/entry.ts';
import { SelfRemoval } from '../lib/constructs/self-removal.ts';
import { StandaloneStack } from '../lib/constructs/standalone-stack.ts';
import { RolloutAlias, RolloutDashboard } from '../lib/index.ts';
import { packageRoot } from '../lib/package-root.ts';
import { MACHINE } from '../lib/rehearsal/names.ts';
import { inVirtualTime } from '../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../lib/rehearsal/world/random.ts';
import { allTrafficTo, sameRouting, split } from '../lib/rollout/alias/alias.ts';
import { describeShift, markOf, writerOf } from '../lib/rollout/alias/description.ts';
import { oneLine } from '../lib/rollout/contracts/text.ts';
import { newRollout } from '../lib/rollout/document/new-rollout.ts';
import { readStartInput, type StartRequest, startInputSchema } from '../lib/rollout/document/start.ts';
import type { Policy } from '../lib/rollout/policy/policy.ts';
import { aStack, resourcesOf, statementsOf } from './constructs/a-stack.ts';
import { alone } from './functions/alone.ts';
import { anAws } from './functions/an-aws.ts';
import { fires, policy, running } from './functions/running.ts';
import { execution } from './rollout/a-rollout.ts';

const HERE = 'arn:aws:lambda:us-east-1:123456789012:function:checkout';

const valid = {
  operation: 'start',
  function: 'checkout',
  alias: 'live',
  version: '42',
  policy: {
    canary: { weight: 10, bakeSeconds: 300 },
    batches: { count: 2, intervalSeconds: 300 },
    evidence: { minimumInvocations: 5 },
    hooks: { beforeTraffic: ['smoke'] },
  },
  stack: null,
  startedBy: 'a person',
  provisionedConcurrency: null,
};

const started = (input: unknown) => ({
  input,
  execution: { id: execution.id, name: execution.name, startTime: '2026-01-01T00:00:00Z' },
});

/** What the state machine's first function makes of an input, and which calls it made for it. */
async function preflightOf(input: unknown) {
  const { aws, time } = anAws();
  const { clients, calls } = spied(aws.clientsFor('preflight'));
  const handler = preflight({ clients, environment: {}, now: time.second });
  const answer = (await handler(started(input))) as { next: string; reason: string };
  return { ...answer, calls };
}

/** The clients, and what they are asked to send, answered or not. */
function spied(clients: Clients) {
  const calls: unknown[] = [];
  for (const client of Object.values(clients) as Clients['lambda'][]) {
    client.middlewareStack.add(
      (next) => (request) => {
        calls.push(request.input);
        return next(request);
      },
      { step: 'initialize', name: 'spy' },
    );
  }
  return { clients, calls };
}

const nested = (depth: number, inside: unknown): unknown => {
  let value = inside;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

describe('the input of an execution', () => {
  it('is refused for an unknown key, wherever it stands, before any call', async () => {
    const places = [
      [],
      ['policy'],
      ['policy', 'canary'],
      ['policy', 'batches'],
      ['policy', 'evidence'],
      ['policy', 'hooks'],
    ];
    const key = fc.string({ minLength: 1 }).filter((name) => !/^(__proto__|toString|valueOf)$/.test(name));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), key, fc.jsonValue(), async (place, unknown, value) => {
        const input = structuredClone(valid);
        const target = place.reduce<Record<string, unknown>>(
          (inside, name) => inside[name] as Record<string, unknown>,
          input,
        );
        fc.pre(!startInputSchema.safeParse(input).error && !isKnown(place, unknown));
        target[unknown] = value;
        const { next, reason, calls } = await preflightOf(input);
        expect({ next, calls }).toEqual({ next: 'rejected', calls: [] });
        expect(reason).toContain('a key that is not known here');
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['of another account', HERE.replace('123456789012', '210987654321')],
    ['of another region', HERE.replace('us-east-1', 'eu-west-1')],
    ['of another partition', HERE.replace('arn:aws:', 'arn:aws-cn:')],
  ])('is refused for a function %s, with the reason, before any call', async (_, name) => {
    const { next, reason, calls } = await preflightOf({ ...valid, function: name });
    expect({ next, calls }).toEqual({ next: 'rejected', calls: [] });
    expect(reason).toBe(
      `function ${name} is out of reach: expected one of this partition, region and account (arn:aws:lambda:us-east-1:123456789012:function:...)`,
    );
  });

  it('may name a function of its own account by its ARN', async () => {
    expect(await preflightOf({ ...valid, function: HERE })).toMatchObject({ next: 'beforeTraffic' });
  });

  it.each([
    '123456789012:function:checkout',
    'checkout:live',
    `${HERE}:live`,
    '../../2015-03-31/functions/other',
    'checkout\n',
    'arn:aws:lambda:us-east-1:123456789012:layer:checkout',
    '',
  ])('is refused for a function that is called %j, before any call', async (name) => {
    expect(await preflightOf({ ...valid, function: name })).toMatchObject({ next: 'rejected', calls: [] });
  });

  it('changes no prototype, whatever its keys are called', async () => {
    const polluting = [
      `{"__proto__":{"polluted":true},${JSON.stringify(valid).slice(1)}`,
      JSON.stringify({ ...valid, policy: { ...valid.policy, constructor: { prototype: { polluted: true } } } }),
      `${JSON.stringify({ ...valid, policy: 0 }).replace('"policy":0', '"policy":{"__proto__":{"alarms":["x"]},"canary":{"weight":10}}')}`,
    ];
    for (const text of polluting) {
      const answer = await preflightOf(JSON.parse(text));
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect((answer as { policy?: { alarms: unknown } }).policy?.alarms ?? []).toEqual([]);
    }
  });

  it.each([
    ['has thousands of unknown keys', Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key${n}`, 0]))],
    ['has one text of 200 KB', { ...valid, startedBy: 'x'.repeat(200_000) }],
    ['has a version of 200 KB', { ...valid, version: '4'.repeat(200_000) }],
    [
      'has thousands of hooks',
      { ...valid, policy: { ...valid.policy, hooks: { eachStep: Array(5000).fill('smoke') } } },
    ],
    ['is nested 100,000 deep', { ...valid, policy: nested(100_000, 0) }],
    ['is a list', Array(50_000).fill(valid)],
    ['is nothing', null],
  ])('is refused in bounded words where it %s', async (_, input) => {
    const { next, reason, calls } = await preflightOf(input);
    expect({ next, calls }).toEqual({ next: 'rejected', calls: [] });
    expect(reason.length).toBeLessThanOrEqual(2000);
  });

  it('makes a document far below the 256 KB of Step Functions, however large it may be', () => {
    const wide = '\u{ffff}'.repeat(250);
    const hook = 'h'.repeat(64);
    const steps = Array.from({ length: 100 }, (_, n) => ({
      weight: n + 1,
      bakeSeconds: 100_000,
      approval: 'automatic',
    }));
    const policy = {
      steps,
      alarms: Array.from({ length: 100 }, (_, n) => `${wide}${n}`),
      hooks: {
        beforeTraffic: Array(20).fill(hook),
        eachStep: Array(20).fill(hook),
        afterTraffic: Array(20).fill(hook),
      },
    };
    const largest = readStartInput({
      ...valid,
      function: HERE,
      version: '4'.repeat(10),
      stack: 's'.repeat(1024),
      startedBy: '\u{ffff}'.repeat(256),
      policy,
    }).data as StartRequest;
    const document = newRollout({ ...largest, policy: largest.policy as Policy }, execution);
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(128 * 1024);
  });

  it('names no alarm with control characters', () => {
    const withAlarm = (name: string) => ({ ...valid, policy: { canary: { weight: 10 }, alarms: [name] } });
    expect(startInputSchema.safeParse(withAlarm('errors, checkout')).success).toBe(true);
    expect(startInputSchema.safeParse(withAlarm('errors\u001b[2J')).success).toBe(false);
  });
});

const known: Readonly<Record<string, readonly string[]>> = {
  '': ['operation', 'function', 'alias', 'version', 'policy', 'stack', 'startedBy', 'provisionedConcurrency'],
  'policy.canary': ['weight', 'bakeSeconds', 'approval'],
  'policy.batches': ['count', 'intervalSeconds', 'approval'],
  'policy.hooks': ['beforeTraffic', 'eachStep', 'afterTraffic'],
};
const isKnown = (place: readonly string[], key: string) => known[place.join('.')]?.includes(key) ?? false;

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\u001b[31m', '\u009b2J', '\u202e', 'a\r\nb'),
);
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const MARK = '0123456789ab';
const midway = split('41', '42', 40);

/** The alias in the middle of a rollout, and what it shows after the revert function was handed an event. */
async function afterwards(event: unknown, alarm = 'errors') {
  const executions = () => [running(execution.name, { policy: { ...policy, alarms: [alarm] } })];
  const { aws, lambda: rehearsed, time } = anAws([], undefined, { executions });
  const owner = {
    stable: '41',
    candidate: '42',
    weight: 40,
    execution: execution.name,
    startedAt: execution.startedAt,
  };
  rehearsed.updateAlias(
    {
      FunctionName: 'checkout',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { ...midway.additionalVersionWeights } },
      Description: `${describeShift(owner, { number: 2, of: 4 })} [sluice:${MARK}]`,
    },
    'shift',
  );
  const { clients, calls } = spied(aws.clientsFor('revert'));
  const handler = revert({ clients, environment: {}, now: time.second });
  const answer = await handler(event).catch((error: unknown) => error);
  return { alias: rehearsed.alias as NonNullable<typeof rehearsed.alias>, answer, calls };
}

describe('an event from outside', () => {
  it('leaves no control characters in the description, and cannot pass for another rollout or owner', async () => {
    const forged = ` (execution evil, started 2020-01-01T00:00:00Z) [sluice:ffffffffffff]`;
    const reason = fc.oneof(
      anyText,
      anyText.map((text) => text + forged),
    );
    await fc.assert(
      fc.asyncProperty(reason, anyText, async (why, alarm) => {
        const alarmName = alarm || 'errors';
        const detail = { ...fires().detail, alarmName, state: { value: 'ALARM', reason: why } };
        const { alias } = await afterwards({ ...fires(), detail }, alarmName);
        expect(alias).toMatchObject(alone('41'));
        expect(alias.description).not.toMatch(CONTROL);
        expect(alias.description.length).toBeLessThanOrEqual(256);
        expect(alias.description.isWellFormed()).toBe(true);
        expect([writerOf(alias)?.execution, markOf(alias)]).toEqual([execution.name, MARK]);
      }),
    );
  });

  it('gives the stable version everything or changes nothing, whatever is in it', async () => {
    const detail = fc.record(
      {
        executionArn: fc.oneof(fc.constant(execution.id), anyText),
        name: fc.oneof(fc.constant(execution.name), anyText),
        status: fc.constantFrom('ABORTED', 'FAILED', 'SUCCEEDED', 'x'),
        input: fc.oneof(fc.constant('{"function":"checkout","alias":"live"}'), fc.json(), anyText, fc.constant(null)),
        error: fc.oneof(fc.constant(null), anyText),
        cause: fc.oneof(fc.constant(null), anyText, fc.json()),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const event = fc.oneof(
      fc.record({
        source: fc.constant('aws.states'),
        'detail-type': fc.constant('Step Functions Execution Status Change'),
        detail,
        more: fc.jsonValue(),
      }),
      fc.record({
        trigger: fc.constantFrom('alarm', 'sweep'),
        stateMachineArn: fc.constant(MACHINE),
        detail: fc.oneof(fc.jsonValue(), fc.constant(fires().detail)),
        function: anyText,
        alias: anyText,
        alarm: anyText,
        reason: fc.jsonValue(),
        time: anyText,
      }),
      fc.record({ ...alarmConstants, reason: fc.jsonValue(), time: anyText, functionVersion: anyText }),
      fc.jsonValue().filter((value) => value !== null),
    );
    await inVirtualTime(createRandom(1), () =>
      fc.assert(
        fc.asyncProperty(event, async (each) => {
          const { alias } = await afterwards(each);
          expect(sameRouting(alias, allTrafficTo('41')) || sameRouting(alias, midway)).toBe(true);
          expect(markOf(alias)).toBe(MARK);
        }),
        { numRuns: 300 },
      ),
    );
  });

  it('asks about no alias that no rollout could have been started for', async () => {
    for (const name of ['../x', 'checkout:live', 'a b', '']) {
      const input = JSON.stringify({ function: name, alias: 'live' });
      const detail = { executionArn: execution.id, name: execution.name, status: 'ABORTED', input };
      const { calls, answer } = await afterwards({
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        detail,
      });
      expect(calls).toEqual([]);
      expect(answer).toMatchObject({ reverted: false });
    }
  });
});

const alarmConstants = {
  trigger: fc.constant('alarm'),
  function: fc.constant('checkout'),
  alias: fc.constant('live'),
  alarm: fc.constant('errors'),
  stateMachineArn: fc.constant(MACHINE),
};

describe('a sweep', () => {
  it('puts back what it can, even where it may not look at the alias of another bad end', async () => {
    const ended = {
      $metadata: {},
      stateMachineArn: 'a',
      status: 'ABORTED' as const,
      stopDate: new Date(0),
      startDate: new Date(0),
    };
    const executions = () => [
      { ...ended, executionArn: 'a:evil', name: 'evil', input: '{"function":"evil","alias":"live"}' },
      { ...ended, executionArn: execution.id, name: execution.name, input: '{"function":"checkout","alias":"live"}' },
    ];
    const { aws, lambda: rehearsed, time } = anAws([], undefined, { executions });
    const owner = {
      stable: '41',
      candidate: '42',
      weight: 40,
      execution: execution.name,
      startedAt: execution.startedAt,
    };
    rehearsed.updateAlias(
      {
        RoutingConfig: { AdditionalVersionWeights: { '42': 0.4 } },
        Description: describeShift(owner, { number: 2, of: 4 }),
      } as never,
      'shift',
    );
    const { clients, deny } = denying(aws.clientsFor('revert'), 'evil');
    const handler = revert({ clients, environment: {}, now: time.second });
    await expect(handler({ trigger: 'sweep', stateMachineArn: MACHINE })).rejects.toThrow(deny);
    expect(rehearsed.alias).toMatchObject(alone('41'));
  });
});

/** Clients whose role may not touch a function. */
function denying(clients: Clients, functionName: string) {
  const deny = Object.assign(new Error('is not authorized'), { name: 'AccessDeniedException' });
  clients.lambda.middlewareStack.add(
    (next) => (request) => {
      if ((request.input as { FunctionName?: string }).FunctionName === functionName) throw deny;
      return next(request);
    },
    { step: 'initialize', name: 'deny' },
  );
  return { clients, deny };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('the log of a function', () => {
  it('has the listed fields alone, each bounded, whatever the function is given and answers', async () => {
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const fields = [
      'execution',
      'functionName',
      'aliasName',
      'stable',
      'candidate',
      'step',
      'next',
      'reverted',
      'reason',
    ];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constant('SECRET'.repeat(1000)),
      fc.constant({ password: 'SECRET' }),
      anyText,
    );
    const document = fc.oneof(
      fc.dictionary(fc.oneof(fc.constantFrom(...fields, 'taskToken', 'answer', 'policy'), fc.string()), value),
      value,
    );
    await fc.assert(
      fc.asyncProperty(document, document, async (event, answer) => {
        const logged = vi.spyOn(console, 'info').mockImplementation(() => {});
        await entry(() => async () => answer, { lambda: lambdaClient })(event);
        const [[line, ...more]] = logged.mock.calls as [[Record<string, unknown>, ...unknown[]]];
        expect(logged).toHaveBeenCalledTimes(1);
        expect(more).toEqual([]);
        expect(fields).toEqual(expect.arrayContaining(Object.keys(line)));
        for (const each of Object.values(line)) {
          expect(['string', 'number', 'boolean', 'undefined']).toContain(typeof each);
          if (typeof each !== 'string') continue;
          expect(each.length).toBeLessThanOrEqual(500);
          expect(each).not.toMatch(CONTROL);
        }
        logged.mockRestore();
      }),
    );
  });
});

it('a line of foreign text has no control characters, and no more than was asked for', () => {
  fc.assert(
    fc.property(anyText, fc.nat(300), (text, longest) => {
      const line = oneLine(text, longest);
      expect(line).not.toMatch(CONTROL);
      expect(line.length).toBeLessThanOrEqual(Math.max(3, longest));
    }),
  );
});

describe('SECURITY.md', () => {
  const text = readFileSync(new URL('SECURITY.md', packageRoot()), 'utf8');
  const stack = aStack();
  const checkout = new lambda.Function(stack, 'Checkout', {
    functionName: 'checkout',
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
    loggingFormat: lambda.LoggingFormat.JSON,
  });
  const live = new RolloutAlias(stack, 'Live', {
    function: checkout,
    aliasName: 'live',
    policy: { canary: { weight: 10 }, evidence: { counts: 'logs' } },
    hooks: { beforeTraffic: [checkout] },
    provisionedConcurrency: 1,
  });
  new RolloutDashboard(stack, 'SluiceDashboard', { show: [live] });
  const branch = new Stack(stack.node.root as never, 'branch');
  new SelfRemoval(branch, 'Removal', { expiresAt: new Date('2026-01-01T00:00:00Z') });

  const roles = [
    ['`preflight`', 'SluiceControllerPreflightRole'],
    ['`observe`', 'SluiceControllerObserveRole'],
    ['`shift`', 'SluiceControllerShiftRole'],
    ['`revert`', 'SluiceControllerRevertRole'],
    ['`run-hooks`', 'SluiceControllerRunHooksRole'],
    ['`announce-approval`', 'SluiceControllerAnnounceApprovalRole'],
    ['`alias-resource`', 'SluiceAliasResourceRole'],
    ['`provision`', 'SluiceControllerProvisionRole'],
    ['`widget` of a dashboard', 'SluiceDashboardRole'],
    ['the state machine', 'SluiceControllerStateMachineRole'],
    ['the Systems Manager document', 'SluiceControllerAutomationRole'],
  ] as const;

  it('leaves out no role of Sluice', () => {
    const made = Object.entries(resourcesOf(stack)).filter(
      ([id, { Type }]) => Type === 'AWS::IAM::Role' && id.startsWith('Sluice'),
    );
    const told = roles.map(([, role]) => role);
    expect(made.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(told.toSorted());
  });

  it.each(roles)('tells exactly what the role of %s may do', (name, role) => {
    const row = text.split('\n').find((line) => line.startsWith(`| ${name} |`)) as string;
    const told = [...(row.split('|')[2] as string).matchAll(/`([a-z]+:\w+)`/g)].map(([, action]) => action);
    const granted = statementsOf(stack, role).flatMap(({ actions }) => actions);
    expect(told.toSorted()).toEqual(
      [...new Set(granted)]
        .filter((action) => !/^(logs:(?!StartQuery|GetQueryResults|StopQuery)|xray:)/.test(action))
        .sort(),
    );
  });

  it('tells exactly what the function behind the resources of templates may do', () => {
    const row = text.split('\n').find((line) => line.startsWith('| `alias-resource` of a standalone controller |'));
    const told = [...(row?.split('|')[2] ?? '').matchAll(/`([a-z]+:\w+)`/g)].map(([, action]) => action);
    const granted = statementsOf(new StandaloneStack(new App(), 'sluice'), 'TemplatesRole').flatMap(
      ({ actions }) => actions,
    );
    expect(told.toSorted()).toEqual([...new Set(granted)].filter((action) => !/^(logs|xray):/.test(action)).sort());
  });

  it.each([
    'states:StartExecution',
    'states:StopExecution',
    'states:SendTaskSuccess',
    'states:RedriveExecution',
    'ssm:StartAutomationExecution',
    'ssm:PutParameter',
    'lambda:TagResource',
    'cloudwatch:SetAlarmState',
    'cloudwatch:PutMetricAlarm',
    'cloudwatch:DeleteAlarms',
    'events:DisableRule',
    'events:RemoveTargets',
    'events:PutEvents',
    'sns:Publish',
  ])('tells what the right to %s lets somebody do', (action) => {
    expect(text.split('\n').filter((line) => line.startsWith('| ') && line.includes(`\`${action}\``))).not.toEqual([]);
  });

  it('may say that the role of a schedule deletes its own stack alone', () => {
    const role = Object.values(resourcesOf(branch)).find(({ Type }) => Type === 'AWS::IAM::Role');
    expect(role?.Properties['Policies']).toMatchObject([
      { PolicyDocument: { Statement: [{ Action: 'cloudformation:DeleteStack', Resource: { Ref: 'AWS::StackId' } }] } },
    ]);
  });

  it('may say that no role changes code, publishes, passes roles, or reaches a function by wildcard', () => {
    const statements = Object.keys(resourcesOf(stack))
      .filter((id) => id.startsWith('Sluice'))
      .flatMap((id) => statementsOf(stack, id));
    expect(statements.length).toBeGreaterThan(20);
    for (const { actions, resources } of statements) {
      for (const action of actions) {
        expect(action).not.toMatch(/\*|^iam:|^sts:|UpdateFunction|PublishVersion|AddPermission|DeleteFunction/);
        if (action.startsWith('lambda:')) expect(resources).not.toContain('*');
      }
    }
  });
});
