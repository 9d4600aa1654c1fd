import { messageIn } from './caught-error.ts';
import { type ApprovalAnswer, journal, type Rollout, weightOf } from './rollout.ts';
import { oneLine } from './text.ts';

/** The error name with which `sluice reject` fails an approval request. */
export const REJECTED = 'ApprovalRejected';

/**
 * Takes in what came of an approval request: the document comes back from AwaitApproval with an answer, or with what a
 * Catch left. A request that failed without any error name is a person's no as well. (Recorded: Error null, Cause null.)
 */
export function withAnswer(rollout: Rollout, now: number): Rollout {
  if (rollout.approval !== 'asked') return rollout;
  const { error } = rollout;
  if (!error) {
    const answer = answerOf(rollout.answer);
    const story = journal(rollout, now, 'approved', weightOf(rollout), `approved${answerInWords(answer)}`);
    return { ...rollout, approval: 'approved', answer, journal: story };
  }
  if (error.Error === 'States.Timeout') return { ...rollout, approval: 'timedOut', error: null };
  if (!error.Error || error.Error === REJECTED) {
    return { ...rollout, approval: 'rejected', error: null, answer: answerIn(error.Cause) };
  }
  return { ...rollout, approval: 'failed' };
}

/** Who answered and what they said, as the end of a sentence. */
export function answerInWords(answer: unknown): string {
  const { by, comment } = answerOf(answer);
  return `${by ? ` by ${by}` : ''}${comment ? `: ${comment}` : ''}`;
}

function answerIn(cause: unknown): ApprovalAnswer {
  try {
    return answerOf(JSON.parse(String(cause)));
  } catch {
    return answerOf({ comment: messageIn(cause) });
  }
}

/** What is kept of an answer: whoever sent it may have sent anything. */
function answerOf(answer: unknown): ApprovalAnswer {
  const { by, comment } = (answer ?? {}) as { by?: unknown; comment?: unknown };
  return {
    ...(typeof by === 'string' && by ? { by: oneLine(by) } : {}),
    ...(typeof comment === 'string' && comment ? { comment: oneLine(comment) } : {}),
  };
}
