import { type AliasState, allTrafficTo, type Routing, sameRouting, shareOf, split } from '../alias/alias.ts';
import { endOf, type Owner, ownerOf, showsWeightsOf, type Writer, writerOf } from '../alias/description.ts';
import type { Moved } from '../alias/move.ts';
import { errorInWords } from '../contracts/caught-error.ts';
import { type Change, quiet, withEvent } from '../document/change.ts';
import type { JournalEntry } from '../document/record.ts';
import { nextRouting, type Rollout, weightOf } from '../document/rollout.ts';
import { accountsFor, changedReason, isStale } from './external-change.ts';

/** Whether an alias is to be reverted, decided on what it shows. */
export type RevertDecision =
  | {
      readonly kind: 'write';
      readonly to: Routing;
      readonly candidate: string;
      readonly writer: Writer;
      /** The version that the alias served before `to`: a rollback that a person asks for next leads there. */
      readonly before?: string | undefined;
      /** Whether the rollout has had weights on the alias. */
      readonly given: boolean;
    }
  | { readonly kind: 'leave'; readonly found: 'stable' | 'candidate' | 'foreign'; readonly why: string };

/**
 * For the execution itself, which has the rollout's document. The alias is reverted if it shows weights that this rollout wrote or was
 * about to write, whatever the document remembers. Weights that somebody else wrote stay.
 *
 * If the stable version serves alone, that is written all the same, unless the description says so already: the read may be out of
 * date, and a write of this rollout may still be on its way. The new write proves the read and has the late write refused. For the same
 * reason a read that shows what the rollout has left behind is answered with a write.
 */
export function revertOf(rollout: Rollout, alias: AliasState | null): RevertDecision {
  if (!alias) return { kind: 'leave', found: 'foreign', why: `alias ${rollout.aliasName} does not exist any more` };
  const to = allTrafficTo(rollout.stable);
  const { name } = rollout.execution;
  const write = (given: boolean): RevertDecision & { readonly kind: 'write' } => ({
    kind: 'write',
    to,
    candidate: rollout.candidate,
    writer: writerIn(rollout),
    before: rollout.before ?? undefined,
    given,
  });
  if (rollout.revisions.last !== null && rollout.step >= 0 && isStale(rollout, alias)) return write(true);
  if (sameRouting(alias, to)) {
    const writer = writerOf(alias);
    const given = rollout.step >= 0 || writer?.execution === name;
    const told = endOf(alias)?.execution === name || (writer && writer.startedAt > rollout.execution.startedAt);
    return !told && (given || rollout.next === 'shift')
      ? { ...write(given), before: undefined }
      : { kind: 'leave', found: 'stable', why: `the alias serves ${rollout.stable} alone` };
  }
  const owner = ownerOf(alias);
  const ours = owner?.execution === name;
  const shown =
    (ours && isAsWritten(rollout, owner, alias)) ||
    ((!owner || ours || (rollout.step >= 0 && owner.startedAt < rollout.execution.startedAt)) &&
      accountsFor(rollout, alias, adoptable(rollout)));
  if (shown) return write(true);
  if (sameRouting(alias, allTrafficTo(rollout.candidate))) {
    return { kind: 'leave', found: 'candidate', why: `the alias serves ${rollout.candidate} alone` };
  }
  return { kind: 'leave', found: 'foreign', why: changedReason(alias) };
}

/**
 * Whether the alias shows what this rollout wrote. An earlier step that comes back under a new revision was restored by a person, unless
 * the rollout's last write is unknown: a handler may have died before it could tell.
 */
const isAsWritten = (rollout: Rollout, owner: Owner, alias: AliasState): boolean =>
  showsWeightsOf(owner, alias) && (rollout.revisions.last === null || owner.weight >= weightOf(rollout));

/** How a rollout ends that something was thrown at before it had looked at its alias. */
export const neverStarted = (rollout: Rollout): Change =>
  quiet({ ...rollout, next: 'rejected', reason: `no traffic was moved: ${errorInWords(rollout.error)}` });

/** Why an execution reverts: the reason in its document, and what was thrown since, if that is something else. */
export function revertReason({ reason, error }: Rollout): string {
  const thrown = error ? errorInWords(error) : '';
  return reason.includes(thrown) ? reason : `${reason}; then something failed: ${thrown}`;
}

/**
 * How the rollout has ended when its execution has reverted the alias, or has left it alone.
 *
 * @param decision the last decision on the alias
 * @param reason why it reverted
 */
export function afterRevert(
  rollout: Rollout,
  moved: Moved,
  decision: RevertDecision,
  reason: string,
  now: number,
): Change {
  const { alias } = moved;
  const ended = (next: Rollout['next'], event: JournalEntry['event'], weight: number, why: string) =>
    withEvent(quiet({ ...rollout, next, reason: why }), now, event, weight, why);
  if (moved.wrote || moved.kind === 'done') {
    const given = decision.kind === 'write' ? decision.given : rollout.step >= 0 || hasWritten(rollout, alias);
    return given
      ? ended('rolledBack', 'reverted', 0, reason)
      : quiet({ ...rollout, next: 'rejected', reason: `no traffic was moved: ${reason}` });
  }
  const left = decision.kind === 'leave' ? decision.why : `alias ${rollout.aliasName} does not exist any more`;
  const why = `${left} (${reason})`;
  return decision.kind === 'leave' && decision.found === 'candidate'
    ? ended('promoted', 'promoted', 100, why)
    : ended('superseded', 'superseded', alias ? shareOf(rollout.candidate, alias) : 0, why);
}

