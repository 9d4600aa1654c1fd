import type { Execution, ExecutionEnd } from '../services/execution.ts';
import type { CallOutcome } from '../simulation/faults.ts';
import type { Observer } from '../simulation/observer.ts';
import type { Call } from './injections/injection.ts';

/** The calls that a run made: the places at which something can be injected into it. */
export class CallLog implements Observer {
  readonly calls: Call[] = [];
  /** The second of the last call or end of an execution. */
  lastSecond = 0;
  readonly #counted: Record<string, number> = {};

  onCall(call: string, _outcome: CallOutcome, second: number): void {
    this.lastSecond = second;
    const nth = (this.#counted[call] ?? 0) + 1;
    this.calls.push({ call, nth, second, before: { ...this.#counted } });
    this.#counted[call] = nth;
  }

  onEnd(_execution: Execution, { second }: ExecutionEnd): void {
    this.lastSecond = second;
  }
}
