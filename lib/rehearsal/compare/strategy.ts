import type { Counts } from '../../rollout/observation.ts';

/** What a strategy may look at. All times are seconds since its start. */
export interface Sight {
  /** Whether an alarm that it watches is in ALARM now. */
  readonly firing: () => boolean;
  /** The candidate's counts from one second on and before another; zero if it was not invoked. */
  readonly candidate: (from: number, until: number) => Counts;
  /** The same for the stable version. */
  readonly stable: (from: number, until: number) => Counts;
}

/** What a strategy does next: it gives the candidate a weight, and sleeps. */
export interface Turn {
  /** The candidate's share of the traffic, in percent. */
  readonly weight: number;
  /** When it wakes up: at this second, or when an alarm goes to ALARM. */
  readonly until: number;
}

/** A way to shift traffic, as a pure model: one turn after the other, and at last the weight that stays. */
export type Strategy = (sight: Sight) => Generator<Turn, number, void>;
