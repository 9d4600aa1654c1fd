import { describe, expect, it } from 'vitest';
import { agreed, hookEvent, nextThroughHooks, refusalIn, stageOf } from '../../../lib/rollout/decisions/hooks.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { atStep, T0 } from '../a-rollout.ts';

const hooked = { hooks: { beforeTraffic: ['smoke'], afterTraffic: ['report'] } };

describe('a hook', () => {
  it('is given the rollout and the qualified ARN of the candidate, which it can invoke', () => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:checkout';
    const event = hookEvent(atStep(1, hooked), 'beforeTraffic');
    expect(event).toMatchObject({
      schema: 1,
      stage: 'beforeTraffic',
      candidate: `${arn}:42`,
      rollout: { stable: '41', weight: 40 },
    });
    expect(hookEvent({ ...atStep(1), functionName: arn }, 'eachStep').candidate).toBe(`${arn}:42`);
  });

  it.each([
    [{ ok: false, reason: 'no stock' }, 'hook smoke refused the version: no stock'],
    [{ ok: false }, 'hook smoke refused the version: it gave no reason'],
    [{ ok: false, reason: 'x'.repeat(2000) }, expect.stringMatching(/^.{1,540}\.\.\.$/)],
  ])('that answers %j refuses', (answer, expected) => {
    expect(refusalIn('smoke', answer)).toEqual(expected);
  });

  it.each([[{ ok: true }], [null], ['fine'], [{}], [{ ok: 'false' }]])('that answers %j agrees', (answer) => {
    expect(refusalIn('smoke', answer)).toBeUndefined();
  });
});

describe('a stage', () => {
  it('is known by where the rollout goes next, and by nothing else', () => {
    expect(stageOf({ ...atStep(1), next: 'eachStep' })).toBe('eachStep');
    expect(() => stageOf({ ...atStep(1), next: 'bake' })).toThrow('found one at bake');
  });

  it('without hooks is passed over', () => {
    expect(nextThroughHooks(atStep(1, hooked), 'eachStep')).toBe('bake');
    expect(nextThroughHooks(atStep(1, hooked), 'afterTraffic')).toBe('afterTraffic');
  });

  it('before the first traffic leads back to preflight: it may have taken long', () => {
    expect(agreed(atStep(1, hooked), 'beforeTraffic', T0)).toMatchObject({ next: 'preflight', tried: true });
  });

  it('after the last step leads back to a look, and then past its hooks', () => {
    const looked = agreed({ ...atStep(1, hooked), definition: 2 }, 'afterTraffic', T0);
    expect(looked).toMatchObject({ next: 'bake', waitSeconds: 0, agreed: true });
    expect(nextThroughHooks(looked, 'afterTraffic')).toBe('promote');
  });

  it('after the last step leads to the promotion if the definition knows no other way', () => {
    expect(agreed(atStep(1, hooked), 'afterTraffic', T0)).toMatchObject({ next: 'promote' });
  });

  it.each(['beforeTraffic', 'eachStep', 'afterTraffic'] as const)(
    '%s leaves all else in the document as it was',
    (stage) => {
      const rollout = { ...atStep(1, hooked), definition: 2 };
      const ways = ({ next, waitSeconds, tried, agreed, ...rest }: Rollout) => rest;
      expect(ways(agreed(rollout, stage, T0))).toEqual(ways(rollout));
    },
  );

  it('of each step costs nobody a look: its time counts for the wait', () => {
    const baking = atStep(1, hooked);
    const after = (seconds: number) => agreed(baking, 'eachStep', T0 + seconds).waitSeconds;
    expect([0, 20, 840].map(after)).toEqual([baking.waitSeconds, baking.waitSeconds - 20, 0]);
  });
});
