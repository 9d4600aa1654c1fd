import { type AliasState, allTrafficTo, carriesWeights, sameRouting, shareOf, split } from '../alias/alias.ts';
import { describeEnd, describeShift, endOf, ownerOf, writerOf } from '../alias/description.ts';
import type { Move } from '../alias/move.ts';
import { type Change, quiet } from '../document/change.ts';
import { type Rollout, weightOf } from '../document/rollout.ts';
import type { Timing } from '../observation.ts';
import { planTowards } from '../policy/plan.ts';
import { changedReason, externalChange, isStale, revertedReason } from './external-change.ts';
import { promoted, reverting, shifted, superseded } from './transitions.ts';

/** Whether the next weight, or everything, can be given to the alias as it was read. */
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

/**
 * A rollout under adaptive weights as `sluice advance` has led it on: the command gave everything in its name while the rollout chose another
 * weight. A plan of fixed weights has one next weight, so both give the same.
 */
export function ledOn(rollout: Rollout, alias: AliasState | null): Rollout {
  if (!alias || !rollout.policy.adaptive || rollout.next !== 'shift' || rollout.step < 0) return rollout;
  const everything = split(rollout.stable, rollout.candidate, 100);
  const owner = ownerOf(alias);
  const isLedOn =
    weightOf(rollout) < 100 &&
    sameRouting(alias, everything) &&
    owner?.execution === rollout.execution.name &&
    owner.weight === 100 &&
    !isStale(rollout, alias);
  return isLedOn
    ? {
        ...rollout,
        plan: planTowards(rollout.plan, rollout.step + 1, 100),
        wanted: everything,
        reason: 'the alias was moved on to 100 % by hand',
      }
    : rollout;
}

/**
 * The decision on what the alias shows after a write of this very invocation was accepted. A revision that was read before the write shows
 * that the read is out of date. Any other is a later write: a person has restored an older state, perhaps the very one from which the weight
 * was given.
 *
 * @param read the revisions that were read before this one
 */
export function shiftAfterWrite(rollout: Rollout, alias: AliasState | null, read: readonly string[]): ShiftDecision {
  const isKnown = alias && (isWritten(rollout, alias) || read.includes(alias.revisionId) || isStale(rollout, alias));
  if (!alias || isKnown) return shiftOf(rollout, alias);
  if (sameRouting(alias, allTrafficTo(rollout.stable))) {
    return { kind: 'revert', reason: revertedReason(rollout, alias) };
  }
  const isPromoted = sameRouting(alias, allTrafficTo(rollout.candidate));
  return isPromoted
    ? { kind: 'promoted', reason: `the alias was promoted to ${rollout.candidate} by hand` }
    : { kind: 'superseded', reason: changedReason(alias) };
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
  // If the look has found what is wanted, the weight from which that was given has been restored since.
  const change = externalChange(rollout, alias, [rollout.wanted, ...(rollout.found ? [] : [rollout.seen])]);
  if (!change) return { kind: 'write' };
  const { reason } = change;
  if (change.kind === 'reverted') return { kind: 'revert', reason };
  return { kind: change.kind === 'promoted' ? 'promoted' : 'superseded', reason };
}

/** What the decision means for the alias. */
export function moveFor(rollout: Rollout, { kind }: ShiftDecision): Move {
  if (kind === 'write') return { kind, to: rollout.wanted, description: describeWanted(rollout) };
  return { kind: kind === 'done' ? 'done' : 'foreign' };
}

/**
 * The description of the alias together with what the rollout wants: everything if it promotes, else the weight of its next step. It
 * names the rollout, so that alarms and the end of the execution take back this weight too.
 */
export function describeWanted(rollout: Rollout): string {
  const { stable, candidate, before, wanted, reason, execution } = rollout;
  const writer = { execution: execution.name, startedAt: execution.startedAt };
  return rollout.next === 'promote'
    ? describeEnd({ did: 'promoted', from: stable, to: candidate, reason, ...writer })
    : describeShift(
        { stable, candidate, before: before ?? undefined, weight: shareOf(candidate, wanted), ...writer },
        { number: rollout.step + 2, of: rollout.plan.length },
      );
}

/** How the document goes on when the alias shows what was wanted. */
export const given = (rollout: Rollout, timing: Timing, now: number): Change =>
  rollout.next === 'promote' ? promoted(rollout, now) : shifted(rollout, timing, now);

/** How the document goes on when the alias was left as it is, for the last decision on it. */
export function notGiven(rollout: Rollout, decision: ShiftDecision, alias: AliasState | null, now: number): Change {
  switch (decision.kind) {
    case 'lookAgain':
      return quiet({ ...rollout, next: 'preflight', reason: decision.reason });
    case 'revert':
      return quiet(reverting(rollout, decision.reason));
    case 'promoted':
      return promoted({ ...rollout, reason: decision.reason }, now);
    case 'superseded':
      return superseded(quiet(rollout), decision.reason, alias, now);
    default:
      return superseded(quiet(rollout), `alias ${rollout.aliasName} does not exist any more`, alias, now);
  }
}
