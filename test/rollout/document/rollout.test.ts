import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import {
  nextRouting,
  parseRollout,
  type Rollout,
  rolloutIn,
  routingAt,
  weightOf,
} from '../../../lib/rollout/document/rollout.ts';
import { aRollout, atStep } from '../a-rollout.ts';

/** A document as release 0.1 wrote it in the middle of a rollout. */
const older = JSON.parse(readFileSync(new URL('rollout-of-0.1.json', import.meta.url), 'utf8'));

/** The fields without which there is no rollout to go on with. */
const essential = [
  'schema',
  'execution',
  'functionName',
  'aliasName',
  'stable',
  'candidate',
  'policy',
  'plan',
  'step',
  'seen',
  'wanted',
  'shiftedAt',
  'next',
] as const satisfies (keyof Rollout)[];

describe('the document of a rollout', () => {
  it('comes out of the schema as it went in', () => {
    for (const rollout of [aRollout(), atStep(2, { evidence: {} })]) expect(parseRollout(rollout)).toEqual(rollout);
  });

  it('is handed on with keys that this release does not know', () => {
    const newer = { ...atStep(1), cohort: { share: 5 }, policy: { ...atStep(1).policy, waves: 3 } };
    expect(parseRollout(newer)).toEqual(newer);
  });

  it.each(essential)('is refused without %s', (key) => {
    const { [key]: _, ...rest } = atStep(1);
    expect(() => parseRollout(rest)).toThrow(key);
  });

  it('gets every other field filled in, as it is before anything happened', () => {
    const rollout = atStep(1);
    const bare = Object.fromEntries(essential.map((key) => [key, rollout[key]]));
    const read = parseRollout(bare);
    expect(Object.keys(read).sort()).toEqual(Object.keys(rollout).sort());
    expect(read).toMatchObject({
      held: null,
      approval: 'none',
      toRelease: false,
      passed: [],
      journal: [],
      report: null,
    });
  });
});

describe('the routing and weight of a rollout', () => {
  it('are those of its step; before the first step the stable version has everything', () => {
    const before = aRollout();
    expect([weightOf(before), routingAt(before, -1)]).toEqual([0, allTrafficTo('41')]);
    expect([weightOf(atStep(1)), routingAt(before, 1)]).toEqual([40, split('41', '42', 40)]);
  });

  it('are followed by those of the next step, and by none after the last', () => {
    expect(nextRouting(aRollout())).toEqual([split('41', '42', 10)]);
    expect(nextRouting(atStep(3))).toEqual([]);
  });
});

describe('the document of release 0.1', () => {
  it('names what its bag of numbers held', () => {
    const read = parseRollout(older);
    expect(read).toMatchObject({ pendingLooks: 2, warmLooks: 12, warmedBeside: '41' });
    expect(read).not.toHaveProperty('memory');
    expect(parseRollout({ ...older, memory: {} })).toMatchObject({ pendingLooks: 0, warmLooks: 0, warmedBeside: null });
  });

  it('keeps all else, also the fields of its policy that a new policy may not have', () => {
    const { memory: _, ...rest } = older;
    expect(parseRollout(older)).toMatchObject(rest);
  });
});

describe('a document that is read field by field', () => {
  const junk = fc.oneof(fc.anything(), fc.constant(undefined), fc.constant(null));

  it('is the same as the parsed one if nothing is wrong with it', () => {
    expect(rolloutIn(older)).toEqual(parseRollout(older));
    expect(rolloutIn(atStep(1))).toEqual(atStep(1));
  });

  it('can be worked with whatever any of its fields holds, and all others are kept', () => {
    const rollout = atStep(1);
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(rollout) as (keyof Rollout)[])), junk, (key, value) => {
        const read = rolloutIn({ ...rollout, [key]: value }) as Rollout;
        expect(parseRollout(read)).toEqual(read);
        expect({ ...read, [key]: null }).toEqual({ ...rollout, [key]: null });
      }),
    );
  });

  it.each([null, undefined, 7, 'text', [], {}, { input: 1 }])('is none if it is %j', (document) => {
    expect(rolloutIn(document)).toBeUndefined();
  });
});
