import { IAMClient } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { readAccount, readLoad } from '../../../lib/aws/doctor/account-facts.ts';
import { readController } from '../../../lib/aws/doctor/controller-facts.ts';
import { readFunction } from '../../../lib/aws/doctor/function-facts.ts';
import { simulateRoles } from '../../../lib/aws/doctor/simulation.ts';
import { cloudwatch, lambda, sfn } from '../../../lib/aws/handler/clients.ts';
import { neededCalls } from '../../../lib/rollout/doctor/controller-checks.ts';
import { answering } from '../answering.ts';
import { named } from '../lambda/a-lambda.ts';

const where = { region: 'us-east-1' };
const now = Date.UTC(2026, 0, 2);
const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** A CloudWatch that has these values of metrics. */
const measuring = (values: Readonly<Record<string, readonly number[]>>) =>
  answering(cloudwatch(where), (_, { MetricDataQueries }) => ({
    MetricDataResults: (MetricDataQueries as { Id: string; MetricStat: { Metric: { MetricName: string } } }[]).map(
      ({ Id, MetricStat }) => ({ Id, Values: values[MetricStat.Metric.MetricName] ?? [] }),
    ),
  }));

describe('the concurrency of a day', () => {
  it('of the account is its unreserved limit and the peak', async () => {
    const limited = answering(lambda(where), () => ({ AccountLimit: { UnreservedConcurrentExecutions: 900 } }));
    const peak = measuring({ UnreservedConcurrentExecutions: [3, 7, 5] });
    expect(await readAccount({ lambda: limited, cloudwatch: peak }, now)).toEqual({
      unreserved: 900,
      unreservedPeak: 7,
    });
    const silent = answering(lambda(where), () => ({}));
    expect(await readAccount({ lambda: silent, cloudwatch: measuring({}) }, now)).toEqual({
      unreserved: null,
      unreservedPeak: null,
    });
  });

  it('of a function is the sum of its throttles and its peak', async () => {
    const load = await readLoad(measuring({ Throttles: [1, 2], ConcurrentExecutions: [4, 9, 2] }), 'checkout', now);
    expect(load).toEqual({ throttles: 3, functionPeak: 9 });
    expect(await readLoad(measuring({}), 'checkout', now)).toEqual({ throttles: 0, functionPeak: null });
  });
});

describe('a function', () => {
  const read = (answer: object) =>
    readFunction(
      answering(lambda(where), () => answer),
      'checkout',
    );

  it('is read with its hold and its reserved concurrency', async () => {
    expect(
      await read({ Tags: { 'sluice:hold': 'freeze' }, Concurrency: { ReservedConcurrentExecutions: 0 } }),
    ).toMatchObject({ latest: { version: '$LATEST' }, hold: 'freeze', managedBy: null, reserved: 0 });
    expect(await read({})).toMatchObject({ hold: null, reserved: null });
  });

  it('has a hold that nobody knows of if its tags cannot be read', async () => {
    expect((await read({ TagsError: { ErrorCode: 'x' } }))?.hold).toBeUndefined();
  });
});

describe('a controller', () => {
  const definition = JSON.stringify({
    States: {
      Preflight: { Type: 'Task', Parameters: { FunctionName: arnOf('preflight') } },
      Observe: { Type: 'Task', Parameters: { FunctionName: arnOf('observe') } },
      Again: { Type: 'Task', Parameters: { FunctionName: arnOf('observe') } },
      Bake: { Type: 'Wait', Parameters: 7 },
    },
  });
  const read = (answers: Readonly<Record<string, object | Error>>, missing = '') =>
    readController(
      {
        sfn: answering(sfn(where), (command) => {
          const answer = answers[command];
          if (answer instanceof Error) throw answer;
          return answer ?? {};
        }),
        lambda: answering(lambda(where), (_, { FunctionName }) => {
          if (FunctionName === missing) throw named('ResourceNotFoundException');
          return { Configuration: { State: 'Active', Role: `role of ${String(FunctionName).split(':').at(-1)}` } };
        }),
      },
      machine,
    );

  it('is read with the functions that its states invoke, each once, and the roles of those that call AWS', async () => {
    const found = await read({
      DescribeStateMachineCommand: { definition, status: 'DELETING' },
      ListTagsForResourceCommand: {
        tags: [
          { key: 'team', value: 'x' },
          { key: 'sluice:version', value: '0.1.0' },
        ],
      },
    });
    expect(found).toMatchObject({
      stateMachineArn: machine,
      status: 'DELETING',
      functions: [
        { name: 'preflight', state: 'Active' },
        { name: 'observe', state: 'Active' },
      ],
      version: '0.1.0',
    });
    expect(found.roles).toEqual({ Preflight: 'role of preflight', Observe: 'role of observe' });
  });

  it('may lack a function, a version and a definition that can be read', async () => {
    const missing = await read({ DescribeStateMachineCommand: { definition } }, arnOf('observe'));
    expect(missing).toMatchObject({
      status: 'ACTIVE',
      functions: [{ state: 'Active' }, { state: null }],
      version: null,
    });
    expect(missing.roles).toEqual({ Preflight: 'role of preflight' });
    expect(await read({ DescribeStateMachineCommand: { definition: 'x' } })).toMatchObject({
      functions: [],
      roles: {},
    });
  });

  it('is told apart from one that is gone, and from one whose tags the caller may not read', async () => {
    expect(await read({ DescribeStateMachineCommand: named('StateMachineDoesNotExist') })).toEqual({
      stateMachineArn: machine,
      status: null,
      functions: [],
      version: null,
      roles: {},
    });
    const ListTagsForResourceCommand = named('AccessDeniedException');
    expect((await read({ ListTagsForResourceCommand })).version).toBeUndefined();
    await expect(read({ ListTagsForResourceCommand: named('ThrottlingException') })).rejects.toThrow();
  });
});

