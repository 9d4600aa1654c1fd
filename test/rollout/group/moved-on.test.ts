import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, type Routing, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { hasMovedOn } from '../../../lib/rollout/group/moved-on.ts';
import { atStep, execution, T0 } from '../a-rollout.ts';

/** A rollout from 41 to 42. */
const member = atStep(3);
const later = { execution: 'deploy-8', startedAt: T0 + 60 };
const earlier = { execution: 'deploy-6', startedAt: T0 - 3600 };

const showing = (routing: Routing, description: string): AliasState => ({ ...routing, description, revisionId: 'r' });
const begun = (stable: string, weight = 20, by: typeof later = later): string =>
  describeShift({ stable, candidate: '43', weight, ...by }, { number: 1, of: 4 });
const ended = (did: 'promoted' | 'reverted', from: string, to: string, by: typeof later = later): string =>
  describeEnd({ did, from, to, reason: 'so it ended', ...by });

describe('a member of a group', () => {
  it.each<[string, AliasState]>([
    ['a later rollout has begun at its candidate', showing(split('42', '43', 20), begun('42'))],
    [
      'a rollout that was started at the same second has',
      showing(split('42', '43', 20), begun('42', 20, { ...later, startedAt: execution.startedAt })),
    ],
    ['a later rollout has led on from its candidate', showing(allTrafficTo('43'), ended('promoted', '42', '43'))],
    ['a later rollout was put back to its candidate', showing(allTrafficTo('42'), ended('reverted', '43', '42'))],
  ])('has moved on if %s', (_, alias) => {
    expect(hasMovedOn(member, alias)).toBe(true);
  });

  it.each<[string, AliasState | null]>([
    ['its alias is gone', null],
    ['nobody has written a description', showing(split('42', '43', 20), '')],
    ['a later rollout began at the version before', showing(split('41', '43', 20), begun('41'))],
    ['a later rollout was put back to the version before', showing(allTrafficTo('41'), ended('reverted', '43', '41'))],
    ['an earlier rollout shows weights', showing(split('42', '43', 20), begun('42', 20, earlier))],
    [
      'the rollout itself was promoted',
      showing(allTrafficTo('42'), ended('promoted', '41', '42', { execution: execution.name, startedAt: T0 })),
    ],
    [
      'the rollout itself was put back',
      showing(allTrafficTo('41'), ended('reverted', '42', '41', { execution: execution.name, startedAt: T0 })),
    ],
    ['somebody has changed the weights of the later rollout', showing(split('42', '43', 7), begun('42'))],
    [
      'somebody has changed what the later rollout ended with',
      showing(allTrafficTo('40'), ended('promoted', '42', '43')),
    ],
  ])('has not if %s', (_, alias) => {
    expect(hasMovedOn(member, alias)).toBe(false);
  });
});
