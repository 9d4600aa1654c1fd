import { carriesWeights } from '../../../rollout/alias/alias.ts';
import { ownerOf, showsWeightsOf } from '../../../rollout/alias/description.ts';
import type { Write } from './invariant.ts';

/** Whether a write takes weights back that the alias's description calls the rollout's own. */
export function takesItsOwnBack({ rollout, before, after }: Pick<Write, 'rollout' | 'before' | 'after'>): boolean {
  const owner = ownerOf(before);
  return owner?.execution === rollout.name && showsWeightsOf(owner, before) && !carriesWeights(after);
}
