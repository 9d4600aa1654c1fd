import { describe, expect, it, vi } from 'vitest';
import type { Clients } from '../../lib/aws/handler/clients.ts';
import { sourcesOf, timingOf } from '../../lib/aws/sources.ts';
import { TIMING_VARIABLE } from '../../lib/rollout/contracts/environment.ts';
import { T0 } from '../rollout/a-rollout.ts';

type Sent = { readonly name: string; readonly input: Record<string, unknown> };

/** CloudWatch with fixed answers, which keeps what it was asked. */
function aCloudWatch(answers: Readonly<Record<string, object>>) {
  const sent: Sent[] = [];
  const send = async (command: { readonly input: Sent['input'] }) => {
    const { name } = command.constructor;
    sent.push({ name, input: command.input });
    return answers[name] ?? {};
  };
  return { sent, cloudwatch: { send } as unknown as Clients['cloudwatch'] };
}

/** CloudWatch whose answers come one after the other. */
function inTurn(...answers: readonly object[]) {
  const sent: Sent[] = [];
  const send = async (command: { readonly input: Sent['input'] }) => {
    sent.push({ name: command.constructor.name, input: command.input });
    return answers[sent.length - 1] ?? {};
  };
  return { sent, cloudwatch: { send } as unknown as Clients['cloudwatch'] };
}

const timing = { metrics: { periodSeconds: 10, delaySeconds: 5 }, alarms: { periodSeconds: 30, delaySeconds: 7 } };
const environment = { [TIMING_VARIABLE]: JSON.stringify(timing) };
const query = {
  functionName: 'arn:aws:lambda:us-east-1:123456789012:function:checkout',
  aliasName: 'live',
  stable: '41',
  candidate: '42',
};

describe('the sources of a policy', () => {
  it('have each a timing of their own, which is that of the environment', () => {
    const { alarms, counts } = sourcesOf({}, aCloudWatch({}), environment);
    expect(alarms.timing).toEqual(timing.alarms);
    expect(counts.timing).toEqual(timing.metrics);
    expect(timingOf({}, environment)).toEqual(timing);
  });

  it("are CloudWatch's minutes, a minute late, if the environment says nothing", () => {
    const minutes = { periodSeconds: 60, delaySeconds: 60 };
    expect(timingOf({}, {})).toEqual({ alarms: minutes, metrics: minutes });
  });
});

