import type { Delivery } from '../../scenario/delivery.ts';
import type { ScenarioInput } from '../../scenario/scenario.ts';

/** The parts that something injected adds to a scenario. */
export interface Injection {
  readonly name: string;
  readonly aws?: NonNullable<ScenarioInput['aws']>;
  readonly operator?: NonNullable<ScenarioInput['operator']>;
  readonly events?: NonNullable<ScenarioInput['events']>;
  readonly clocks?: NonNullable<ScenarioInput['clocks']>;
}

/** A call that a run made. */
export interface Call {
  /** Its name, such as `lambda:UpdateAlias`. */
  readonly call: string;
  /** Its number among the calls of its name, from 1. */
  readonly nth: number;
  readonly second: number;
  /** How many calls of each name came before it. */
  readonly before: Readonly<Record<string, number>>;
}

/** How many events of each kind a run had. */
export type EventCounts = Readonly<Record<Delivery['event'], number>>;

/** Makes an injection at a call; undefined if it cannot be injected there. */
export type CallInjection = (at: Call) => Injection | undefined;

/** A fault as a scenario has it. */
export type Fault = NonNullable<ScenarioInput['aws']>[number];

/** An action of an operator as a scenario has it, without its time. */
export type Action = NonNullable<Fault['operator']>;
