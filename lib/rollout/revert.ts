import { type AliasState, only, type Routing, routingInWords, sameRouting } from './alias.ts';
import { ownerOf, showsWeightsOf } from './description.ts';
import type { Rollout } from './rollout.ts';

/** What putting an alias back means, given what it shows. */
export type RevertDecision =
  | { readonly kind: 'write'; readonly to: Routing; readonly candidate: string; readonly execution: string }
  | { readonly kind: 'leave'; readonly found: 'stable' | 'candidate' | 'foreign'; readonly why: string };

/**
 * For the execution itself, which has the rollout's document. The alias is put back where it shows what this rollout wrote
 * or was about to write, whatever the document remembers; what somebody else wrote stays.
 */
export function revertOf(rollout: Rollout, alias: AliasState | null): RevertDecision {
  if (!alias) return { kind: 'leave', found: 'foreign', why: `alias ${rollout.aliasName} does not exist any more` };
  const to = only(rollout.stable);
  if (sameRouting(alias, to))
    return { kind: 'leave', found: 'stable', why: `the alias serves ${rollout.stable} alone` };
  const owner = ownerOf(alias);
  const ours =
    owner?.execution === rollout.execution.name
      ? showsWeightsOf(owner, alias)
      : !owner && rollout.step >= 0 && sameRouting(alias, rollout.seen);
  if (ours) return { kind: 'write', to, candidate: rollout.candidate, execution: rollout.execution.name };
  if (sameRouting(alias, only(rollout.candidate))) {
    return { kind: 'leave', found: 'candidate', why: `the alias serves ${rollout.candidate} alone` };
  }
  return {
    kind: 'leave',
    found: 'foreign',
    why: `the alias was changed to ${routingInWords(alias)} by someone else; it stays as they set it`,
  };
}

/**
 * For an event, which knows only the alias and perhaps an execution's name: the alias itself tells whose weights it shows.
 * Without a name any rollout's weights are put back.
 */
export function revertByDescription(alias: AliasState | null, execution: string | undefined): RevertDecision {
  if (!alias) return { kind: 'leave', found: 'foreign', why: 'the alias does not exist any more' };
  const owner = ownerOf(alias);
  if (!owner || Object.keys(alias.additionalVersionWeights).length === 0) {
    return { kind: 'leave', found: 'stable', why: 'the alias shows no weights of a rollout' };
  }
  if (execution !== undefined && owner.execution !== execution) {
    return { kind: 'leave', found: 'foreign', why: `the weights are those of execution ${owner.execution}` };
  }
  if (!showsWeightsOf(owner, alias)) {
    return { kind: 'leave', found: 'foreign', why: 'the weights were changed by hand; they stay' };
  }
  return { kind: 'write', to: only(owner.stable), candidate: owner.candidate, execution: owner.execution };
}
