import { routingInWords, sameRouting, shareOf } from '../../rollout/alias/alias.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { Execution, ExecutionEnd, StateEntry, TaskRun } from '../services/execution.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { CallOutcome } from '../simulation/faults.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { Observer, WorldView } from '../simulation/observer.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import type { Checker, Moments, Write } from './invariants/invariant.ts';
import { type InvariantName, invariants } from './invariants/invariants.ts';
import type { ObservedRollout } from './observed-rollout.ts';
import { isAPersons, ObservedRun } from './observed-run.ts';
import type { Violation } from './violation.ts';

/**
 * Watches one rehearsal from outside, and has every invariant checked at each of its moments.
 *
 * Effects are at least once, and a handler may be anywhere when its execution is stopped or its Task is given up. So some things
 * that look wrong for a moment are right; each invariant says which.
 */
export class Monitor implements Observer {
  readonly violations: Violation[] = [];
  readonly #run: ObservedRun;
  readonly #checkers: readonly (readonly [InvariantName, Checker])[];

  /**
   * @param scenario of the run; without it, nothing is known of what the version is like
   * @param functionName of the alias that is watched
   */
  constructor(policy: Policy, scenario: Scenario | null = null, functionName?: string) {
    this.#run = new ObservedRun(policy, scenario, functionName);
    const names = Object.keys(invariants) as InvariantName[];
    this.#checkers = names.map((name) => [name, invariants[name].checker(this.#run)]);
  }

  /** Has these watch the members of one group, each one of them. */
  static together(monitors: readonly Monitor[]): void {
    const runs = monitors.map((monitor) => monitor.#run);
    for (const run of runs) run.fellows = runs;
  }

  onExecution({ name, input }: Execution, second: number): void {
    this.#check('shown', { second });
    this.#run.executionStarted(name, input, second);
  }

  onBegin(world: WorldView): void {
    this.#run.began(world);
  }

  onAlarm(transition: AlarmTransition): void {
    this.#check('alarm', { second: transition.second });
    this.#run.alarmChanged(transition);
  }

  onTask(run: TaskRun): void {
    this.#run.taskDone(run);
  }

  onState({ execution, state }: StateEntry, second: number): void {
    this.#run.stateEntered(execution, state, second);
  }

  onCall(call: string, outcome: CallOutcome, second: number): void {
    this.#run.called(call, outcome, second);
  }

  onAnswer(answer: ObservedAnswer, second: number): void {
    this.#run.answered(answer, second);
    this.#check('answer', { answer, second });
  }

  onOperatorAction(action: OperatorAction, execution: string, second: number): void {
    this.#run.operatorActed(action, execution, second);
  }

  onAliasChange(change: AliasChange, invocation: Invocation | undefined, second: number): void {
    const { before, after } = change;
    const byAPerson = isAPersons(change, invocation);
    this.#run.aliasSeen(before);
    this.#check('shown', { second });
    if (byAPerson) this.#run.personWrote(before, after);
    else this.#sluiceWrote(change, invocation as Invocation, second);
    this.#run.aliasChanged(before, after, byAPerson, second);
  }

  onEnd({ name }: Execution, end: ExecutionEnd): void {
    const rollout = this.#run.rollout(name);
    if (!rollout) return;
    rollout.running = false;
    rollout.end = end;
    this.#check('end', { rollout, end, second: end.second });
  }

  /** Everything has come to rest. */
  finish(second: number): void {
    this.#check('shown', { second });
    this.#check('rest', { second });
  }

  #sluiceWrote({ before, after }: AliasChange, invocation: Invocation, second: number): void {
    const rollout = this.#run.rolloutOf(invocation);
    if (!rollout) {
      this.#check('strayWrite', { invocation, second });
      return;
    }
    rollout.noteStable(before, after);
    const write = writeOf(rollout, { before, after, invocation, second });
    this.#check('write', write);
    this.#run.sluiceWrote(write);
  }

  #check<Name extends keyof Moments>(name: Name, moment: Moments[Name]): void {
    for (const [invariant, checker] of this.#checkers) {
      const finding = checker[name]?.(moment);
      if (finding !== undefined) this.violations.push({ invariant, second: Math.round(moment.second), finding });
    }
  }
}

function writeOf(rollout: ObservedRollout, written: Pick<Write, 'before' | 'after' | 'invocation' | 'second'>): Write {
  const { before, after } = written;
  const moved = !sameRouting(before, after);
  return {
    ...written,
    rollout,
    moved,
    advanced: moved && shareOf(rollout.candidate, after) >= shareOf(rollout.candidate, before),
    wrote: `${rollout.name} wrote ${routingInWords(after)} over ${routingInWords(before)}`,
  };
}
