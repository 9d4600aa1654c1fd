import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { controllerFunctions } from '../../lib/constructs/definition.ts';
import { RolloutAlias, RolloutController, RolloutPolicy } from '../../lib/index.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import type { RecordedCall } from '../../lib/rehearsal/services/aws.ts';
import type { Actor } from '../../lib/rehearsal/simulation/setup.ts';
import { interrupted, rehearsing, starting, usual } from '../rehearsal/a-scenario.ts';
import { aStack, FUNCTION_ARN, resourcesOf, statementsOf } from './a-stack.ts';

const stack = aStack();
const controller = new RolloutController(stack, 'Rollouts');
const inline = (id: string, functionName: string) =>
  new lambda.Function(stack, id, {
    functionName,
    runtime: lambda.Runtime.NODEJS_24_X,
    loggingFormat: lambda.LoggingFormat.JSON,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
const smoke = inline('Smoke', 'checkout-smoke');
new RolloutAlias(stack, 'Live', {
  function: inline('Checkout', 'checkout'),
  aliasName: 'live',
  controller,
  policy: { ...RolloutPolicy.preset('AllAtOnce'), evidence: { counts: 'logs' } },
  provisionedConcurrency: 5,
  hooks: { beforeTraffic: [smoke] },
});

/** The tags that the deploy gives the functions, by name. */
const tagsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
  Object.values(resourcesOf(stack))
    .filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties['FunctionName'])
    .map(({ Properties }) => [
      Properties['FunctionName'],
      Object.fromEntries(
        (Properties['Tags'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
      ),
    ]),
);

/** An approval is waited for while an alarm fires for some minutes, and nobody is told of it. */
const unheard = (forSeconds: number, atSecond: number): Partial<ScenarioInput> => ({
  policy: {
    steps: [
      { weight: 20, bakeSeconds: 120 },
      { weight: 60, bakeSeconds: 120, approval: 'manual' },
    ],
    alarms: ['errors'],
  },
  alarms: [
    {
      name: 'errors',
      metric: 'errorRate',
      scope: 'candidate',
      threshold: 0.05,
      evaluationPeriods: 2,
      datapointsToAlarm: 1,
      treatMissingData: 'notBreaching',
      eachVersion: true,
    },
  ],
  incidents: [{ fromSecond: 240, forSeconds, errorRate: 1 }],
  events: [{ event: 'alarm', times: 1000, deliver: 'never' }],
  operator: [{ atSecond, do: 'approve' }],
});

/** The log is counted, until its queries do not end any more. */
function byLog(nth: number): Partial<ScenarioInput> {
  return {
    policy: { adaptive: {}, evidence: { counts: 'logs' } },
    aws: [{ call: 'logs:GetQueryResults', nth, times: 1000, fail: 'queryHangs' }],
  };
}

/** Between them, these rehearsals do everything that the controller knows to do. */
const rehearsals: readonly Partial<ScenarioInput>[] = [
  {},
  { candidate: { errorRate: 1 } },
  { candidate: { errorRate: 1 }, aws: [{ call: 'states:ListExecutions', times: 1000, fail: 'ThrottlingException' }] },
  { operator: [{ atSecond: 400, do: 'deploy' }] },
  {
    operator: [
      { atSecond: 400, do: 'stopExecution' },
      { atSecond: 1000, do: 'deploy' },
    ],
  },
  { policy: { ...usual.policy, hooks: { beforeTraffic: ['checkout-smoke'] } } },
  {
    policy: { ...usual.policy, batches: { count: 1, intervalSeconds: 60, approval: 'manual' } },
    operator: [{ atSecond: 900, do: 'approve' }],
  },
  { policy: { adaptive: {} } },
  byLog(1),
  byLog(20),
  unheard(60, 590),
  unheard(180, 900),
];

/** What people start by hand: a rollout by the deployed policy, and a rollback. */
const byHand: readonly Actor[] = [
  starting(4000, { version: '41', function: 'checkout', alias: 'live' }),
  starting(8000, { operation: 'rollback' }),
];

const calls = await allCalls();

async function allCalls(): Promise<readonly RecordedCall[]> {
  const made: RecordedCall[] = [];
  for (const changes of [...rehearsals, interrupted]) made.push(...(await rehearsing(changes)).calls);
  for (const provisioningFails of [false, true]) {
    made.push(...(await rehearsing({}, [], { provisionedConcurrency: 5, provisioningFails })).calls);
  }
  for (const setup of [{}, { group: 'shop' }]) made.push(...(await rehearsing({}, byHand, setup)).calls);
  return made;
}

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/rehearsal';

const roleOf = (name: string) =>
  `Rollouts${name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase())}Role`;

interface Granted {
  readonly action: string;
  readonly resource: string;
  readonly conditions: unknown;
}

/** What a role grants beyond its own logs, traces and failed events, as pairs of action and resource. */
const grantsOf = (name: string) =>
  statementsOf(stack, roleOf(name))
    .flatMap(({ actions, resources, conditions }, statement) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          statement,
          action,
          conditions,
          resource: resource
            .replace('<AWS::StackId>', STACK)
            .replace('<RolloutsStateMachine.Name>', 'sluice')
            .replace('<RolloutsStateMachine>', MACHINE)
            .replace('/aws/lambda/<Checkout>', '/aws/lambda/checkout'),
        })),
      ),
    )
    .filter(({ action }) => !/^(logs:(Create|Put)|xray:|sqs:)/.test(action));

