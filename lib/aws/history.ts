import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskFailureCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { PUT_BACK } from '../rollout/approval.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { isNamed } from './errors.ts';
import { jsonIn } from './executions.ts';

/** Where an execution stands, as the end of its history tells. */
export interface Position {
  /** The rollout's document as the last state was given it or left it; undefined before the first. */
  readonly rollout: Rollout | undefined;
  /** The token with which an approval is waited for; undefined where none is. */
  readonly token: string | undefined;
}

/** So many events hold the last state with all its retries. */
const LAST_EVENTS = 40;

/** Reads where an execution stands. */
export async function readPosition(sfn: SFNClient, executionArn: string): Promise<Position> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: LAST_EVENTS }),
  );
  return { rollout: documentIn(events), token: tokenIn(events) };
}

function documentIn(events: readonly HistoryEvent[]): Rollout | undefined {
  for (const { stateExitedEventDetails: exited, stateEnteredEventDetails: entered } of events) {
    const document = jsonIn(exited?.output ?? entered?.input) as Partial<Rollout> | undefined;
    if (document?.schema === 1) return document as Rollout;
  }
  return undefined;
}

/** Newest first: the token of a task that was scheduled and has not come to an end since. */
function tokenIn(events: readonly HistoryEvent[]): string | undefined {
  for (const { type, taskScheduledEventDetails: scheduled } of events) {
    if (scheduled) return tokenInParameters(scheduled.parameters);
    if (type !== 'TaskStarted' && type !== 'TaskSubmitted') return undefined;
  }
  return undefined;
}

const tokenInParameters = (parameters: string | undefined): string | undefined =>
  (jsonIn(parameters) as { Payload?: { taskToken?: string } } | undefined)?.Payload?.taskToken;

/**
 * Ends the waiting of a rollout whose alias was put back meanwhile; it looks at the alias then and ends. An execution that does not
 * wait, or whose wait is over, is left alone.
 *
 * @returns whether it waited
 */
export async function endApproval(sfn: SFNClient, executionArn: string, reason: string): Promise<boolean> {
  const { token } = await readPosition(sfn, executionArn);
  if (token === undefined) return false;
  try {
    await sfn.send(new SendTaskFailureCommand({ taskToken: token, error: PUT_BACK, cause: reason }));
    return true;
  } catch (error) {
    if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) return false;
    throw error;
  }
}
