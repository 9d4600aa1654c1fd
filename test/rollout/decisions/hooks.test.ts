import { describe, expect, it } from 'vitest';
import { agreed, hookEvent, nextThroughHooks, refusalIn, stageOf } from '../../../lib/rollout/decisions/hooks.ts';
import { atStep } from '../a-rollout.ts';

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
    expect(agreed(atStep(1, hooked), 'beforeTraffic')).toMatchObject({ next: 'preflight', tried: true });
    expect(agreed(atStep(1, hooked), 'afterTraffic')).toMatchObject({ next: 'promote' });
  });
});
