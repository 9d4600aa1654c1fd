import { messageIn } from '../contracts/caught-error.ts';
import { oneLine } from '../contracts/text.ts';
import { type Change, quiet, withEvent } from '../document/change.ts';
import type { AnsweredApproval, ApprovalAnswer } from '../document/record.ts';
import { type CaughtError, type Rollout, weightOf } from '../document/rollout.ts';

/** The error name with which `sluice reject` fails an approval request. */
export const REJECTED = 'ApprovalRejected';

/** The error name with which a request ends if the alias was put back meanwhile: nobody needs to answer it any more. */
export const ALIAS_REVERTED = 'AliasPutBack';

/** The error name of a state whose result is too long: a person's answer was, for the document leaves room. It is asked for again. */
const TOO_LONG = 'States.DataLimitExceeded';

/**
 * Takes in the answer to an approval request: the document comes back from AwaitApproval with an answer, or with the error that a
 * Catch left. A request that failed without any error name is a person's no as well. (Recorded: Error null, Cause null.)
 */
export function withAnswer(rollout: Rollout, now: number): Change {
  if (rollout.approval !== 'asked') return quiet(rollout);
  const { error } = rollout;
  if (!error) {
    const answer = answerOf(rollout.answer);
    const approved = quiet({ ...answered(rollout, 'approved', answer, now), answer });
    return withEvent(
      approved,
      now,
      'approved',
      weightOf(rollout),
      `approved${answerInWords(answer)}`,
      approvedInWords(answer),
    );
  }
  return quiet(withoutYes(rollout, error, now));
}

function withoutYes(rollout: Rollout, error: CaughtError, now: number): Rollout {
  if (error.Error === ALIAS_REVERTED || error.Error === TOO_LONG) return { ...rollout, approval: 'none', error: null };
  if (error.Error === 'States.Timeout') return { ...answered(rollout, 'timedOut', {}, now), error: null };
  if (!error.Error || error.Error === REJECTED) {
    const answer = answerIn(error.Cause);
    return { ...answered(rollout, 'rejected', answer, now), error: null, answer };
  }
  return { ...rollout, approval: 'failed' };
}

function answered(
  rollout: Rollout,
  verdict: AnsweredApproval['verdict'],
  answer: ApprovalAnswer,
  now: number,
): Rollout {
  const weight = rollout.plan[rollout.step + 1]?.weight ?? 100;
  const approvals = [...rollout.approvals, { at: now, weight, verdict, ...answer }].slice(-MOST_APPROVALS);
  return { ...rollout, approval: verdict, approvals };
}

/** A request may time out again and again if the policy holds: the latest answers are kept. */
const MOST_APPROVALS = 100;

/** Who answered and what they said, as the end of a sentence. */
export function answerInWords(answer: unknown): string {
  const { by, comment } = answerOf(answer);
  return `${by ? ` by ${by}` : ''}${comment ? `: ${comment}` : ''}`;
}

/**
 * That somebody approved, in words that the document repeats from step to step: the comment stands in its `approvals` alone.
 */
export const approvedInWords = (answer: unknown): string => {
  const { by } = answerOf(answer);
  return by ? `approved by ${oneLine(by, LONGEST_REPEATED_NAME)}` : 'approved';
};

/** So many characters of an approver's name are repeated: the ARN of an assumed role has some 120. */
const LONGEST_REPEATED_NAME = 150;

function answerIn(cause: unknown): ApprovalAnswer {
  try {
    return answerOf(JSON.parse(String(cause)));
  } catch {
    return answerOf({ comment: messageIn(cause) });
  }
}

/** The part of an answer that is kept: its sender may have sent anything. */
function answerOf(answer: unknown): ApprovalAnswer {
  const { by, comment } = (answer ?? {}) as { by?: unknown; comment?: unknown };
  return {
    ...(typeof by === 'string' && by ? { by: oneLine(by) } : {}),
    ...(typeof comment === 'string' && comment ? { comment: oneLine(comment) } : {}),
  };
}
