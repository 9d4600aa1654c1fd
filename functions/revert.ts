import { handOn } from '../lib/aws/events/announce.ts';
import { cloudwatch, lambda, notifications, sfn, ssm } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { eachMoved } from '../lib/aws/lambda/paced.ts';
import { revertAlias } from '../lib/aws/lambda/revert-alias.ts';
import { revertOnAlarm } from '../lib/aws/states/revert-on-alarm.ts';
import { eventContext, left, revertAfterEnd } from '../lib/aws/states/revert-on-event.ts';
import { handleRollbackRequest } from '../lib/aws/states/rollback-request.ts';
import { sweep } from '../lib/aws/states/sweep.ts';
import type { AliasState } from '../lib/rollout/alias/alias.ts';
import { errorInWords } from '../lib/rollout/contracts/caught-error.ts';
import {
  alarmFiredSchema,
  executionEventSchema,
  notABadEnd,
  sweepTriggerSchema,
} from '../lib/rollout/contracts/events.ts';
import { isRollbackRequest } from '../lib/rollout/decisions/begin.ts';
import { neverStarted, type RevertDecision, revertOf, revertReason } from '../lib/rollout/decisions/revert.ts';
import { membersOf } from '../lib/rollout/document/members.ts';
import { type CaughtError, type Rollout, rolloutIn } from '../lib/rollout/document/rollout.ts';
import { afterRevertOfAll, type MemberReverted, promotedAlone } from '../lib/rollout/group/revert.ts';
import { revertPromotion } from '../lib/rollout/group/torn.ts';

/**
 * Takes Sluice's own weights back. Called by the state machine, by the rule on the account's alarms and by the rule on executions that
 * ended badly; of these events it reads only what tells whose weights are meant, then it reads and writes the alias before anything
 * else, so it works while everything else is failing. A rule that comes every five minutes has it look for ends and alarms whose event
 * was lost, or after which a handler that was still at work wrote late. People call it too, for a rollback: as the operation `rollback`
 * of the state machine, or through Systems Manager.
 */
export const create: HandlerFactory<'lambda' | 'cloudwatch' | 'sfn' | 'ssm' | 'notifications'> = (context) => {
  const { clients, now } = context;
  const events = eventContext(context);
  return async (event) => {
    const alarm = alarmFiredSchema.safeParse(event);
    if (alarm.success) return revertOnAlarm(events, alarm.data);
    const swept = sweepTriggerSchema.safeParse(event);
    if (swept.success) return sweep(events, swept.data.stateMachineArn);
    const ended = executionEventSchema.safeParse(event);
    if (ended.success) {
      const refused = notABadEnd(ended.data);
      if (refused) return left(refused);
      const { startDate, input = null, error = null, cause = null, stateMachineArn: _, ...detail } = ended.data.detail;
      const startedAt = typeof startDate === 'number' ? startDate / 1000 : null;
      return revertAfterEnd(events, { ...detail, startedAt, input, error, cause });
    }
    return isRollbackRequest(event) ? handleRollbackRequest(clients, event) : revertInExecution(event);
  };

  async function revertInExecution(event: unknown) {
    const rollout = rolloutIn(event);
    if (!rollout) return noRollout(event);
    if (!rollout.functionName || !rollout.stable) return handOn(context, neverStarted(rollout));
    const reason = revertReason(rollout);
    const members = membersOf(rollout);
    const first = await revertEach(members.toReversed(), reason, revertOf);
    const torn = promotedAlone(first).map(({ member }) => member);
    const second = await revertEach(torn, reason, ({ execution }, alias) => revertPromotion(alias, execution.name));
    const reverted = members.map((member) => [...second, ...first].find((each) => each.member === member));
    return handOn(context, afterRevertOfAll(rollout, reverted as MemberReverted[], reason, now()));
  }

  /** One member after the other. If one fails, the others are reverted before it is told, and the state machine repeats the whole. */
  async function revertEach(
    members: readonly Rollout[],
    reason: string,
    decide: (member: Rollout, alias: AliasState | null) => RevertDecision,
  ): Promise<readonly MemberReverted[]> {
    const reverted: MemberReverted[] = [];
    const failures: unknown[] = [];
    await eachMoved(members, async (member) => {
      try {
        const { moved, decision } = await revertAlias(clients.lambda, member, reason, (alias) => decide(member, alias));
        reverted.push({ member, moved, decision });
      } catch (error) {
        failures.push(error);
      }
      return 'goOn';
    });
    if (failures.length > 0) throw failures[0];
    return reverted;
  }
};

export const handler = entry(create, { lambda, cloudwatch, sfn, ssm, notifications });

const UNKNOWN_EVENT =
  'the event is refused: expected the document of a rollout, a rollback, a sweep, an alarm that fires, or an execution that ended badly';

/** For an error before there was a rollout: an end that the state machine knows. The input, which may be as large as any may be, is left out. */
const noRollout = (event: unknown) => {
  const { error = null, execution = null } = (event ?? {}) as {
    readonly error?: CaughtError | null;
    readonly execution?: unknown;
  };
  const reason = error === null ? UNKNOWN_EVENT : `no traffic was moved: ${errorInWords(error)}`;
  return { execution, next: 'rejected', reason, toRelease: false };
};
