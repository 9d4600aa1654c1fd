import type { AliasState } from '../../rollout/alias/alias.ts';
import { type Announcement, summaryOf } from '../../rollout/contracts/announcement.ts';
import { isDeliberate } from '../../rollout/contracts/events.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
import {
  isRestoredSince,
  type KnownExecution,
  possiblyGiven,
  type RevertDecision,
  type RevertEvent,
  revertByDescription,
  revertUndescribed,
} from '../../rollout/decisions/revert.ts';
import { membersOf } from '../../rollout/document/members.ts';
import {
  memberAt,
  type RequestedAlias,
  type RequestedRollout,
  requestedRollout,
} from '../../rollout/document/requested.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import { revertOrder } from '../../rollout/group/order.ts';
import { isPromotedBy, isTornApart, revertPromotion } from '../../rollout/group/torn.ts';
import { announce } from '../events/announce.ts';
import type { Clients } from '../handler/clients.ts';
import { inParallel } from '../handler/in-parallel.ts';
import { Memo } from '../handler/memo.ts';
import type { AliasName } from '../lambda/alias.ts';
import { eachMoved } from '../lambda/paced.ts';
import { revertAlias, type Written } from '../lambda/revert-alias.ts';
import type { Environment } from '../source.ts';
import { type KnownAlias, readKnownAliases } from '../stack/registrations.ts';
import { ExecutionCache, type RunningRollout } from './execution-cache.ts';
import { type BadEnd, executionArnOf, jsonIn, stateMachineArnOf } from './executions.ts';
import { endWait, readPosition } from './history.ts';

/** The answer to an event. */
export interface EventAnswer {
  readonly reverted: boolean;
  readonly reason: string;
}

/** The clients that reverting an alias takes: Lambda for the alias, and the others to notify everybody once it is reverted. */
export type RevertClients = Pick<Clients, 'lambda' | 'sfn' | 'notifications'>;

/** Everything that an event is answered with. One execution environment keeps it from one event to the next. */
export interface EventContext {
  readonly clients: RevertClients & Pick<Clients, 'cloudwatch' | 'ssm'>;
  readonly environment: Environment;
  /** The time in seconds since 1970. */
  readonly now: () => number;
  readonly executions: ExecutionCache;
  /** Every alias of the account that has a registration, as a list that is at most some seconds old. */
  readonly registrations: () => Promise<readonly KnownAlias[]>;
}

/** How long the list of registrations is used, in seconds. */
const REGISTRATIONS_SECONDS = 60;

/** Makes the context of an execution environment. */
export function eventContext({
  clients,
  environment,
  now,
}: Pick<EventContext, 'clients' | 'environment' | 'now'>): EventContext {
  const registrations = new Memo<readonly KnownAlias[]>(REGISTRATIONS_SECONDS, 1);
  return {
    clients,
    environment,
    now,
    executions: new ExecutionCache(clients.sfn, now),
    registrations: () => registrations.get('', now(), () => readKnownAliases(clients.ssm)),
  };
}

/** So many calls to one service are under way at a time. */
export const AT_ONCE = 10;

/** An execution whose weights are to be taken back, and the running rollouts that might claim them instead. */
export interface RevertTarget {
  readonly alias: AliasName;
  readonly stateMachineArn: string;
  /** Undefined if its input or start is not known: then only the alias's description tells. */
  readonly known: KnownExecution | undefined;
  readonly event: RevertEvent;
  /** Whether another running rollout of the same candidate may have given weights that no description tells of. */
  readonly isClaimed: () => Promise<boolean>;
  /** Whether a person has restored weights that the rollout had left behind. Left out: nobody has. */
  readonly isRestored?: (alias: AliasState | null) => Promise<boolean>;
}

/** What an event says against a rollout that runs. */
interface Objection {
  /** In words. */
  readonly told: string;
  /** The alarm that fired: its own member is put back first. Left out if none did. */
  readonly alarm?: string | undefined;
}

/** Takes back the weights of a rollout that runs, of all its members, and ends its wait for an approval. */
export function revertRunning(
  context: EventContext,
  stateMachineArn: string,
  rollout: RunningRollout,
  { told, alarm }: Objection,
  isClaimed: (member: RequestedAlias) => Promise<boolean>,
): Promise<EventAnswer> {
  const targets = revertOrder(rollout.members, alarm).map((member) => ({
    alias: member,
    stateMachineArn,
    isClaimed: () => isClaimed(member),
    ...knowledgeOf(rollout, member, rollout),
  }));
  return revertTargets(context, targets, told, true);
}

