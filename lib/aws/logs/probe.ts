import type { VersionFacts } from '../../rollout/decisions/preflight.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { isFailure } from '../../rollout/logs/fall-back.ts';
import { logOf, PROBED_SECONDS, probed } from '../../rollout/logs/logging.ts';
import { type LogMemory, noLog } from '../../rollout/logs/memory.ts';
import type { LogSource } from './log-source.ts';

/**
 * Looks for the first time at the log by which a rollout is to count: whether it can be read, and how late its lines come.
 *
 * @param now in seconds since 1970
 */
export async function probeLog(
  source: LogSource,
  { functionName, candidate: version }: Pick<Rollout, 'functionName' | 'candidate'>,
  stable: VersionFacts,
  candidate: VersionFacts,
  now: number,
): Promise<LogMemory> {
  const memory = logOf(functionName, [stable, candidate]);
  if (memory.minutesBecause !== null) return memory;
  const { group } = memory;
  const range = { from: now - PROBED_SECONDS, until: now, changes: [], slowerThan: null, signals: [] };
  const answer = await source.read({ functionName, group, stable: stable.version, candidate: version, ...range });
  if (!isFailure(answer)) return probed(memory, answer);
  // What may pass is tried again by the looks.
  return answer.isFinal ? noLog(answer.reason) : memory;
}
