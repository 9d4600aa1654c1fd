import * as z from 'zod';
import { type Announcement, summaryOf } from '../../rollout/contracts/announcement.ts';
import {
  type AlarmTrigger,
  DELIBERATE_SWEEP_SECONDS,
  isDeliberate,
  SWEEP_SECONDS,
} from '../../rollout/contracts/events.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
import { type RevertEvent, revertByDescription } from '../../rollout/decisions/revert.ts';
import { aliasNameSchema, functionNameOf, functionSchema } from '../../rollout/document/start.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import { movesSchema } from '../../rollout/policy/policy.ts';
import { announce } from '../events/announce.ts';
import type { Clients } from '../handler/clients.ts';
import type { AliasName } from '../lambda/alias.ts';
import { revertAlias, type Written } from '../lambda/revert-alias.ts';
import { type BadEnd, executionArnOf, jsonIn, readBadEnds, stateMachineArnOf } from './executions.ts';
import { endWait } from './history.ts';

/** The answer to an event. */
export interface EventAnswer {
  readonly reverted: boolean;
  readonly reason: string;
}

/** The clients that reverting on an event takes: Lambda for the alias, and the others to notify everybody once it is reverted. */
export type RevertClients = Pick<Clients, 'lambda' | 'sfn' | 'notifications'>;

/** Takes back the weights that an alias shows when one of its alarms fires. */
export function revertOnAlarm(clients: RevertClients, trigger: AlarmTrigger, now: number): Promise<EventAnswer> {
  const { function: functionName, alias: aliasName, alarm, reason, time, stateMachineArn } = trigger;
  const at = Date.parse(time) / 1000;
  return revertOnEvent(clients, { functionName, aliasName }, Number.isFinite(at) ? { at } : {}, {
    stateMachineArn,
    now,
    reason: `alarm ${alarm} went to ALARM${reason && ` (${reason})`}`,
  });
}

/**
 * Takes back the weights of an execution that was stopped, lost or failed. An execution that ended on purpose has left the alias as it
 * meant to; only weights that it wrote itself after its end are taken back.
 */
export async function revertAfterEnd(clients: RevertClients, end: BadEnd, now: number): Promise<EventAnswer> {
  const name = aliasIn(end.input);
  if (!name) return left('the event does not tell which alias the execution shifted');
  const why = [end.error, end.cause].filter(Boolean).join(': ');
  return revertOnEvent(
    clients,
    name,
    { execution: end.name, planned: isDeliberate(end.error) ? [] : name.planned, cause: end.cause },
    {
      stateMachineArn: stateMachineArnOf(end.executionArn),
      now,
      reason: `execution ended as ${end.status}${why && ` (${why})`}`,
    },
  );
}

/** Looks for weights that were left by executions which ended badly within the last day, or on purpose within the last hour. */
export async function sweep(clients: RevertClients, stateMachineArn: string, now: number): Promise<EventAnswer> {
  const found = await readBadEnds(clients.sfn, stateMachineArn, now - SWEEP_SECONDS);
  const ends = found.filter((end) => !isDeliberate(end.error) || end.stoppedAt >= now - DELIBERATE_SWEEP_SECONDS);
  const reverted: string[] = [];
  const failures: unknown[] = [];
  // An execution that cannot be looked at, perhaps for lack of a permission, holds up no other.
  for (const end of ends) {
    try {
      const answer = await revertAfterEnd(clients, end, now);
      if (answer.reverted) reverted.push(answer.reason);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return reverted.length > 0
    ? { reverted: true, reason: reverted.join('; ') }
    : left(`no weights were left by ${ends.length} executions that ended badly`);
}

async function revertOnEvent(
  clients: RevertClients,
  name: AliasName,
  what: RevertEvent,
  {
    reason: told,
    stateMachineArn,
    now,
  }: { readonly reason: string; readonly stateMachineArn: string; readonly now: number },
): Promise<EventAnswer> {
  const reason = oneLine(told);
  const { decision, written } = await revertAlias(clients.lambda, name, reason, (alias) =>
    revertByDescription(alias, what),
  );
  if (!written) return left(decision.kind === 'leave' ? decision.why : 'the alias is as it should be');
  const execution = executionArnOf(stateMachineArn, written.writer.execution);
  await announce(clients.notifications, [announcementOf(name, written, execution, reason, now)]);
  // The execution of an event may be over; one that waits for an approval has nothing to wait for any more.
  if (what.execution === undefined) await endWait(clients.sfn, execution, reason);
  return { reverted: true, reason };
}

/** The announcement of the revert. The rollout's own end tells the requests of both versions; an event does not know them. */
function announcementOf(
  name: AliasName,
  { to, candidate }: Written,
  execution: string,
  reason: string,
  now: number,
): Announcement {
  const told = {
    event: 'reverted',
    function: functionNameOf(name.functionName),
    alias: name.aliasName,
    stable: to.functionVersion,
    candidate,
    weight: 0,
    reason,
  } as const;
  return {
    schema: 1,
    ...told,
    outcome: null,
    summary: summaryOf(told),
    execution,
    at: new Date(now * 1000).toISOString(),
    evidence: null,
    failedRequests: null,
  };
}

const left = (reason: string): EventAnswer => ({ reverted: false, reason });

/** The fields of every input that moved any traffic; the rest may be of another release. */
const startInput = z.object({ function: functionSchema, alias: aliasNameSchema, policy: z.unknown().optional() });

/** The alias that an execution was started for and the weights that it had planned, from the text of its input. */
function aliasIn(input: string | null): (AliasName & { readonly planned: readonly number[] }) | undefined {
  const parsed = startInput.safeParse(jsonIn(input));
  if (!parsed.success) return undefined;
  const moves = movesSchema.safeParse(parsed.data.policy);
  const planned = moves.success ? planOf(moves.data).steps.map(({ weight }) => weight) : [];
  return { functionName: parsed.data.function, aliasName: parsed.data.alias, planned };
}