/** Whether the alias tells that this rollout has had weights on it. */
const hasWritten = (rollout: Rollout, alias: AliasState | null): boolean =>
  alias !== null && writerOf(alias)?.execution === rollout.execution.name;

/** The weight that the rollout gave, and the next one, which it takes for its own if a person gives it. */
const adoptable = (rollout: Rollout): readonly Routing[] => [
  ...(rollout.step >= 0 ? [rollout.seen] : []),
  ...nextRouting(rollout),
];

/** The facts that an event brings. */
export interface RevertEvent {
  /** The execution that ended. */
  readonly execution?: string;
  /** When it happened, in seconds since 1970. */
  readonly at?: number | null;
  /** Executions that the event does not concern: their own policies were asked. */
  readonly except?: ReadonlySet<string>;
  /** The weights that the execution had planned: a person who gave the next one skipped a bake and changed nothing else. */
  readonly planned?: readonly number[];
  /** The words with which the execution ended. If they leave the alias to somebody exactly as it is, it stays. */
  readonly cause?: string | null;
}

/**
 * For an event that knows only the alias and perhaps an execution's name. The alias itself tells whose weights it shows. Without a
 * name, the weights of any rollout are taken back, unless it started after the event or is one of `except`.
 */
export function revertByDescription(
  alias: AliasState | null,
  { execution, at, except, planned = [], cause }: RevertEvent,
): RevertDecision {
  if (!alias) return { kind: 'leave', found: 'foreign', why: 'the alias does not exist any more' };
  const owner = ownerOf(alias);
  if (!owner || Object.keys(alias.additionalVersionWeights).length === 0) {
    return { kind: 'leave', found: 'stable', why: 'the alias shows no weights of a rollout' };
  }
  if ((execution !== undefined && owner.execution !== execution) || except?.has(owner.execution)) {
    return { kind: 'leave', found: 'foreign', why: `the weights are those of execution ${owner.execution}` };
  }
  if (typeof at === 'number' && at < owner.startedAt) {
    return {
      kind: 'leave',
      found: 'foreign',
      why: `the weights are those of execution ${owner.execution}, which started later`,
    };
  }
  if (cause?.includes(changedReason(alias))) {
    return { kind: 'leave', found: 'foreign', why: 'the execution has left these weights to whoever set them' };
  }
  const next = planned.find((weight) => weight > owner.weight);
  const skipped = next !== undefined && showsWeightsOf({ ...owner, weight: next }, alias);
  if (!skipped && !showsWeightsOf(owner, alias)) {
    return { kind: 'leave', found: 'foreign', why: 'the weights were changed by hand; they stay' };
  }
  const writer = { execution: owner.execution, startedAt: owner.startedAt };
  return {
    kind: 'write',
    to: allTrafficTo(owner.stable),
    candidate: owner.candidate,
    writer,
    before: owner.before,
    given: true,
  };
}

/** An execution as its input and the time of its start tell of it. */
export interface KnownExecution {
  readonly execution: string;
  /** In seconds since 1970. */
  readonly startedAt: number;
  readonly candidate: string;
  /** The weights that it may have given, in percent: those of its plan; none if it has ended as it meant to. */
  readonly planned: readonly number[];
}

/**
 * The weights that an alias shows of an execution although its description does not tell of any rollout: somebody has rewritten it. The
 * candidate must have a weight that the execution may have given; any other was given by a person, and stays. So do weights that were given after a rollout
 * had ended that is no older than this one.
 *
 * @returns the decision to take them back; undefined if they are not this execution's. Another rollout of the same candidate may claim them.
 */
export function revertUndescribed(alias: AliasState | null, known: KnownExecution): RevertDecision | undefined {
  if (!alias || ownerOf(alias)) return undefined;
  const end = endOf(alias);
  if (end && (end.execution === known.execution || end.startedAt >= known.startedAt)) return undefined;
  const { candidate, execution, startedAt } = known;
  const stable = alias.functionVersion;
  const shown = known.planned.some((weight) => sameRouting(alias, split(stable, candidate, weight)));
  if (!shown || stable === candidate) return undefined;
  return { kind: 'write', to: allTrafficTo(stable), candidate, writer: { execution, startedAt }, given: true };
}

/**
 * Whether the alias shows a rollout's weights under another revision than its last write had, after the rollout has ended on purpose. Its end
 * has seen or written a later revision, so a write of its own would be refused: a person has restored what it had left behind. Under the
 * revision of its last write they are its own. It has taken a read that was out of date for somebody else's change.
 *
 * @param rollout undefined if its document cannot be read
 */
export const isRestoredSince = (rollout: Rollout | undefined, alias: AliasState | null): boolean => {
  const last = rollout?.revisions.last ?? null;
  return last !== null && alias !== null && alias.revisionId !== last;
};

/**
 * The weights in percent that an alias may show because of a rollout, as its document tells: the one that it gave last, and the next
 * one, which it may have given since, or a person to skip a bake. None before it has begun to give the first one.
 *
 * @param rollout undefined if its execution ended before there was a document
 */
export function possiblyGiven(rollout: Rollout | undefined): readonly number[] {
  if (!rollout || (rollout.step < 0 && rollout.next !== 'shift')) return [];
  return rollout.plan.slice(Math.max(rollout.step, 0), rollout.step + 2).map(({ weight }) => weight);
}

const writerIn = ({ execution: { name, startedAt } }: Rollout): Writer => ({ execution: name, startedAt });
