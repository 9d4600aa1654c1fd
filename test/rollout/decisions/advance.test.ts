import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { endOf, ownerOf } from '../../../lib/rollout/alias/description.ts';
import { advanceOf } from '../../../lib/rollout/decisions/advance.ts';
import { aliasShowing, aRollout, atStep } from '../a-rollout.ts';

describe('an advance', () => {
  it('gives exactly the next weight, in the name of the rollout', () => {
    const rollout = atStep(0);
    const decision = advanceOf(rollout, aliasShowing(rollout, split('41', '42', 10)), 'ann');
    expect(decision).toMatchObject({ kind: 'write', to: split('41', '42', 40), weight: 40, promotes: false });
    if (decision.kind !== 'write') return;
    const after = aliasShowing(rollout, decision.to, decision.description);
    expect(ownerOf(after)).toMatchObject({ execution: 'deploy-7', weight: 40 });
  });

  it('promotes after the last weight, and says who did', () => {
    const rollout = atStep(3);
    const decision = advanceOf(rollout, aliasShowing(rollout, split('41', '42', 100)), 'ann');
    expect(decision).toMatchObject({ kind: 'write', to: allTrafficTo('42'), promotes: true });
    if (decision.kind !== 'write') return;
    expect(endOf(aliasShowing(rollout, decision.to, decision.description))).toMatchObject({
      did: 'promoted',
      reason: 'promoted by ann before it had settled',
    });
  });

  it.each([
    ['the alias is gone', atStep(0), null],
    ['there is no traffic yet', aRollout(), aliasShowing(aRollout(), allTrafficTo('41'))],
    ['the last advance is not taken up yet', atStep(0), aliasShowing(atStep(0), split('41', '42', 40))],
    ['somebody has set something else', atStep(0), aliasShowing(atStep(0), split('41', '42', 37))],
    [
      'the rollout moves on by itself',
      { ...atStep(0), next: 'shift' as const },
      aliasShowing(atStep(0), split('41', '42', 10)),
    ],
    [
      'the rollout has ended meanwhile, whatever it has seen',
      { ...atStep(0), next: 'promoted' as const, seen: allTrafficTo('42') },
      aliasShowing(atStep(0), allTrafficTo('42')),
    ],
  ])('is refused where %s', (_, rollout, alias) => {
    expect(advanceOf(rollout, alias, 'ann')).toMatchObject({ kind: 'refuse', why: expect.stringMatching(/./) });
  });
});
