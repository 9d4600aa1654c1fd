import type { Strength } from '../rollout/evidence/strength.ts';
import type { VersionCounts } from '../rollout/observation.ts';

/** The course of a rollout, as pages show it. Moments are seconds since its start, weights percent. */
export interface Course {
  /** How long it has taken so far. */
  readonly seconds: number;
  /** What happened, in its order. */
  readonly events: readonly CourseEvent[];
  /** Looks at the requests, in their order. */
  readonly looks: readonly Look[];
  /** The steps that were taken, in their order, the current one included. */
  readonly steps: readonly CourseStep[];
  /** The steps that are still to come; none once the rollout has ended. */
  readonly planned: readonly PlannedStep[];
}

/** An event, and the candidate's weight after it. */
export interface CourseEvent {
  readonly second: number;
  /** A word of {@link eventWords}, or one of another release. */
  readonly event: string;
  readonly weight: number;
  readonly reason: string;
}

/** A look at a rollout. */
export interface Look {
  readonly second: number;
  readonly weight: number;
  /** The requests of the rollout so far. */
  readonly requests: VersionCounts;
  /** How strongly they speak against the candidate; empty if they are not compared. */
  readonly strengths: readonly Strength[];
  /** The verdict. */
  readonly reason: string;
}

/** A step that was taken. */
export interface CourseStep {
  readonly weight: number;
  readonly from: number;
  readonly until: number;
  readonly requests: VersionCounts;
  /** Why it ended, or goes on. */
  readonly verdict: string;
}

/** A step that is to come. */
export interface PlannedStep {
  readonly weight: number;
  /** When it begins if no step before it is prolonged. */
  readonly from: number;
  /** How long it is watched. */
  readonly seconds: number;
  /** Whether a person is asked before its weight is given. */
  readonly asks: boolean;
}

/** What happened, in a word for people. */
export const eventWords: Readonly<Record<string, string>> = {
  started: 'started',
  shifted: 'shifted',
  approvalRequested: 'asked for approval',
  approved: 'approved',
  held: 'held',
  resumed: 'resumed',
  alarm: 'alarm',
  promoted: 'promoted',
  reverted: 'reverted',
  superseded: 'superseded',
};
