import {
  type AliasState,
  carriesWeights,
  type Routing,
  routingInWords,
  sameRouting,
  shareOf,
} from '../../rollout/alias/alias.ts';
import { ownerOf, showsWeightsOf } from '../../rollout/alias/description.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import type { OperatorAction } from '../scenario/scenario.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { Execution, ExecutionEnd, StateEntry } from '../services/step-functions.ts';
import type { CallOutcome } from '../simulation/faults.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { Observer } from '../simulation/observer.ts';
import { OPERATOR } from '../simulation/operator-name.ts';
import { ObservedRollout } from './observed-rollout.ts';
import { ObservationLog } from './proof.ts';
import type { Invariant, Violation } from './violation.ts';

/** How long weights of a dead rollout may stay, in seconds, while the calls that take them away are answered. */
const ABANDONED_SECONDS = 600;

/** How long a revert may take, in seconds, while the calls on the alias are answered: a handler that hung, and its repetition. */
const REVERT_SECONDS = 300;

/** Calls that putting an alias back cannot do without: while these fail, nobody can. */
const needed = ['lambda:GetAlias', 'lambda:UpdateAlias', 'states:ListExecutions', 'states:DescribeExecution'];

/** A person's latest write that nobody has moved on from. */
interface PersonsWrite {
  /** The rollouts for which it is exactly the next weight, and which may take it for their own therefore. */
  readonly adoptableBy: ReadonlySet<string>;
}

/**
 * Watches one rehearsal from outside, and holds what it sees against the invariants. It believes nobody: who wrote what comes from
 * the alias's own changes and from what the writing handler was invoked with, never from what a handler says that it did.
 *
 * Effects are at least once, and a handler may be anywhere when its execution is stopped or its Task given up. So some things
 * that look wrong for a moment are right:
 *
 * - A handler that was at work when its execution was *stopped* or lost may still write. That is why weights of a dead rollout are
 *   given ten minutes. After an end that names itself nothing of the rollout may come any more.
 * - A verdict binds every handler that begins after it, and everyone once the alias was put back. In between a write that was on
 *   its way may land; Revert takes it away.
 * - What a person gave is theirs, but for one thing: exactly the next weight is an advance, and then belongs to the rollout like
 *   its own, unless the alias was put back before. A routing that is what it was before the person's hand changes nothing, also
 *   after a detour: a rollout that did not look meanwhile cannot know of it. A rollout that has written nothing yet may start from
 *   whatever single version a person left; one that has written may not write over it.
 */
