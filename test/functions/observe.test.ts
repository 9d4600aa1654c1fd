import { describe, expect, it } from 'vitest';
import { create } from '../../functions/observe.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import { HOLD_TAG } from '../../lib/rollout/observation.ts';
import { aRollout, T0 } from '../rollout/a-rollout.ts';
import { anAws } from './an-aws.ts';

/** A look at a rollout before its first traffic. */
function look(faults: readonly AwsFault[], tags: Readonly<Record<string, string>> = {}) {
  const { aws, lambda } = anAws(faults);
  Object.assign(lambda.tags, tags);
  const handler = create({ clients: aws.clientsFor('observe'), environment: {}, now: () => T0 + 300 });
  return handler(aRollout({ alarms: [] }));
}

describe('a look', () => {
  it('at a function with a hold keeps the rollout where it is', async () => {
    expect(await look([], { [HOLD_TAG]: 'freeze' })).toMatchObject({ next: 'bake', held: 'freeze' });
  });

  it('at a function without a hold lets it go on', async () => {
    expect(await look([])).toMatchObject({ next: 'shift', held: null });
  });

  it('at a function whose tags cannot be read is repeated: a hold could be there unseen', async () => {
    const unreadable: AwsFault = { call: 'lambda:GetFunction', nth: 1, times: 1, fail: 'empty' };
    await expect(look([unreadable], { [HOLD_TAG]: 'freeze' })).rejects.toThrow('the tags of checkout cannot be read');
    await expect(look([unreadable])).rejects.toThrow('the tags of checkout cannot be read');
  });
});
