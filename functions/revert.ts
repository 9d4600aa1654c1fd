import { handOn } from '../lib/aws/events/announce.ts';
import { lambda, notifications, sfn } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { revertAlias } from '../lib/aws/lambda/revert-alias.ts';
import { revertAfterEnd, revertOnAlarm, sweep } from '../lib/aws/states/revert-on-event.ts';
import { handleRollbackRequest } from '../lib/aws/states/rollback-request.ts';
import { errorInWords } from '../lib/rollout/contracts/caught-error.ts';
import { alarmTriggerSchema, executionEventSchema, sweepTriggerSchema } from '../lib/rollout/contracts/events.ts';
import { isRollbackRequest } from '../lib/rollout/decisions/begin.ts';
import { afterRevert, neverStarted, revertOf, revertReason } from '../lib/rollout/decisions/revert.ts';
import { type CaughtError, rolloutIn } from '../lib/rollout/document/rollout.ts';

/**
 * Takes Sluice's own weights back. Called by the state machine, by the rule on alarms and by the rule on executions that ended badly;
 * for these it reads and writes the alias before anything else, so it works while everything else is failing. A rule that comes every
 * five minutes has it look for ends whose event was lost, or after which a handler that was still at work wrote late. People call it
 * too, for a rollback: as the operation `rollback` of the state machine, or through Systems Manager.
 */
export const create: HandlerFactory<'lambda' | 'sfn' | 'notifications'> = (context) => {
  const { clients, now } = context;
  return async (event) => {
    const alarm = alarmTriggerSchema.safeParse(event);
    if (alarm.success) return revertOnAlarm(clients, alarm.data, now());
    const swept = sweepTriggerSchema.safeParse(event);
    if (swept.success) return sweep(clients, swept.data.stateMachineArn, now());
    const ended = executionEventSchema.safeParse(event);
    if (ended.success) {
      const { detail } = ended.data;
      return revertAfterEnd(
        clients,
        { ...detail, input: detail.input ?? null, error: detail.error ?? null, cause: detail.cause ?? null },
        now(),
      );
    }
    return isRollbackRequest(event) ? handleRollbackRequest(clients, event) : revertInExecution(event);
  };

  async function revertInExecution(event: unknown) {
    const rollout = rolloutIn(event);
    if (!rollout) return noRollout(event);
    if (!rollout.functionName || !rollout.stable) return handOn(context, neverStarted(rollout));
    const reason = revertReason(rollout);
    const { moved, decision } = await revertAlias(clients.lambda, rollout, reason, (alias) => revertOf(rollout, alias));
    return handOn(context, afterRevert(rollout, moved, decision, reason, now()));
  }
};

export const handler = entry(create, { lambda, sfn, notifications });

/** For an error before there was a rollout: an end that the state machine knows. The input, which may be as large as any may be, is left out. */
const noRollout = (event: unknown) => {
  const { error = null, execution = null } = (event ?? {}) as {
    readonly error?: CaughtError | null;
    readonly execution?: unknown;
  };
  return { execution, next: 'rejected', reason: `no traffic was moved: ${errorInWords(error)}`, toRelease: false };
};
