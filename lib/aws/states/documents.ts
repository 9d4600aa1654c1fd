import { GetExecutionHistoryCommand, type GetExecutionHistoryCommandOutput, type SFNClient } from '@aws-sdk/client-sfn';
import { type DocumentAt, rolloutIn } from '../../rollout/document/rollout.ts';
import { jsonIn } from './executions.ts';

/** The largest page of GetExecutionHistory. (AWS: its reference.) */
const LARGEST_PAGE = 1000;

/** An execution has at most 25,000 events. (AWS: Step Functions quotas.) */
const MOST_PAGES = 25_000 / LARGEST_PAGE;

/**
 * The documents of a rollout as its tasks have left them, oldest first.
 *
 * @param mostPages so many pages of a thousand events are read, from the end; all if left out
 */
export async function readDocuments(
  sfn: SFNClient,
  executionArn: string,
  mostPages: number = MOST_PAGES,
): Promise<readonly DocumentAt[]> {
  const found: DocumentAt[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer: GetExecutionHistoryCommandOutput = await sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        maxResults: LARGEST_PAGE,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    for (const { type, timestamp, stateExitedEventDetails: exited } of answer.events ?? []) {
      const rollout = type === 'TaskStateExited' ? rolloutIn(jsonIn(exited?.output)) : undefined;
      if (rollout && timestamp) found.push({ at: timestamp.getTime() / 1000, rollout });
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return found.reverse();
}
