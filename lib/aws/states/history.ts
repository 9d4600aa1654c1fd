import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskFailureCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { ALIAS_REVERTED } from '../../rollout/decisions/approval.ts';
import { type Rollout, rolloutIn } from '../../rollout/document/rollout.ts';
import { isNamed } from '../handler/errors.ts';
import { atMost } from '../handler/pause.ts';
import { jsonIn } from './executions.ts';

/** Where an execution stands, as the end of its history tells. */
export interface Position {
  /** The rollout's document as the last state was given it or left it; undefined before the first. */
  readonly rollout: Rollout | undefined;
  /** The token with which an approval is waited for; undefined where none is. */
  readonly token: string | undefined;
}

/** A state has six events, and each of its retries three: somewhere among these the document was handed on. */
const LAST_EVENTS = 15;

/** Reads where an execution stands. */
export async function readPosition(sfn: SFNClient, executionArn: string): Promise<Position> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: LAST_EVENTS }),
  );
  return { rollout: documentIn(events), token: tokenIn(events) };
}

function documentIn(events: readonly HistoryEvent[]): Rollout | undefined {
  for (const event of events) {
    const handedOn = jsonIn(event.stateExitedEventDetails?.output ?? event.stateEnteredEventDetails?.input);
    const { Payload: payload } = parametersIn(event);
    for (const document of [handedOn, payload, payload?.rollout]) {
      const rollout = rolloutIn(document);
      if (rollout) return rollout;
    }
  }
  return undefined;
}

/** Newest first: the token of a task that was scheduled and has not come to an end since. */
function tokenIn(events: readonly HistoryEvent[]): string | undefined {
  for (const event of events) {
    if (event.taskScheduledEventDetails) return parametersIn(event).Payload?.taskToken;
    if (event.type !== 'TaskStarted' && event.type !== 'TaskSubmitted') return undefined;
  }
  return undefined;
}

/** What a task was called with: the document itself, or the document and a token. */
interface Parameters {
  readonly Payload?: { readonly taskToken?: string; readonly rollout?: unknown };
}

const parametersIn = ({ taskScheduledEventDetails: scheduled }: HistoryEvent): Parameters =>
  (jsonIn(scheduled?.parameters) as Parameters | undefined) ?? {};

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
    await sfn.send(new SendTaskFailureCommand({ taskToken: token, error: ALIAS_REVERTED, cause: reason }));
    return true;
  } catch (error) {
    if (isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) return false;
    throw error;
  }
}

/** How long is waited until an execution was told, in milliseconds. */
const PATIENCE = 20_000;

/** The same after the alias was put back, which is what counts: an execution that cannot be told finds out by itself. */
export async function endWait(sfn: SFNClient, executionArn: string, reason: string): Promise<void> {
  try {
    await atMost(PATIENCE, endApproval(sfn, executionArn, reason));
  } catch (error) {
    console.warn(`the execution could not be told: ${(error as Error).name}`);
  }
}