/**
 * Takes back the weights of an execution that was stopped, lost or failed. An execution that ended on purpose has left the alias as it
 * meant to; only weights that it wrote itself after its end are taken back.
 */
export async function revertAfterEnd(context: EventContext, end: BadEnd): Promise<EventAnswer> {
  const requested = requestedIn(end);
  if (!requested) return left('the event does not tell which alias the execution shifted');
  const why = [end.error, end.cause].filter(Boolean).join(': ');
  const stateMachineArn = stateMachineArnOf(end.executionArn);
  const targets = revertOrder(requested.members).map((member) => ({
    alias: member,
    stateMachineArn,
    isClaimed: () => isClaimedByAny(context, stateMachineArn, member, end.name),
    isRestored: async (alias: AliasState | null) =>
      isDeliberate(end.error) && isRestoredSince(await documentOf(context, end.executionArn, member), alias),
    ...knowledgeOf(requested, member, end),
  }));
  return revertTargets(context, targets, `execution ended as ${end.status}${why && ` (${why})`}`, false);
}

/** The rollout that an execution was started for; without the weights of its plan if it ended as it meant to. */
export function requestedIn({ input, error }: BadEnd): RequestedRollout | undefined {
  const requested = requestedRollout(jsonIn(input));
  return requested && isDeliberate(error) ? { ...requested, planned: [] } : requested;
}

/** The decision on an alias of an execution. It is not asked yet whether somebody else claims weights that no description tells of. */
export function revertOfEnd(
  alias: AliasState | null,
  requested: RequestedRollout,
  member: RequestedAlias,
  end: BadEnd,
): RevertDecision {
  const { known, event } = knowledgeOf(requested, member, end);
  return (known && revertUndescribed(alias, known)) ?? revertByDescription(alias, event);
}

function knowledgeOf(
  { planned }: RequestedRollout,
  { candidate }: RequestedAlias,
  { name, startedAt, cause }: Pick<BadEnd, 'name' | 'startedAt'> & { readonly cause?: string | null },
): Pick<RevertTarget, 'known' | 'event'> {
  const event = { execution: name, planned, cause };
  return candidate === null || startedAt === null
    ? { known: undefined, event }
    : { known: { execution: name, startedAt, candidate, planned }, event };
}

/** Whether a running rollout shifts the same alias to the same candidate. One that cannot be read claims nothing. */
async function isClaimedByAny(
  { executions }: EventContext,
  stateMachineArn: string,
  member: RequestedAlias,
  exceptExecution: string,
): Promise<boolean> {
  const running = await executions.runningNow(stateMachineArn).catch(() => []);
  const others = running.filter(({ name }) => name !== exceptExecution);
  const { results } = await inParallel(others, AT_ONCE, (execution) => executions.rollout(execution));
  return results.some((rollout) => rollout && claims(rollout, member));
}

/** Whether a rollout shifts an alias to the same candidate as a member of another one. */
export const claims = (rollout: RequestedRollout, member: RequestedAlias): boolean =>
  memberAt(rollout, member)?.candidate === member.candidate;

/** A target after the event. */
interface Outcome {
  readonly target: RevertTarget;
  readonly alias: AliasState | null;
  readonly decision: RevertDecision;
  readonly written: Written | undefined;
}

/** Reverts an alias because of an event: one read and one write, and everybody is notified afterwards. */
export const revertTarget = (
  context: EventContext,
  target: RevertTarget,
  told: string,
  runs: boolean,
): Promise<EventAnswer> => revertTargets(context, [target], told, runs);

/**
 * Reverts the aliases of one rollout because of an event, one after the other, and everybody is notified afterwards. One that fails holds
 * up no other.
 *
 * @param runs whether the execution still runs: one that waits for an approval then has nothing to wait for
 * @throws the first error, after all that could be reverted are
 */
