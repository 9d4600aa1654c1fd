import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { create as announceApproval } from '../../functions/announce-approval.ts';
import { create as observe } from '../../functions/observe.ts';
import { create as preflight } from '../../functions/preflight.ts';
import { create as provision } from '../../functions/provision.ts';
import { create as revert } from '../../functions/revert.ts';
import { create as runHooks } from '../../functions/run-hooks.ts';
import { create as shift } from '../../functions/shift.ts';
import type { HandlerFactory } from '../../lib/aws/handler/entry.ts';
import { type AliasState, allTrafficTo, split } from '../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import { T0 } from '../rollout/a-rollout.ts';
import { alone } from './alone.ts';
import { anAws } from './an-aws.ts';

/**
 * A document as release 0.1 wrote it at 40 %, with a bag of numbers and fields of its policy that are refused today. Its alarm is left
 * out, for there is none in this AWS.
 */
const document = JSON.parse(
  readFileSync(new URL('../rollout/document/rollout-of-0.1.json', import.meta.url), 'utf8'),
  (key, value) => (key === 'alarms' ? [] : value),
);

const shown: AliasState = {
  ...split('41', '42', 40),
  description: describeShift(
    { stable: '41', candidate: '42', weight: 40, execution: 'deploy-7', startedAt: T0 },
    { number: 2, of: 4 },
  ),
  revisionId: 'r',
};

/** The AWS of that rollout, and what a handler of this release makes of the document. */
function handling(name: string, create: HandlerFactory, alias: AliasState = shown) {
  const { aws, lambda } = anAws();
  lambda.alias = alias;
  const handler = create({ clients: aws.clientsFor(name), environment: {}, now: () => T0 + 400 });
  return { aws, lambda, handler };
}

describe('a rollout that release 0.1 began goes on', () => {
  it('when it is observed', async () => {
    const { handler } = handling('observe', observe as HandlerFactory);
    expect(await handler(document)).toMatchObject({ next: 'bake', warmedBeside: '41', observations: 2 });
  });

  it('when it is shifted', async () => {
    const { handler, lambda } = handling('shift', shift as HandlerFactory);
    const next = { ...document, next: 'shift', wanted: split('41', '42', 70) };
    expect(await handler(next)).toMatchObject({ next: 'bake', step: 2 });
    expect(lambda.alias).toMatchObject(split('41', '42', 70));
  });

  it('when it waits for its start', async () => {
    const early = { ...document, step: -1, next: 'preflight', memory: { pendingLooks: 2 }, passed: [], journal: [] };
    const alias = { ...allTrafficTo('41'), description: '', revisionId: 'r' };
    const { handler } = handling('preflight', preflight as HandlerFactory, alias);
    expect(await handler(early)).toMatchObject({ next: 'shift', pendingLooks: 2, preflights: 4 });
  });

  it('when its hooks are called', async () => {
    const hooks = { beforeTraffic: [], eachStep: ['probe'], afterTraffic: [] };
    const { handler } = handling('run-hooks', runHooks as HandlerFactory);
    expect(await handler({ ...document, policy: { ...document.policy, hooks }, next: 'eachStep' })).toMatchObject({
      next: 'bake',
    });
  });

  it('when its versions are warmed', async () => {
    const { handler } = handling('provision', provision as HandlerFactory, {
      ...allTrafficTo('41'),
      description: '',
      revisionId: 'r',
    });
    expect(await handler({ ...document, step: -1, warmed: false, next: 'warm' })).toMatchObject({
      next: 'awaitCommit',
      warmLooks: 13,
    });
  });

  it('when the version that it was warmed beside is released', async () => {
    const { handler, lambda } = handling('provision', provision as HandlerFactory, {
      ...allTrafficTo('42'),
      description: '',
      revisionId: 'r',
    });
    for (const Qualifier of ['41', '42']) {
      lambda.putProvisionedConcurrencyConfig(
        { FunctionName: 'checkout', Qualifier, ProvisionedConcurrentExecutions: 5 },
        0,
      );
    }
    expect(await handler({ ...document, stable: '42', next: 'promoted' })).toMatchObject({ toRelease: false });
    expect(lambda.provisionedConcurrency).toEqual({ 42: 5 });
  });

  it('when a person is asked', async () => {
    const { handler, aws } = handling('announce-approval', announceApproval as HandlerFactory);
    await handler({ rollout: { ...document, next: 'awaitApproval', approval: 'asked' }, taskToken: 'token' });
    expect(aws.calls.map(({ action }) => action)).toEqual(['events:PutEvents']);
  });

  it('when it is reverted', async () => {
    const { handler, lambda } = handling('revert', revert as HandlerFactory);
    expect(await handler({ ...document, next: 'revert', reason: 'an alarm' })).toMatchObject({
      next: 'rolledBack',
      reason: 'an alarm',
      report: { outcome: 'rolledBack', steps: [{ weight: 10 }, { weight: 40 }] },
    });
    expect(lambda.alias).toMatchObject(alone('41'));
  });
});

describe('a document that cannot be gone on with', () => {
  it.each([
    ['observe', observe],
    ['shift', shift],
    ['preflight', preflight],
    ['run-hooks', runHooks],
    ['provision', provision],
  ] as [string, HandlerFactory][])('is not touched by %s, which leaves it to the revert', async (name, create) => {
    const { handler, aws } = handling(name, create);
    await expect(handler({ ...document, plan: 'none' })).rejects.toThrow('plan');
    expect(aws.calls).toEqual([]);
  });

  it.each(['plan', 'policy', 'seen', 'journal', 'execution', 'passed', 'shiftedAt', 'reason'])(
    'is reverted, whatever its %s is',
    async (field) => {
      const { handler, lambda } = handling('revert', revert as HandlerFactory);
      const damaged = { ...document, [field]: { not: 'this' } };
      expect(await handler(damaged)).toMatchObject({ next: expect.stringMatching(/rolledBack|superseded/) });
      if (field !== 'execution') expect(lambda.alias).toMatchObject(alone('41'));
    },
  );
});
