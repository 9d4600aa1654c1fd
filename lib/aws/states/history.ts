import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';
import { ALIAS_REVERTED } from '../../rollout/decisions/approval.ts';
import { type Rollout, rolloutIn } from '../../rollout/document/rollout.ts';
import { atMost } from '../handler/pause.ts';
import { jsonIn } from './executions.ts';
import { answerTask } from './task-token.ts';

/** Where an execution stands, by the end of its history. */
export interface Position {
  /** The rollout's document as the last state received or left it; undefined before the first state. */
  readonly rollout: Rollout | undefined;
  /** The token of the approval that it waits for; undefined if it waits for none. */
  readonly token: string | undefined;
  /** Whether Step Functions told of no event at all: its histories lag behind a little. (AWS: GetExecutionHistory.) */
  readonly isEmpty: boolean;
}

/** A state has six events, and each of its retries three: one of these events carries the document. */
const LAST_EVENTS = 15;

/** Reads where an execution stands. */
export async function readPosition(sfn: SFNClient, executionArn: string): Promise<Position> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: LAST_EVENTS }),
  );
  return { rollout: documentIn(events), token: tokenIn(events), isEmpty: events.length === 0 };
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

/** The token of a task that was scheduled and has not ended since. The events come newest first. */
function tokenIn(events: readonly HistoryEvent[]): string | undefined {
  for (const event of events) {
    if (event.taskScheduledEventDetails) return parametersIn(event).Payload?.taskToken;
    if (event.type !== 'TaskStarted' && event.type !== 'TaskSubmitted') return undefined;
  }
  return undefined;
}

/** The parameters of a task: the document itself, or the document and a token. */
interface Parameters {
  readonly Payload?: { readonly taskToken?: string; readonly rollout?: unknown };
}

const parametersIn = ({ taskScheduledEventDetails: scheduled }: HistoryEvent): Parameters =>
  (jsonIn(scheduled?.parameters) as Parameters | undefined) ?? {};

/**
 * Ends the wait of a rollout whose alias was put back meanwhile: the rollout then looks at the alias and ends. An execution that does
 * not wait, or whose wait is over, is left alone.
 *
 * @returns whether it waited
 */
export async function endApproval(sfn: SFNClient, executionArn: string, reason: string): Promise<boolean> {
  const { token } = await readPosition(sfn, executionArn);
  return token !== undefined && answerTask(sfn, token, { error: ALIAS_REVERTED, cause: reason });
}

/** Notifying an execution may take so long, in milliseconds. */
const PATIENCE = 20_000;

/** Ends the wait of a rollout after the alias was put back. A failure is only logged: an execution that is not notified finds out by itself. */
export async function endWait(sfn: SFNClient, executionArn: string, reason: string): Promise<void> {
  try {
    await atMost(PATIENCE, endApproval(sfn, executionArn, reason));
  } catch (error) {
    console.warn(`the execution could not be notified: ${(error as Error).name}`);
  }
}
