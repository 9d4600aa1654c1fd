import type { Rollout } from '../../document/rollout.ts';
import type { CountedObservation } from '../../observation.ts';
import { intervalOf, passableAt, secondsUntilNextLook } from '../../pace.ts';
import type { Step } from '../../policy/step.ts';

/** The next action, with its reason in words that a person on call understands. */
export type Decision = { readonly reason: string } & (
  | { readonly kind: 'keepWatching'; readonly waitSeconds: number }
  | {
      readonly kind: 'advance';
      readonly step: number /** A weight that the evidence chose, in percent. */;
      readonly weight?: number;
    }
  | { readonly kind: 'askApproval'; readonly step: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'revert' }
  | { readonly kind: 'superseded' }
);

/** The step whose weight the alias has; undefined before the first traffic. */
export const currentStep = (rollout: Rollout): Step | undefined => rollout.plan[rollout.step];

/** When the step at hand can be judged, in seconds since 1970. */
export function passableIn(rollout: Rollout, { alarms, timing }: CountedObservation): number {
  const shapes = alarms.map(({ shape }) => shape);
  return passableAt(rollout.policy, shapes, rollout.shiftedAt, currentStep(rollout)?.bakeSeconds ?? 0, timing);
}

/** The rollout stays at its step, and is looked at again after an interval, or sooner if the step can be judged then. */
export function keepWatching(rollout: Rollout, observation: CountedObservation, now: number, reason: string): Decision {
  const passable = passableIn(rollout, observation);
  const waitSeconds = secondsUntilNextLook(now, passable, intervalOf(rollout, observation.timing, now));
  return { kind: 'keepWatching', waitSeconds, reason };
}

/**
 * For how long a step without proof goes on, in seconds since its weight was given; then it is given up. A policy without evidence waits
 * an hour.
 */
export const longestWithoutProof = ({ policy }: Rollout, { bakeSeconds }: Step): number =>
  Math.max(bakeSeconds, policy.evidence?.maximumBakeSeconds ?? LONGEST_SILENCE_SECONDS);

const LONGEST_SILENCE_SECONDS = 3600;

/** A step has gone on for as long as it may and still proves nothing: the policy's `onNoEvidence` decides. */
export function withoutProof(rollout: Rollout, why: string): Decision | undefined {
  const onNoEvidence = rollout.policy.evidence?.onNoEvidence ?? 'revert';
  if (onNoEvidence === 'proceed' || rollout.approval === 'approved') return undefined;
  if (onNoEvidence === 'revert') return { kind: 'revert', reason: why };
  return { kind: 'askApproval', step: rollout.step + 1, reason: `${why}: a person decides` };
}
