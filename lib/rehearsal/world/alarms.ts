import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import { type AlarmState, evaluate, type Range, reasonFor } from './alarm-evaluation.ts';

/** An alarm at one moment. */
export interface RehearsedAlarm {
  readonly name: string;
  readonly spec: AlarmSpec;
  readonly state: AlarmState;
  /** In CloudWatch's words. */
  readonly reason: string;
}

/** A change of an alarm's state, at a second of the rehearsal. */
export interface AlarmTransition extends Omit<RehearsedAlarm, 'spec'> {
  readonly before: AlarmState;
  readonly second: number;
}

/** A CloudWatch alarm: its state and the reason for it, from one evaluation to the next. */
export class Alarm implements RehearsedAlarm {
  readonly spec: AlarmSpec;
  #state: AlarmState;
  #reason: string;

  constructor(spec: AlarmSpec) {
    this.spec = spec;
    this.#state = spec.initialState;
    this.#reason = `${spec.initialState} since before the rehearsal`;
  }

  get name(): string {
    return this.spec.name;
  }

  get state(): AlarmState {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  /** Evaluates the range as it is read at `second`. Returns the transition, if there was one. */
  evaluate(range: Range, second: number): AlarmTransition | undefined {
    const before = this.#state;
    const state = evaluate(this.spec, range, before);
    if (state === before) return undefined;
    this.#state = state;
    this.#reason = reasonFor(this.spec, range, state);
    return { name: this.name, before, state, reason: this.#reason, second };
  }
}
