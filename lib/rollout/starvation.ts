import type { Counts, VersionCounts } from './observation.ts';
import { binomialTail, INCREDIBLE } from './tails.ts';

/**
 * Whether each version got the share of the requests that its weight promises. Lambda counts no invocation that it refuses: a version
 * that cannot be invoked leaves no trace in Invocations, Errors or an alarm on them. (AWS: Lambda, "Types of metrics".) But its share
 * of what the alias serves is missing.
 */

/**
 * How long after a write of the alias requests may still be routed as before, in seconds. (Recorded on AWS: an invocation right after
 * UpdateAlias reached the version before, and three more tries a second apart were enough.)
 */
export const ROUTING_GRACE_SECONDS = 10;

/**
 * A version that gets nine tenths of its share or more is not called starved, however many requests say so. Lambda promises a
 * probability, and nobody has measured how exactly it keeps it.
 */
const MATERIAL_SHARE = 0.9;

/** A few requests that are still underway to the version before say nothing against one that has all the traffic. */
const LARGEST_SHARE = 0.99;

/** A version that got incredibly few of the requests. */
export interface Starved {
  /** How many requests both versions served. */
  readonly requests: number;
  /** How many of them the starved version served, and how many its weight promises. */
  readonly served: number;
  readonly expected: number;
}

/**
 * The candidate, if honest routing would give it so few requests less than once in a million looks.
 *
 * @param weight the candidate's share in percent
 */
export const starvedCandidate = (counts: VersionCounts, weight: number): Starved | undefined =>
  starved(counts.candidate, counts.stable, weight / 100);

/** The stable version, likewise. At 100 % it has no share. */
export const starvedStable = (counts: VersionCounts, weight: number): Starved | undefined =>
  starved(counts.stable, counts.candidate, 1 - weight / 100);

function starved(version: Counts, other: Counts, promised: number): Starved | undefined {
  const share = Math.min(promised, LARGEST_SHARE);
  const served = version.invocations;
  const requests = served + other.invocations;
  const expected = requests * share;
  if (served >= expected * MATERIAL_SHARE) return undefined;
  return binomialTail(served, requests, share) < INCREDIBLE ? { requests, served, expected } : undefined;
}

/** How many requests came in how many seconds of whole periods. */
export interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

/** The requests of both versions together, per second. */
const perSecond = ({ requests, seconds }: Rate): number => (seconds > 0 ? requests / seconds : 0);

/**
 * Whether so long a silence is incredible after the steps before. Requests that come independently of each other leave a time in which
 * `n` of them are expected silent with a chance of e^-n: below one in a million from 14 on.
 *
 * The expectation is the lower of two rates, that of all steps and that of the last one, so that traffic that has died down before
 * the candidate had all of it is taken for what it is.
 */
export function isIncredible(silentSeconds: number, before: readonly Rate[]): boolean {
  const measured = before.filter(({ seconds }) => seconds > 0);
  const last = measured.at(-1);
  if (!last) return false;
  const all = measured.reduce((sum, rate) => ({
    requests: sum.requests + rate.requests,
    seconds: sum.seconds + rate.seconds,
  }));
  return Math.exp(-Math.min(perSecond(all), perSecond(last)) * silentSeconds) < INCREDIBLE;
}
