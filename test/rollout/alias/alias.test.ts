import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AliasState,
  allTrafficTo,
  carriesWeights,
  inPercent,
  routingInWords,
  sameRouting,
  servedBy,
  shareOf,
  split,
} from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift, endOf, ownerOf, showsWeightsOf } from '../../../lib/rollout/alias/description.ts';

const aliasOf = (routing: ReturnType<typeof allTrafficTo>, description = ''): AliasState => ({
  ...routing,
  description,
  revisionId: 'r',
});

describe('a routing', () => {
  it('of weight 0 is the stable version alone, without a weight of nothing', () => {
    expect(split('41', '42', 0)).toEqual(allTrafficTo('41'));
  });

  it('is the same whatever doubles make of a percentage', () => {
    expect(
      sameRouting(split('41', '42', 29), { functionVersion: '41', additionalVersionWeights: { '42': 0.1 + 0.19 } }),
    ).toBe(true);
    expect(sameRouting(split('41', '42', 29), split('41', '42', 30))).toBe(false);
    expect(sameRouting(split('41', '42', 29), split('41', '43', 29))).toBe(false);
  });

  it('gives the shares of both versions', () => {
    expect([shareOf('41', split('41', '42', 30)), shareOf('42', split('41', '42', 30))]).toEqual([70, 30]);
    expect(shareOf('43', split('41', '42', 30))).toBe(0);
  });

  it('is told in words', () => {
    expect(routingInWords(split('41', '42', 30))).toBe('41 with 30 % to 42');
    expect(routingInWords(allTrafficTo('41'))).toBe('41');
  });

  it('is told to programs with its weights in percent, without the noise of doubles', () => {
    expect(inPercent({ functionVersion: '41', additionalVersionWeights: { '42': 0.1 + 0.19 } })).toEqual({
      functionVersion: '41',
      additionalVersionWeights: { '42': 29 },
    });
    expect(inPercent(allTrafficTo('41'))).toEqual({ functionVersion: '41', additionalVersionWeights: {} });
  });

  it('names every version that it serves, also one with a weight of 0, which is no weight', () => {
    const routing = { functionVersion: '41', additionalVersionWeights: { '42': 0 } };
    expect(servedBy(routing)).toEqual(['41', '42']);
    expect(carriesWeights(routing)).toBe(false);
    expect(carriesWeights({ ...routing, additionalVersionWeights: { '42': 0, '43': 0.01 } })).toBe(true);
  });
});

const owner = { stable: '41', candidate: '42', weight: 30, execution: 'deploy-7', startedAt: 1_767_225_600 };

describe("an alias's description", () => {
  it('says what is going on', () => {
    expect(describeShift(owner, { number: 2, of: 4 })).toBe(
      'sluice: 41 -> 42 at 30%, step 2/4, execution deploy-7, started 2026-01-01T00:00:00Z',
    );
  });

  it('tells whose weights the alias shows', () => {
    const alias = aliasOf(split('41', '42', 30), describeShift(owner, { number: 2, of: 4 }));
    expect(ownerOf(alias)).toEqual(owner);
    expect(showsWeightsOf(owner, alias)).toBe(true);
  });

  it.each([
    ['another weight', split('41', '42', 31)],
    ['another candidate', split('41', '43', 30)],
    ['another stable version', split('40', '42', 30)],
    ['no weights', allTrafficTo('41')],
  ])('does not claim an alias that a person gave %s', (_, routing) => {
    expect(showsWeightsOf(owner, aliasOf(routing, describeShift(owner, { number: 2, of: 4 })))).toBe(false);
  });

  it('names nobody where a person wrote it', () => {
    expect(ownerOf(aliasOf(allTrafficTo('41'), 'our production alias'))).toBeUndefined();
  });

  it('keeps the reason of an end, cut to what Lambda accepts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), fc.stringMatching(/^[A-Za-z0-9-_]{1,80}$/), (reason, execution) => {
        const text = describeEnd({
          did: 'reverted',
          from: '42',
          to: '41',
          reason,
          execution,
          startedAt: 1_767_225_600,
        });
        expect(text.length).toBeLessThanOrEqual(256);
        expect(endOf(aliasOf(allTrafficTo('41'), text))?.execution).toBe(execution);
      }),
    );
  });

  it('is at most 256 characters for the longest name of an execution', () => {
    const longest = { ...owner, stable: '1'.repeat(10), candidate: '2'.repeat(10), execution: 'x'.repeat(80) };
    expect(describeShift(longest, { number: 100, of: 100 }).length).toBeLessThanOrEqual(256);
  });
});