export class Monitor implements Observer {
  readonly violations: Violation[] = [];
  readonly #policy: Policy;
  readonly #rollouts = new Map<string, ObservedRollout>();
  readonly #observations = new ObservationLog();
  #alias: AliasState | null = null;
  /** What Sluice wrote last, or found at the very beginning. */
  #lastOfSluice: Routing | null = null;
  #lastWriter: ObservedRollout | null = null;
  #person: PersonsWrite | null = null;
  /** Since when the alias has shown what it shows. */
  #since = 0;
  /** When a call was last spoilt without which no alias can be put back. */
  #hinderedAt = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  onExecution({ name, input }: Execution, second: number): void {
    this.#lookForAbandoned(second);
    if ((input as { operation?: unknown } | null)?.operation === 'rollback') return;
    const known = this.#rollouts.get(name);
    if (known) {
      known.running = true;
      known.end = null;
      known.revertingSince = null;
      return;
    }
    const { version } = input as StartInput;
    this.#rollouts.set(name, new ObservedRollout(name, second, version, planOf(this.#policy).steps));
  }

  onState({ execution, state }: StateEntry, second: number): void {
    const rollout = this.#rollouts.get(execution);
    if (!rollout) return;
    rollout.state = state;
    if (state !== 'Revert') return;
    rollout.verdict ??= { at: second, done: false };
    rollout.revertingSince = second;
  }

  onCall(call: string, fate: CallOutcome, second: number): void {
    const hinders = fate !== 'answered' && !(typeof fate === 'object' && 'act' in fate);
    if (hinders && needed.includes(call)) this.#hinderedAt = second;
  }

  onAnswer(told: ObservedAnswer): void {
    this.#observations.add(told);
  }

  onOperatorAction(act: OperatorAction, execution: string, second: number): void {
    const rollout = this.#rollouts.get(execution);
    if (!rollout) return;
    if (act.do === 'approve' && rollout.state === 'AwaitApproval') rollout.approvedAt = second;
    if (act.do === 'stopExecution') rollout.stopped = true;
  }

  onAliasChange({ by, before, after }: AliasChange, invocation: Invocation | undefined, second: number): void {
    this.#alias ??= before;
    this.#lastOfSluice ??= before;
    this.#lookForAbandoned(second);
    // A rollback that somebody starts is that person's hand, whoever carries it out.
    const asked = (invocation?.event as { operation?: unknown } | undefined)?.operation === 'rollback';
    const byAPerson = by === OPERATOR || asked;
    if (byAPerson) this.#byAPerson(before, after);
    else this.#bySluice(before, after, invocation as Invocation, second);
    const detour = byAPerson && sameRouting(after, this.#lastOfSluice);
    for (const rollout of this.#rollouts.values()) {
      const share = shareOf(rollout.candidate, after);
      if (shareOf(rollout.candidate, before) !== share) rollout.shareSince = detour ? rollout.writtenAt : second;
      if (!byAPerson) rollout.writtenAt = rollout.shareSince;
    }
    if (!sameRouting(before, after)) this.#since = second;
    this.#alias = after;
  }

  #byAPerson(before: AliasState, after: AliasState): void {
    // The command advance gives a rollout's next weight in the rollout's name: whoever may supersede that may supersede this.
    const owner = ownerOf(after);
    const named = owner && after.description !== before.description && this.#rollouts.get(owner.execution);
    if (named && showsWeightsOf(owner, after)) {
      named.weight = owner.weight;
      this.#lastOfSluice = after;
      this.#person = null;
      return;
    }
    const adopting = [...this.#rollouts.values()].filter(
      (rollout) =>
        !rollout.endedDeliberately && !rollout.verdict?.done && !rollout.displacedBy && rollout.isNext(after, before),
    );
    this.#person = { adoptableBy: new Set(adopting.map(({ name }) => name)) };
  }

  #bySluice(before: AliasState, after: AliasState, invocation: Invocation, second: number): void {
    const rollout = this.#rollouts.get(nameIn(invocation.event) ?? '') ?? this.#lastWriter;
    if (!rollout) {
      this.#break('alias', second, `${invocation.name} wrote for no rollout that was ever started`);
      return;
    }
    const wrote = `${rollout.name} wrote ${routingInWords(after)} over ${routingInWords(before)}`;
    if (carriesWeights(after)) rollout.stable ??= before.functionVersion;
    if (this.#person) this.#checkPerson(this.#person, rollout, before, after, second, wrote);
    this.#checkVersions(rollout, !sameRouting(before, after), after, invocation, second, wrote);
    this.#checkSupersede(rollout, second, wrote);
    if (!sameRouting(before, after) && shareOf(rollout.candidate, after) >= shareOf(rollout.candidate, before)) {
      this.#checkVerdict(rollout, invocation, second, wrote);
      this.#checkProof(rollout, before, after, second, wrote);
    }
    rollout.hasWritten = true;
    rollout.weight = shareOf(rollout.candidate, after);
    if (invocation.name === 'revert') rollout.verdict = { at: rollout.verdict?.at ?? second, done: true };
    for (const other of this.#rollouts.values()) {
      if (other !== rollout && other.hasWritten) other.displacedBy ??= rollout.name;
    }
    this.#lastOfSluice = after;
    this.#lastWriter = rollout;
    this.#person = null;
  }

  #checkVersions(
    rollout: ObservedRollout,
    moved: boolean,
    after: AliasState,
    { begunAt }: Invocation,
    second: number,
    wrote: string,
  ): void {
    const { candidate, stable } = rollout;
    const additional = Object.keys(after.additionalVersionWeights);
    const main = after.functionVersion;
    const known = stable === null || main === stable || (main === candidate && additional.length === 0);
    if (!moved) return;
    if (!known || additional.some((version) => version !== candidate)) {
      this.#break('alias', second, `${wrote}: not its stable version ${stable} and its candidate ${candidate}`);
    }
    const atWork = rollout.end !== null && begunAt <= rollout.end.second && !rollout.endedDeliberately;
    if (carriesWeights(after) && !rollout.running && !atWork) {
      this.#break('alias', second, `${wrote}, and its execution had ended as ${endInWords(rollout.end)}`);
    }
  }

  #checkPerson(
    { adoptableBy }: PersonsWrite,
    rollout: ObservedRollout,
    before: AliasState,
    after: AliasState,
    second: number,
    wrote: string,
  ): void {
    const startsFrom =
      !rollout.hasWritten && !carriesWeights(before) && after.functionVersion === before.functionVersion;
    const allowed =
      sameRouting(before, after) ||
      sameRouting(before, this.#lastOfSluice as Routing) ||
      adoptableBy.has(rollout.name) ||
      startsFrom;
    if (!allowed) this.#break('person', second, `${wrote}, which a person had set`);
  }

  /** Stronger than asked: once another rollout has written, the former never writes again, told or not. */
  #checkSupersede(rollout: ObservedRollout, second: number, wrote: string): void {
    if (rollout.displacedBy) {
      this.#break('supersede', second, `${wrote}, after ${rollout.displacedBy} had taken the alias over`);
    } else if (this.#lastWriter && this.#lastWriter !== rollout && this.#lastWriter.startedAt > rollout.startedAt) {
      this.#break('supersede', second, `${wrote}, after ${this.#lastWriter.name} had written, which started later`);
    }
  }

  #checkVerdict({ verdict }: ObservedRollout, { begunAt }: Invocation, second: number, wrote: string): void {
    if (verdict && (verdict.done || begunAt > verdict.at)) {
      this.#break('verdict', second, `${wrote}, after the verdict at ${Math.round(verdict.at)} s to revert`);
    }
  }

  #checkProof(rollout: ObservedRollout, before: AliasState, after: AliasState, second: number, wrote: string): void {
    // A rollout to what the alias serves already only takes another one's weights away.
    if (before.functionVersion === rollout.candidate && !carriesWeights(after)) return;
    const step = rollout.stepOn(before);
    const next = rollout.plan[step + 1];
    const inTurn = next
      ? after.functionVersion !== rollout.candidate && shareOf(rollout.candidate, after) === next.weight
      : after.functionVersion === rollout.candidate;
    if (!inTurn) this.#break('proof', second, `${wrote}, which is not what comes next`);
    if (next?.approval === 'manual' && rollout.approvedAt < rollout.shareSince) {
      this.#break('proof', second, `${wrote}, which nobody had approved`);
    }
    const objection = step < 0 ? undefined : this.#observations.objection(rollout, step, this.#policy);
    if (objection) this.#break('proof', second, `${wrote}, but ${objection}`);
  }

  onEnd({ name }: Execution, end: ExecutionEnd): void {
    const rollout = this.#rollouts.get(name);
    if (!rollout) return;
    rollout.running = false;
    rollout.end = end;
    const { second } = end;
    this.#checkReason(rollout, end);
    const from = Math.max(rollout.revertingSince ?? second, this.#hinderedAt);
    // The alias counts: whom the revert tells afterwards may hold up the end of the execution, and nothing else.
    const isBack = this.#alias !== null && shareOf(rollout.candidate, this.#alias) === 0;
    const until = isBack ? rollout.shareSince : second;
    if (!rollout.stopped && until - from > REVERT_SECONDS) {
      this.#break('revert', second, `${name} took ${Math.round(until - from)} s to revert`);
    }
    if (this.#lastWriter !== rollout || this.#person || !this.#alias) return;
    // One that a stale read told of another hand leaves what it gave: the event of its end takes that away.
    if (end.error !== 'Superseded' && rollout.endedDeliberately && carriesWeights(this.#alias)) {
      const shown = routingInWords(this.#alias);
      this.#break('alias', second, `${name} ended as ${endInWords(end)} and left the alias at ${shown}`);
    }
  }

  #checkReason({ name, stopped, endedDeliberately }: ObservedRollout, end: ExecutionEnd): void {
    const { status, second, error, cause, output } = end;
    if (status === 'ABORTED' && stopped) return;
    const reason = status === 'SUCCEEDED' ? (output as { reason?: unknown } | null)?.reason : cause;
    if (!endedDeliberately && error !== 'RevertFailed') {
      this.#break('end', second, `${name} ended as ${endInWords(end)}, which is no end of a rollout`);
    } else if (error === 'RevertFailed' && this.#hinderedAt < second - ABANDONED_SECONDS) {
      this.#break('end', second, `${name} ended as RevertFailed while every call on the alias was answered`);
    } else if (typeof reason !== 'string' || reason === '' || reason === 'not started yet') {
      this.#break('end', second, `${name} ended as ${endInWords(end)} without a reason`);
    }
  }

  /** Looks at what the alias has shown up to now, just before that changes. */
  #lookForAbandoned(second: number): void {
    const alias = this.#alias;
    const rollout = this.#lastWriter;
    if (!alias || !rollout || !carriesWeights(alias) || !this.#answersFor(rollout)) return;
    if (rollout.running || !rollout.end) return;
    const from = Math.max(this.#since, rollout.end.second, this.#hinderedAt);
    if (second - from > ABANDONED_SECONDS) {
      const shown = routingInWords(alias);
      this.#break('abandoned', second, `${shown} for ${Math.round(second - from)} s after ${rollout.name} had ended`);
    }
  }

  /**
   * Whether the weights are the rollout's: it wrote them, or a person gave exactly its next ones. These a rollout may decline by
   * ending of itself; then they are the person's.
   */
  #answersFor(rollout: ObservedRollout): boolean {
    return this.#person === null || (this.#person.adoptableBy.has(rollout.name) && !rollout.endedDeliberately);
  }

  /** What must hold when everything has come to rest. */
  finish(second: number): void {
    this.#lookForAbandoned(second);
    for (const { name, running } of this.#rollouts.values()) {
      if (running) this.#break('end', second, `${name} never ended`);
    }
    const rollout = this.#lastWriter;
    if (rollout && this.#alias && carriesWeights(this.#alias) && this.#answersFor(rollout)) {
      this.#break('alias', second, `the alias was left at ${routingInWords(this.#alias)}`);
    }
  }

  #break(invariant: Invariant, second: number, what: string): void {
    this.violations.push({ invariant, second: Math.round(second), what });
  }
}

/** The execution that an invocation works for: its document's, that of an approval request, or the one that an event tells of. */
function nameIn(event: unknown): string | undefined {
  const { execution, detail } = (event ?? {}) as {
    execution?: { readonly name?: string };
    detail?: { readonly name?: string };
  };
  return execution?.name ?? detail?.name;
}

const endInWords = (end: ExecutionEnd | null): string =>
  end?.error ? `${end.status} (${end.error})` : String(end?.status);
