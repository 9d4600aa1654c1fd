import { closedUntil, firstWholePeriod } from '../coverage.ts';
import { type Rollout, weightOf } from '../document/rollout.ts';
import { type LogSignal, logSignalsIn } from '../evidence/streams.ts';
import { periodsFrom, slowerThanIn } from '../evidence/trial-of-rollout.ts';
import type { MetricTiming, Observation } from '../observation.ts';
import { LOG_PERIOD_SECONDS, type LogAnswer, type LogStreams, type Versions } from './answer.ts';
import { afterFailure, isFailure, judged, type LogFailure } from './fall-back.ts';
import type { LogMemory } from './memory.ts';
import { queriedFrom, takenIn, usableFrom } from './take-in.ts';
import { metricsTimingOf } from './timing.ts';

/** What a look asks of a log. All times are seconds since 1970. */
export interface LogQuestion extends Versions, LogStreams {
  readonly functionName: string;
  readonly group: string;
  readonly from: number;
  readonly until: number;
  /** When each weight was given, in their order: an invocation that began under another weight than it ended under is left out. */
  readonly changes: readonly number[];
  readonly signals: readonly LogSignal[];
}

/** What a look at a log tells of a member's requests. */
export type LogReading = Required<Pick<Observation, 'periods' | 'countedUntil' | 'settled' | 'isFinal' | 'logs'>> & {
  readonly metrics: MetricTiming;
};

const period = { periodSeconds: LOG_PERIOD_SECONDS, delaySeconds: 0 };

const GIGABYTE = 1e9;

/** The log has lost lines that it had shown before: its answer is not complete. */
const INCOMPLETE: LogFailure = { reason: 'the log has shown fewer lines than before', isFinal: false };

/** The first period that a look may use. `now` is in seconds since 1970. */
const firstUnused = (member: Rollout, now: number): number => usableFrom(periodsFrom(member, period), now);

const changesOf = ({ passed, shiftedAt }: Rollout): readonly number[] => [...passed.map(({ from }) => from), shiftedAt];

/**
 * From when up to when minutes are read beside a log, for what no log tells: from the one of the first traffic on, and each once. All times are
 * seconds since 1970.
 */
export function besideRange(
  { passed, shiftedAt }: Pick<Rollout, 'passed' | 'shiftedAt'>,
  { throttledUntil }: Pick<LogMemory, 'throttledUntil'>,
  minutes: MetricTiming,
  now: number,
): { readonly from: number; readonly until: number } {
  const { periodSeconds } = minutes;
  const firstTrafficAt = passed[0]?.from ?? shiftedAt;
  return {
    from: throttledUntil ?? Math.floor(firstTrafficAt / periodSeconds) * periodSeconds,
    until: closedUntil(now, minutes),
  };
}

const streamsAsked = (member: Rollout): Pick<LogQuestion, 'slowerThan' | 'signals'> => ({
  slowerThan: slowerThanIn(member),
  signals: logSignalsIn(member.policy.evidence?.signals ?? []),
});

/** What a look at the log of a member asks. `now` is in seconds since 1970. */
export function questionOf(member: Rollout, memory: LogMemory, now: number): LogQuestion {
  const { functionName, stable, candidate } = member;
  const from = queriedFrom(memory, firstUnused(member, now), now);
  const asked = { functionName, group: memory.group, stable, candidate, from, until: now, changes: changesOf(member) };
  return { ...asked, ...streamsAsked(member) };
}

/**
 * What a look makes of the answer. If it has nothing to use, its periods are not known.
 *
 * @param memory what the look before has left
 * @param minutes how old CloudWatch's minutes are
 * @param now when the question was asked, in seconds since 1970
 */
export function readingOf(
  member: Rollout,
  memory: LogMemory,
  answer: LogAnswer | LogFailure,
  minutes: MetricTiming,
  now: number,
): LogReading {
  const { stable, candidate, shiftedAt, policy } = member;
  const from = firstUnused(member, now);
  const settled = { counts: memory.settled, seconds: memory.settledSeconds, until: from };
  const metrics = metricsTimingOf({ logs: memory }, minutes);
  const nothing = { periods: null, countedUntil: from, settled, isFinal: true, metrics };
  if (isFailure(answer)) return { ...nothing, logs: afterFailure(memory, answer) };
  const step = { from, stepFrom: firstWholePeriod(shiftedAt, period), now };
  const look = { stable, candidate, ...step, ...streamsAsked(member) };
  const taken = takenIn(memory, answer, look);
  if (!taken) return { ...nothing, logs: afterFailure(memory, INCOMPLETE) };
  const logs = judged(taken.memory, {
    now,
    firstTrafficAt: changesOf(member)[0] as number,
    weight: weightOf(member),
    mostBytes: (policy.evidence?.maximumGigabytesScanned ?? 0) * GIGABYTE,
    late: taken.memory.late - memory.late,
  });
  if (logs.minutesBecause !== null) {
    // Nothing of this answer is used: the minutes count it.
    const { bytesScanned, minutesBecause } = logs;
    return { ...nothing, logs: { ...memory, bytesScanned, minutesBecause } };
  }
  return {
    periods: [...memory.used, ...taken.periods],
    countedUntil: taken.until,
    settled,
    isFinal: true,
    logs,
    metrics: metricsTimingOf({ logs }, minutes),
  };
}
