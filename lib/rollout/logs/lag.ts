import { LOG_PERIOD_SECONDS, type LogAnswer } from './answer.ts';
import type { LogMemory } from './memory.ts';

/** The longest lag that is waited for, in seconds. Lines that are later than that count for nobody. */
export const LONGEST_LAG_SECONDS = 120;

/** For how much longer than the lag every look looks for a line, in seconds. One that is later is noticed some minutes later. */
export const LOOKBACK_SECONDS = 90;

/** How long a line that is in the log may take until a query finds it, in seconds: an assumption, which late lines correct. */
const INDEXING_SECONDS = 5;

/** A lag that is not seen any more is forgotten slowly: at each look it counts for so much of what it was. */
const MEMORY_OF_A_LAG = 0.95;

/**
 * How late lines come, after one more answer: as late as the latest line in it, or as was seen lately. Lines that the log calls in time, and
 * that came after their period had been used, make it longer than the lag that was waited for then.
 *
 * @param unexplained the longest lag that was waited for in vain, though the log says that the lines were in time; 0 if there was none
 */
export function lagAfter(
  { lagSeconds }: Pick<LogMemory, 'lagSeconds'>,
  { rows }: LogAnswer,
  unexplained: number,
): number {
  const seen = Math.max(0, ...rows.map((row) => row.lagSeconds));
  const widened = unexplained > 0 ? unexplained + LOG_PERIOD_SECONDS : 0;
  // In hundredths, because the document keeps it for each of many periods.
  const lag = Math.ceil(Math.max(seen, lagSeconds * MEMORY_OF_A_LAG, widened) * 100) / 100;
  return Math.min(LONGEST_LAG_SECONDS, lag);
}

/** How long after its end a period can be read, in whole seconds. */
export const delayOf = ({ lagSeconds }: Pick<LogMemory, 'lagSeconds'>): number =>
  Math.ceil(lagSeconds) + INDEXING_SECONDS;
