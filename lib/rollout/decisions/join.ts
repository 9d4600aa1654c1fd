import { type Outcome, outcomeOfError } from '../contracts/ends.ts';
import { memberAt, type RequestedAlias } from '../document/requested.ts';
import type { Rollout } from '../document/rollout.ts';

/** A rollout of the same alias that is running and was started before this one. */
export interface EarlierRollout {
  /** The name of its execution. */
  readonly execution: string;
  readonly candidate: string;
}

/**
 * An earlier rollout as each member sees it. One that does not lead every member to its version is joined by none of them: it would leave the
 * others behind.
 */
export function earlierOf(
  members: readonly Rollout[],
  { name, members: theirs }: { readonly name: string; readonly members: readonly RequestedAlias[] },
): readonly (EarlierRollout | null)[] {
  const found = members.map((member) => memberAt({ members: theirs }, member)?.candidate ?? null);
  const isWhole = members.every(({ candidate }, index) => candidate === found[index]);
  return found.map((candidate) =>
    candidate === null || (members.length > 1 && !isWhole) ? null : { execution: name, candidate },
  );
}

/** The execution that a rollout has joined, as it is now. */
export interface JoinedExecution {
  /** Whether it still runs. */
  readonly running: boolean;
  /** The status of one that has ended, as Step Functions has it. */
  readonly status: string;
  /** The error that it ended with; null if it succeeded or told none. */
  readonly error: string | null;
  /** Why it ended as it did; empty if it did not tell. */
  readonly reason: string;
}

/** The first definition of the state machine that lets a rollout end as rolled back before it has moved any traffic. */
const ENDS_ROLLED_BACK = 2;

/**
 * The rollout that this one joins: the newest of those that were started earlier, if it leads to the same version. Two rollouts to one
 * version would take its traffic away and give it again.
 */
export const joinable = (
  { candidate }: Pick<Rollout, 'candidate'>,
  earlier: EarlierRollout | null | undefined,
): EarlierRollout | undefined => (earlier?.candidate === candidate ? earlier : undefined);

/** What people are told about a rollout that waits for the one that it has joined. */
export const joinedInWords = (candidate: string, execution: string): string =>
  `${candidate} is being rolled out already: this execution has joined ${execution}, whose policy goes on, and ends as it does`;

/** How a rollout goes on that has joined another: it waits, and then ends likewise. It moves no traffic itself. */
export function afterJoining(
  rollout: Rollout,
  joined: JoinedExecution | null,
): { readonly kind: 'wait' | 'end'; readonly next: Rollout['next']; readonly reason: string } {
  const { candidate, joined: execution } = rollout;
  if (joined?.running) return { kind: 'wait', next: 'awaitCommit', reason: joinedInWords(candidate, `${execution}`) };
  if (!joined) return { kind: 'end', next: 'rejected', reason: `execution ${execution}, which it had joined, is gone` };
  const next = nextAfter(rollout, joined);
  const told = joined.reason ? `: ${joined.reason}` : '';
  const ended = joined.error ?? joined.status;
  return {
    kind: 'end',
    next,
    reason:
      next === 'promoted'
        ? `execution ${execution}, which it had joined, has promoted ${candidate}${told}`
        : `execution ${execution}, which it had joined, ended as ${ended}${told}`,
  };
}

function nextAfter({ definition }: Rollout, { status, error }: JoinedExecution): Outcome {
  if (status === 'SUCCEEDED') return 'promoted';
  const outcome = outcomeOfError(error) ?? 'rejected';
  return outcome === 'rolledBack' && definition < ENDS_ROLLED_BACK ? 'rejected' : outcome;
}
