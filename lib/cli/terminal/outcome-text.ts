import type { RolloutView } from '../../aws/states/rollout-view.ts';

/** How a rollout ended, in a word for people, and its colour. */
export const stateInWords = {
  running: ['cyan', 'under way'],
  promoted: ['green', 'promoted'],
  rolledBack: ['red', 'rolled back'],
  superseded: ['magenta', 'superseded'],
  cancelled: ['yellow', 'cancelled'],
  rejected: ['yellow', 'rejected'],
  stopped: ['yellow', 'stopped'],
  failed: ['red', 'failed'],
} as const satisfies Readonly<Record<RolloutView['state'], readonly [string, string]>>;