const matches = (pattern: string, resource: string) =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(resource);

/** Whether a grant allows a call: its resource, and the tags of the function that it is about. */
const allows = (
  { action, resource, conditions }: Granted,
  call: { readonly action: string; readonly resource: string },
) => action === call.action && matches(resource, call.resource) && holds(conditions, call.resource);

function holds(conditions: unknown, resource: string): boolean {
  const tags = tagsOf[resource.split(':')[6] ?? ''] ?? {};
  return Object.entries((conditions ?? {}) as Record<string, Record<string, string>>).every(([operator, keys]) =>
    Object.entries(keys).every(([key, value]) => {
      const tag = tags[key.replace('aws:ResourceTag/', '')];
      if (operator === 'StringEquals') return tag === value;
      if (operator === 'Null') return String(tag === undefined) === value;
      // The source of an event, which is told only by AWS.
      return operator === 'StringEqualsIfExists' && key === 'events:source';
    }),
  );
}

describe.each(controllerFunctions)('the role of %s', (name) => {
  const made = calls.filter(({ caller }) => caller === name);
  const grants = grantsOf(name);

  it('allows every call that a rehearsal makes', () => {
    const refused = made.filter((call) => !grants.some((grant) => allows(grant, call)));
    expect(refused).toEqual([]);
  });

  it('allows no call that no rehearsal makes', () => {
    const unused = grants.filter((grant) => !made.some((call) => allows(grant, call)));
    expect(unused).toEqual([]);
  });

  it('breaks a rehearsal when any one of its statements is taken away', () => {
    const statements = [...new Set(grants.map(({ statement }) => statement))];
    const harmless = statements.filter((taken) => {
      const left = grants.filter(({ statement }) => statement !== taken);
      return made.every((call) => left.some((grant) => allows(grant, call)));
    });
    expect(harmless).toEqual([]);
  });

  it('is put to use', () => {
    expect(made.length).toBeGreaterThan(0);
  });

  it('allows no call on a function that bears no tag of this controller, nor on its versions and aliases', () => {
    const strange = made.flatMap(({ action, resource }) =>
      resource.startsWith(`${FUNCTION_ARN.replace(':checkout', '')}:`)
        ? [{ action, resource: resource.replace(/:function:checkout(-smoke)?/, ':function:payments') }]
        : [],
    );
    expect(strange.filter((call) => grants.some((grant) => allows(grant, call)))).toEqual([]);
    if (name !== 'announce-approval') expect(strange.length).toBeGreaterThan(0);
  });
});
