import { DELIBERATE_SWEEP_SECONDS, isDeliberate, SWEEP_SECONDS } from '../../rollout/contracts/events.ts';
import type { RequestedRollout, Watch } from '../../rollout/document/requested.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import type { AlarmObservation } from '../../rollout/observation.ts';
import { inParallel } from '../handler/in-parallel.ts';
import { pause } from '../handler/pause.ts';
import { readAlias } from '../lambda/alias.ts';
import { sourcesOf } from '../sources.ts';
import type { RunningRollout } from './execution-cache.ts';
import { type EndedExecution, type FoundEnd, isOf, listBadEnds } from './executions.ts';
import { readPosition } from './history.ts';
import {
  AT_ONCE,
  type EventAnswer,
  type EventContext,
  left,
  requestedIn,
  revertAfterEnd,
  revertOfEnd,
  revertRunning,
  together,
} from './revert-on-event.ts';

/** After so many seconds no further execution is looked at: the next sweep goes on, and finds the inputs that this one has read. */
const PATIENCE_SECONDS = 35;

/** What one part of a sweep has done. */
interface Swept {
  readonly answers: readonly EventAnswer[];
  readonly failures: readonly unknown[];
  /** What it could not look at, in words. */
  readonly leftOut: readonly string[];
}

/**
 * Looks for what no event has told of: alarms that fire while their rollout runs, perhaps waiting for a person, and weights that were left
 * by executions which ended badly within the last day, or on purpose within the last hour. Whatever cannot be looked at, perhaps for lack
 * of a permission, holds up nothing else.
 */
export async function sweep(context: EventContext, stateMachineArn: string): Promise<EventAnswer> {
  const parts = [
    await watched(context, stateMachineArn).catch(failed),
    await ended(context, stateMachineArn).catch(failed),
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

const nothingLeft = 'no weights were left by an execution that ended badly, and no alarm of a running rollout fires';

const failed = (error: unknown): Swept => ({ answers: [], failures: [error], leftOut: [] });

/** Reverts running rollouts whose alarms fire: a rollout that waits for a person does not look itself. */
async function watched(context: EventContext, stateMachineArn: string): Promise<Swept> {
  const { executions } = context;
  const running = await executions.runningNow(stateMachineArn);
  const read = await inParallel(running, AT_ONCE, async (execution) => {
    const rollout = await executions.rollout(execution);
    return rollout && { rollout, watch: await executions.watch(rollout) };
  });
  const rollouts = read.results.filter((each) => each !== undefined);
  const alarms = await readAlarms(context, new Set(rollouts.flatMap(({ watch }) => watch?.alarms ?? [])));
  const reverts = await inParallel(rollouts, AT_ONCE, async ({ rollout, watch }) => {
    const reason = watch && (await reasonToRevert(context, rollout, watch, alarms));
    if (!reason) return left('no alarm of the rollout fires');
    const isClaimed = async () =>
      rollouts.some(
        (other) =>
          other.rollout !== rollout && other.rollout.candidate === rollout.candidate && isOf(other.rollout, rollout),
      );
    return revertRunning(context, stateMachineArn, rollout, reason, isClaimed);
  });
  return { answers: reverts.results, failures: [...read.failures, ...reverts.failures], leftOut: [] };
}

type Alarms = ReadonlyMap<string, AlarmObservation>;

async function readAlarms({ clients, environment }: EventContext, names: ReadonlySet<string>): Promise<Alarms> {
  const { alarms } = sourcesOf({ evidence: undefined }, clients, environment);
  const found = await alarms.read([...names]);
  return new Map(found.map((alarm) => [alarm.name, alarm]));
}

/**
 * Why the alarms of a running rollout speak against it; undefined if they do not. The document tells which of them the rollout ignores,
 * and whether it waits. An alarm that is gone ends a wait as it ends a step: no alarm that nobody evaluates is OK.
 */
async function reasonToRevert(
  context: EventContext,
  { executionArn }: RunningRollout,
  { alarms: names, alarmsAlreadyFiring }: Watch,
  alarms: Alarms,
): Promise<string | undefined> {
  const inState = (state: AlarmObservation['state']) => names.filter((name) => alarms.get(name)?.state === state);
  const firing = inState('ALARM');
  const missing = inState('missing');
  if (firing.length > 0 && alarmsAlreadyFiring === 'block') return firingInWords(firing, alarms);
  if (firing.length === 0 && missing.length === 0) return undefined;
  const { rollout, token } = await readPosition(context.clients.sfn, executionArn);
  const speaking = firing.filter((name) => !rollout?.ignoredAlarms.includes(name));
  if (speaking.length > 0) return firingInWords(speaking, alarms);
  if (token === undefined || missing.length === 0) return undefined;
  const gone = await stillMissing(context, missing);
  return gone && `alarm ${gone} cannot be found; an alarm that nobody evaluates is not OK`;
}

function firingInWords([name = '']: readonly string[], alarms: Alarms): string {
  const reason = alarms.get(name)?.reason;
  return `alarm ${name} is in ALARM${reason ? ` (${reason})` : ''}`;
}

const SECOND_LOOK_MILLISECONDS = 1000;

/** The first of the alarms that a second look does not find either: nobody undoes a revert. */
async function stillMissing(context: EventContext, names: readonly string[]): Promise<string | undefined> {
  await pause(SECOND_LOOK_MILLISECONDS);
  const alarms = await readAlarms(context, new Set(names));
  return names.find((name) => alarms.get(name)?.state === 'missing');
}

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
  const swept = await inParallel(byAlias(leftBehind), AT_ONCE, async (ofAlias) => {
    const alias = await readAlias(clients.lambda, (ofAlias[0] as LeftBehind).requested);
    const answers: EventAnswer[] = [];
    for (const { end, requested } of ofAlias) {
      if (revertOfEnd(alias, requested, end).kind === 'write') answers.push(await revertAfterEnd(context, end));
    }
    return answers;
  });
  return {
    answers: swept.results.flat(),
    failures: [...failures, ...described.failures, ...swept.failures],
    leftOut: [
      ...unfinished.map((status) => `not all executions that ended as ${status} were looked at`),
      ...(skipped > 0 ? [`${skipped} ends are left to the next sweep`] : []),
    ],
  };
}

function byAlias(leftBehind: readonly LeftBehind[]): readonly (readonly LeftBehind[])[] {
  const grouped = Map.groupBy(leftBehind, ({ requested: { functionName, aliasName } }) =>
    JSON.stringify([functionNameOf(functionName), aliasName]),
  );
  return [...grouped.values()];
}
