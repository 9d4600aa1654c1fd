import { carriesWeights, sameRouting } from '../../../rollout/alias/alias.ts';
import { ownerOf, showsWeightsOf } from '../../../rollout/alias/description.ts';
import type { Write } from './invariant.ts';

/** Whether a write takes weights back that the alias's description calls the rollout's own. */
export function takesItsOwnBack({ rollout, before, after }: Pick<Write, 'rollout' | 'before' | 'after'>): boolean {
  const owner = ownerOf(before);
  return owner?.execution === rollout.name && showsWeightsOf(owner, before) && !carriesWeights(after);
}

/**
 * Whether a write goes on from the very weight that the rollout gave last. Whoever has taken that weight away meanwhile, a person has restored
 * it, and the rollout cannot know of either as long as its execution runs.
 */
export const goesOnFromItsOwn = ({ rollout, before }: Pick<Write, 'rollout' | 'before'>): boolean =>
  rollout.running && rollout.given !== null && sameRouting(before, rollout.given);
