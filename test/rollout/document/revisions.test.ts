import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLeftBehind, movedOn, noRevisions } from '../../../lib/rollout/document/revisions.ts';

const alias = (revisionId: string) => ({
  functionVersion: '41',
  additionalVersionWeights: {},
  description: '',
  revisionId,
});

describe('the revisions that a rollout has met', () => {
  it('are left behind by a write: what was read before it is the past', () => {
    const first = movedOn(noRevisions, [], 'r1');
    const second = movedOn(first, ['r1', 'r2'], 'r3');
    expect(second).toEqual({ last: 'r3', left: ['r1', 'r2'] });
    expect(['r1', 'r2', 'r3', 'r4'].filter((each) => isLeftBehind(second, alias(each)))).toEqual(['r1', 'r2']);
  });

  it('stay as they are if Lambda tells none', () => {
    expect(movedOn({ last: 'r1', left: ['r0'] }, ['r1'], '')).toEqual({ last: 'r1', left: ['r0'] });
    expect(isLeftBehind(movedOn(noRevisions, ['', 'r1'], 'r2'), alias(''))).toBe(false);
  });

  it('are few, the latest, and never count the one that the alias shows as left behind', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(fc.stringMatching(/^r\d$/), { maxLength: 3 }), fc.nat(30)), { maxLength: 60 }),
        (moves) => {
          const end = moves.reduce((met, [read, shown]) => movedOn(met, read, `r${shown}`), noRevisions);
          expect(end.left.length).toBeLessThanOrEqual(20);
          expect(end.left).not.toContain(end.last);
        },
      ),
    );
  });
});
