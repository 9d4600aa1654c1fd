/** One way in which an execution of the state machine ends. */
interface End {
  /** The state that ends the execution. */
  readonly state: string;
  /** The error name with which that state fails the execution; null if it succeeds. */
  readonly error: string | null;
  /** The event that announces the end; null if none does. */
  readonly event: string | null;
  /** Whether the state machine left the alias as it meant to. */
  readonly deliberate: boolean;
  /** The end in words for people. */
  readonly words: string;
}

/** The ends of a rollout, by its outcome. Everything that knows how rollouts end is derived from this table. */
export const ends = {
  rolledBack: { state: 'RolledBack', error: 'RolledBack', event: 'reverted', deliberate: true, words: 'rolled back' },
  promoted: { state: 'Promoted', error: null, event: 'promoted', deliberate: true, words: 'promoted' },
  superseded: { state: 'Superseded', error: 'Superseded', event: 'superseded', deliberate: true, words: 'superseded' },
  cancelled: { state: 'Cancelled', error: 'Cancelled', event: 'cancelled', deliberate: true, words: 'cancelled' },
  rejected: { state: 'Rejected', error: 'Rejected', event: 'rejected', deliberate: true, words: 'rejected' },
} as const satisfies Readonly<Record<string, End>>;

/** How a rollout ended. */
export type Outcome = keyof typeof ends;

/** Every outcome, in the order of the table. */
export const outcomes = Object.keys(ends) as readonly Outcome[];

/**
 * The ends that are no rollout's outcome: the alias could not be reverted, and a rollback that a person asked for is done. A request
 * for a rollback that is refused ends as `rejected`.
 */
export const otherEnds = {
  revertFailed: { state: 'RevertFailed', error: 'RevertFailed', event: null, deliberate: false, words: 'failed' },
  rolledBackByHand: {
    state: 'RolledBackByHand',
    error: null,
    event: null,
    deliberate: true,
    words: 'rolled back by hand',
  },
} as const satisfies Readonly<Record<string, End>>;

/** A state in which an execution ends. */
export type EndState = (typeof ends)[Outcome]['state'] | (typeof otherEnds)[keyof typeof otherEnds]['state'];

/** The event that announces the end of a rollout. */
export type EndEvent = (typeof ends)[Outcome]['event'];

/** The outcome that is meant by the place where the state machine goes next; undefined while the rollout goes on. */
export const outcomeAt = (next: string): Outcome | undefined =>
  Object.hasOwn(ends, next) ? (next as Outcome) : undefined;

/** The outcome of an execution that failed with this error; undefined if the state machine did not end it. */
export const outcomeOfError = (error: string | null): Outcome | undefined =>
  error === null ? undefined : outcomes.find((outcome) => ends[outcome].error === error && ends[outcome].deliberate);
