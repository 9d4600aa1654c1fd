import * as z from 'zod';
import { operatorActionSchema } from './operator-action.ts';
import { counted } from './values.ts';

/** The calls that can answer without the data that they were asked for. */
export const callsThatCanBeEmpty = [
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'lambda:GetFunction',
  'logs:GetQueryResults',
  'states:ListExecutions',
] as const;

/** The values of `fail` that only some calls have. */
const callsWith: Readonly<Record<string, readonly string[]>> = {
  stale: ['lambda:GetAlias'],
  outdated: ['cloudwatch:DescribeAlarms', 'lambda:GetFunction'],
  partial: ['cloudwatch:GetMetricData'],
  unread: ['cloudwatch:GetMetricData'],
  unevaluated: ['cloudwatch:DescribeAlarms'],
  slow: ['lambda:Invoke'],
  throws: ['lambda:Invoke'],
  refuses: ['lambda:Invoke'],
  oldRouting: ['lambda:UpdateAlias'],
  queryFails: ['logs:GetQueryResults'],
  queryHangs: ['logs:GetQueryResults'],
  empty: callsThatCanBeEmpty,
};

export const awsFaultSchema = z
  .strictObject({
    call: z.string().regex(/^[a-z]+:[A-Z][A-Za-z]+$/, { error: 'expected a call such as "lambda:UpdateAlias"' }),
    ...counted,
    /**
     * The name of an AWS error, or one of:
     *
     * - `timeout`: the call is applied, and its answer is lost;
     * - `crash`, `crashBefore`: the handler dies right after or right before the call;
     * - `outlive`: the handler hangs until its Task is given up, then makes the call and goes on;
     * - `stale`: GetAlias shows the alias as it was before its last change;
     * - `outdated`: the answer shows the alarms of a minute ago, or the tags before their last change;
     * - `empty`: the answer has no data;
     * - `partial`: GetMetricData has half of the values, as PartialData;
     * - `unread`: GetMetricData has no values, as InternalError;
     * - `unevaluated`: CloudWatch cannot evaluate the alarms, which keep their states;
     * - `slow`: the hook takes ten minutes;
     * - `throws`, `refuses`: the hook throws, or answers that it does not agree;
     * - `queryFails`, `queryHangs`: the query of the log has ended as Failed, or goes on;
     * - `oldRouting`: for some seconds after the write, traffic still goes where it went before;
     * - `operator`: an operator does what `operator` says just before the call is applied.
     */
    fail: z.string().min(1, { error: 'expected the name of an AWS error, "timeout" or "crash"' }),
    operator: operatorActionSchema.optional(),
  })
  .superRefine(({ call, fail, operator }, context) => {
    const calls = callsWith[fail];
    if (calls && !calls.includes(call)) {
      const message = `expected ${calls.join(' or ')}, which alone can be "${fail}"`;
      context.addIssue({ code: 'custom', path: ['call'], input: call, message });
    }
    if ((fail === 'operator') !== (operator !== undefined)) {
      const message = 'expected the action of the operator if "fail" is "operator", and no action otherwise';
      context.addIssue({ code: 'custom', path: ['operator'], input: operator, message });
    }
  });

/** Calls to AWS that fail, and how. */
export type AwsFault = z.output<typeof awsFaultSchema>;
