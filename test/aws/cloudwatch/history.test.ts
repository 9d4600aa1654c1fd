import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import { readHistory } from '../../../lib/aws/cloudwatch/history.ts';
import { answering } from '../answering.ts';

const now = 1_767_225_600;
const alias = { functionName: 'arn:aws:lambda:us-east-1:123456789012:function:checkout', aliasName: 'live' };
const at = (second: number) => new Date(second * 1000);

function reading(results: readonly object[]) {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const client = answering(new CloudWatchClient({ region: 'us-east-1' }), (_, input) => {
    asked.push(input);
    return { MetricDataResults: results };
  });
  return { history: readHistory(client, alias, now), asked };
}

const times = [at(now - 3600), at(now - 360)];
const invocations = { Id: 'invocations', StatusCode: 'Complete', Timestamps: times, Values: [500, 900] };
const errors = { Id: 'errors', StatusCode: 'Complete', Timestamps: times.toReversed(), Values: [2, 1] };

it('the history of an alias is the last day of all its versions together', async () => {
  const { history, asked } = reading([invocations, errors]);
  expect(await history).toEqual({ counts: { invocations: 1400, errors: 3 }, requestsPerSecond: 1 });
  expect(asked).toEqual([
    expect.objectContaining({
      StartTime: at(now - 300 - 86_400),
      EndTime: at(now - 300),
      MetricDataQueries: ['Invocations', 'Errors'].map((MetricName) =>
        expect.objectContaining({
          MetricStat: expect.objectContaining({
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName,
              Dimensions: [
                { Name: 'FunctionName', Value: 'checkout' },
                { Name: 'Resource', Value: 'checkout:live' },
              ],
            },
          }),
        }),
      ),
    }),
  ]);
});

it('a history that did not come in full is not known', async () => {
  expect(await reading([invocations, { ...errors, StatusCode: 'PartialData' }]).history).toBeNull();
  expect(await reading([invocations]).history).toBeNull();
});
