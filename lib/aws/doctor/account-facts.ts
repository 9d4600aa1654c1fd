import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { readDay } from './metric-day.ts';

/** The concurrency that no function has reserved, and its peak use within the last day. */
export interface AccountFacts {
  readonly unreserved: number | null;
  readonly unreservedPeak: number | null;
}

/** Reads them; `now` is in milliseconds since 1970. */
export async function readAccount(
  { lambda, cloudwatch }: { readonly lambda: LambdaClient; readonly cloudwatch: CloudWatchClient },
  now: number,
): Promise<AccountFacts> {
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const metric = { Namespace: 'AWS/Lambda', MetricName: 'UnreservedConcurrentExecutions' };
  const [values = []] = await readDay(cloudwatch, [{ metric, stat: 'Maximum' }], now);
  return {
    unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? null,
    unreservedPeak: highest(values),
  };
}

/** How much a function was used within the last day. */
export interface LoadFacts {
  readonly throttles: number;
  /** The most executions at once; null if there is no data. */
  readonly functionPeak: number | null;
}

/** Reads it; `now` is in milliseconds since 1970. */
export async function readLoad(cloudwatch: CloudWatchClient, functionName: string, now: number): Promise<LoadFacts> {
  const Dimensions = [{ Name: 'FunctionName', Value: functionName }];
  const metric = (MetricName: string) => ({ Namespace: 'AWS/Lambda', MetricName, Dimensions });
  const [throttles = [], executions = []] = await readDay(
    cloudwatch,
    [
      { metric: metric('Throttles'), stat: 'Sum' },
      { metric: metric('ConcurrentExecutions'), stat: 'Maximum' },
    ],
    now,
  );
  return { throttles: throttles.reduce((sum, value) => sum + value, 0), functionPeak: highest(executions) };
}

const highest = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
