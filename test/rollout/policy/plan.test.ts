import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '../../../lib/rollout/policy/plan.ts';
import { type PolicyInput, policySchema } from '../../../lib/rollout/policy/policy.ts';
import { presetNames } from '../../../lib/rollout/policy/presets.ts';

const weights = (policy: PolicyInput) => planOf(policySchema.parse(policy)).steps.map((step) => step.weight);
const bakes = (policy: PolicyInput) => planOf(policySchema.parse(policy)).steps.map((step) => step.bakeSeconds);

const batched = (canary: number, count: number): PolicyInput => ({
  canary: { weight: canary, bakeSeconds: 300 },
  batches: { count, intervalSeconds: 120 },
});

describe('a plan', () => {
  it.each([
    { canary: 10, count: 4, expected: [10, 32, 54, 77, 100] },
    { canary: 20, count: 3, expected: [20, 46, 73, 100] },
    { canary: 10, count: 3, expected: [10, 40, 70, 100] },
    { canary: 50, count: 1, expected: [50, 100] },
    { canary: 1, count: 99, expected: Array.from({ length: 100 }, (_, index) => index + 1) },
  ])('splits what a canary of $canary % leaves into $count batches', ({ canary, count, expected }) => {
    expect(weights(batched(canary, count))).toEqual(expected);
  });

  it('of adaptive weights has the largest first one and half an hour of everything, unless the policy says how long', () => {
    expect([weights({ adaptive: {} }), bakes({ adaptive: {} })]).toEqual([
      [10, 100],
      [0, 1800],
    ]);
    expect(bakes({ adaptive: {}, settleSeconds: 60 })).toEqual([0, 60]);
  });

  it('rises strictly to 100 in batches that differ by at most one percent, the smaller ones first', () => {
    const canaryAndCount = fc
      .integer({ min: 1, max: 50 })
      .chain((canary) => fc.tuple(fc.constant(canary), fc.integer({ min: 1, max: Math.min(99, 100 - canary) })));
    fc.assert(
      fc.property(canaryAndCount, ([canary, count]) => {
        const reached = weights(batched(canary, count));
        const sizes = reached.slice(1).map((weight, index) => weight - (reached[index] as number));
        expect(reached).toHaveLength(count + 1);
        expect(reached.at(-1)).toBe(100);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      }),
      { numRuns: 2000 },
    );
  });

  it('watches the canary for its bake, each batch for the interval and the last step while it settles', () => {
    expect(bakes({ ...batched(10, 3), settleSeconds: 600 })).toEqual([300, 120, 120, 600]);
    expect(bakes(batched(10, 3))).toEqual([300, 120, 120, 300]);
  });

  it('watches 100 % for five minutes if the policy says nothing of it, and for no time only if it says 0', () => {
    expect(bakes({ steps: [{ weight: 30, bakeSeconds: 60 }] })).toEqual([60, 300]);
    expect(bakes({ ...batched(10, 1), settleSeconds: 0 })).toEqual([300, 0]);
    expect(bakes({ preset: 'AllAtOnce', settleSeconds: 0 })).toEqual([0]);
    expect(bakes({ steps: [{ weight: 100, bakeSeconds: 0 }] })).toEqual([0]);
  });

  it('gives everything at once after a canary without batches, and asks nobody', () => {
    const { steps } = planOf(policySchema.parse({ canary: { weight: 10, bakeSeconds: 300 } }));
    expect(steps).toEqual([
      { weight: 10, bakeSeconds: 300, approval: 'automatic' },
      { weight: 100, bakeSeconds: 300, approval: 'automatic' },
    ]);
  });

  it('adds up the time that it takes at the least', () => {
    expect(planOf(policySchema.parse({ ...batched(10, 3), settleSeconds: 600 })).totalSeconds).toBe(1140);
  });

  it('asks for approval before every batch of a manual policy, and not before the canary', () => {
    const policy = policySchema.parse({
      canary: { weight: 10, bakeSeconds: 60 },
      batches: { count: 2, intervalSeconds: 60, approval: 'manual' },
    });
    expect(planOf(policy).steps.map((step) => step.approval)).toEqual(['automatic', 'manual', 'manual']);
  });

  it('goes from a canary alone to everything', () => {
    expect(weights({ canary: { weight: 5, bakeSeconds: 60 } })).toEqual([5, 100]);
  });

  it('takes explicit steps as they are and adds the last one where it is missing', () => {
    expect(
      weights({
        steps: [
          { weight: 3, bakeSeconds: 60 },
          { weight: 30, bakeSeconds: 60 },
        ],
      }),
    ).toEqual([3, 30, 100]);
    expect(
      bakes({
        steps: [
          { weight: 30, bakeSeconds: 60 },
          { weight: 100, bakeSeconds: 90 },
        ],
      }),
    ).toEqual([60, 90]);
    expect(bakes({ steps: [{ weight: 30, bakeSeconds: 60 }], settleSeconds: 45 })).toEqual([60, 45]);
  });
});

describe("CodeDeploy's presets", () => {
  it('are those that CodeDeploy has, spelled as it spells them', () => {
    expect(presetNames).toEqual([
      'Canary10Percent5Minutes',
      'Canary10Percent10Minutes',
      'Canary10Percent15Minutes',
      'Canary10Percent30Minutes',
      'Linear10PercentEvery1Minute',
      'Linear10PercentEvery2Minutes',
      'Linear10PercentEvery3Minutes',
      'Linear10PercentEvery10Minutes',
      'AllAtOnce',
    ]);
  });

  it.each([
    ['Canary10Percent5Minutes', [10, 100], [300, 300]],
    ['Canary10Percent30Minutes', [10, 100], [1800, 300]],
    ['Linear10PercentEvery1Minute', [10, 20, 30, 40, 50, 60, 70, 80, 90, 100], [...Array(9).fill(60), 300]],
    ['Linear10PercentEvery10Minutes', [10, 20, 30, 40, 50, 60, 70, 80, 90, 100], [...Array(9).fill(600), 300]],
    ['AllAtOnce', [100], [300]],
  ] as const)('give the steps of %s', (preset, expectedWeights, expectedBakes) => {
    expect(weights({ preset })).toEqual(expectedWeights);
    expect(bakes({ preset })).toEqual(expectedBakes);
  });

  it('all end at 100 and can be watched while they settle', () => {
    for (const preset of presetNames) {
      expect(weights({ preset }).at(-1)).toBe(100);
      expect(bakes({ preset, settleSeconds: 77 }).at(-1)).toBe(77);
    }
  });
});
