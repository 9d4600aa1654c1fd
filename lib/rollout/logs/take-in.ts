import { totalOf } from '../coverage.ts';
import type { Period } from '../observation.ts';
import {
  LOG_PERIOD_SECONDS,
  type LogAnswer,
  type LogRow,
  type LogStreams,
  linesAt,
  periodAt,
  type Versions,
} from './answer.ts';
import { durationsAfter } from './durations.ts';
import { delayOf, LOOKBACK_SECONDS, lagAfter } from './lag.ts';
import type { LogMemory, OlderPeriod, UsedPeriod } from './memory.ts';

/** A look at a log. All times are seconds since 1970. */
export interface LogLook extends Versions, LogStreams {
  /** The first period that no look has used. */
  readonly from: number;
  /** The first period that lies wholly in the present step. */
  readonly stepFrom: number;
  /** When the query was started. */
  readonly now: number;
}

/** What a look takes in for good. */
export interface TakenIn {
  /** The periods that are closed and were not used before, oldest first. */
  readonly periods: readonly Period[];
  /** The end of the periods that were used. */
  readonly until: number;
  readonly memory: LogMemory;
}

/** So many used periods are remembered: three minutes. */
const MOST_REMEMBERED = 18;

/** So many older ones are known by their lines: with the others ten minutes. AWS says that logs may take five to ten. */
const MOST_OLDER = 42;

/** So often it is looked whether lines of these have come, in seconds: each time all their lines are scanned once more. */
const LOOK_BACK_EVERY_SECONDS = 300;

/** If nothing is seen any more, a period is closed so long after it could be read, in seconds. */
const SILENCE_SECONDS = 60;

const startOf = (moment: number): number => Math.floor(moment / LOG_PERIOD_SECONDS) * LOG_PERIOD_SECONDS;

/** What ended longer ago than that, and was not used, counts for nobody, in seconds: while a person is waited for, the log is not read. */
const LONGEST_UNREAD_SECONDS = 900;

/** The first period that a look uses, if nothing before `from` was left. */
export const usableFrom = (from: number, now: number): number => Math.max(from, startOf(now - LONGEST_UNREAD_SECONDS));

/** From when on a look queries the log: some used periods are among it, so that late lines are noticed; now and then all that are known. */
export function queriedFrom(memory: Seen, from: number, now: number): number {
  const { used, older } = memory;
  const [oldest] = older;
  if (oldest && looksBack(memory, now)) return Math.min(from, oldest.start);
  return Math.min(from, Math.max(from - LOOKBACK_SECONDS, used[0]?.start ?? from));
}

type Seen = Pick<LogMemory, 'used' | 'older' | 'lookedBackAt'>;

/** Whether it is time to look at the older periods again. */
const looksBack = ({ older, lookedBackAt }: Seen, now: number): boolean => {
  const since = lookedBackAt ?? older[0]?.start;
  return since !== undefined && now - since >= LOOK_BACK_EVERY_SECONDS;
};

/**
 * Takes the answer to a query in. Each period is used once, when its lines have come by all that was seen of late: it lies behind the lag, and
 * later lines are there. What comes after that is told as late, and changes no count.
 *
 * @returns null if the answer lacks lines that an earlier one had: it is not complete
 */
export function takenIn(memory: LogMemory, answer: LogAnswer, look: LogLook): TakenIn | null {
  const { rows } = answer;
  const { from, now } = look;
  const queried = queriedFrom(memory, from, now);
  const late = lateIn(memory, rows, look, queried);
  if (!late) return null;
  const lagSeconds = lagAfter(memory, answer, late.unexplained);
  const until = Math.max(from, closedUntil({ lagSeconds }, rows, look));
  const periods: Period[] = [];
  const used: UsedPeriod[] = [];
  for (let start = from; start < until; start += LOG_PERIOD_SECONDS) {
    const period = periodAt(start, answer, look, look);
    const { stable, candidate } = period;
    periods.push(period);
    used.push({ start, stable, candidate, lines: linesAt(start, rows, look), lagSeconds });
  }
  const seenAgain = <Known extends OlderPeriod>(period: Known): Known =>
    period.start >= queried ? { ...period, lines: linesAt(period.start, rows, look) } : period;
  const all = [...memory.used.map(seenAgain), ...used];
  const dropped = all.slice(0, -MOST_REMEMBERED).map(({ start, lines }) => ({ start, lines }));
  const ofStep = periods.filter(({ start }) => start >= look.stepFrom);
  const newest = newestOf(rows, look);
  return {
    periods,
    until,
    memory: {
      ...memory,
      lagSeconds,
      used: all.slice(-MOST_REMEMBERED),
      older: [...memory.older.map(seenAgain), ...dropped].slice(-MOST_OLDER),
      lookedBackAt: looksBack(memory, now) ? now : memory.lookedBackAt,
      settled: totalOf([memory.settled, ...ofStep]),
      settledSeconds: memory.settledSeconds + ofStep.length * LOG_PERIOD_SECONDS,
      lastSeenAt: newest === null ? memory.lastSeenAt : newest + LOG_PERIOD_SECONDS,
      late: memory.late + late.lines,
      durations: durationsAfter(
        memory.durations,
        rows.filter(({ start }) => start >= from && start < until),
        look,
      ),
      bytesScanned: memory.bytesScanned + answer.bytesScanned,
      failures: 0,
    },
  };
}

/** Lines that have come since their periods were used. */
interface Late {
  readonly lines: number;
  /** The longest lag that was waited for before they came, if the log says that they came within it; else 0. */
  readonly unexplained: number;
}

/** What has come since it was used; null if some lines have gone. */
function lateIn(memory: LogMemory, rows: readonly LogRow[], look: LogLook, queried: number): Late | null {
  const known: readonly (OlderPeriod & Partial<UsedPeriod>)[] = [...memory.older, ...memory.used];
  const changed = known
    .filter(({ start }) => start >= queried)
    .map(({ start, lines, lagSeconds = 0 }) => {
      const seen = Math.max(0, ...rows.filter((row) => row.start === start).map((row) => row.lagSeconds));
      return { more: linesAt(start, rows, look) - lines, inVain: seen <= lagSeconds ? lagSeconds : 0 };
    })
    .filter(({ more }) => more !== 0);
  if (changed.some(({ more }) => more < 0)) return null;
  return {
    lines: changed.reduce((sum, { more }) => sum + more, 0),
    unexplained: Math.max(0, ...changed.map(({ inVain }) => inVain)),
  };
}

/** The end of the newest period that is closed: lines of a later one are there, or nothing has come for long. */
function closedUntil(memory: Pick<LogMemory, 'lagSeconds'>, rows: readonly LogRow[], look: LogLook): number {
  const readable = startOf(look.now - delayOf(memory));
  const newest = newestOf(rows, look) ?? Number.NEGATIVE_INFINITY;
  return Math.min(readable, Math.max(newest, startOf(look.now - delayOf(memory) - SILENCE_SECONDS)));
}

function newestOf(rows: readonly LogRow[], { stable, candidate }: Versions): number | null {
  const starts = rows.filter(({ version }) => version === stable || version === candidate).map(({ start }) => start);
  return starts.length > 0 ? Math.max(...starts) : null;
}
