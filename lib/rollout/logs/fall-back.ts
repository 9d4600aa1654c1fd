import { type Starved, starvedCandidate } from '../starvation.ts';
import { LONGEST_LAG_SECONDS } from './lag.ts';
import type { LogMemory } from './memory.ts';

/** Why a look got nothing from the log. */
export interface LogFailure {
  /** In words that follow "by minutes:". */
  readonly reason: string;
  /** Whether another try would fail as well. */
  readonly isFinal: boolean;
}

/** Whether a look got nothing. */
export const isFailure = (answer: object): answer is LogFailure => 'isFinal' in answer;

/** After so many looks in a row without an answer the log is given up. */
const MOST_FAILURES = 3;

/** The memory after a look without an answer. A failure that may pass is waited for, but not for long. */
export function afterFailure(memory: LogMemory, { reason, isFinal }: LogFailure): LogMemory {
  const failures = memory.failures + 1;
  return { ...memory, failures, minutesBecause: isFinal || failures >= MOST_FAILURES ? reason : null };
}

/** For so long a log may show no invocation at all, in seconds: then it may be the wrong one. */
const LONGEST_SILENCE_SECONDS = 180;

/** Of the lines of the last minutes no more than this share may be later than the longest lag. */
const MOST_TOO_LATE = 0.01;

/** What is known when a look has taken in an answer. */
export interface LogBudget {
  readonly now: number;
  /** When the candidate had its first traffic, in seconds since 1970. */
  readonly firstTrafficAt: number;
  /** The candidate's weight, in percent. */
  readonly weight: number;
  /** How much may be scanned for the member, in bytes. */
  readonly mostBytes: number;
  /** How many lines came too late at this look. */
  readonly late: number;
}

/**
 * The memory after an answer was taken in. If the log costs too much, is too slow, or does not show the traffic of the alias, the rollout goes
 * on with CloudWatch's minutes.
 */
export const judged = (memory: LogMemory, budget: LogBudget): LogMemory => ({
  ...memory,
  minutesBecause: whyMinutes(memory, budget),
});

function whyMinutes(memory: LogMemory, { now, firstTrafficAt, weight, mostBytes, late }: LogBudget): string | null {
  const { bytesScanned, lastSeenAt, lagSeconds, used, settled } = memory;
  if (bytesScanned > mostBytes) {
    return `queries of the log have scanned ${gigabytes(bytesScanned)} GB, more than the policy allows (${gigabytes(mostBytes)} GB)`;
  }
  const silence = now - Math.max(lastSeenAt ?? 0, firstTrafficAt) - lagSeconds;
  if (silence > LONGEST_SILENCE_SECONDS) {
    return `the log has shown no invocation for ${LONGEST_SILENCE_SECONDS} s`;
  }
  const lines = used.reduce((sum, period) => sum + period.lines, 0);
  if (lagSeconds >= LONGEST_LAG_SECONDS && late > lines * MOST_TOO_LATE) {
    return `lines of the log come more than ${LONGEST_LAG_SECONDS} s late`;
  }
  const starved = starvedCandidate(settled, weight);
  return starved ? notOfTheAlias(starved) : null;
}

/**
 * A log does not tell through which alias a version was invoked. If the candidate has fewer of the requests than its weight promises, others
 * may have invoked the stable version, or the candidate cannot be invoked: the metrics of the alias tell the two apart.
 */
const notOfTheAlias = ({ served, requests, expected }: Starved): string =>
  `the log shows ${served} of ${requests} requests on the new version and not some ${Math.round(expected)}, so it may have requests of another alias`;

const gigabytes = (bytes: number): string => (bytes / 1e9).toPrecision(3);