async function revertTargets(
  context: EventContext,
  targets: readonly RevertTarget[],
  told: string,
  runs: boolean,
): Promise<EventAnswer> {
  const reason = oneLine(told);
  const failures: unknown[] = [];
  const outcomes: Outcome[] = [];
  const revertAll = (some: readonly RevertTarget[], decideOn: Decide) =>
    eachMoved(some, async (target) => {
      try {
        const { moved, decision, written } = await revertAlias(context.clients.lambda, target.alias, reason, (alias) =>
          decideOn(target, alias),
        );
        outcomes.push({ target, alias: moved.alias, decision, written });
      } catch (error) {
        failures.push(error);
      }
      return 'goOn';
    });
  await revertAll(targets, (target, alias) => decideOnTarget(context, target, alias));
  const torn = outcomes.filter(({ target, alias }) => isTornOff(alias, outcomes, target.event.execution));
  await revertAll(
    torn.map(({ target }) => target),
    (target, alias) => revertPromotion(alias, target.event.execution ?? ''),
  );
  const reverted = outcomes.filter((outcome) => outcome.written !== undefined) as (Outcome & { written: Written })[];
  await notify(context, reverted, reason, runs);
  if (failures.length > 0) throw failures[0];
  if (reverted.length > 0) return { reverted: true, reason };
  const [{ decision } = noOutcome] = outcomes;
  return left(decision?.kind === 'leave' ? decision.why : 'the alias is as it should be');
}

const noOutcome = { decision: undefined };

type Decide = (target: RevertTarget, alias: AliasState | null) => RevertDecision | Promise<RevertDecision>;

/** Whether a rollout has promoted an alias while another one of its members was put back: they go back together. */
const isTornOff = (alias: AliasState | null, all: readonly Outcome[], execution: string | undefined): boolean =>
  execution !== undefined &&
  isTornApart(
    all.map((each) => each.alias),
    execution,
  ) &&
  isPromotedBy(alias, execution);

async function decideOnTarget(
  { clients }: EventContext,
  { stateMachineArn, known, event, isClaimed, isRestored }: RevertTarget,
  alias: AliasState | null,
): Promise<RevertDecision> {
  const undescribed =
    known && revertUndescribed(alias, known) && (await undescribedDecision(clients.sfn, stateMachineArn, known, alias));
  if (undescribed && !(await isClaimed())) return undescribed;
  const described = revertByDescription(alias, event);
  return described.kind === 'write' && (await isRestored?.(alias)) ? restored : described;
}

async function notify(
  { clients, now }: EventContext,
  reverted: readonly (Outcome & { readonly written: Written })[],
  reason: string,
  runs: boolean,
): Promise<void> {
  const executionOf = ({ target, written }: (typeof reverted)[number]) =>
    executionArnOf(target.stateMachineArn, written.writer.execution);
  const announcements = reverted.map((each) =>
    announcementOf(each.target.alias, each.written, executionOf(each), reason, now()),
  );
  await announce(clients.notifications, announcements);
  if (!runs) return;
  for (const execution of new Set(reverted.map(executionOf))) await endWait(clients.sfn, execution, reason);
}

/** What a person restored is theirs, whatever its description says. */
const restored: RevertDecision = {
  kind: 'leave',
  found: 'foreign',
  why: 'somebody restored these weights after the execution had ended',
};

/** The document of an execution as that of one of its members. */
const documentOf = (
  { clients }: EventContext,
  executionArn: string,
  member: RequestedAlias,
): Promise<Rollout | undefined> =>
  readPosition(clients.sfn, executionArn).then(
    ({ rollout }) => rollout && memberAt({ members: membersOf(rollout) }, member),
    () => undefined,
  );

/**
 * The weights that no description tells of are a person's unless the rollout may have given them: its document tells how far it came. If
 * that cannot be read, every weight of its plan is taken for its own.
 */
async function undescribedDecision(
  sfn: Clients['sfn'],
  stateMachineArn: string,
  known: KnownExecution,
  alias: AliasState | null,
): Promise<RevertDecision | undefined> {
  const given = await readPosition(sfn, executionArnOf(stateMachineArn, known.execution)).then(
    ({ rollout, isEmpty }) => (isEmpty ? known.planned : possiblyGiven(rollout)),
    () => known.planned,
  );
  return revertUndescribed(alias, { ...known, planned: given });
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

/** The answer to an event that changes nothing. */
export const left = (reason: string): EventAnswer => ({ reverted: false, reason });

/** One answer for several aliases. */
export function together(answers: readonly EventAnswer[], otherwise: string): EventAnswer {
  const reasons = answers.filter(({ reverted }) => reverted).map(({ reason }) => reason);
  if (reasons.length > 0) return { reverted: true, reason: [...new Set(reasons)].join('; ') };
  const [only, ...others] = answers;
  return only && others.length === 0 ? only : left(otherwise);
}
