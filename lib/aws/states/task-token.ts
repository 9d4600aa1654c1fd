import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { isNamed } from '../handler/errors.ts';

/** How a task that waits for its token is ended: with an output, or with an error. */
export type TaskAnswer = { readonly output: object } | { readonly error: string; readonly cause: string };

/**
 * Answers a task that waits for its token.
 *
 * @returns false if the token is spent: somebody else has answered, or the task's time has run out
 */
export async function answerTask(sfn: SFNClient, taskToken: string, answer: TaskAnswer): Promise<boolean> {
  try {
    if ('output' in answer) {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer.output) }));
    } else {
      await sfn.send(new SendTaskFailureCommand({ taskToken, ...answer }));
    }
    return true;
  } catch (error) {
    if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) return false;
    throw error;
  }
}
