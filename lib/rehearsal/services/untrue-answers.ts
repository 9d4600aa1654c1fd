import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { callsThatCanBeEmpty } from '../scenario/aws-fault.ts';
import { describeAlarms } from './cloudwatch.ts';
import type { RehearsedLambda } from './lambda.ts';
import type { Site } from './site.ts';

/** An answer as it was before the last change. Only GetAlias can be stale: the scenario's schema refuses it for other calls. */
export const staleAnswer = (lambda: RehearsedLambda): object => lambda.getAlias({ stale: true });

/** How old the states of alarms are in an outdated answer, in seconds. */
const OUTDATED_SECONDS = 60;

/** Where outdated answers come from. */
export interface Past {
  readonly lambda: RehearsedLambda;
  readonly sites: readonly Site[];
  readonly second: number;
}

/** The alarms of a minute ago, or the tags before their last change; every other answer as it is. */
export function outdatedAnswer(call: string, input: object, output: object, { lambda, sites, second }: Past): object {
  if (call === 'cloudwatch:DescribeAlarms') return describeAlarms(sites, input, second - OUTDATED_SECONDS);
  return 'Tags' in output ? { ...output, Tags: lambda.staleTags } : output;
}

type MetricData = { readonly MetricDataResults: readonly MetricDataResult[] };

/** GetMetricData that has only the first half of the values of each metric. */
export const partialData = (output: object): object => ({
  ...output,
  MetricDataResults: (output as MetricData).MetricDataResults.map((result) => {
    const half = Math.floor((result.Values?.length ?? 0) / 2);
    const { Timestamps = [], Values = [] } = result;
    return {
      ...result,
      Timestamps: Timestamps.slice(0, half),
      Values: Values.slice(0, half),
      StatusCode: 'PartialData' satisfies MetricDataResult['StatusCode'],
    };
  }),
});

/** GetMetricData that could not read any metric. */
export const unreadData = (output: object): object => ({
  ...output,
  MetricDataResults: (output as MetricData).MetricDataResults.map((result) => ({
    ...result,
    Timestamps: [],
    Values: [],
    StatusCode: 'InternalError' satisfies MetricDataResult['StatusCode'],
  })),
});

/** DescribeAlarms whose alarms keep their states, although CloudWatch cannot evaluate them. */
export function unevaluated(output: object): object {
  const lists = Object.entries(output).map(([list, alarms]) => [
    list,
    (alarms as readonly object[]).map((alarm) => ({ ...alarm, EvaluationState: 'EVALUATION_ERROR' })),
  ]);
  return Object.fromEntries(lists);
}

/** How each call answers without the data that it was asked for, from the true answer. */
const withoutData: Readonly<Record<(typeof callsThatCanBeEmpty)[number], (output: never) => object>> = {
  'cloudwatch:DescribeAlarms': () => ({ MetricAlarms: [], CompositeAlarms: [], LogAlarms: [] }),
  'cloudwatch:GetMetricData': ({ MetricDataResults: results }: { MetricDataResults: readonly MetricDataResult[] }) => ({
    MetricDataResults: results.map((result) => ({ ...result, Timestamps: [], Values: [] })),
    Messages: [],
  }),
  'lambda:GetFunction': ({ Tags: tags, ...rest }: { Tags?: object }) => {
    const TagsError = { ErrorCode: 'InternalFailure', Message: 'the tags cannot be read (injected by the scenario)' };
    return tags ? { ...rest, TagsError } : rest;
  },
  'logs:GetQueryResults': (output: object) => ({ ...output, results: [] }),
  'states:ListExecutions': () => ({ executions: [] }),
};

/** @throws Error for a call that has no answer without data */
export function emptyAnswer(call: string, output: object): object {
  const known = callsThatCanBeEmpty.find((each) => each === call);
  if (!known) throw new Error(`expected one of ${callsThatCanBeEmpty.join(', ')} for an empty answer, found ${call}`);
  return withoutData[known](output as never);
}
