import { firstWholePeriod } from '../../rollout/coverage.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { weightOf } from '../../rollout/document/rollout.ts';
import { periodsFrom } from '../../rollout/evidence/trial-of-rollout.ts';
import { LOG_PERIOD_SECONDS } from '../../rollout/logs/answer.ts';
import { afterFailure, judged, type LogFailure } from '../../rollout/logs/fall-back.ts';
import type { LogMemory } from '../../rollout/logs/memory.ts';
import { queriedFrom, takenIn, usableFrom } from '../../rollout/logs/take-in.ts';
import { metricsTimingOf } from '../../rollout/logs/timing.ts';
import type { MetricTiming, Observation } from '../../rollout/observation.ts';
import { isFailure } from './insights.ts';
import type { LogSource } from './log-source.ts';

/** What a look at a log tells of a member's requests. */
export type LogReading = Required<Pick<Observation, 'periods' | 'countedUntil' | 'settled' | 'isFinal' | 'logs'>> & {
  readonly metrics: MetricTiming;
};

const period = { periodSeconds: LOG_PERIOD_SECONDS, delaySeconds: 0 };

const GIGABYTE = 1e9;

/** The log has lost lines that it had shown before: its answer is not complete. */
const INCOMPLETE: LogFailure = { reason: 'the log has shown fewer lines than before', isFinal: false };

/**
 * Looks at the log of a member, from the first period on that no look has used.
 *
 * @param memory what the look before has left
 * @param minutes how old CloudWatch's minutes are
 * @param now in seconds since 1970
 */
export async function lookAtLog(
  source: LogSource,
  member: Rollout,
  memory: LogMemory,
  minutes: MetricTiming,
  now: number,
): Promise<LogReading> {
  const { functionName, stable, candidate, passed, shiftedAt, policy } = member;
  const from = usableFrom(periodsFrom(member, period), now);
  const changes = [...passed.map((step) => step.from), shiftedAt];
  const range = { from: queriedFrom(memory, from), until: now };
  const answer = await source.read({ group: memory.group, functionName, stable, candidate, changes, ...range });
  const settled = { counts: memory.settled, seconds: memory.settledSeconds, until: from };
  const taken = isFailure(answer)
    ? null
    : takenIn(memory, answer, { stable, candidate, from, stepFrom: firstWholePeriod(shiftedAt, period), now });
  const nothing = {
    periods: null,
    countedUntil: from,
    settled,
    isFinal: true,
    metrics: metricsTimingOf({ logs: memory }, minutes),
  };
  if (!taken) return { ...nothing, logs: afterFailure(memory, isFailure(answer) ? answer : INCOMPLETE) };
  const logs = judged(taken.memory, {
    now,
    firstTrafficAt: changes[0] as number,
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
    metrics: metricsTimingOf({ logs: taken.memory }, minutes),
  };
}
