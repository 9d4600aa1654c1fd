import type * as z from 'zod';
import type { movesSchema } from './policy.ts';
import { presetSteps } from './presets.ts';
import type { Step } from './step.ts';

/** Where a rollout is going: strictly rising weights that end at 100. */
export interface Plan {
  readonly steps: readonly Step[];
  /** The sum of all bakes: the shortest time that the rollout can take. */
  readonly totalSeconds: number;
}

/** The part of a policy that says how the traffic moves. */
type Moves = z.output<typeof movesSchema>;

/** How long 100 % is watched unless the policy says otherwise, in seconds. */
export const DEFAULT_SETTLE_SECONDS = 300;

/**
 * Unfolds a policy into steps. The last step always has weight 100 and is watched for `settleSeconds`. If these are left out, it is
 * watched for five minutes, unless the last of `steps` says for how long.
 */
export function planOf(policy: Moves): Plan {
  const steps = settled(policy);
  return { steps, totalSeconds: steps.reduce((sum, step) => sum + step.bakeSeconds, 0) };
}

/** How long 100 % is watched under adaptive weights unless the policy says otherwise, in seconds. */
const ADAPTIVE_SETTLE_SECONDS = 1800;

/** The first weight under adaptive weights at the most, in percent: it is smaller if there is much traffic. */
export const LARGEST_FIRST_WEIGHT = 10;

/** A weight that the evidence chose. It is watched until the evidence allows the next one. */
const chosen = (weight: number): Step => ({ weight, bakeSeconds: 0, approval: 'automatic' });

/**
 * The plan of adaptive weights when the next one was chosen: the steps that were taken, that one, and everything at last.
 *
 * @param taken how many steps were taken
 */
export const planTowards = (plan: readonly Step[], taken: number, weight: number): readonly Step[] => [
  ...plan.slice(0, taken),
  ...(weight < 100 ? [chosen(weight)] : []),
  plan.at(-1) as Step,
];

function stepsOf(policy: Moves): Step[] {
  if (policy.adaptive) {
    return [chosen(LARGEST_FIRST_WEIGHT), { ...chosen(100), bakeSeconds: ADAPTIVE_SETTLE_SECONDS }];
  }
  if (policy.preset) return presetSteps(policy.preset);
  if (policy.steps) return policy.steps;
  const canary: Step[] = policy.canary ? [policy.canary] : [];
  const { count, intervalSeconds, approval } = policy.batches ?? {
    count: 1,
    intervalSeconds: 0,
    approval: 'automatic',
  };
  const batches = batchWeights(policy.canary?.weight ?? 0, count).map((weight) => ({
    weight,
    bakeSeconds: weight === 100 ? 0 : intervalSeconds,
    approval,
  }));
  return [...canary, ...batches];
}

/** Splits the rest after the canary into whole-percent batches as even as possible, the smaller ones first. */
function batchWeights(canaryWeight: number, count: number): number[] {
  const rest = 100 - canaryWeight;
  const size = Math.floor(rest / count);
  const larger = rest % count;
  let reached = canaryWeight;
  return Array.from({ length: count }, (_, index) => {
    reached += index < count - larger ? size : size + 1;
    return reached;
  });
}

function settled(policy: Moves): readonly Step[] {
  const steps = stepsOf(policy);
  const { settleSeconds } = policy;
  const last = steps.at(-1);
  if (last?.weight !== 100) {
    return [...steps, { weight: 100, bakeSeconds: settleSeconds ?? DEFAULT_SETTLE_SECONDS, approval: 'automatic' }];
  }
  const own = policy.steps || policy.adaptive ? last.bakeSeconds : DEFAULT_SETTLE_SECONDS;
  return [...steps.slice(0, -1), { ...last, bakeSeconds: settleSeconds ?? own }];
}
