import * as z from 'zod';
import { noCounts, type VersionCounts } from '../observation.ts';
import { noDurations, type VersionDurations } from './durations.ts';

/** A period whose counts have been used, newest last: what came later is told by its lines. */
export interface UsedPeriod extends VersionCounts {
  /** The period's start, in seconds since 1970. */
  readonly start: number;
  /** How many lines of both versions it has had. */
  readonly lines: number;
  /** The lag that was waited for when it was used, in seconds. */
  readonly lagSeconds: number;
}

/** A period that was used longer ago: only whether lines came since is of interest. */
export type OlderPeriod = Pick<UsedPeriod, 'start' | 'lines'>;

/** What a member of a rollout remembers of its function's log between two looks. Plain JSON, a part of the document. */
export interface LogMemory {
  /** The log group that both versions write to; empty if there is none to read. */
  readonly group: string;
  /** How late lines have come lately, in seconds: from the end of an invocation until its line was in the log. */
  readonly lagSeconds: number;
  /** The newest periods that were used. */
  readonly used: readonly UsedPeriod[];
  /** Those that were used before them, as far as late lines are looked for. */
  readonly older: readonly OlderPeriod[];
  /** When it was last looked whether lines of these have come, in seconds since 1970; null before the first time. */
  readonly lookedBackAt: number | null;
  /** The counts of the present step that were used. They are never changed. */
  readonly settled: VersionCounts;
  /** How many seconds of whole periods these are of. */
  readonly settledSeconds: number;
  /** When the newest invocation that the log has shown ended, to a period, in seconds since 1970; null before the first. */
  readonly lastSeenAt: number | null;
  /** How many lines came after their period had been used. They count for nobody. */
  readonly late: number;
  /** How the invocations ran that were used. */
  readonly durations: VersionDurations;
  /** How much the queries of this member have scanned, in bytes. */
  readonly bytesScanned: number;
  /** How many looks in a row the log could not answer. */
  readonly failures: number;
  /** The end of the minutes whose throttles were taken in, in seconds since 1970; null before the first. */
  readonly throttledUntil: number | null;
  /** Why the rollout counts by CloudWatch's minutes instead, in words; null while it counts by the log. */
  readonly minutesBecause: string | null;
}

/** How late lines are taken to come before any has been seen, in seconds. People have measured 5 to 20. */
export const FIRST_LAG_SECONDS = 20;

/** The memory before the first look. */
export const newLogMemory = (group: string): LogMemory => ({
  group,
  lagSeconds: FIRST_LAG_SECONDS,
  used: [],
  older: [],
  lookedBackAt: null,
  settled: noCounts,
  settledSeconds: 0,
  lastSeenAt: null,
  late: 0,
  durations: noDurations,
  bytesScanned: 0,
  failures: 0,
  throttledUntil: null,
  minutesBecause: null,
});

/** The memory of a member that counts by minutes from its start on. */
export const noLog = (why: string): LogMemory => ({ ...newLogMemory(''), minutesBecause: why });

/** The memory when the next weight is given: the counts of the step begin anew. */
export const logAtNextStep = (memory: LogMemory | null): LogMemory | null =>
  memory && { ...memory, settled: noCounts, settledSeconds: 0 };

const counts = z.object({ invocations: z.number(), errors: z.number() });
const versionCounts = z.object({ stable: counts, candidate: counts });

const durationSums = z.object({
  invocations: z.number(),
  coldStarts: z.number(),
  initMilliseconds: z.number(),
  billedMilliseconds: z.number(),
});

/** The memory in a document. Fields that an older release did not write have a default. */
export const logMemorySchema: z.ZodType<LogMemory, unknown> = z.object({
  group: z.string(),
  lagSeconds: z.number().min(0),
  used: z.array(versionCounts.extend({ start: z.number(), lines: z.number(), lagSeconds: z.number() })),
  older: z.array(z.object({ start: z.number(), lines: z.number() })).default([]),
  lookedBackAt: z.number().nullable().default(null),
  settled: versionCounts,
  settledSeconds: z.number(),
  lastSeenAt: z.number().nullable(),
  late: z.number(),
  durations: z.object({ stable: durationSums, candidate: durationSums }).default(noDurations),
  bytesScanned: z.number(),
  failures: z.number(),
  throttledUntil: z.number().nullable(),
  minutesBecause: z.string().nullable(),
});
