import { type AliasState, carriesWeights, type Routing, sameRouting, shareOf } from '../../rollout/alias/alias.ts';
import { ownerOf, showsWeightsOf } from '../../rollout/alias/description.ts';
import { requestedRollout } from '../../rollout/document/requested.ts';
import { HOLD_TAG } from '../../rollout/observation.ts';
import { type Policy, policySchema } from '../../rollout/policy/policy.ts';
import { FUNCTION, OPERATOR } from '../names.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { TaskRun } from '../services/execution.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { CallOutcome } from '../simulation/faults.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { WorldView } from '../simulation/observer.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { alarmStatesIn } from './alarm-states.ts';
import type { Write } from './invariants/invariant.ts';
import { goesOnFromItsOwn } from './invariants/its-own.ts';
import { ObservationLog } from './observation-log.ts';
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
  /** The scenario of the run, if it is known. */
  readonly scenario: Scenario | null;
  /** The function whose alias is watched, one of a group. */
  readonly functionName: string;
  /** The runs of all members of the group, in their order, this one among them. */
  fellows: readonly ObservedRun[] = [this];
  /** The world of the run; null before it begins. */
  world: WorldView | null = null;
  /** What AWS has answered to the rollouts' looks. */
  readonly observations = new ObservationLog();
  /** By the name of an alarm: since when it has been in ALARM. */
  readonly firingSince = new Map<string, number>();
  /** By the name of a call: when it was last disturbed. */
  readonly disturbedAt = new Map<string, number>();
  /** Since when the function has been on hold, as far as people set it; null if it is not. */
  heldSince: number | null = null;
  alias: AliasState | null = null;
  /** Since when the alias has shown its present routing. */
  aliasSince = 0;
  /** The routing that Sluice wrote last, or the one at the very beginning. */
  lastOfSluice: Routing | null = null;
  lastWriter: ObservedRollout | null = null;
  personsWrite: PersonsWrite | null = null;
  /** When Sluice last wrote over what a person had set and no rollout could take for its own. Until then the routing was the person's. */
  takenOverAt = Number.NEGATIVE_INFINITY;
  /** When a call last failed without which no alias can be reverted. */
  hinderedAt = 0;
  readonly #rollouts = new Map<string, ObservedRollout>();

  constructor(policy: Policy, scenario: Scenario | null = null, functionName: string = FUNCTION) {
    this.policy = policy;
    this.scenario = scenario;
    this.functionName = functionName;
  }

  /** By how many seconds the clocks of those who shift and those who observe differ. */
  get skewSeconds(): number {
    const { observe = 0, shift = 0 } = this.scenario?.clocks ?? {};
    return Math.abs(observe - shift);
  }

  get rollouts(): readonly ObservedRollout[] {
    return [...this.#rollouts.values()];
  }

  rollout(execution: string): ObservedRollout | undefined {
    return this.#rollouts.get(execution);
  }

  /** How many requests a version has been sent so far. */
  requestsOf(version: string): number {
    return this.world?.totals[version]?.requests ?? 0;
  }

  /**
   * The rollout that an invocation works for; null if none was ever started. An event that names none is about the weights that the alias shows,
   * which a person may have restored.
   */
  rolloutOf({ event }: Invocation): ObservedRollout | null {
    const owner = this.alias ? ownerOf(this.alias)?.execution : undefined;
    return this.#rollouts.get(executionNameIn(event) ?? owner ?? '') ?? this.lastWriter;
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
      known.redrivenAt = second;
      return;
    }
    const member = requestedRollout(input)?.members.find(({ functionName }) => functionName === this.functionName);
    if (this.fellows.length > 1 && !member) return;
    const version = member?.candidate ?? (input as { readonly version: string }).version;
    const own = policySchema.safeParse((input as { readonly policy?: unknown }).policy);
    const rollout = new ObservedRollout(name, second, version, own.data ?? this.policy);
    this.#rollouts.set(name, rollout);
    if (rollout.policy.alarmsAlreadyFiring !== 'ignore') return;
    for (const alarm of rollout.policy.alarms) if (this.firingSince.has(alarm)) rollout.ignored.add(alarm);
  }

  stateEntered(execution: string, state: string, second: number): void {
    const rollout = this.#rollouts.get(execution);
    if (!rollout) return;
    rollout.state = state;
    if (state === 'Shift' || state === 'Promote') rollout.shiftingSince = second;
    if (state !== 'Revert') return;
    rollout.verdict ??= { at: second, done: false };
    rollout.revertingSince = second;
  }

  /** The world begins: alarms may be firing in it already. */
  began(world: WorldView): void {
    this.world = world;
    for (const { name, state } of world.alarms) if (state === 'ALARM') this.firingSince.set(name, 0);
  }

  alarmChanged({ name, state, second }: AlarmTransition): void {
    if (state === 'ALARM') this.firingSince.set(name, second);
    else this.firingSince.delete(name);
  }

  /** A handler or a person got an answer. People set and lift a hold by the function's tags. */
  answered(answer: ObservedAnswer, second: number): void {
    this.observations.add(answer);
    const { invocation, call, input, output } = answer;
    const { Tags = {}, TagKeys = [] } = input as { Tags?: object; TagKeys?: readonly string[] };
    if (call === 'lambda:TagResource' && HOLD_TAG in Tags) this.heldSince ??= second;
    if (call === 'lambda:UntagResource' && TagKeys.includes(HOLD_TAG)) this.heldSince = null;
    const rollout = invocation && this.rolloutOf(invocation);
    if (rollout && call === 'lambda:Invoke' && objects(output)) rollout.hookObjectedAt ??= second;
    if (!rollout || call !== 'cloudwatch:DescribeAlarms') return;
    for (const [name, state] of alarmStatesIn(output)) if (state === 'OK') rollout.ignored.delete(name);
  }

  /** A Task of an execution returned its document. A function that has outlived its Task may do so after the end: nobody reads that. */
  taskDone({ execution, output }: TaskRun): void {
    const rollout = this.#rollouts.get(execution);
    if (rollout?.running) rollout.document = output;
  }

  called(call: string, outcome: CallOutcome, second: number): void {
    const failed = outcome !== 'answered' && !(typeof outcome === 'object' && 'action' in outcome);
    if (failed) this.disturbedAt.set(call, second);
    if (failed && neededToRevert.includes(call)) this.hinderedAt = second;
  }

  operatorActed(action: OperatorAction, execution: string, second: number): void {
    if (action.do === 'deleteAlarm') this.firingSince.delete(action.alarm);
    if (action.do === 'hold') this.heldSince ??= second;
    if (action.do === 'resume') this.heldSince = null;
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

  /**
   * A person wrote the alias. The command advance writes a rollout's next weight in its name: that is the rollout's write. A state that the
   * rollout has left behind and that is restored bears its name as well: that is the person's.
   */
  personWrote(before: AliasState, after: AliasState): void {
    const owner = after.description === before.description ? undefined : ownerOf(after);
    const named = owner && this.#rollouts.get(owner.execution);
    if (owner && named?.mayAdopt(after, before) && showsWeightsOf(owner, after)) {
      named.noteWeight(owner.weight);
      this.lastOfSluice = after;
      this.personsWrite = null;
      return;
    }
    const adopting = this.rollouts.filter((rollout) => rollout.mayAdopt(after, before));
    this.personsWrite = { adoptableBy: new Set(adopting.map(({ name }) => name)) };
  }

  /** A function of Sluice wrote the alias. */
  sluiceWrote(write: Write): void {
    const { rollout, after, advanced, moved, invocation, second } = write;
    rollout.hasWritten = true;
    // A person has given the alias back to it.
    if (this.personsWrite && advanced && goesOnFromItsOwn(write)) rollout.displacedBy = null;
    if (invocation.name === 'shift') rollout.given = after;
    if (advanced) rollout.approvedAt = null;
    if (isAlarmEvent(invocation.event) && !carriesWeights(after)) rollout.revertedOnAlarmAt ??= second;
    rollout.noteWeight(shareOf(rollout.candidate, after));
    if (invocation.name === 'revert') rollout.verdict = { at: rollout.verdict?.at ?? second, done: true };
    for (const other of this.#rollouts.values()) {
      // A rollout that was displaced itself takes nothing over from the one that displaced it.
      const takesOver = moved && other !== rollout && rollout.displacedBy !== other.name;
      if (takesOver && other.hasWritten) other.displacedBy ??= rollout.name;
    }
    if (this.personsWrite && !this.personsWrite.adoptableBy.has(rollout.name)) this.takenOverAt = second;
    this.lastOfSluice = after;
    this.lastWriter = rollout;
    this.personsWrite = null;
  }

  /** The alias shows something new, whoever wrote it. A person who restores the routing of Sluice has changed no share. */
  aliasChanged(before: AliasState, after: AliasState, byAPerson: boolean, second: number): void {
    const restored = byAPerson && sameRouting(after, this.lastOfSluice as Routing);
    for (const rollout of this.#rollouts.values()) {
      const share = shareOf(rollout.candidate, after);
      const earlier = shareOf(rollout.candidate, before);
      if (earlier !== share) {
        rollout.shareSince = restored ? rollout.writtenAt : second;
        rollout.requestsBefore = this.requestsOf(rollout.candidate);
      }
      if (earlier === 0 && share > 0) rollout.weightSince = second;
      if (!byAPerson) rollout.writtenAt = rollout.shareSince;
    }
    if (!sameRouting(before, after)) this.aliasSince = second;
    this.alias = after;
  }
}

/** Whether a person wrote the alias. A rollback that a person starts is that person's write, whichever function carries it out. */
export const isAPersons = ({ by }: AliasChange, invocation: Invocation | undefined): boolean =>
  by === OPERATOR || operationIn(invocation?.event) === 'rollback';

/** Whether the answer of a hook is not `{ "ok": true }`. */
function objects(output: object): boolean {
  const { FunctionError, Payload } = output as { FunctionError?: string; Payload?: Uint8Array };
  const answer = JSON.parse(new TextDecoder().decode(Payload) || 'null') as { ok?: unknown } | null;
  return FunctionError !== undefined || answer?.ok !== true;
}

/** Whether an event tells of an alarm that fired. */
const isAlarmEvent = (event: unknown): boolean => (event as { trigger?: unknown } | null)?.trigger === 'alarm';

const operationIn = (event: unknown): unknown => (event as { operation?: unknown } | null | undefined)?.operation;

/** The name of the execution in a rollout's document or in an event. */
function executionNameIn(event: unknown): string | undefined {
  const { execution, detail } = (event ?? {}) as {
    execution?: { readonly name?: string };
    detail?: { readonly name?: string };
  };
  return execution?.name ?? detail?.name;
}
