import { describe, expect, it } from 'vitest';
import { create as aliasResource } from '../../functions/alias-resource.ts';
import { create as announceApproval } from '../../functions/announce-approval.ts';
import { create as observe } from '../../functions/observe.ts';
import { create as preflight } from '../../functions/preflight.ts';
import { create as provision } from '../../functions/provision.ts';
import { create as revert } from '../../functions/revert.ts';
import { create as runHooks } from '../../functions/run-hooks.ts';
import { create as shift } from '../../functions/shift.ts';
import type { HandlerContext } from '../../lib/aws/handler/entry.ts';
import type { CustomResourceAnswer } from '../../lib/aws/stack/custom-resource.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { createRandom, type Random } from '../../lib/rehearsal/world/random.ts';
import { type AliasState, allTrafficTo, sameRouting } from '../../lib/rollout/alias/alias.ts';
import { markOf } from '../../lib/rollout/alias/description.ts';
import { PROVISIONED_CONCURRENCY_TYPE } from '../../lib/rollout/contracts/custom-resource.ts';
import { atStep, execution, T0 } from '../rollout/a-rollout.ts';
import { properties } from './a-deploy.ts';
import { anAws, onVirtualTime } from './an-aws.ts';

/** The function of the custom resource, which answers CloudFormation: here that is its answer. */
const resource = (context: HandlerContext<'lambda' | 'sfn' | 'cloudformation' | 'ssm'>) => async (event: unknown) => {
  let told: CustomResourceAnswer | undefined;
  await aliasResource(context, async (_, answer) => {
    told = answer;
  })(event);
  return told;
};

const handlers = {
  preflight,
  shift,
  observe,
  revert,
  provision,
  'run-hooks': runHooks,
  'announce-approval': announceApproval,
  'alias-resource': resource,
};
type Name = keyof typeof handlers;

const document = JSON.parse(JSON.stringify(atStep(0)));
const started = (input: object) => ({
  input: { function: 'checkout', alias: 'live', version: '42', policy: { canary: { weight: 10 } }, ...input },
  execution: { id: execution.id, name: execution.name, startTime: '2026-01-01T00:00:00Z' },
  error: null,
  toRelease: false,
});
const ended = {
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: execution.id,
    name: execution.name,
    status: 'ABORTED',
    stateMachineArn: MACHINE,
    input: JSON.stringify({ function: 'checkout', alias: 'live', version: '42' }),
  },
};
const alarm = {
  trigger: 'alarm',
  stateMachineArn: MACHINE,
  time: '2026-01-01T01:00:00Z',
  detail: { alarmName: 'errors', state: { value: 'ALARM', reason: 'r' }, previousState: { value: 'OK' } },
};
const ofCloudFormation = {
  ResponseURL: 'https://example.com/answer',
  StackId: properties.Stack,
  RequestId: 'request-1',
  LogicalResourceId: 'LiveAlias',
  PhysicalResourceId: 'sluice-ffffffffffff',
  ResourceProperties: { ServiceToken: 'x', ...properties, Version: '42' },
};
const rollback = { operation: 'rollback', function: 'checkout', alias: 'live', stateMachineArn: MACHINE, reason: 'x' };

/** Events that a handler takes, to be spoiled. */
const valid: Readonly<Record<Name, readonly object[]>> = {
  preflight: [started({}), document],
  shift: [
    { ...document, next: 'shift' },
    { ...document, next: 'promote' },
  ],
  observe: [document],
  revert: [document, ended, alarm, rollback, { trigger: 'sweep', stateMachineArn: MACHINE }],
  provision: [{ ...document, next: 'warm' }],
  'run-hooks': [{ ...document, next: 'beforeTraffic' }],
  'announce-approval': [{ rollout: document, taskToken: 'token' }],
  'alias-resource': [
    { ...ofCloudFormation, RequestType: 'Create' },
    { ...ofCloudFormation, RequestType: 'Update', OldResourceProperties: properties },
    { ...ofCloudFormation, RequestType: 'Delete' },
    { ...ofCloudFormation, RequestType: 'Delete', ResourceType: PROVISIONED_CONCURRENCY_TYPE },
  ],
};

const nested = (depth: number) => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { a: value };
  return value;
};

const hostile: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -1,
  0.5,
  1e300,
  Number.NaN,
  '',
  '$LATEST',
  '-1',
  'x'.repeat(100_000),
  '\u001b]0;pwned\u0007\u202e',
  '\ud800',
  '__proto__',
  '../../functions/payments',
  'arn:aws:lambda:us-east-1:999999999999:function:checkout',
  'checkout\n',
  [],
  {},
  [null],
  Array.from({ length: 5000 }, () => ({ schema: 1 })),
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  { toString: 'no text', valueOf: 1 },
  nested(1000),
];

