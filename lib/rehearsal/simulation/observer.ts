import type { Rollout } from '../../rollout/document/rollout.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { Execution, ExecutionEnd, StateEntry, TaskRun } from '../services/execution.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import type { World } from '../world/world.ts';
import type { CallOutcome } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { TimelineEntry } from './result.ts';

/** The rollout at one observation, and the traffic until then. */
export interface Snapshot {
  readonly second: number;
  readonly rollout: Rollout;
  readonly requests: { readonly stable: number; readonly candidate: number };
  readonly failures: { readonly stable: number; readonly candidate: number };
}

/** The world of a rehearsal, to look at. */
export type WorldView = Pick<World, 'alarms' | 'counts' | 'totals'>;

/** Follows a rehearsal while it runs. Each callback gets the second of its event, and none may change anything. */
export interface Observer {
  /** The rehearsal begins in this world. */
  readonly onBegin?: (world: WorldView) => void;
  /** An alarm changed its state. */
  readonly onAlarm?: (transition: AlarmTransition) => void;
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  readonly onEvent?: (entry: TimelineEntry) => void;
  /** The alias changed; an operator's change belongs to no invocation. */
  readonly onAliasChange?: (change: AliasChange, invocation: Invocation | undefined, second: number) => void;
  readonly onExecution?: (execution: Execution, second: number) => void;
  readonly onState?: (entry: StateEntry, second: number) => void;
  readonly onTask?: (run: TaskRun, second: number) => void;
  readonly onEnd?: (execution: Execution, end: ExecutionEnd) => void;
  /** A call to AWS with its outcome, before it is applied. */
  readonly onCall?: (call: string, outcome: CallOutcome, second: number) => void;
  readonly onAnswer?: (answer: ObservedAnswer, second: number) => void;
  /** An operator acted; the execution is the one that the action was meant for. */
  readonly onOperatorAction?: (action: OperatorAction, execution: string, second: number) => void;
}

const callbacks: Readonly<Record<keyof Observer, true>> = {
  onBegin: true,
  onAlarm: true,
  onSnapshot: true,
  onEvent: true,
  onAliasChange: true,
  onExecution: true,
  onState: true,
  onTask: true,
  onEnd: true,
  onCall: true,
  onAnswer: true,
  onOperatorAction: true,
};

/** Several observers as one. They are called in their order. */
export function together(...observers: readonly Observer[]): Observer {
  const callAll =
    (name: keyof Observer) =>
    (...args: never[]) => {
      for (const observer of observers as readonly Callbacks[]) observer[name]?.(...args);
    };
  const names = Object.keys(callbacks) as (keyof Observer)[];
  return Object.fromEntries(names.map((name) => [name, callAll(name)]));
}

type Callbacks = { readonly [Name in keyof Observer]?: (...args: never[]) => void };
