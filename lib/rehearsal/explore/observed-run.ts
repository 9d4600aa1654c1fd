import { type AliasState, type Routing, sameRouting, shareOf } from '../../rollout/alias/alias.ts';
import { ownerOf, showsWeightsOf } from '../../rollout/alias/description.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import { OPERATOR } from '../names.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { CallOutcome } from '../simulation/faults.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { Write } from './invariants/invariant.ts';
import { ObservedRollout } from './observed-rollout.ts';

/** Calls that no revert can do without: while these fail, nobody can take weights away. */
const neededToRevert = ['lambda:GetAlias', 'lambda:UpdateAlias', 'states:ListExecutions', 'states:DescribeExecution'];

/** A person's latest write, as long as Sluice has not written after it. */
export interface PersonsWrite {
  /** The rollouts for which it is exactly the next weight. They may take it for their own. */
  readonly adoptableBy: ReadonlySet<string>;
}

/**
 * A run as it is seen from outside. It believes nobody: the writer of a change comes from the alias's own changes and from the event that the
 * writing handler was invoked with, never from a handler's own account.
 */
export class ObservedRun {
  readonly policy: Policy;
  alias: AliasState | null = null;
  /** Since when the alias has shown its present routing. */
  aliasSince = 0;
  /** The routing that Sluice wrote last, or the one at the very beginning. */
  lastOfSluice: Routing | null = null;
  lastWriter: ObservedRollout | null = null;
  personsWrite: PersonsWrite | null = null;
  /** When a call last failed without which no alias can be reverted. */
  hinderedAt = 0;
  readonly #rollouts = new Map<string, ObservedRollout>();

  constructor(policy: Policy) {
    this.policy = policy;
  }

  get rollouts(): readonly ObservedRollout[] {
    return [...this.#rollouts.values()];
  }

  rollout(execution: string): ObservedRollout | undefined {
    return this.#rollouts.get(execution);
  }

  /** The rollout that an invocation works for; null if none was ever started. */
  rolloutOf({ event }: Invocation): ObservedRollout | null {
    return this.#rollouts.get(executionNameIn(event) ?? '') ?? this.lastWriter;
  }

  /**
   * Whether the weights on the alias are the rollout's: it wrote them, or a person gave exactly its next ones. If the rollout ends
   * of itself after that, the weights are the person's.
   */
  answersFor({ name, endedDeliberately }: ObservedRollout): boolean {
    return this.personsWrite === null || (this.personsWrite.adoptableBy.has(name) && !endedDeliberately);
  }

  /** An execution began to run, or was redriven. One that is to roll back is no rollout. */
  executionStarted(name: string, input: unknown, second: number): void {
    if (operationIn(input) === 'rollback') return;
    const known = this.#rollouts.get(name);
    if (known) {
      known.running = true;
      known.end = null;
      known.revertingSince = null;
      return;
    }
    const { version } = input as StartInput;
    this.#rollouts.set(name, new ObservedRollout(name, second, version, planOf(this.policy).steps));
  }

  stateEntered(execution: string, state: string, second: number): void {
    const rollout = this.#rollouts.get(execution);
    if (!rollout) return;
    rollout.state = state;
    if (state !== 'Revert') return;
    rollout.verdict ??= { at: second, done: false };
    rollout.revertingSince = second;
  }

  called(call: string, outcome: CallOutcome, second: number): void {
    const failed = outcome !== 'answered' && !(typeof outcome === 'object' && 'action' in outcome);
    if (failed && neededToRevert.includes(call)) this.hinderedAt = second;
  }

  operatorActed(action: OperatorAction, execution: string, second: number): void {
    const rollout = this.#rollouts.get(execution);
    if (!rollout) return;
    if (action.do === 'approve' && rollout.state === 'AwaitApproval') rollout.approvedAt = second;
    if (action.do === 'stopExecution') rollout.stopped = true;
  }

  /** The alias as it was before its first change. */
  aliasSeen(alias: AliasState): void {
    this.alias ??= alias;
    this.lastOfSluice ??= alias;
  }

  /** A person wrote the alias. The command advance writes a rollout's next weight in its name: that is the rollout's write. */
  personWrote(before: AliasState, after: AliasState): void {
    const owner = ownerOf(after);
    const named = owner && after.description !== before.description && this.#rollouts.get(owner.execution);
    if (named && showsWeightsOf(owner, after)) {
      named.weight = owner.weight;
      this.lastOfSluice = after;
      this.personsWrite = null;
      return;
    }
    const adopting = this.rollouts.filter((rollout) => rollout.mayAdopt(after, before));
    this.personsWrite = { adoptableBy: new Set(adopting.map(({ name }) => name)) };
  }

  /** A function of Sluice wrote the alias. */
  sluiceWrote({ rollout, after, invocation, second }: Write): void {
    rollout.hasWritten = true;
    rollout.weight = shareOf(rollout.candidate, after);
    if (invocation.name === 'revert') rollout.verdict = { at: rollout.verdict?.at ?? second, done: true };
    for (const other of this.#rollouts.values()) {
      if (other !== rollout && other.hasWritten) other.displacedBy ??= rollout.name;
    }
    this.lastOfSluice = after;
    this.lastWriter = rollout;
    this.personsWrite = null;
  }

  /** The alias shows something new, whoever wrote it. A person who restores the routing of Sluice has changed no share. */
  aliasChanged(before: AliasState, after: AliasState, byAPerson: boolean, second: number): void {
    const restored = byAPerson && sameRouting(after, this.lastOfSluice as Routing);
    for (const rollout of this.#rollouts.values()) {
      const share = shareOf(rollout.candidate, after);
      if (shareOf(rollout.candidate, before) !== share) rollout.shareSince = restored ? rollout.writtenAt : second;
      if (!byAPerson) rollout.writtenAt = rollout.shareSince;
    }
    if (!sameRouting(before, after)) this.aliasSince = second;
    this.alias = after;
  }
}

/** Whether a person wrote the alias. A rollback that a person starts is that person's write, whichever function carries it out. */
export const isAPersons = ({ by }: AliasChange, invocation: Invocation | undefined): boolean =>
  by === OPERATOR || operationIn(invocation?.event) === 'rollback';

const operationIn = (event: unknown): unknown => (event as { operation?: unknown } | null | undefined)?.operation;

/** The name of the execution in a rollout's document or in an event. */
function executionNameIn(event: unknown): string | undefined {
  const { execution, detail } = (event ?? {}) as {
    execution?: { readonly name?: string };
    detail?: { readonly name?: string };
  };
  return execution?.name ?? detail?.name;
}
