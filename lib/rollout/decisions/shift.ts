import { type AliasState, carriesWeights, sameRouting, shareOf } from '../alias/alias.ts';
import { endOf, ownerOf, writerOf } from '../alias/description.ts';
import type { Rollout } from '../document/rollout.ts';
import { changedReason, externalChange, revertedReason } from './external-change.ts';

/** What giving the next weight, or everything, means on the alias as it was read. */
export type ShiftDecision =
  | { readonly kind: 'write' | 'done' }
  | { readonly kind: 'lookAgain' | 'revert' | 'promoted' | 'superseded'; readonly reason: string };

/**
 * Decides on what the alias shows and on who it says wrote it. Weights that somebody set exactly as wanted are written all the
 * same, so that the alias names the rollout which answers for them.
 */
export function shiftOf(rollout: Rollout, alias: AliasState | null): ShiftDecision {
  if (alias && isWritten(rollout, alias)) return { kind: 'done' };
  return alias && rollout.step < 0 ? firstOf(rollout, alias) : nextOf(rollout, alias);
}

function isWritten(rollout: Rollout, alias: AliasState): boolean {
  if (!sameRouting(alias, rollout.wanted)) return false;
  const owner = ownerOf(alias);
  return rollout.next === 'promote'
    ? endOf(alias)?.execution === rollout.execution.name
    : owner?.execution === rollout.execution.name && owner.weight === shareOf(rollout.candidate, rollout.wanted);
}

/** Before the first weight whatever changed is looked at again, for another rollout may only have gone on. */
function firstOf(rollout: Rollout, alias: AliasState): ShiftDecision {
  const writer = writerOf(alias);
  if (writer && writer.startedAt > rollout.execution.startedAt) {
    return {
      kind: 'lookAgain',
      reason: `execution ${writer.execution}, which started later, has had the alias meanwhile`,
    };
  }
  const reverted = endOf(alias)?.execution === rollout.execution.name;
  if (reverted && carriesWeights(alias)) return { kind: 'superseded', reason: changedReason(alias) };
  if (sameRouting(alias, rollout.wanted) && !ownerOf(alias)) return { kind: 'write' };
  if (!sameRouting(alias, rollout.seen)) {
    return { kind: 'lookAgain', reason: 'the alias changed before the first weight was given: looking again' };
  }
  if (writer?.execution !== rollout.execution.name) return { kind: 'write' };
  // Our first weight was there, its answer lost, and somebody took it back.
  return carriesWeights(alias)
    ? { kind: 'superseded', reason: changedReason(alias) }
    : { kind: 'revert', reason: revertedReason(rollout, alias) };
}

function nextOf(rollout: Rollout, alias: AliasState | null): ShiftDecision {
  const hands = externalChange(rollout, alias, [rollout.wanted, rollout.seen]);
  if (!hands) return { kind: 'write' };
  const { reason } = hands;
  if (hands.kind === 'reverted') return { kind: 'revert', reason };
  return { kind: hands.kind === 'promoted' ? 'promoted' : 'superseded', reason };
}