describe('alarms', () => {
  it('are read in the order of their names, and one that is not known is missing', async () => {
    const aws = aCloudWatch({
      DescribeAlarmsCommand: {
        CompositeAlarms: [{ AlarmName: 'all', StateValue: 'ALARM', StateReason: 'one of them' }],
        MetricAlarms: [{ AlarmName: 'errors', StateValue: 'OK' }, { AlarmName: 'new' }],
        LogAlarms: [{ AlarmName: 'lines', StateValue: 'OK' }],
      },
    });
    expect(await sourcesOf({}, aws, {}).alarms.read(['errors', 'gone', 'all', 'new', 'lines'])).toEqual([
      { name: 'errors', state: 'OK', reason: '', shape: null },
      { name: 'gone', state: 'missing', reason: '', shape: null },
      { name: 'all', state: 'ALARM', reason: 'one of them', shape: null },
      { name: 'new', state: 'INSUFFICIENT_DATA', reason: '', shape: null },
      { name: 'lines', state: 'OK', reason: '', shape: null },
    ]);
  });

  it('are asked for by all their types, because a type that is not named is not answered', async () => {
    const aws = aCloudWatch({ DescribeAlarmsCommand: { MetricAlarms: [{ AlarmName: 'errors' }] } });
    await sourcesOf({}, aws, {}).alarms.read(['errors']);
    expect(aws.sent).toEqual([
      {
        name: 'DescribeAlarmsCommand',
        input: {
          AlarmNames: ['errors'],
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
          MaxRecords: 100,
        },
      },
    ]);
  });

  it('that are missing in one answer are asked for once more, by themselves', async () => {
    const errors = { AlarmName: 'errors', StateValue: 'OK' };
    const aws = inTurn({ MetricAlarms: [errors] }, { MetricAlarms: [{ AlarmName: 'late', StateValue: 'ALARM' }] });
    const read = await sourcesOf({}, aws, {}).alarms.read(['errors', 'late']);
    expect(read.map(({ state }) => state)).toEqual(['OK', 'ALARM']);
    expect(aws.sent.map(({ input }) => input['AlarmNames'])).toEqual([['errors', 'late'], ['late']]);
  });

  it('are read from every page of an answer', async () => {
    const aws = inTurn({ NextToken: 'more' }, { MetricAlarms: [{ AlarmName: 'errors', StateValue: 'OK' }] });
    expect(await sourcesOf({}, aws, {}).alarms.read(['errors'])).toMatchObject([{ state: 'OK' }]);
    expect(aws.sent.map(({ input }) => input['NextToken'])).toEqual([undefined, 'more']);
  });

  it.each([
    ['EVALUATION_ERROR', 'OK', 'INSUFFICIENT_DATA'],
    ['EVALUATION_FAILURE', 'OK', 'INSUFFICIENT_DATA'],
    ['EVALUATION_FAILURE', 'ALARM', 'ALARM'],
    ['PARTIAL_DATA', 'OK', 'OK'],
    [undefined, 'OK', 'OK'],
  ])('whose evaluation is %s and that say %s are taken for %s', async (EvaluationState, StateValue, expected) => {
    const aws = aCloudWatch({
      DescribeAlarmsCommand: { LogAlarms: [{ AlarmName: 'lines', StateValue, EvaluationState }] },
    });
    expect(await sourcesOf({}, aws, {}).alarms.read(['lines'])).toMatchObject([{ state: expected }]);
  });

  it('over other alarms are as slow as the slowest of these, which are looked up by the names in the rule', async () => {
    const quick = { AlarmName: 'quick', Period: 60, EvaluationPeriods: 1 };
    const slow = { AlarmName: 'slow, (old)', Period: 300, EvaluationPeriods: 3, DatapointsToAlarm: 2 };
    const aws = inTurn(
      { CompositeAlarms: [{ AlarmName: 'all', StateValue: 'OK', AlarmRule: 'ALARM(quick) OR ALARM("both")' }] },
      { MetricAlarms: [quick], CompositeAlarms: [{ AlarmName: 'both', AlarmRule: 'NOT OK("slow, (old)") AND TRUE' }] },
      { MetricAlarms: [slow] },
    );
    expect(await sourcesOf({}, aws, {}).alarms.read(['all'])).toMatchObject([
      { state: 'OK', shape: { kind: 'composite', periodSeconds: 300, evaluationPeriods: 3, datapointsToAlarm: 2 } },
    ]);
    expect(aws.sent.map(({ input }) => input['AlarmNames'])).toEqual([['all'], ['quick', 'both'], ['slow, (old)']]);
  });

  it('over alarms that lead to no end are looked into so often and no more', async () => {
    let round = 0;
    const sent: unknown[] = [];
    const send = async ({ input }: { input: { AlarmNames: string[] } }) => {
      sent.push(input);
      round++;
      return { CompositeAlarms: input.AlarmNames.map((AlarmName) => ({ AlarmName, AlarmRule: `ALARM(a${round})` })) };
    };
    const cloudwatch = { send } as unknown as Clients['cloudwatch'];
    expect(await sourcesOf({}, { cloudwatch }, {}).alarms.read(['all'])).toMatchObject([{ shape: null }]);
    expect(sent).toHaveLength(5);
  });

  it('that consist of each other have no shape', async () => {
    const of = (AlarmName: string, child: string) => ({ AlarmName, AlarmRule: `ALARM(${child})` });
    const aws = aCloudWatch({ DescribeAlarmsCommand: { CompositeAlarms: [of('a', 'b'), of('b', 'a')] } });
    expect(await sourcesOf({}, aws, {}).alarms.read(['a'])).toMatchObject([{ shape: null }]);
  });

  it('are not asked for without a name', async () => {
    const aws = aCloudWatch({});
    expect(await sourcesOf({}, aws, {}).alarms.read([])).toEqual([]);
    expect(aws.sent).toEqual([]);
  });
});

