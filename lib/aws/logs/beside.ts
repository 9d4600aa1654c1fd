import type { Rollout } from '../../rollout/document/rollout.ts';
import { metricSignalsIn } from '../../rollout/evidence/streams.ts';
import { besideRange } from '../../rollout/logs/look.ts';
import type { LogMemory } from '../../rollout/logs/memory.ts';
import { noCounts, type Observation } from '../../rollout/observation.ts';
import type { CountsSource } from '../source.ts';

/**
 * What is not counted by the log: throttled requests leave no line, and some signals are metrics. Each minute is told once, beside the periods
 * of the log, as soon as CloudWatch has it. If it cannot be read, it is read at the next look.
 *
 * @param logs what is remembered of the log after this look
 * @param now in seconds since 1970
 */
export async function besideTheLog(
  { timing, read }: Pick<CountsSource, 'timing' | 'read'>,
  member: Rollout,
  logs: LogMemory,
  now: number,
): Promise<Required<Pick<Observation, 'beside' | 'logs'>>> {
  const { functionName, aliasName, stable, candidate, policy } = member;
  const { periodSeconds } = timing;
  const { from, until } = besideRange(member, logs, timing, now);
  if (until <= from) return { beside: [], logs };
  const streams = { slowerThan: null, signals: metricSignalsIn(policy.evidence?.signals ?? []) };
  const query = { functionName, aliasName, stable, candidate, from, until, streams };
  const minutes = await read(query).catch(() => null);
  if (!minutes) return { beside: [], logs };
  return {
    beside: minutes.map(({ start, streams: told = {} }) => ({
      start,
      seconds: periodSeconds,
      ...noCounts,
      streams: told,
    })),
    logs: { ...logs, throttledUntil: until },
  };
}
