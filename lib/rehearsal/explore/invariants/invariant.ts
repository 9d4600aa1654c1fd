import type { AliasState } from '../../../rollout/alias/alias.ts';
import type { ObservedAnswer } from '../../services/aws.ts';
import type { ExecutionEnd } from '../../services/execution.ts';
import type { Invocation } from '../../simulation/invocation.ts';
import type { ObservedRollout } from '../observed-rollout.ts';
import type { ObservedRun } from '../observed-run.ts';

/** A rule that must hold under every fault. */
export interface Invariant {
  /** The rule as one sentence without a full stop. */
  readonly statement: string;
  /** Makes a checker of one run. It may keep state of its own beside the observed run. */
  readonly checker: (run: ObservedRun) => Checker;
}

/** The way in which an invariant is broken, in words; undefined if it holds. */
export type Finding = string | undefined;

/** Checks one invariant at the moments that matter to it. */
export type Checker = { readonly [Name in keyof Moments]?: (moment: Moments[Name]) => Finding };

/** The moments of a run at which invariants are checked. */
export interface Moments {
  /** The alias may be about to change, or the run is over: it has shown the same until now. */
  readonly shown: Moment;
  /** A function of Sluice wrote the alias. The run does not know of the write yet. */
  readonly write: Write;
  /** A function of Sluice wrote the alias although no rollout was ever started. */
  readonly strayWrite: Moment & { readonly invocation: Invocation };
  /** A function of Sluice got an answer from AWS. */
  readonly answer: Moment & { readonly answer: ObservedAnswer };
  /** An alarm is about to change its state: the run does not know of it yet. */
  readonly alarm: Moment;
  /** An execution ended. */
  readonly end: Moment & { readonly rollout: ObservedRollout; readonly end: ExecutionEnd };
  /** Everything has come to rest. */
  readonly rest: Moment;
}

interface Moment {
  readonly second: number;
}

/** A write of the alias by a function of Sluice. */
export interface Write extends Moment {
  /** The rollout in whose name it was written. */
  readonly rollout: ObservedRollout;
  readonly before: AliasState;
  readonly after: AliasState;
  readonly invocation: Invocation;
  /** Whether the routing changed at all. */
  readonly moved: boolean;
  /** Whether the routing changed, and not to the candidate's disadvantage. */
  readonly advanced: boolean;
  /** The write as the beginning of a sentence: the rollout, its routing and the routing before. */
  readonly wrote: string;
}