describe('counts', () => {
  it('are those of both versions through the alias, in periods of the source', async () => {
    const at = (seconds: number) => new Date((T0 + seconds) * 1000);
    const aws = aCloudWatch({
      GetMetricDataCommand: {
        MetricDataResults: [
          { Id: 'candidateInvocations', Timestamps: [at(10)], Values: [6] },
          { Id: 'candidateErrors', Timestamps: [at(10)], Values: [2] },
          { Id: 'stableInvocations', Timestamps: [at(10), at(0)], Values: [50, 54] },
        ],
      },
    });
    const { counts } = sourcesOf({}, aws, environment);
    expect(await counts.read({ ...query, from: T0, until: T0 + 20 })).toEqual([
      { start: T0, stable: { invocations: 54, errors: 0 }, candidate: { invocations: 0, errors: 0 } },
      { start: T0 + 10, stable: { invocations: 50, errors: 0 }, candidate: { invocations: 6, errors: 2 } },
    ]);
    expect(aws.sent[0]?.input).toMatchObject({
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: { Dimensions: [{ Value: 'checkout' }, { Value: 'checkout:live' }, { Value: '41' }] },
            Period: 10,
          },
        },
        {},
        {},
        {},
      ],
    });
  });

  it('name the function, the alias and the executed version in every query: other traffic is not counted', async () => {
    const aws = aCloudWatch({});
    await sourcesOf({}, aws, environment).counts.read({ ...query, from: T0, until: T0 + 20 });
    const queries = aws.sent[0]?.input['MetricDataQueries'] as { Id: string; MetricStat: { Metric: unknown } }[];
    expect(queries.map(({ Id, MetricStat }) => [Id, MetricStat.Metric])).toEqual(
      ['stable', 'candidate'].flatMap((role) =>
        ['Invocations', 'Errors'].map((metric) => [
          `${role}${metric}`,
          {
            Namespace: 'AWS/Lambda',
            MetricName: metric,
            Dimensions: [
              { Name: 'FunctionName', Value: 'checkout' },
              { Name: 'Resource', Value: 'checkout:live' },
              { Name: 'ExecutedVersion', Value: role === 'stable' ? '41' : '42' },
            ],
          },
        ]),
      ),
    );
    expect(aws.sent[0]?.input).toMatchObject({
      StartTime: new Date(T0 * 1000),
      EndTime: new Date((T0 + 20) * 1000),
    });
  });

  const data = (Id: string, StatusCode: string, values: readonly number[]) => ({
    Id,
    StatusCode,
    Timestamps: values.map((_, index) => new Date((T0 + index * 10) * 1000)),
    Values: values,
  });
  const read = (answers: readonly object[]) => {
    const left = [...answers];
    const send = async () => (left.length > 1 ? left.shift() : left[0]);
    const { counts } = sourcesOf({}, { cloudwatch: { send } as unknown as Clients['cloudwatch'] }, environment);
    return counts.read({ ...query, from: T0, until: T0 + 20 });
  };

  it.each(['InternalError', 'Forbidden', 'PartialData', 'SomethingNew'])(
    'are not known if CloudWatch says so of one metric: %s',
    async (status) => {
      const results = [data('stableInvocations', 'Complete', [5]), data('candidateInvocations', status, [5])];
      expect(await read([{ MetricDataResults: results }])).toBeNull();
      expect(await read([{ MetricDataResults: results.toReversed() }])).toBeNull();
    },
  );

  it('come in pages, of which all but the last may be partial', async () => {
    const pages = [
      { MetricDataResults: [data('stableInvocations', 'PartialData', [5])], NextToken: 'more' },
      { MetricDataResults: [data('stableInvocations', 'Complete', [5, 7])] },
    ];
    expect((await read(pages))?.map(({ stable }) => stable.invocations)).toEqual([5, 7]);
  });

  it('are not known if the pages have no end', async () => {
    expect(await read([{ MetricDataResults: [], NextToken: 'again' }])).toBeNull();
  });

  it('are read again, and counted once, if an answer comes without any', async () => {
    vi.useFakeTimers();
    try {
      const empty = { MetricDataResults: [data('stableInvocations', 'Complete', [])] };
      const full = { MetricDataResults: [data('stableInvocations', 'Complete', [5])] };
      const reading = Promise.all([read([empty, full]), read([empty])]);
      await vi.runAllTimersAsync();
      const [again, never] = await reading;
      expect(again?.map(({ stable }) => stable.invocations)).toEqual([5]);
      expect(never).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are not asked for before a period is closed', async () => {
    const aws = aCloudWatch({});
    expect(await sourcesOf({}, aws, environment).counts.read({ ...query, from: T0, until: T0 })).toEqual([]);
    expect(aws.sent).toEqual([]);
  });
});
