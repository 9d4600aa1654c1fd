import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { RolloutAlias, RolloutPolicy } from '../../lib/index.ts';
import { aStack, resourcesOf, statementsOf } from './a-stack.ts';
import before from './template-of-0.1.json' with { type: 'json' };

/** The stack whose template of release 0.1 is beside this file: the types of its resources by their logical ids. */
const stack = aStack();
const aFunction = (id: string) =>
  new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
new RolloutAlias(stack, 'Live', {
  function: aFunction('Checkout'),
  aliasName: 'live',
  policy: RolloutPolicy.preset('AllAtOnce'),
  hooks: { eachStep: [aFunction('Smoke')] },
  provisionedConcurrency: 5,
});
const after = resourcesOf(stack);
const old = Object.entries<string>(before);

/**
 * CloudFormation makes and updates resources first, and deletes what the template no longer has in the cleanup after the commit. (AWS:
 * CloudFormation, "Update behaviors of stack resources".)
 */
describe('an upgrade from release 0.1', () => {
  it('keeps every function, role, log group, rule and the state machine: a running rollout calls what it began with', () => {
    const kept = old.filter(([, type]) => type !== 'AWS::IAM::Policy');
    expect(kept.length).toBeGreaterThan(35);
    expect(kept.filter(([id, type]) => after[id]?.Type !== type)).toEqual([]);
  });

  it('takes policies away in the cleanup only, when roles and tags have what replaces them', () => {
    const gone = old.filter(([id]) => !after[id]);
    expect(new Set(gone.map(([, type]) => type))).toEqual(new Set(['AWS::IAM::Policy']));
    for (const role of ['Preflight', 'Shift', 'Observe', 'Revert', 'RunHooks', 'Provision']) {
      const statements = statementsOf(stack, `SluiceController${role}Role`);
      expect(statements.some(({ conditions }) => JSON.stringify(conditions ?? {}).includes('aws:ResourceTag/'))).toBe(
        true,
      );
    }
  });

  it('publishes no version by the way, so that no rollout starts', () => {
    const versions = (ids: readonly string[]) => ids.filter((id) => id.startsWith('CheckoutCurrentVersion'));
    expect(versions(Object.keys(after))).toEqual(versions(Object.keys(before)));
  });
});
