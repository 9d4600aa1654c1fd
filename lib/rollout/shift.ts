import { type AliasState, only, routingInWords, sameRouting, shareOf } from './alias.ts';
import { endOf, ownerOf, writerOf } from './description.ts';
import type { Rollout } from './rollout.ts';

/** What giving the next weight, or everything, means on the alias as it was read. */
export type ShiftDecision =
  | { readonly kind: 'write' | 'done' }
  | { readonly kind: 'lookAgain' | 'revert' | 'promoted' | 'superseded'; readonly reason: string };

/**
 * Decides on what the alias shows and on who it says wrote it. Weights that somebody set exactly as wanted are written all the
 * same, so that the alias names the rollout which answers for them.
 */
export function shiftOf(rollout: Rollout, alias: AliasState | null): ShiftDecision {
  if (!alias) return { kind: 'superseded', reason: `alias ${rollout.aliasName} does not exist any more` };
  if (isWritten(rollout, alias)) return { kind: 'done' };
  return rollout.step < 0 ? firstOf(rollout, alias) : nextOf(rollout, alias);
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
  if (sameRouting(alias, rollout.wanted) && !ownerOf(alias)) return { kind: 'write' };
  if (!sameRouting(alias, rollout.seen)) {
    return { kind: 'lookAgain', reason: 'the alias changed before the first weight was given: looking again' };
  }
  // Our first weight was there, its answer lost, and somebody took it back.
  return writerOf(alias)?.execution === rollout.execution.name
    ? { kind: 'revert', reason: endOf(alias)?.reason ?? `the alias was put back to ${rollout.stable} by hand` }
    : { kind: 'write' };
}

function nextOf(rollout: Rollout, alias: AliasState): ShiftDecision {
  const writer = writerOf(alias);
  if (writer && writer.execution !== rollout.execution.name) {
    return { kind: 'superseded', reason: `execution ${writer.execution} has taken the alias over` };
  }
  if (sameRouting(alias, rollout.wanted) || sameRouting(alias, rollout.seen)) return { kind: 'write' };
  if (sameRouting(alias, only(rollout.stable))) {
    return { kind: 'revert', reason: endOf(alias)?.reason ?? `the alias was put back to ${rollout.stable} by hand` };
  }
  if (sameRouting(alias, only(rollout.candidate))) {
    return { kind: 'promoted', reason: `the alias was promoted to ${rollout.candidate} by hand` };
  }
  return {
    kind: 'superseded',
    reason: `the alias was changed to ${routingInWords(alias)} by someone else; it stays as they set it`,
  };
}
