import { membersOf } from '../../rollout/document/members.ts';
import { type RequestedAlias, type Watch, watchIn } from '../../rollout/document/requested.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { reasonToWake } from '../../rollout/group/seen.ts';
import type { AlarmObservation, Observation } from '../../rollout/observation.ts';
import { inParallel } from '../handler/in-parallel.ts';
import { readAlias } from '../lambda/alias.ts';
import { readVersionState } from '../lambda/functions.ts';
import { allRead } from '../lambda/paced.ts';
import { sourcesOf } from '../sources.ts';
import { countsOfStep, orUnknown, timingIn, withFiredAtStep } from '../step.ts';
import type { RunningRollout } from './execution-cache.ts';
import { endWait, type Position, readPosition } from './history.ts';
import { AT_ONCE, claims, type EventAnswer, type EventContext, left, revertRunning } from './revert-on-event.ts';

/** What one part of a sweep has done. */
export interface Swept {
  readonly answers: readonly EventAnswer[];
  readonly failures: readonly unknown[];
  /** What it could not look at, in words. */
  readonly leftOut: readonly string[];
}

/** A rollout that runs, the alarms of its policy, and its place. */
interface Watched {
  readonly rollout: RunningRollout;
  readonly watch: Watch | null;
  readonly position: Position;
}

/**
 * Looks at the rollouts that run. One that waits for a person does not look itself: it is looked at as it would, and reverted if something
 * speaks against it, or woken if somebody changed its alias. Of all others only the alarms are looked at.
 */
export async function sweepRunning(context: EventContext, stateMachineArn: string): Promise<Swept> {
  const running = await context.executions.runningNow(stateMachineArn);
  const unread: unknown[] = [];
  const read = await inParallel(running, AT_ONCE, async (execution): Promise<Watched | undefined> => {
    const rollout = await context.executions.rollout(execution);
    if (!rollout) return undefined;
    const position = await readPosition(context.clients.sfn, rollout.executionArn).catch((error: unknown) => {
      unread.push(error);
      return unknownPosition;
    });
    return { rollout, watch: rollout.watch ?? watchIn(position.rollout?.policy), position };
  });
  const watched = read.results.filter((each) => each !== undefined);
  const alarms = await readAlarms(context, new Set(watched.flatMap(({ watch }) => watch?.alarms ?? [])));
  const looks = await inParallel(watched, AT_ONCE, async (each) => {
    const { rollout, position } = each;
    const alarm = alarmAgainst(each, alarms);
    const reason = (alarm && firingInWords(alarm)) ?? (await wakingReason(context, each, alarms));
    if (!reason) return left('nothing speaks against the rollout');
    const isClaimed = async (member: RequestedAlias) =>
      watched.some((other) => other.rollout !== rollout && claims(other.rollout, member));
    const objection = { told: reason, alarm: alarm?.name };
    const answer = await revertRunning(context, stateMachineArn, rollout, objection, isClaimed);
    // The alias may have been changed already: then the rollout has nothing to wait for, and finds that out by a look.
    if (!answer.reverted && waitsWithTraffic(position)) {
      await endWait(context.clients.sfn, rollout.executionArn, reason);
    }
    return answer;
  });
  return { answers: looks.results, failures: [...unread, ...read.failures, ...looks.failures], leftOut: [] };
}

const unknownPosition: Position = { rollout: undefined, token: undefined, isEmpty: true };

type Alarms = ReadonlyMap<string, AlarmObservation>;

async function readAlarms({ clients, environment }: EventContext, names: ReadonlySet<string>): Promise<Alarms> {
  const { alarms } = sourcesOf({ evidence: undefined }, clients, environment);
  const found = await alarms.read([...names]);
  return new Map(found.map((alarm) => [alarm.name, alarm]));
}

const observed = ({ watch }: Watched, alarms: Alarms): readonly AlarmObservation[] =>
  (watch?.alarms ?? []).flatMap((name) => alarms.get(name) ?? []);

/** An alarm in ALARM that the rollout does not ignore. What it ignores, its document tells. */
function alarmAgainst(watched: Watched, alarms: Alarms): AlarmObservation | undefined {
  const { watch, position } = watched;
  const firing = observed(watched, alarms).filter(({ state }) => state === 'ALARM');
  const knowsIgnored = watch?.alarmsAlreadyFiring === 'block' || position.rollout !== undefined;
  const speaking = firing.find(({ name }) => !position.rollout?.ignoredAlarms.includes(name));
  return knowsIgnored ? speaking : undefined;
}

const firingInWords = ({ name, reason }: AlarmObservation): string =>
  `alarm ${name} is in ALARM${reason ? ` (${reason})` : ''}`;

/** Before its first weight there is nothing to take back, and whoever approves that weight has it looked at again. */
const waitsWithTraffic = ({ rollout, token }: Position): boolean =>
  token !== undefined && rollout !== undefined && rollout.step >= 0;

/** Why a rollout that waits for a person has nothing to wait for, in words; undefined if it has, or if it does not wait. */
async function wakingReason(context: EventContext, watched: Watched, alarms: Alarms): Promise<string | undefined> {
  const { rollout } = watched.position;
  if (!rollout || !waitsWithTraffic(watched.position)) return undefined;
  const observations = await look(context, rollout, observed(watched, alarms));
  return reasonToWake(rollout, observations, context.now());
}

/** A look at a rollout in its place. A hold keeps a rollout where it is, and a rollout that waits stays there anyway. */
async function look(
  { clients, environment, now }: EventContext,
  rollout: Rollout,
  read: readonly AlarmObservation[],
): Promise<readonly Observation[]> {
  const sources = sourcesOf(rollout.policy, clients, environment);
  const members = membersOf(rollout);
  const [aliases, alarms, others] = await Promise.all([
    allRead(members, (member) => readAlias(clients.lambda, member)),
    withFiredAtStep(sources, rollout, read),
    Promise.all(
      members.map(async (member) => {
        const [counts, candidateState] = await Promise.all([
          countsOfStep(sources, member, now()),
          orUnknown(readVersionState(clients.lambda, member.functionName, member.candidate)),
        ]);
        return { ...counts, candidateState };
      }),
    ),
  ]);
  const timing = timingIn(sources);
  return others.map((other, index) => ({ ...other, alias: aliases[index] ?? null, alarms, hold: null, timing }));
}
