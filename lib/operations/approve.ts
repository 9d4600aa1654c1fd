import * as z from 'zod';
import { answerTask } from '../aws/states/task-token.ts';
import { REJECTED } from '../rollout/decisions/approval.ts';
import type { RolloutRequest } from './alias-request.ts';
import { clientsHere, type OperationClients } from './clients.ts';
import { currentRollout } from './current-rollout.ts';
import { AlreadyAnswered, NotWaiting } from './errors.ts';
import { type ExpectedPlace, placeField, refuseElsewhere } from './expected-place.ts';
import { groupIn, type OfGroup } from './of-group.ts';
import { checked, rolloutFields, textSchema } from './request.ts';
import { nameOf } from './resolve-alias.ts';

/** An answer to the approval that a rollout waits for. */
export interface ApprovalRequest extends RolloutRequest {
  /**
   * What the record of the rollout should say, 1 to 200 characters.
   *
   * @default no comment
   */
  readonly comment?: string;
  /**
   * The place that the request is meant for: it is refused if the rollout has moved on.
   *
   * @default wherever the rollout is
   */
  readonly ifAt?: ExpectedPlace;
}

/** An answer that was given. */
export interface ApprovalResult extends OfGroup {
  /** What was done. */
  readonly action: 'approved' | 'rejected';
  /** The name of the function. */
  readonly function: string;
  /** The name of the alias. */
  readonly alias: string;
  /** The name of the execution. */
  readonly execution: string;
  /** The ARN of the execution that was answered. */
  readonly executionArn: string;
  /** The version that the alias served before; null if the rollout has not looked at it. */
  readonly stable: string | null;
  /** The version that the rollout moves traffic to. */
  readonly candidate: string;
  /** The weight that the approval was asked for, in percent. */
  readonly weight: number;
  /** Who answered. */
  readonly by: string;
  /** The comment; null without one. */
  readonly comment: string | null;
}

const requestSchema = z.strictObject({ ...rolloutFields, comment: textSchema.optional(), ifAt: placeField });

/**
 * Approves the step that a rollout waits for. Before the rollout gives the weight, it looks once more at alarms, hold and alias.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws NoRolloutUnderWay, MovedOn, NotWaiting or AlreadyAnswered if there is nothing to approve
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * await approve({ function: 'checkout', alias: 'live', comment: 'smoke tests passed' });
 */
export const approve = (request: ApprovalRequest, clients: OperationClients = clientsHere()): Promise<ApprovalResult> =>
  answerApproval('approved', request, clients);

/**
 * Rejects the step that a rollout waits for: the rollout puts the alias back and ends.
 *
 * @param clients the account and region. @default those of the environment that the program runs in
 * @throws NoRolloutUnderWay, MovedOn, NotWaiting or AlreadyAnswered if there is nothing to reject
 * @throws InvalidRequest, AliasNotFound, AliasAmbiguous or ControllerUnknown if the request leaves a doubt
 * @example
 * await reject({ function: 'checkout', alias: 'live', comment: 'p99 doubled' });
 */
export const reject = (request: ApprovalRequest, clients: OperationClients = clientsHere()): Promise<ApprovalResult> =>
  answerApproval('rejected', request, clients);

async function answerApproval(
  action: ApprovalResult['action'],
  given: ApprovalRequest,
  clients: OperationClients,
): Promise<ApprovalResult> {
  const request = checked(requestSchema, given);
  const { comment } = request;
  const { alias, view, record } = await currentRollout(clients, request);
  refuseElsewhere(record, request.ifAt);
  const { token, rollout, execution } = view;
  if (token === undefined) throw new NotWaiting(nameOf(alias), view.reason);
  const by = await clients.caller();
  const answer = { by, ...(comment === undefined ? {} : { comment }) };
  const taken = await answerTask(
    clients.sfn,
    token,
    action === 'approved' ? { output: answer } : { error: REJECTED, cause: JSON.stringify(answer) },
  );
  if (!taken) {
    throw new AlreadyAnswered(
      'somebody else answered the approval, or its time ran out, in the same moment; nothing was done',
    );
  }
  return {
    action,
    function: record.function,
    alias: record.alias,
    ...groupIn(record),
    execution: execution.name,
    executionArn: execution.arn,
    stable: record.stable,
    candidate: record.candidate,
    weight: rollout?.plan[rollout.step + 1]?.weight ?? 100,
    by,
    comment: comment ?? null,
  };
}
