import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { totalOf } from '../../../lib/rollout/coverage.ts';
import { shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { membersOf, sizeOf, withMembers } from '../../../lib/rollout/document/members.ts';
import { parseRollout, type Rollout, rolloutIn, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { aRollout, T0 } from '../a-rollout.ts';
import { aGroup, groupAtStep } from '../group/a-group.ts';

const seen = (rollout: Rollout) => membersOf(rollout).map(({ functionName, candidate }) => [functionName, candidate]);

describe('the members of a rollout', () => {
  it('are the rollout itself if it shifts one alias', () => {
    const rollout = aRollout();
    expect(membersOf(rollout)).toEqual([rollout]);
    expect(membersOf(rollout)[0]).toBe(rollout);
    expect(withMembers(rollout, [rollout])).toEqual(rollout);
  });

  it('are each a rollout of its own, in their order', () => {
    expect(seen(aGroup())).toEqual([
      ['stock', '12'],
      ['prices', '22'],
      ['checkout', '42'],
    ]);
    expect(membersOf(groupAtStep(1)).map(({ others, step }) => [others, step])).toEqual(Array(3).fill([[], 1]));
  });

  it('each see the alarms of all and their own, and none of another member', () => {
    expect(membersOf(aGroup()).map(({ policy }) => policy.alarms)).toEqual([
      ['site-down', 'stock-errors'],
      ['site-down', 'prices-errors'],
      ['site-down', 'checkout-errors'],
    ]);
  });

  it('share the rate at which healthy versions may be taken back', () => {
    const rates = membersOf(aGroup({ evidence: { falseRollbackRate: 0.03 } })).map(
      ({ policy }) => policy.evidence?.falseRollbackRate ?? 1,
    );
    expect(rates.reduce((sum, rate) => sum + rate)).toBeCloseTo(0.03, 10);
  });

  it('all want what the first one is to get', () => {
    const group = aGroup();
    const wanting = (wanted: Rollout['wanted']) => membersOf({ ...group, wanted }).map((member) => member.wanted);
    expect(wanting(split('11', '12', 30))).toEqual([
      split('11', '12', 30),
      split('21', '22', 30),
      split('41', '42', 30),
    ]);
    expect(wanting(allTrafficTo('12'))).toEqual(['12', '22', '42'].map(allTrafficTo));
    expect(wanting(allTrafficTo('11'))).toEqual(['11', '21', '41'].map(allTrafficTo));
  });

  it('keep what was done to each, and nothing else of it', () => {
    const group = groupAtStep(0);
    const changed = membersOf(group).map((member, index) => ({ ...member, countedSeconds: 60 * index, step: 7 }));
    const after = withMembers(group, changed);
    expect([after, ...after.others].map(({ countedSeconds }) => countedSeconds)).toEqual([0, 60, 120]);
    expect(after).toMatchObject({ step: 0, policy: group.policy });
    expect(withMembers(group, membersOf(group))).toEqual(group);
  });

  it('may become fewer, the first one too', () => {
    const group = aGroup();
    const fewer = withMembers(group, membersOf(group).slice(1));
    expect(seen(fewer)).toEqual([
      ['prices', '22'],
      ['checkout', '42'],
    ]);
    expect(sizeOf(fewer)).toBe(2);
  });

  it('have the sums of their steps that are over, whatever was counted in each', () => {
    const counts = fc.record({ invocations: fc.nat(1000), errors: fc.nat(10) });
    const step = fc.record({
      requests: fc.record({ stable: counts, candidate: counts }),
      countedSeconds: fc.constantFrom(60, 120, 300),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        let rollout = groupAtStep(0);
        for (const { requests, countedSeconds } of steps.slice(0, 3)) {
          const counted = {
            ...rollout,
            others: rollout.others.map((other) => ({ ...other, current: requests, countedSeconds })),
          };
          const wanting = { ...counted, wanted: routingAt(counted, counted.step + 1) };
          rollout = shifted(wanting, cloudWatchTiming, T0 + 60).rollout;
        }
        const { passed } = membersOf(rollout)[1] as Rollout;
        const over = steps.slice(0, 3);
        expect(passed).toHaveLength(over.length);
        expect(totalOf(passed.map(({ requests }) => requests))).toEqual(totalOf(over.map(({ requests }) => requests)));
        expect(passed.at(-1)).toMatchObject(over.at(-1) as object);
        const seconds = (all: readonly { readonly countedSeconds?: number }[]) =>
          all.reduce((sum, each) => sum + (each.countedSeconds ?? 0), 0);
        expect(seconds(passed)).toBe(seconds(over));
      }),
    );
  });
});

describe('the document of a group', () => {
  it('is read as it was written', () => {
    const group = groupAtStep(1);
    expect(parseRollout(JSON.parse(JSON.stringify(group)))).toEqual(JSON.parse(JSON.stringify(group)));
    expect(membersOf(rolloutIn(JSON.parse(JSON.stringify(group))) as Rollout)).toEqual(membersOf(group));
  });

  it('names its members for a revert, whatever else of them cannot be read', () => {
    const group = groupAtStep(1);
    const odd = { ...group, others: group.others.map((other) => ({ ...other, trial: 'odd', current: 7 })) };
    expect(seen(rolloutIn(odd) as Rollout)).toEqual(seen(group));
    expect(() => parseRollout(odd)).toThrow('others[0].');
  });

  it('of the release before has one member', () => {
    const older = readFileSync(new URL('rollout-of-0.1.json', import.meta.url), 'utf8');
    expect(parseRollout(JSON.parse(older))).toMatchObject({
      group: null,
      others: [],
      leftOut: [],
      leftTo: [],
      ownAlarms: [],
    });
  });
});
