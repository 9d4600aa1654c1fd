import type { RolloutView } from '../../aws/states/rollout-view.ts';
import { ends, otherEnds } from '../../rollout/contracts/ends.ts';

/** The state of a rollout: its colour, and a word for people. */
export const stateInWords = {
  running: ['cyan', 'under way'],
  promoted: ['green', ends.promoted.words],
  rolledBack: ['red', ends.rolledBack.words],
  superseded: ['magenta', ends.superseded.words],
  cancelled: ['yellow', ends.cancelled.words],
  rejected: ['yellow', ends.rejected.words],
  stopped: ['yellow', 'stopped'],
  failed: ['red', otherEnds.revertFailed.words],
} as const satisfies Readonly<Record<RolloutView['state'], readonly [string, string]>>;
