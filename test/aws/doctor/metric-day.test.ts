import { describe, expect, it } from 'vitest';
import { readDay } from '../../../lib/aws/doctor/metric-day.ts';
import { cloudwatch } from '../../../lib/aws/handler/clients.ts';
import { answering } from '../answering.ts';

const now = Date.UTC(2026, 0, 2, 12);
const metric = { Namespace: 'AWS/Lambda', MetricName: 'Errors' };

interface Request {
  readonly MetricDataQueries: readonly { readonly Id: string }[];
  readonly NextToken?: string;
}

/** A CloudWatch that answers each request by a function; and the requests. */
function asked(answer: (request: Request, nth: number) => object) {
  const requests: Request[] = [];
  const client = answering(cloudwatch({ region: 'us-east-1' }), (_, input) => {
    requests.push(input as unknown as Request);
    return answer(input as unknown as Request, requests.length);
  });
  return { client, requests };
}

describe('the last day of metrics', () => {
  it('is asked for hour by hour, with the unit and the account of a metric only if it has them', async () => {
    const { client, requests } = asked(() => ({}));
    const queries = [
      { metric, stat: 'Sum' as const },
      { metric, stat: 'Maximum' as const, unit: 'Count', accountId: '210987654321' },
    ];
    expect(await readDay(client, queries, now)).toEqual([[], []]);
    expect(requests).toStrictEqual([
      {
        MetricDataQueries: [
          { Id: 'm0', MetricStat: { Metric: metric, Stat: 'Sum', Period: 3600 } },
          {
            Id: 'm1',
            AccountId: '210987654321',
            MetricStat: { Metric: metric, Stat: 'Maximum', Period: 3600, Unit: 'Count' },
          },
        ],
        StartTime: new Date('2026-01-01T12:00:00Z'),
        EndTime: new Date('2026-01-02T12:00:00Z'),
        NextToken: undefined,
      },
    ]);
  });

  it('is put together from all pages, in the order of the queries', async () => {
    const { client, requests } = asked((_, nth) =>
      nth === 1
        ? { MetricDataResults: [{ Id: 'm1', Values: [1, 2] }, { Id: 'm0' }], NextToken: 'more' }
        : {
            MetricDataResults: [
              { Id: 'm1', Values: [3] },
              { Id: 'm7', Values: [9] },
            ],
          },
    );
    const queries = [
      { metric, stat: 'Sum' as const },
      { metric, stat: 'Sum' as const },
    ];
    expect(await readDay(client, queries, now)).toEqual([[], [1, 2, 3]]);
    expect(requests.map(({ NextToken }) => NextToken)).toEqual([undefined, 'more']);
  });

  it('takes a request for each 500 metrics, which is as much as CloudWatch allows', async () => {
    const { client, requests } = asked(({ MetricDataQueries }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, Values: [Number(Id.slice(1))] })),
    }));
    const queries = Array.from({ length: 501 }, () => ({ metric, stat: 'Sum' as const }));
    expect(await readDay(client, queries, now)).toEqual(queries.map((_, index) => [index]));
    expect(requests.map(({ MetricDataQueries }) => MetricDataQueries.length)).toEqual([500, 1]);
  });

  it('costs no request if nothing is asked', async () => {
    const { client, requests } = asked(() => ({}));
    expect(await readDay(client, [], now)).toEqual([]);
    expect(requests).toEqual([]);
  });
});
