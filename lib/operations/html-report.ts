import * as z from 'zod';
import { readDocuments } from '../aws/states/documents.ts';
import { viewOf } from '../aws/states/rollout-view.ts';
import { courseOfRollout } from '../page/course-of-rollout.ts';
import { rolloutReport } from '../page/report/rollout-report.ts';
import { VERSION } from '../version.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { findExecution } from './find-execution.ts';
import { recordOf } from './record-of.ts';
import { checked, controllerSchema } from './request.ts';
import type { RolloutRecord } from './rollout-record.ts';

/** A rollout whose page is asked for. */
export interface HtmlReportRequest {
  /** The name of its execution, or the ARN. */
  readonly execution: string;
  /**
   * The controller that the execution is one of, if only the name is given: the ARN of its state machine, or the name of a standalone one.
   *
   * @default the controllers that stacks have registered are searched
   */
  readonly controller?: string;
}

/** The page of a rollout. */
export interface HtmlReportResult {
  /** The page: one HTML file that loads nothing and runs nothing. */
  readonly html: string;
  /** The rollout that it tells of. */
  readonly rollout: RolloutRecord;
}

const EXECUTION = /^(arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:execution:[^:]+:)?[^:\s]{1,80}$/;

const requestSchema = z.strictObject({
  execution: z.string().regex(EXECUTION, { error: 'expected the name or the ARN of an execution' }),
  controller: controllerSchema.optional(),
});

/**
 * Draws a rollout as an HTML page: its weights, requests, evidence, verdicts and end, from its execution's history. A rollout that is under
 * way is drawn as it stands. Step Functions keeps executions for 90 days after their end.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws ExecutionNotFound if there is no such execution, or if it is no rollout
 * @throws InvalidRequest if the request is refused
 * @example
 * const { html } = await htmlReport({ execution: 'deploy-7' });
 * writeFileSync('rollout.html', html);
 */
export async function htmlReport(
  given: HtmlReportRequest,
  clients: OperationClients = clientsHere(),
): Promise<HtmlReportResult> {
  const request = checked(requestSchema, given);
  const execution = await findExecution(clients, request);
  const view = await viewOf(clients.sfn, execution);
  const rollout = recordOf(view);
  const [since, now] = [secondsIn(execution.startedAt), secondsIn(execution.endedAt ?? new Date())];
  const read = await readDocuments(clients.sfn, execution.arn);
  const documents = read.length > 0 || !view.rollout ? read : [{ at: now, rollout: view.rollout }];
  const html = rolloutReport({
    ...rollout,
    course: courseOfRollout(documents, { startedAt: since, now, over: rollout.state !== 'running' }),
    document: documents.at(-1)?.rollout,
    since,
    now,
    usd: rollout.report?.cost.usd ?? null,
    madeBy: `Made by sluice ${VERSION} from the history of the execution.`,
  });
  return { html, rollout };
}

const secondsIn = (date: Date): number => date.getTime() / 1000;
