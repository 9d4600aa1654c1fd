import { type AliasState, only, type Routing, sameRouting } from './alias.ts';
import { ownerOf, showsWeightsOf, type Writer } from './description.ts';
import { changedReason } from './other-hands.ts';
import { nextRouting, type Rollout } from './rollout.ts';

/** What putting an alias back means, given what it shows. */
export type RevertDecision =
  | { readonly kind: 'write'; readonly to: Routing; readonly candidate: string; readonly writer: Writer }
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
  const ours = owner?.execution === rollout.execution.name;
  const shown =
    (ours && showsWeightsOf(owner, alias)) ||
    ((ours || !owner) && adoptable(rollout).some((routing) => sameRouting(alias, routing)));
  if (shown) return { kind: 'write', to, candidate: rollout.candidate, writer: writerIn(rollout) };
  if (sameRouting(alias, only(rollout.candidate))) {
    return { kind: 'leave', found: 'candidate', why: `the alias serves ${rollout.candidate} alone` };
  }
  return { kind: 'leave', found: 'foreign', why: changedReason(alias) };
}

/** What the rollout gave, and what it takes for its own when a person gives it: exactly the next weight. */
const adoptable = (rollout: Rollout): readonly Routing[] => [rollout.seen, ...nextRouting(rollout)];

/** What an event tells. */
export interface RevertEvent {
  /** The execution that ended. */
  readonly execution?: string;
  /** When it happened, in seconds since 1970. */
  readonly at?: number;
  /** The weights that the execution had planned: a person who gave a later one skipped bakes and changed nothing else. */
  readonly planned?: readonly number[];
}

/**
 * For an event, which knows only the alias and perhaps an execution's name: the alias itself tells whose weights it shows.
 * Without a name any rollout's weights are put back, but not those of one that started only after the event.
 */
export function revertByDescription(
  alias: AliasState | null,
  { execution, at, planned = [] }: RevertEvent,
): RevertDecision {
  if (!alias) return { kind: 'leave', found: 'foreign', why: 'the alias does not exist any more' };
  const owner = ownerOf(alias);
  if (!owner || Object.keys(alias.additionalVersionWeights).length === 0) {
    return { kind: 'leave', found: 'stable', why: 'the alias shows no weights of a rollout' };
  }
  if (execution !== undefined && owner.execution !== execution) {
    return { kind: 'leave', found: 'foreign', why: `the weights are those of execution ${owner.execution}` };
  }
  if (at !== undefined && at < owner.startedAt) {
    return {
      kind: 'leave',
      found: 'foreign',
      why: `the weights are those of execution ${owner.execution}, which started later`,
    };
  }
  const skipped = planned.some((weight) => weight > owner.weight && showsWeightsOf({ ...owner, weight }, alias));
  if (!skipped && !showsWeightsOf(owner, alias)) {
    return { kind: 'leave', found: 'foreign', why: 'the weights were changed by hand; they stay' };
  }
  const writer = { execution: owner.execution, startedAt: owner.startedAt };
  return { kind: 'write', to: only(owner.stable), candidate: owner.candidate, writer };
}

const writerIn = ({ execution: { name, startedAt } }: Rollout): Writer => ({ execution: name, startedAt });