/** The paths to every value of a document. */
const pathsIn = (value: unknown): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsIn(inner).map((path) => [key, ...path])])
    : [];

/** An event with a hostile value at some place; or a hostile value alone. */
function spoiled(name: Name, random: Random): unknown {
  const some = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  if (random.next() < 0.2) return some(hostile);
  const event = structuredClone(some(valid[name]));
  const path = some(pathsIn(event));
  let parent = event as Record<string, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  parent[path.at(-1) as string] = some(hostile);
  return event;
}

const midway = { functionVersion: '41', additionalVersionWeights: { 42: 0.1 } };
const DESCRIPTION =
  'sluice: 41 -> 42 at 10%, step 1/4, execution deploy-7, started 2026-01-01T00:00:00Z [sluice:0123456789ab]';

/** What a handler made of an event: the alias afterwards, and what it threw. */
async function after(name: Name, event: unknown) {
  const { aws, lambda, time } = anAws([], () => 7200);
  lambda.updateAlias(
    {
      FunctionName: 'checkout',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { 42: 0.1 } },
      Description: DESCRIPTION,
    },
    'shift',
  );
  const handler = handlers[name]({ clients: aws.clientsFor(name), environment: {}, now: () => T0 + time.second() });
  const { answer, thrown } = await onVirtualTime(() => handler(event)).then(
    (given) => ({ answer: given, thrown: undefined }),
    (error: Error) => ({ answer: undefined, thrown: error }),
  );
  return { alias: lambda.alias, answer, thrown };
}

/** What Lambda, Step Functions and the others refuse is not ours to explain; every other error is. */
const isOfAws = (error: Error): boolean => '$fault' in error;

/** Why nothing was done, in words: of the error, or of the answer. */
const whyOf = ({ answer, thrown }: Awaited<ReturnType<typeof after>>): string =>
  thrown?.message ?? String((answer as { reason?: unknown } | undefined)?.reason);

/** Eight handlers with so many each are more than 300. */
const EVENTS_EACH = 60;

describe.each(Object.keys(handlers) as Name[])('%s', (name) => {
  it('refuses every malformed event in words, and writes no alias but as its own document says', async () => {
    const random = createRandom(7).fork(name);
    const events = Array.from({ length: EVENTS_EACH }, () => spoiled(name, random));
    const rejections: unknown[] = [];
    const onRejection = (error: unknown) => rejections.push(error);
    process.on('unhandledRejection', onRejection);
    for (const event of events) {
      const outcome = await after(name, event);
      const { thrown } = outcome;
      if (hostile.includes(event) || (thrown && !isOfAws(thrown))) expect(whyOf(outcome)).toMatch(/expected /);
      // Of our own code's faults the custom resource tells CloudFormation by their names.
      expect(whyOf(outcome)).not.toMatch(/^(Type|Range|Reference|Syntax|URI|Zod)?Error\b/);
      const shown = outcome.alias as AliasState;
      const mine = name === 'shift' || sameRouting(shown, midway) || sameRouting(shown, allTrafficTo('41'));
      expect(mine).toBe(true);
      if (name === 'alias-resource') expect(shown).toMatchObject({ ...midway, description: DESCRIPTION });
      expect(markOf(shown)).toBe('0123456789ab');
    }
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('an event that tells of the end of an execution', () => {
  it.each([
    [
      'it ended as it meant to',
      { status: 'SUCCEEDED' },
      'expected an execution that ended as ABORTED, TIMED_OUT, FAILED',
    ],
    [
      'it is of another state machine',
      { executionArn: execution.id.replace(':sluice:', ':other:') },
      'expected one execution',
    ],
    ['its name is another one', { name: 'deploy-8' }, 'expected one execution'],
    ['its ARN is none', { executionArn: 'x' }, 'expected one execution'],
  ])('changes nothing if %s', async (_, detail, why) => {
    const { aws } = anAws();
    const handler = revert({ clients: aws.clientsFor('revert'), environment: {}, now: () => T0 });
    const answer = await handler({ ...ended, detail: { ...ended.detail, ...detail } });
    expect(answer).toEqual({ reverted: false, reason: expect.stringContaining(why) });
  });
});

it('an event that nobody sends is answered with what would be expected', async () => {
  const { aws } = anAws();
  const handler = revert({ clients: aws.clientsFor('revert'), environment: {}, now: () => T0 });
  expect(await handler({ hello: 'world' })).toMatchObject({
    next: 'rejected',
    reason: expect.stringContaining('expected the document of a rollout'),
  });
});
