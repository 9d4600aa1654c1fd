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
      },
    });
    expect(await sourcesOf({}, aws, {}).alarms.read(['errors', 'gone', 'all', 'new'])).toEqual([
      { name: 'errors', state: 'OK', reason: '' },
      { name: 'gone', state: 'missing', reason: '' },
      { name: 'all', state: 'ALARM', reason: 'one of them' },
      { name: 'new', state: 'INSUFFICIENT_DATA', reason: '' },
    ]);
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
