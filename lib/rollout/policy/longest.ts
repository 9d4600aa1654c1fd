import type { Policy } from './policy.ts';
import type { Step } from './step.ts';

/** The longest life of a Standard execution: one year. (AWS: Step Functions quotas.) */
export const LONGEST_EXECUTION_SECONDS = 365 * 24 * 3600;

/**
 * The longest time that a rollout can take if nobody holds it, in seconds: every bake at its longest, and every approval in its last
 * second.
 */
export function longestSeconds(
  { evidence, approvalTimeoutSeconds }: Pick<Policy, 'evidence' | 'approvalTimeoutSeconds'>,
  steps: readonly Step[],
): number {
  const asksWithoutProof = evidence?.onNoEvidence === 'hold';
  return steps.reduce((sum, { bakeSeconds, approval }) => {
    // Evidence prolongs a step of no bake as well.
    const watched = bakeSeconds > 0 || evidence !== undefined;
    const bake = Math.max(bakeSeconds, evidence?.maximumBakeSeconds ?? 0);
    const asked = (approval === 'manual' ? 1 : 0) + (watched && asksWithoutProof ? 1 : 0);
    return sum + bake + asked * approvalTimeoutSeconds;
  }, 0);
}
