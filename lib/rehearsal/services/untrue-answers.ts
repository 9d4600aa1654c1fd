import type { MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { callsThatCanBeEmpty } from '../scenario/aws-fault.ts';
import type { RehearsedLambda } from './lambda.ts';

/** An answer as it was before the last change. Only GetAlias can be stale: the scenario's schema refuses it for other calls. */
export const staleAnswer = (lambda: RehearsedLambda): object => lambda.getAlias({ stale: true });

/** How each call answers without the data that it was asked for, from the true answer. */
const withoutData: Readonly<Record<(typeof callsThatCanBeEmpty)[number], (output: never) => object>> = {
  'cloudwatch:DescribeAlarms': () => ({ MetricAlarms: [], CompositeAlarms: [] }),
  'cloudwatch:GetMetricData': ({ MetricDataResults: results }: { MetricDataResults: readonly MetricDataResult[] }) => ({
    MetricDataResults: results.map((result) => ({ ...result, Timestamps: [], Values: [] })),
    Messages: [],
  }),
  'lambda:GetFunction': ({ Tags: tags, ...rest }: { Tags?: object }) => {
    const TagsError = { ErrorCode: 'InternalFailure', Message: 'the tags cannot be read (injected by the scenario)' };
    return tags ? { ...rest, TagsError } : rest;
  },
  'states:ListExecutions': () => ({ executions: [] }),
};

/** @throws Error for a call that has no answer without data */
export function emptyAnswer(call: string, output: object): object {
  const known = callsThatCanBeEmpty.find((each) => each === call);
  if (!known) throw new Error(`expected one of ${callsThatCanBeEmpty.join(', ')} for an empty answer, found ${call}`);
  return withoutData[known](output as never);
}
