import { functionNameOf } from '../document/start.ts';
import type { LogAnswer } from './answer.ts';
import { LONGEST_LAG_SECONDS } from './lag.ts';
import { type LogMemory, newLogMemory, noLog } from './memory.ts';

/** How a version of a function logs, as Lambda tells it. */
export interface Logging {
  /** `JSON` or `Text`. */
  readonly format: string;
  /** The level from which on Lambda's own events are written; of a text log, undefined. */
  readonly systemLevel: string | undefined;
  /** The log group; undefined if it is the function's own. */
  readonly group: string | undefined;
}

/** The level of the event that ends an invocation. */
const LEVELS_WITH_REPORTS: readonly string[] = ['DEBUG', 'INFO'];

/** Why the invocations of a version cannot be counted by its log, in words; undefined if they can. */
export function whyNotCounted({ format, systemLevel = 'INFO' }: Logging): string | undefined {
  if (format !== 'JSON') return 'has its log as text, and only a JSON log tells how an invocation ended';
  if (LEVELS_WITH_REPORTS.includes(systemLevel)) return undefined;
  return `has the system log level ${systemLevel}, and the ends of invocations are told from INFO down`;
}

/** A version with the way in which it logs; undefined if that could not be read. */
interface LoggingVersion {
  readonly version: string;
  readonly logging?: Logging | undefined;
}

/** What a rollout knows of its log before anybody has looked at it. */
export function logOf(functionName: string, versions: readonly LoggingVersion[]): LogMemory {
  for (const { version, logging } of versions) {
    const why = logging && whyNotCounted(logging);
    if (why) return noLog(`${version} ${why}`);
  }
  const own = `/aws/lambda/${functionNameOf(functionName)}`;
  const groups = new Set(versions.map(({ logging }) => logging?.group ?? own));
  const [group = own] = groups;
  return groups.size === 1 ? newLogMemory(group) : noLog('the two versions have different log groups');
}

/** The lag is first measured on so many seconds before a rollout. */
export const PROBED_SECONDS = 300;

/** The memory after the first query, which found out how late lines come. */
export function probed(memory: LogMemory, { rows, bytesScanned }: LogAnswer): LogMemory {
  const lag = rows.length > 0 ? Math.max(...rows.map((row) => row.lagSeconds)) : memory.lagSeconds;
  return { ...memory, lagSeconds: Math.min(LONGEST_LAG_SECONDS, lag), bytesScanned };
}
