import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AliasState, allTrafficTo, carriesWeights, split } from '../../../lib/rollout/alias/alias.ts';
import { describeShift, withOwnerMark } from '../../../lib/rollout/alias/description.ts';
import { type Claim, existingChoices, farewellTo, ownershipOf } from '../../../lib/rollout/alias/ownership.ts';

const marks = { made: '0123456789ab', adopted: 'ba9876543210' };
const FOREIGN = 'ffffffffffff';
const fresh: Claim = {
  functionName: 'checkout',
  aliasName: 'live',
  stateMachineArn: 'one',
  existing: 'fail',
  marks,
  before: undefined,
};
const updated = {
  ...fresh,
  before: { functionName: 'checkout', aliasName: 'live', stateMachineArn: 'one' },
};

const shifting = describeShift(
  { stable: '41', candidate: '42', weight: 10, execution: 'deploy-7', startedAt: 1_767_225_600 },
  { number: 1, of: 2 },
);
const aliasOf = (mark: string | undefined, rolling = false): AliasState => ({
  ...(rolling ? split('41', '42', 10) : allTrafficTo('41')),
  description: withOwnerMark(rolling ? shifting : 'ours', mark),
  revisionId: 'r',
});

const anyMark = fc.constantFrom(undefined, marks.made, marks.adopted, FOREIGN);
const anyAlias = fc.option(fc.tuple(anyMark, fc.boolean()).map(([mark, rolling]) => aliasOf(mark, rolling)));
const anyClaim = fc.record({
  ...Object.fromEntries(Object.entries(fresh).map(([key, value]) => [key, fc.constant(value)])),
  existing: fc.constantFrom(...existingChoices),
  before: fc.constantFrom(undefined, updated.before, { ...updated.before, stateMachineArn: 'another' }, {}),
}) as unknown as fc.Arbitrary<Claim>;

describe('a resource', () => {
  it.each([
    ['makes the alias that does not exist', null, fresh, 'make'],
    ['owns the alias that it made', aliasOf(marks.made), fresh, 'own'],
    ['owns the alias that it adopted', aliasOf(marks.adopted), updated, 'own'],
    ['adopts an alias of nobody if it is told to', aliasOf(undefined), { ...fresh, existing: 'adopt' }, 'adopt'],
    [
      'adopts an alias of nobody if it is told to take it over',
      aliasOf(undefined),
      { ...fresh, existing: 'takeOver' },
      'adopt',
    ],
    ['takes an alias over if it is told to', aliasOf(FOREIGN), { ...fresh, existing: 'takeOver' }, 'adopt'],
    ['takes an alias back if it is told to', aliasOf(FOREIGN), { ...updated, existing: 'takeOver' }, 'adopt'],
    ['gets its alias back if somebody has rewritten the description', aliasOf(undefined), updated, 'adopt'],
    ['goes on owning its alias during a rollout', aliasOf(marks.made, true), updated, 'own'],
  ] as const)('%s', (_, alias, claim, kind) => {
    expect(ownershipOf(alias, claim).kind).toBe(kind);
  });

  it.each([
    ['an alias of nobody, unasked', aliasOf(undefined), fresh, "existing: 'adopt'"],
    ['an alias of another, asked to adopt', aliasOf(FOREIGN), { ...fresh, existing: 'adopt' }, "existing: 'takeOver'"],
    ['an alias that is gone', null, updated, 'deleted by hand'],
    [
      'another name',
      aliasOf(marks.made),
      { ...updated, marks: { made: 'a', adopted: 'b' }, aliasName: 'prod' },
      'renamed',
    ],
    [
      'an alias in the middle of a rollout',
      aliasOf(FOREIGN, true),
      { ...fresh, existing: 'takeOver' },
      'cannot change its owner',
    ],
    [
      'its own alias for another controller in mid-rollout',
      aliasOf(marks.made, true),
      { ...updated, stateMachineArn: 'two' },
      'cannot change its controller',
    ],
  ] as const)('does not get %s, and is told what to do', (_, alias, claim, words) => {
    expect(ownershipOf(alias, claim)).toMatchObject({ kind: 'refuse', why: expect.stringContaining(words) });
  });

  it('never gets what bears the mark of another, unless it is told to take over', () => {
    fc.assert(
      fc.property(fc.boolean(), anyClaim, (rolling, claim) => {
        const { kind } = ownershipOf(aliasOf(FOREIGN, rolling), claim);
        expect(kind === 'refuse' || (kind === 'adopt' && claim.existing === 'takeOver')).toBe(true);
      }),
    );
  });

  it('is refused in few enough words for an answer to CloudFormation', () => {
    fc.assert(
      fc.property(anyAlias, anyClaim, (alias, claim) => {
        const long = { ...claim, functionName: 'f'.repeat(64), aliasName: 'a'.repeat(128) };
        const answer = ownershipOf(alias, long);
        expect(answer.kind === 'refuse' ? answer.why.length : 0).toBeLessThanOrEqual(1000);
      }),
    );
  });
});

describe('the end of a resource', () => {
  it('deletes only the alias that it made, and that the template does not tell to be older', () => {
    fc.assert(
      fc.property(anyMark, fc.boolean(), fc.constantFrom(...existingChoices), (mark, rolling, existing) => {
        const { kind } = farewellTo(aliasOf(mark, rolling), marks, existing);
        expect(kind === 'delete').toBe(mark === marks.made && existing === 'fail');
        expect(kind === 'leave').toBe(mark !== marks.made && mark !== marks.adopted);
      }),
    );
  });

  it('gives no weights of a rollout back', () => {
    fc.assert(
      fc.property(fc.constantFrom(marks.made, marks.adopted), fc.boolean(), (mark, rolling) => {
        const farewell = farewellTo(aliasOf(mark, rolling), marks, 'adopt');
        expect(farewell.kind === 'giveBack' && carriesWeights(farewell.to)).toBe(false);
      }),
    );
  });

  it('has nothing to do if the alias is gone', () => {
    expect(farewellTo(null, marks, 'fail')).toEqual({ kind: 'leave' });
  });
});
