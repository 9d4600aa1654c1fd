import { carriesWeights, routingInWords, shareOf } from '../../../rollout/alias/alias.ts';
import type { Invariant } from './invariant.ts';

/** What a person or another rollout has written since is theirs. */
export const shown: Invariant = {
  statement:
    'an end says what the alias shows: the candidate alone after a promotion, nothing of it after any other end',
  checker: (run) => ({
    end: ({ rollout, end }) => {
      const { alias } = run;
      if (!alias || run.personsWrite || run.lastWriter !== rollout || !rollout.endedDeliberately) return undefined;
      const share = shareOf(rollout.candidate, alias);
      const is = `${rollout.name} ended as ${end.error ?? 'Promoted'}, and the alias shows ${routingInWords(alias)}`;
      if (end.status === 'SUCCEEDED') return share === 100 && !carriesWeights(alias) ? undefined : is;
      // A rollout that a stale read took for superseded leaves its weights. The event of its end takes them away.
      return end.error === 'Superseded' || share === 0 ? undefined : is;
    },
  }),
};
