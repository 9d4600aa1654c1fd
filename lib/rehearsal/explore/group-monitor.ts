import type { OperatorAction } from '../scenario/operator-action.ts';
import { memberIn, membersIn, type Scenario } from '../scenario/scenario.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { Execution, ExecutionEnd, StateEntry, TaskRun } from '../services/execution.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { CallOutcome } from '../simulation/faults.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { Observer, WorldView } from '../simulation/observer.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { Monitor } from './monitor.ts';
import type { Violation } from './violation.ts';

/** Watches a rehearsal: each member of its rollout by a monitor of its own, which sees what concerns the member. */
export class GroupMonitor implements Observer {
  readonly #names: readonly string[];
  readonly #monitors: readonly Monitor[];

  constructor(scenario: Scenario) {
    this.#names = membersIn(scenario).map(({ name }) => name);
    this.#monitors = this.#names.map((name) => new Monitor(scenario.policy, scenario, name));
    Monitor.together(this.#monitors);
  }

  /** Of all members, in the order in which they came. */
  get violations(): readonly Violation[] {
    return this.#monitors.flatMap(({ violations }) => violations).toSorted((a, b) => a.second - b.second);
  }

  onExecution(execution: Execution, second: number): void {
    for (const monitor of this.#monitors) monitor.onExecution(execution, second);
  }

  onBegin(world: WorldView): void {
    for (const monitor of this.#monitors) monitor.onBegin(world);
  }

  onAlarm(transition: AlarmTransition): void {
    for (const monitor of this.#monitors) monitor.onAlarm(transition);
  }

  onTask(run: TaskRun): void {
    for (const monitor of this.#monitors) monitor.onTask(run);
  }

  onState(entry: StateEntry, second: number): void {
    for (const monitor of this.#monitors) monitor.onState(entry, second);
  }

  onCall(call: string, outcome: CallOutcome, second: number): void {
    for (const monitor of this.#monitors) monitor.onCall(call, outcome, second);
  }

  onAnswer(answer: ObservedAnswer, second: number): void {
    const about = functionIn(answer.input);
    for (const monitor of this.#concerned(about)) monitor.onAnswer(answer, second);
  }

  onOperatorAction(action: OperatorAction, execution: string, second: number): void {
    const on = perMember.includes(action.do) ? (memberIn(action) ?? this.#names[0]) : undefined;
    for (const monitor of this.#concerned(on)) monitor.onOperatorAction(action, execution, second);
  }

  onAliasChange(change: AliasChange, invocation: Invocation | undefined, second: number): void {
    for (const monitor of this.#concerned(change.functionName)) monitor.onAliasChange(change, invocation, second);
  }

  onEnd(execution: Execution, end: ExecutionEnd): void {
    for (const monitor of this.#monitors) monitor.onEnd(execution, end);
  }

  /** Everything has come to rest. */
  finish(second: number): void {
    for (const monitor of this.#monitors) monitor.finish(second);
  }

  /** The monitor of a member; all of them if nobody is named, or somebody else. */
  #concerned(name: string | undefined): readonly Monitor[] {
    const index = this.#names.indexOf(name ?? '');
    return index < 0 ? this.#monitors : [this.#monitors[index] as Monitor];
  }
}

/** Actions on the function of one member. */
const perMember: readonly OperatorAction['do'][] = ['hold', 'resume'];

/** The function that a call to Lambda or for metrics is about; undefined if it is about none. */
function functionIn(input: object): string | undefined {
  const { FunctionName, Resource, MetricDataQueries } = input as {
    readonly FunctionName?: string;
    readonly Resource?: string;
    readonly MetricDataQueries?: readonly { readonly MetricStat?: { readonly Metric?: Metric } }[];
  };
  const dimensions = MetricDataQueries?.[0]?.MetricStat?.Metric?.Dimensions ?? [];
  const name = FunctionName ?? Resource ?? dimensions.find(({ Name }) => Name === 'FunctionName')?.Value;
  return name?.replace(/^arn:[^:]+:lambda:[^:]+:\d+:function:/, '').split(':')[0];
}

interface Metric {
  readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[];
}
