import { shareOf } from '../../../rollout/alias/alias.ts';
import type { Invariant } from './invariant.ts';

/** How long a revert may take, in seconds, while the calls on the alias are answered: a handler that hung, and its repetition. */
const REVERT_SECONDS = 300;

/** How long a revert that fails is repeated at least, in seconds, before the execution gives up. */
const PATIENCE_SECONDS = 600;

/**
 * The alias counts: if it is back, the revert is done. Announcing it afterwards may hold up the end of the execution, and nothing
 * else.
 */
export const revert: Invariant = {
  statement: "revert works while CloudWatch, the metrics, the tags and the bundle's other functions are failing",
  checker: (run) => ({
    end: ({ rollout, end, second }) => {
      const from = Math.max(rollout.revertingSince ?? second, run.hinderedAt);
      const isBack = run.alias !== null && shareOf(rollout.candidate, run.alias) === 0;
      const until = isBack ? rollout.shareSince : second;
      const tried = second - (rollout.revertingSince ?? Number.NEGATIVE_INFINITY);
      if (end.error === 'RevertFailed' && !rollout.stopped && tried < PATIENCE_SECONDS) {
        return `${rollout.name} gave up after ${Math.round(tried)} s`;
      }
      if (rollout.stopped || until - from <= REVERT_SECONDS) return undefined;
      return `${rollout.name} took ${Math.round(until - from)} s to revert`;
    },
  }),
};
