import { cloudWatchTiming } from '../../rollout/observation.ts';
import { type AlarmSpec, type CompositeAlarmSpec, USUAL_PERIOD_SECONDS } from '../scenario/alarm-spec.ts';
import { type AlarmState, evaluate, evaluationRange, type Range, reasonFor } from './alarm-evaluation.ts';
import { visibleUntil } from './metrics.ts';

/** A state that an alarm is or was in. */
export interface AlarmAtAMoment {
  readonly name: string;
  readonly state: AlarmState;
  /** In CloudWatch's words. */
  readonly reason: string;
}

/** An alarm as it is now. */
export interface RehearsedAlarm extends AlarmAtAMoment {
  /** Its definition; null if it is an alarm over other alarms. */
  readonly spec: AlarmSpec | null;
  /** The alarms that it is over; empty if it has data of its own. */
  readonly anyOf: readonly string[];
  /** The version that it watches; null if it watches all. */
  readonly version: string | null;
  /** As it was at an earlier second. */
  readonly at: (second: number) => EnteredState;
  /** Every state that it has entered after a second, oldest first. */
  readonly enteredAfter: (second: number) => readonly AlarmTransition[];
}

/** A state, and the second of the rehearsal in which it was entered: minus infinity if it was so before. */
export interface EnteredState extends AlarmAtAMoment {
  readonly second: number;
}

/** A change of an alarm's state, at a second of the rehearsal. */
export interface AlarmTransition extends AlarmAtAMoment {
  readonly before: AlarmState;
  readonly second: number;
}

const { delaySeconds, periodSeconds: MINUTE } = cloudWatchTiming.alarms;

/** How long an alarm's periods are, in seconds. */
export const periodOf = ({ periodSeconds = USUAL_PERIOD_SECONDS }: AlarmSpec): number => periodSeconds;

/** How often an alarm is evaluated, in seconds: once a minute, or once a period if that is shorter. */
const intervalOf = (spec: AlarmSpec): number => Math.min(MINUTE, periodOf(spec));

/** Whether an alarm is evaluated at a second. */
export const isEvaluatedAt = (spec: AlarmSpec, second: number): boolean =>
  (second - (spec.offsetSeconds ?? 0)) % intervalOf(spec) === 0;

/**
 * The starts of the periods that an evaluation reads, oldest first. Its window slides: it ends at the last full minute that can be
 * read, or the last full period if that is shorter. (CloudWatch user guide, "Alarm evaluation window".)
 */
export function periodStarts(spec: AlarmSpec, second: number): readonly number[] {
  const interval = intervalOf(spec);
  const end = Math.floor(visibleUntil(second, { delaySeconds }) / interval) * interval;
  const count = evaluationRange(spec);
  return Array.from({ length: count }, (_, index) => end - (count - index) * periodOf(spec));
}

/** The states of an alarm, from one to the next. */
class States {
  readonly #name: string;
  readonly #entered: EnteredState[];

  constructor(name: string, initial: AlarmState) {
    this.#name = name;
    const reason = `${initial} since before the rehearsal`;
    this.#entered = [{ name, state: initial, reason, second: Number.NEGATIVE_INFINITY }];
  }

  get latest(): AlarmAtAMoment {
    return this.at(Number.POSITIVE_INFINITY);
  }

  at(moment: number): EnteredState {
    return this.#entered.findLast(({ second }) => second <= moment) as EnteredState;
  }

  enteredAfter(moment: number): readonly AlarmTransition[] {
    return this.#entered.flatMap((entered, index) => {
      const before = this.#entered[index - 1];
      return before && entered.second > moment ? [{ ...entered, before: before.state }] : [];
    });
  }

  enter(state: AlarmState, second: number, reason: () => string): AlarmTransition | undefined {
    const before = this.latest.state;
    if (state === before) return undefined;
    const entered = { name: this.#name, state, reason: reason(), second };
    this.#entered.push(entered);
    return { ...entered, before };
  }
}

/** A CloudWatch alarm: its state and the reason for it, from one evaluation to the next. */
export class Alarm implements RehearsedAlarm {
  readonly spec: AlarmSpec;
  readonly anyOf: readonly string[] = [];
  version: string | null;
  readonly #states: States;

  constructor(spec: AlarmSpec, version: string | null = null) {
    this.spec = spec;
    this.version = version;
    this.#states = new States(spec.name, spec.initialState);
  }

  get name(): string {
    return this.spec.name;
  }

  get state(): AlarmState {
    return this.#states.latest.state;
  }

  get reason(): string {
    return this.#states.latest.reason;
  }

  at(second: number): EnteredState {
    return this.#states.at(second);
  }

  enteredAfter(second: number): readonly AlarmTransition[] {
    return this.#states.enteredAfter(second);
  }

  /** Evaluates the range as it is read at `second`. Returns the transition, if there was one. */
  evaluate(range: Range, second: number): AlarmTransition | undefined {
    const state = evaluate(this.spec, range, this.state);
    return this.#states.enter(state, second, () => reasonFor(this.spec, range, state));
  }
}

/** An alarm over other alarms. It follows them at once: on AWS that takes some two seconds. (Recorded on AWS.) */
export class CompositeAlarm implements RehearsedAlarm {
  readonly spec = null;
  readonly version = null;
  readonly name: string;
  readonly anyOf: readonly string[];
  readonly #states: States;

  constructor({ name, anyOf }: CompositeAlarmSpec, alarms: readonly RehearsedAlarm[]) {
    this.name = name;
    this.anyOf = anyOf;
    this.#states = new States(name, this.#firing(alarms) ? 'ALARM' : 'OK');
  }

  get state(): AlarmState {
    return this.#states.latest.state;
  }

  get reason(): string {
    return this.#states.latest.reason;
  }

  at(second: number): EnteredState {
    return this.#states.at(second);
  }

  enteredAfter(second: number): readonly AlarmTransition[] {
    return this.#states.enteredAfter(second);
  }

  /** Returns the transition, if one of the alarms below has caused one. */
  follow(alarms: readonly RehearsedAlarm[], second: number): AlarmTransition | undefined {
    const firing = this.#firing(alarms);
    return this.#states.enter(firing ? 'ALARM' : 'OK', second, () =>
      firing ? `${firing.name} transitioned to ALARM` : 'no alarm of the rule is in ALARM',
    );
  }

  #firing(alarms: readonly RehearsedAlarm[]): RehearsedAlarm | undefined {
    return alarms.find(({ name, state }) => this.anyOf.includes(name) && state === 'ALARM');
  }
}
