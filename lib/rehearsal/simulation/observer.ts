import type { Rollout } from '../../rollout/document/rollout.ts';
import type { OperatorAction } from '../scenario/scenario.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { AliasChange } from '../services/lambda.ts';
import type { Execution, ExecutionEnd, StateEntry, TaskRun } from '../services/step-functions.ts';
import type { CallOutcome } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { TimelineEntry } from './result.ts';

/** One look at the rollout, for those who watch it happen. */
export interface Snapshot {
  readonly second: number;
  readonly rollout: Rollout;
  readonly requests: { readonly stable: number; readonly candidate: number };
  readonly failures: { readonly stable: number; readonly candidate: number };
}

/** What a observer is told while the rehearsal runs, each with the second at which it happened; none may change anything. */
export interface Observer {
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  readonly onEvent?: (entry: TimelineEntry) => void;
  /** The alias changed; a person's change belongs to no invocation. */
  readonly onAliasChange?: (change: AliasChange, invocation: Invocation | undefined, second: number) => void;
  readonly onExecution?: (execution: Execution, second: number) => void;
  readonly onState?: (entry: StateEntry, second: number) => void;
  readonly onTask?: (run: TaskRun, second: number) => void;
  readonly onEnd?: (execution: Execution, end: ExecutionEnd) => void;
  /** A call to AWS, before it is applied, and what becomes of it. */
  readonly onCall?: (call: string, fate: CallOutcome, second: number) => void;
  readonly onAnswer?: (told: ObservedAnswer, second: number) => void;
  /** A person did something; the execution is the one that it was meant for. */
  readonly onOperatorAction?: (act: OperatorAction, execution: string, second: number) => void;
}