describe("IAM's answers about a controller", () => {
  const roles = { Preflight: 'a', Observe: 'b' } as const;
  const awsError = (name: string) => Object.assign(named(name), { $metadata: {} });
  const simulating = async (
    answer: (role: string, actions: string[], arns: string[]) => object,
    managedBy: (index: number) => string | null = () => null,
  ) => {
    const asked: [string, number][] = [];
    const contexts: unknown[] = [];
    const iam = answering(new IAMClient(where), (_, { PolicySourceArn, ActionNames, ResourceArns, ContextEntries }) => {
      asked.push([PolicySourceArn as string, (ResourceArns as string[]).length]);
      contexts.push(ContextEntries);
      return answer(PolicySourceArn as string, ActionNames as string[], ResourceArns as string[]);
    });
    const functions = new Map(Array.from({ length: 21 }, (_, index) => [`f${index}`, managedBy(index)]));
    return { ...(await simulateRoles(iam, roles, machine, functions)), asked, contexts };
  };
  const needed = neededCalls.Preflight.length + neededCalls.Observe.length;

  it('are asked for 20 functions at a time, each once, and tell of every call whether it is allowed', async () => {
    const { calls, why, asked } = await simulating((role, actions, arns) => ({
      EvaluationResults: actions.map((EvalActionName) => ({
        EvalActionName,
        ResourceSpecificResults: arns.map((EvalResourceName) => ({
          EvalResourceName,
          EvalResourceDecision: role === 'a' ? 'allowed' : 'implicitDeny',
        })),
      })),
    }));
    expect(asked).toEqual([
      ['a', 20],
      ['a', 1],
      ['b', 20],
      ['b', 1],
    ]);
    expect(why).toBe('');
    const told = calls('f20');
    expect(told).toHaveLength(needed);
    expect(told.map(({ state, allowed }) => [state, allowed])).toEqual([
      ...neededCalls.Preflight.map(() => ['Preflight', 'allowed']),
      ...neededCalls.Observe.map(() => ['Observe', 'denied']),
    ]);
    expect(new Set(calls('other').map(({ allowed }) => allowed))).toEqual(new Set(['unknown']));
  });

  it('are asked for with the tag of each function: IAM does not look it up', async () => {
    const { asked, contexts } = await simulating(
      () => ({ EvaluationResults: [] }),
      (index) => (index === 0 ? null : 'orders/Rollouts'),
    );
    expect(asked.slice(0, 2)).toEqual([
      ['a', 1],
      ['a', 20],
    ]);
    expect(contexts.slice(0, 2)).toEqual([
      undefined,
      [
        {
          ContextKeyName: 'aws:ResourceTag/sluice:managed',
          ContextKeyType: 'string',
          ContextKeyValues: ['orders/Rollouts'],
        },
      ],
    ]);
  });

  it('may come without a part for each resource', async () => {
    const { calls } = await simulating((_, actions, arns) => ({
      EvaluationResults: actions.flatMap((EvalActionName) =>
        arns.map((EvalResourceName) => ({ EvalActionName, EvalResourceName, EvalDecision: 'allowed' })),
      ),
    }));
    expect(new Set(calls('f0').map(({ allowed }) => allowed))).toEqual(new Set(['allowed']));
  });

  it('are a no for a role that is gone', async () => {
    const { calls, why } = await simulating(() => {
      throw awsError('NoSuchEntityException');
    });
    expect(why).toBe('');
    expect(calls('f0').every(({ allowed }) => allowed === 'denied')).toBe(true);
    expect(calls('f0')).toHaveLength(needed);
  });

  it('are unknown if IAM may not be asked, and then it is asked no more', async () => {
    const { calls, why, asked } = await simulating(() => {
      throw awsError('AccessDenied');
    });
    expect(why).toBe('AccessDenied');
    expect(asked).toEqual([['a', 20]]);
    expect(calls('f0').every(({ allowed }) => allowed === 'unknown')).toBe(true);
  });

  it('fail with whatever is no error of AWS', async () => {
    await expect(
      simulating(() => {
        throw new TypeError('a bug');
      }),
    ).rejects.toThrow('a bug');
  });
});
