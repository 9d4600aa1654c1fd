import { describe, expect, it } from 'vitest';
import { cloudWatchCounts } from '../../../lib/aws/cloudwatch/counts.ts';
import { cloudwatch } from '../../../lib/aws/handler/clients.ts';
import type { StreamsQuery } from '../../../lib/aws/source.ts';
import type { Period } from '../../../lib/rollout/observation.ts';
import { answering } from '../answering.ts';

const start = 1_767_225_600;
const query = {
  functionName: 'arn:aws:lambda:us-east-1:123456789012:function:checkout',
  aliasName: 'live',
  stable: '41',
  candidate: '42',
  from: start,
  until: start + 60,
};
const signal = {
  name: 'http-5xx',
  namespace: 'Shop',
  failures: 'Http5xx',
  requests: 'Requests',
  versionDimension: 'version',
  dimensions: { service: 'checkout' },
};

interface Asked {
  readonly Id: string;
  readonly MetricStat: { readonly Metric: object; readonly Stat: string; readonly Period: number };
}

/** What is read if CloudWatch has these values of one minute, by id, and what it was asked for. */
async function reading(streams: StreamsQuery, values: Readonly<Record<string, number>>) {
  let asked: readonly Asked[] = [];
  const client = answering(cloudwatch({ region: 'us-east-1' }), (_, { MetricDataQueries }) => {
    asked = MetricDataQueries as readonly Asked[];
    return {
      MetricDataResults: asked
        .map(({ Id }) => {
          const value = values[Id];
          return {
            Id,
            Timestamps: value === undefined ? [] : [new Date(start * 1000)],
            Values: value ?? [],
            StatusCode: 'Complete',
          };
        })
        .map((result) => ({ ...result, Values: [result.Values].flat() })),
    };
  });
  const source = cloudWatchCounts.create({ cloudwatch: client }, { periodSeconds: 60, delaySeconds: 60 });
  const [period] = (await source.read({ ...query, streams })) as readonly Period[];
  return { asked, streams: period?.streams, milliseconds: period?.milliseconds };
}

const served = { stableInvocations: 90, stableErrors: 0, candidateInvocations: 10, candidateErrors: 0 };

describe('how long requests took', () => {
  it('is the sum of their durations by version', async () => {
    const values = { ...served, stableMilliseconds: 9000, candidateMilliseconds: 1500 };
    const { asked, milliseconds } = await reading({ slowerThan: null, signals: [] }, values);
    expect(asked.find(({ Id }) => Id === 'candidateMilliseconds')?.MetricStat).toMatchObject({
      Metric: { MetricName: 'Duration' },
      Stat: 'Sum',
    });
    expect(milliseconds).toEqual({ stable: 9000, candidate: 1500 });
  });
});

describe('the counts of streams', () => {
  it('are asked for by version: throttles, what is slower than the bound, and both metrics of a signal with all its dimensions', async () => {
    const { asked } = await reading({ slowerThan: 800, signals: [signal] }, served);
    const of = (id: string) => asked.find(({ Id }) => Id === id)?.MetricStat;
    const version = [
      { Name: 'FunctionName', Value: 'checkout' },
      { Name: 'Resource', Value: 'checkout:live' },
      { Name: 'ExecutedVersion', Value: '42' },
    ];
    expect(of('candidateThrottles')).toEqual({
      Metric: { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Dimensions: version },
      Stat: 'Sum',
      Period: 60,
    });
    expect(of('candidateSlow')).toMatchObject({ Metric: { MetricName: 'Duration' }, Stat: 'TC(800:)' });
    const dimensions = [
      { Name: 'service', Value: 'checkout' },
      { Name: 'version', Value: '41' },
    ];
    expect(of('stableSignal0Failures')).toEqual({
      Metric: { Namespace: 'Shop', MetricName: 'Http5xx', Dimensions: dimensions },
      Stat: 'Sum',
      Period: 60,
    });
    expect(of('stableSignal0Requests')).toMatchObject({ Metric: { MetricName: 'Requests' } });
    expect(new Set(asked.map(({ Id }) => Id)).size).toBe(asked.length);
  });

  it('are not asked for latency and signals if the policy does not', async () => {
    const { asked, streams } = await reading({ slowerThan: null, signals: [] }, served);
    expect(asked).toHaveLength(8);
    expect(Object.keys(streams ?? {})).toEqual(['throttles']);
  });

  it('count a throttled request as one that was tried, beside the invocations', async () => {
    const { streams } = await reading({ slowerThan: null, signals: [] }, { ...served, candidateThrottles: 5 });
    expect(streams?.['throttles']).toEqual({
      stable: { invocations: 90, errors: 0 },
      candidate: { invocations: 15, errors: 5 },
    });
  });

  it('compare slow invocations with all of them', async () => {
    const { streams } = await reading({ slowerThan: 800, signals: [] }, { ...served, candidateSlow: 3, stableSlow: 1 });
    expect(streams?.['latency']).toEqual({
      stable: { invocations: 90, errors: 1 },
      candidate: { invocations: 10, errors: 3 },
    });
  });

  it('take the requests of a signal from its own metric, or else the invocations', async () => {
    const failing = { ...served, candidateSignal0Failures: 2, candidateSignal0Requests: 8 };
    const told = await reading({ slowerThan: null, signals: [signal] }, failing);
    expect(told.streams?.['http-5xx']?.candidate).toEqual({ invocations: 8, errors: 2 });
    const { requests: _, ...withoutRequests } = signal;
    const untold = await reading({ slowerThan: null, signals: [withoutRequests] }, failing);
    expect(untold.streams?.['http-5xx']).toEqual({
      stable: { invocations: 90, errors: 0 },
      candidate: { invocations: 10, errors: 2 },
    });
  });

  it('have a signal of which one version alone has data', async () => {
    const quiet = { ...served, stableSignal0Failures: 0, stableSignal0Requests: 90 };
    const { streams } = await reading({ slowerThan: null, signals: [signal] }, quiet);
    expect(streams?.['http-5xx']).toEqual({
      stable: { invocations: 90, errors: 0 },
      candidate: { invocations: 0, errors: 0 },
    });
  });

  it('have nothing of a signal without any data', async () => {
    const { streams } = await reading({ slowerThan: null, signals: [signal] }, served);
    expect(streams).not.toHaveProperty('http-5xx');
  });
});

describe("the stable version's 99th percentile", () => {
  const reads = (values: readonly number[]) => {
    const client = answering(cloudwatch({ region: 'us-east-1' }), () => ({
      MetricDataResults: [{ Id: 'stableP99', Values: values }],
    }));
    const { candidate: _, from: __, ...asked } = query;
    return cloudWatchCounts.create({ cloudwatch: client }, { periodSeconds: 60, delaySeconds: 60 }).stableP99(asked);
  };

  it('is the slower one of the days that the last one lies in, in whole milliseconds', async () => {
    expect(await reads([412.3, 520.1])).toBe(521);
  });

  it('is not known if the version has served nothing', async () => {
    expect(await reads([])).toBeNull();
  });
});
