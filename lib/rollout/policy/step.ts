/** Whether a step's weight is given by itself or after a person said yes. */
export type Approval = 'automatic' | 'manual';

/** A weight, how long it is watched before the next one, and whether a person is asked before it is given. */
export interface Step {
  /** The candidate's share of the traffic in whole percent, 1 to 100. */
  readonly weight: number;
  /** How long the weight is watched before the next step, in seconds. */
  readonly bakeSeconds: number;
  /** Asked for before this step's weight is given. */
  readonly approval: Approval;
}
