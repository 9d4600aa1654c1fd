import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { isTornApart, revertPromotion } from '../../../lib/rollout/group/torn.ts';
import { T0 } from '../a-rollout.ts';

const writer = { execution: 'deploy-7', startedAt: T0 };
const ended = (did: 'promoted' | 'reverted', reason = 'alarm errors is in ALARM', by = writer): AliasState => {
  const [from, to] = did === 'promoted' ? ['41', '42'] : ['42', '41'];
  return { ...allTrafficTo(to), description: describeEnd({ did, from, to, reason, ...by }), revisionId: 'r' };
};
const midway: AliasState = {
  ...split('41', '42', 100),
  description: describeShift({ stable: '41', candidate: '42', weight: 100, ...writer }, { number: 4, of: 4 }),
  revisionId: 'r',
};

describe('the members of an execution', () => {
  it.each<[string, readonly (AliasState | null)[], boolean]>([
    ['are torn apart if one is promoted and another was reverted', [ended('promoted'), ended('reverted')], true],
    ['are torn apart if one is promoted and another shows its weights', [ended('promoted'), midway], true],
    ['are whole if all are promoted', [ended('promoted'), ended('promoted')], false],
    ['are whole if all were reverted', [ended('reverted'), ended('reverted')], false],
    ['are whole if none is promoted', [midway, ended('reverted')], false],
    [
      'are whole if a person has rolled one back since',
      [ended('promoted'), ended('reverted', 'rollback by ann: slow')],
      false,
    ],
    [
      'are whole if another rollout has put one back',
      [ended('promoted'), ended('reverted', 'x', { ...writer, execution: 'deploy-8' })],
      false,
    ],
    ['are whole if one does not exist any more', [ended('promoted'), null], false],
  ])('%s', (_, aliases, torn) => {
    expect(isTornApart(aliases, 'deploy-7')).toBe(torn);
  });
});

describe('a promotion that is taken back', () => {
  it('leads to the version before', () => {
    expect(revertPromotion(ended('promoted'), 'deploy-7')).toMatchObject({
      kind: 'write',
      to: allTrafficTo('41'),
      candidate: '42',
      writer,
    });
  });

  it.each<[string, AliasState | null]>([
    ['was put back meanwhile', ended('reverted')],
    ['is of another execution', ended('promoted', 'x', { ...writer, execution: 'deploy-8' })],
    ['was given to somebody else since', { ...ended('promoted'), ...allTrafficTo('43') }],
    ['is gone', null],
  ])('leaves an alias that %s', (_, alias) => {
    expect(revertPromotion(alias, 'deploy-7').kind).toBe('leave');
  });
});
