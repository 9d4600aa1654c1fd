import { carriesWeights, routingInWords } from '../../../rollout/alias/alias.ts';
import type { Invariant } from './invariant.ts';

/** How long weights of a dead rollout may stay, in seconds, while the calls that take them away are answered. */
export const ABANDONED_SECONDS = 600;

/** A handler that was at work when its execution was stopped may still write: that is why the weights get ten minutes. */
export const abandoned: Invariant = {
  statement: 'an alias is never left with the weights of a dead rollout for longer than ten minutes',
  checker: (run) => ({
    shown: ({ second }) => {
      const { alias, lastWriter: rollout } = run;
      if (!alias || !rollout || !carriesWeights(alias) || !run.answersFor(rollout)) return undefined;
      if (rollout.running || !rollout.end) return undefined;
      const from = Math.max(run.aliasSince, rollout.end.second, run.hinderedAt);
      if (second - from <= ABANDONED_SECONDS) return undefined;
      return `${routingInWords(alias)} for ${Math.round(second - from)} s after ${rollout.name} had ended`;
    },
  }),
};
