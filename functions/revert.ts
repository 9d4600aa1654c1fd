import { recorded } from '../lib/aws/events/announce.ts';
import { lambda, notifications, sfn } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import type { Moved } from '../lib/aws/lambda/alias.ts';
import { revertAlias } from '../lib/aws/lambda/revert-alias.ts';
import { revertAfterEnd, revertOnAlarm, sweep } from '../lib/aws/states/revert-on-event.ts';
import { handleRollbackRequest } from '../lib/aws/states/rollback-request.ts';
import { type AliasState, shareOf } from '../lib/rollout/alias/alias.ts';
import { writerOf } from '../lib/rollout/alias/description.ts';
import { errorInWords } from '../lib/rollout/contracts/caught-error.ts';
import { alarmTriggerSchema, executionEventSchema, sweepTriggerSchema } from '../lib/rollout/contracts/events.ts';
import { type RevertDecision, revertOf } from '../lib/rollout/decisions/revert.ts';
import { journal, type Rollout } from '../lib/rollout/document/rollout.ts';

/**
 * Puts the alias back. Called by the state machine, by the rule on alarms and by the rule on executions that ended badly; for
 * these it reads and writes the alias before anything else, so it works while everything else is failing. A rule that comes every five
 * minutes has it look for ends whose event was lost, or after which a handler that was still at work wrote late. And by people: as
 * the operation `rollback` of the state machine, or through Systems Manager.
 */
export const create: HandlerFactory<'lambda' | 'sfn' | 'notifications'> = recorded<'lambda' | 'sfn'>(
  ({ clients, now }) => {
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
      if ((event as { operation?: unknown } | null)?.operation === 'rollback')
        return handleRollbackRequest(clients, event);
      return revertInExecution(event as Rollout);
    };

    async function revertInExecution(rollout: Rollout) {
      const thrown = rollout.error ? errorInWords(rollout.error) : '';
      const told = rollout.reason ?? '';
      const reason = told.includes(thrown) ? told : `${told}; then something failed: ${thrown}`;
      if (!rollout.functionName || !rollout.stable) {
        return { ...rollout, next: 'rejected', reason: `no traffic was moved: ${errorInWords(rollout.error)}` };
      }
      const { moved, decision } = await revertAlias(clients.lambda, rollout, reason, (alias) =>
        revertOf(rollout, alias),
      );
      return concluded(rollout, moved, decision, reason);
    }

    function concluded(rollout: Rollout, moved: Moved, decision: RevertDecision, reason: string): Rollout {
      const end = (
        next: Rollout['next'],
        event: 'reverted' | 'promoted' | 'superseded',
        weight: number,
        why: string,
      ) => ({
        ...rollout,
        next,
        reason: why,
        journal: journal(rollout, now(), event, weight, why),
      });
      if (moved.wrote || moved.kind === 'done') {
        const given = decision.kind === 'write' ? decision.given : rollout.step >= 0 || wasGiven(rollout, moved.alias);
        return given
          ? end('rolledBack', 'reverted', 0, reason)
          : { ...rollout, next: 'rejected', reason: `no traffic was moved: ${reason}` };
      }
      const gone = `alias ${rollout.aliasName} does not exist any more`;
      const why = `${decision.kind === 'leave' ? decision.why : gone} (${reason})`;
      return decision.kind === 'leave' && decision.found === 'candidate'
        ? end('promoted', 'promoted', 100, why)
        : end('superseded', 'superseded', moved.alias ? shareOf(rollout.candidate, moved.alias) : 0, why);
    }
  },
);

export const handler = entry(create, { lambda, sfn, notifications });

/** Whether the alias tells that this rollout has had weights on it. */
const wasGiven = (rollout: Rollout, alias: AliasState | null): boolean =>
  alias !== null && writerOf(alias)?.execution === rollout.execution.name;
