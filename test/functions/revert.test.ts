import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { create } from '../../functions/revert.ts';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { type AliasState, split } from '../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import { aRollout, atStep, execution } from '../rollout/a-rollout.ts';
import { alone } from './alone.ts';
import { anAws } from './an-aws.ts';
import { documented } from './documented.ts';

const described = describeShift(
  { stable: '41', candidate: '42', weight: 40, execution: execution.name, startedAt: execution.startedAt },
  { number: 2, of: 4 },
);

/** The alias in the middle of a rollout from 41 to 42, and the handler that is to put it back. */
function midway(...given: Parameters<typeof anAws>) {
  const { aws, lambda, time } = anAws(...given);
  lambda.updateAlias(
    {
      FunctionName: 'checkout',
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { '42': 0.4 } },
      Description: `${described} [sluice:0123456789ab]`,
    },
    'shift',
  );
  const handler = create({ clients: aws.clientsFor('revert'), environment: {}, now: time.second });
  return { handler, lambda, aws };
}

const ended = (detail: object) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: execution.id,
    name: execution.name,
    status: 'ABORTED',
    input: '{"function":"checkout","alias":"live"}',
    error: null,
    aNewField: true,
    ...detail,
  },
});

describe('putting the alias back', () => {
  it('tells everybody with every field that is documented, although an event does not know the requests', async () => {
    const { aws } = midway();
    const told: object[] = [];
    const send = async ({ input }: { readonly input: { readonly Entries: { readonly Detail: string }[] } }) => {
      told.push(...input.Entries.map(({ Detail }) => JSON.parse(Detail)));
      return {};
    };
    const clients = aws.clientsFor('revert');
    const notifications = { send } as unknown as Clients['notifications'];
    await create({ clients: { ...clients, notifications }, environment: {}, now: () => 0 })(ended({}));
    const fields = documented('Sluice Rollout Changed');
    expect(fields.length).toBeGreaterThan(5);
    expect(told.map((each) => Object.keys(each))).toEqual([expect.arrayContaining(['schema', 'event', ...fields])]);
    expect(told).toMatchObject([{ event: 'reverted', failedRequests: null, evidence: null, outcome: null }]);
  });

  it('follows the end of an execution that was stopped', async () => {
    const { handler, lambda } = midway();
    expect(await handler(ended({}))).toMatchObject({ reverted: true });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it.each([
    ['of another execution', { name: 'deploy-6' }],
    ['whose input tells nothing', { input: null }],
    ['whose input is no JSON', { input: 'none' }],
  ])('does not follow an end %s', async (_, detail) => {
    const { handler, lambda } = midway();
    expect(await handler(ended(detail))).toMatchObject({ reverted: false });
    expect(lambda.alias).toMatchObject(split('41', '42', 40));
  });

  const planned = JSON.stringify({
    function: 'checkout',
    alias: 'live',
    policy: {
      steps: [
        { weight: 10, bakeSeconds: 60 },
        { weight: 40, bakeSeconds: 60 },
        { weight: 70, bakeSeconds: 60 },
      ],
    },
  });

  it.each(['Superseded', 'RolledBack', 'Rejected'])(
    'takes back what an execution left that ended as %s: a read may have been out of date, a write late',
    async (error) => {
      const { handler, lambda } = midway();
      expect(await handler(ended({ status: 'FAILED', error, input: planned }))).toMatchObject({ reverted: true });
      expect(lambda.alias).toMatchObject({ functionVersion: '41', description: expect.stringContaining('reverted') });
    },
  );

  it.each([
    ['Superseded', false],
    ['RevertFailed', true],
  ])('after %s, takes back the next weight that a person gave: %s', async (error, reverted) => {
    const { handler, lambda } = midway();
    lambda.alias = { ...(lambda.alias as AliasState), ...split('41', '42', 70) };
    expect(await handler(ended({ status: 'FAILED', error, input: planned }))).toMatchObject({ reverted });
  });

  it('takes back the next weight that a person gave although the policy has fields which are refused today', async () => {
    const { handler, lambda } = midway();
    lambda.alias = { ...(lambda.alias as AliasState), ...split('41', '42', 70) };
    const older = JSON.parse(planned);
    older.policy.evidence = { falseRollbackRate: 0.01, graceSeconds: 0, maximumGigabytesScanned: 50 };
    expect(await handler(ended({ input: JSON.stringify(older) }))).toMatchObject({ reverted: true });
  });

  it.each([
    ['a timeout', { Error: 'States.Timeout', Cause: '' }],
    ['a failed callback', { Error: null, Cause: null }],
    [
      'a missing function',
      { Error: 'Lambda.ResourceNotFoundException', Cause: 'Function not found: arn (Service: AWSLambda)' },
    ],
    [
      'a thrown error',
      { Error: 'TypeError', Cause: '{"errorMessage":"x is undefined","errorType":"TypeError","stackTrace":[]}' },
    ],
    ['something unheard of', { Error: 7, Cause: {} }],
  ])('works whatever was caught: %s', async (_, error) => {
    const { handler, lambda } = midway();
    expect(await handler({ ...atStep(1), error })).toMatchObject({ next: 'rolledBack', reason: expect.any(String) });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('works on the document of an older release, which has no record of its steps', async () => {
    const { handler, lambda } = midway();
    const { passed: _passed, approvals: _approvals, current: _current, ...older } = atStep(1);
    expect(await handler(older)).toMatchObject({ next: 'rolledBack', reason: expect.any(String) });
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it.each([[{}], [{ input: 7, error: { Error: 'X' } }], [{ ...atStep(1), functionName: 'basket' }]])(
    'never ends without a way to go on: %j',
    async (document) => {
      const { handler } = midway();
      expect(await handler(document)).toMatchObject({ next: expect.any(String), reason: expect.any(String) });
    },
  );
});

describe('an alias whose description somebody has rewritten in mid-rollout', () => {
  const startDate = execution.startedAt * 1000;
  const input = JSON.stringify({
    function: 'checkout',
    alias: 'live',
    version: '42',
    policy: { steps: [{ weight: 40, bakeSeconds: 60 }] },
  });

  /** The alias at 40 %, described as somebody likes it, and the end of the execution. */
  async function afterTheEnd(
    detail: object,
    weights: Record<string, number>,
    description = 'live alias of checkout',
    history: readonly HistoryEvent[] = [],
  ) {
    const { handler, lambda } = midway([], undefined, { historyOf: () => history.map((event) => () => event) });
    lambda.alias = { ...(lambda.alias as AliasState), additionalVersionWeights: weights, description };
    await handler(ended({ startDate, input, ...detail }));
    return lambda.alias;
  }

  it('is reverted after the end of the execution, whose input tells its candidate and its weights', async () => {
    expect(await afterTheEnd({}, { '42': 0.4 })).toMatchObject({
      ...alone('41'),
      description: expect.stringMatching(/^sluice: reverted 42 -> 41: execution ended as ABORTED .*execution deploy-7/),
    });
  });

  it.each([
    ['a weight that the rollout never planned', {}, { '42': 0.37 }],
    ['the weight of another version', {}, { '43': 0.4 }],
    ['weights after an end on purpose', { status: 'FAILED', error: 'Superseded' }, { '42': 0.4 }],
    ['weights of an execution whose start is not told', { startDate: null }, { '42': 0.4 }],
  ])('keeps %s', async (_, detail, weights) => {
    expect(await afterTheEnd(detail, weights)).toMatchObject({ additionalVersionWeights: weights });
  });

  it.each<[document: string, input: unknown]>([
    ['has no document yet', { input: {} }],
    ['has not given any weight', { ...aRollout(), next: 'preflight' }],
    ['has given another one', { ...atStep(2), next: 'bake' }],
  ])('keeps the weight of the plan after the end of an execution that %s: a person gave it', async (_, document) => {
    const stateEnteredEventDetails = { name: 'Preflight', input: JSON.stringify(document) };
    const history: HistoryEvent[] = [
      { id: 2, timestamp: new Date(0), type: 'TaskStateEntered', stateEnteredEventDetails },
    ];
    expect(await afterTheEnd({}, { '42': 0.4 }, 'mine', history)).toMatchObject({ description: 'mine' });
  });

  it('is reverted if the document of its execution tells of the weight', async () => {
    const stateEnteredEventDetails = { name: 'Bake', input: JSON.stringify(atStep(1)) };
    const history: HistoryEvent[] = [
      { id: 9, timestamp: new Date(0), type: 'WaitStateEntered', stateEnteredEventDetails },
    ];
    expect(await afterTheEnd({}, { '42': 0.4 }, 'mine', history)).toMatchObject(alone('41'));
  });

  it('is reverted if the document of its execution cannot be read', async () => {
    const { handler, lambda } = midway([
      { call: 'states:GetExecutionHistory', nth: 1, times: 20, fail: 'AccessDeniedException' },
    ]);
    lambda.alias = { ...(lambda.alias as AliasState), additionalVersionWeights: { '42': 0.4 }, description: 'mine' };
    await handler(ended({ startDate, input }));
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it.each([
    ['this rollout', execution.name, '2026-01-01T00:00:00Z'],
    ['one that started later', 'deploy-8', '2026-01-01T00:05:00Z'],
  ])('keeps weights that were given after the end of %s', async (_, name, started) => {
    const description = `sluice: reverted 42 -> 41: bad (execution ${name}, started ${started})`;
    expect(await afterTheEnd({}, { '42': 0.4 }, description)).toMatchObject({ description });
  });
});

describe('a rollback that a person asks the controller for', () => {
  const asked = {
    operation: 'rollback',
    function: 'checkout',
    alias: 'live',
    stateMachineArn: MACHINE,
    reason: 'errors',
  };

  it('tells after its one write that the version which it leads to cannot be invoked at once', async () => {
    const { handler, lambda, aws } = midway();
    lambda.setState('41', 'Inactive');
    expect(await handler(asked)).toMatchObject({
      next: 'rolledBackByHand',
      reason: expect.stringContaining(
        'errors. But version 41 is Inactive (The function is idle.), so requests fail until it is Active; wake it: aws lambda invoke --function-name checkout:41 /dev/null',
      ),
    });
    expect(lambda.alias).toMatchObject(alone('41'));
    const lambdaCalls = aws.calls.map(({ action }) => action).filter((action) => action.startsWith('lambda:'));
    expect(lambdaCalls.filter((action) => action === 'lambda:UpdateAlias')).toHaveLength(1);
    expect(lambdaCalls.at(-1)).toBe('lambda:GetFunctionConfiguration');
  });

  it('says nothing of a version that is Active', async () => {
    const { handler } = midway();
    expect(await handler(asked)).toMatchObject({ reason: 'the alias was put back from 42 to 41: errors' });
  });
});
