import type { AliasState } from '../../rollout/alias/alias.ts';
import { DELIBERATE_SWEEP_SECONDS, isDeliberate, SWEEP_SECONDS } from '../../rollout/contracts/events.ts';
import type { RequestedRollout } from '../../rollout/document/requested.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import { isTornApart } from '../../rollout/group/torn.ts';
import { inParallel } from '../handler/in-parallel.ts';
import { type AliasName, readAlias } from '../lambda/alias.ts';
import { type EndedExecution, type FoundEnd, listBadEnds } from './executions.ts';
import { revertOrphans } from './orphans.ts';
import {
  AT_ONCE,
  type EventAnswer,
  type EventContext,
  requestedIn,
  revertAfterEnd,
  revertOfEnd,
  together,
} from './revert-on-event.ts';
import { type Swept, sweepRunning } from './sweep-running.ts';

/** After so many seconds no further execution is looked at: the next sweep goes on, and finds the inputs that this one has read. */
const PATIENCE_SECONDS = 35;

/**
 * Looks for what no event has told of: whatever speaks against a rollout that runs, perhaps waiting for a person, and weights that were left
 * by executions which ended badly within the last day, or on purpose within the last hour, or which are gone. Whatever cannot be looked at, perhaps for lack
 * of a permission, holds up nothing else.
 */
export async function sweep(context: EventContext, stateMachineArn: string): Promise<EventAnswer> {
  const parts = [
    await sweepRunning(context, stateMachineArn).catch(failed),
    await ended(context, stateMachineArn).catch(failed),
    await orphaned(context, stateMachineArn).catch(failed),
  ];
  const answers = parts.flatMap((part) => part.answers);
  const failures = parts.flatMap((part) => part.failures);
  const leftOut = parts.flatMap((part) => part.leftOut);
  if (leftOut.length > 0) console.warn(leftOut.join('; '));
  if (failures.length > 0) throw failures[0];
  const answer = together(
    answers.filter(({ reverted }) => reverted),
    nothingLeft,
  );
  return leftOut.length > 0 ? { ...answer, reason: `${answer.reason}; ${leftOut.join('; ')}` } : answer;
}

const nothingLeft =
  'no weights were left by an execution that ended badly, and nothing speaks against a rollout that runs';

const failed = (error: unknown): Swept => ({ answers: [], failures: [error], leftOut: [] });

/** An execution that ended badly, and the rollout that it was started for. */
interface LeftBehind {
  readonly end: FoundEnd;
  readonly requested: RequestedRollout;
}

/** Reverts what executions left behind whose end was not told. Each alias is read once, however many executions have ended. */
async function ended(context: EventContext, stateMachineArn: string): Promise<Swept> {
  const { clients, executions, now } = context;
  const begunAt = now();
  const { ends, unfinished, failures } = await listBadEnds(clients.sfn, stateMachineArn, begunAt - SWEEP_SECONDS);
  let skipped = 0;
  const described = await inParallel(ends, AT_ONCE, async (end: EndedExecution) => {
    if (now() - begunAt < PATIENCE_SECONDS) return executions.end(end);
    skipped++;
    return undefined;
  });
  const leftBehind = described.results.flatMap((end) => {
    const requested = end && requestedIn(end);
    const isRecent = end && (!isDeliberate(end.error) || end.stoppedAt >= begunAt - DELIBERATE_SWEEP_SECONDS);
    return end && requested && isRecent ? [{ end, requested }] : [];
  });
  const shown = await readEach(context, leftBehind);
  const left = leftBehind.filter((each) => isLeft(each, shown.aliases));
  const swept = await inParallel(left, AT_ONCE, ({ end }) => revertAfterEnd(context, end));
  return {
    answers: swept.results,
    failures: [...failures, ...described.failures, ...shown.failures, ...swept.failures],
    leftOut: [
      ...unfinished.map((status) => `not all executions that ended as ${status} were looked at`),
      ...(skipped > 0 ? [`${skipped} ends are left to the next sweep`] : []),
    ],
  };
}

/** Aliases by {@link keyOf}, as they are now. One that could not be read is not among them. */
type Shown = ReadonlyMap<string, AliasState | null>;

async function readEach({ clients }: EventContext, leftBehind: readonly LeftBehind[]) {
  const members = leftBehind.flatMap(({ requested }) => requested.members);
  const distinct = [...new Map(members.map((member) => [keyOf(member), member]))];
  const { results, failures } = await inParallel(distinct, AT_ONCE, async ([key, member]) => {
    return [key, await readAlias(clients.lambda, member)] as const;
  });
  return { aliases: new Map(results), failures };
}

/** Whether an execution has left weights behind on one of its members, or has promoted only some of them. */
function isLeft({ end, requested }: LeftBehind, shown: Shown): boolean {
  const known = requested.members.filter((member) => shown.has(keyOf(member)));
  const aliases = known.map((member) => shown.get(keyOf(member)) ?? null);
  const writes = known.some(
    (member, index) => revertOfEnd(aliases[index] ?? null, requested, member, end).kind === 'write',
  );
  return writes || (!isDeliberate(end.error) && isTornApart(aliases, end.name));
}

const keyOf = ({ functionName, aliasName }: AliasName): string =>
  JSON.stringify([functionNameOf(functionName), aliasName]);

async function orphaned(context: EventContext, stateMachineArn: string): Promise<Swept> {
  const { results, failures } = await revertOrphans(context, stateMachineArn);
  return { answers: results, failures, leftOut: [] };
}
