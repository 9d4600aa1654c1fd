import type { VersionCounts } from '../observation.ts';
import { LAMBDA_GIGABYTE_SECOND, LAMBDA_REQUEST } from '../prices.ts';

/** What of a version decides how much a millisecond of it costs. */
export interface VersionSize {
  /** Its memory. */
  readonly megabytes: number;
  /** Its processor, in Lambda's words. */
  readonly architecture: string;
}

/** The sizes of both versions of a rollout. */
export interface VersionSizes {
  readonly stable: VersionSize;
  readonly candidate: VersionSize;
}

/** How long all requests of a time took together, by version. */
export interface Milliseconds {
  readonly stable: number;
  readonly candidate: number;
}

/** How long requests took, at times at which both versions served some. Plain JSON. */
export interface Work {
  /** How many requests the candidate served. */
  readonly requests: number;
  /** How long they took together, and how long as many requests of the stable version took at the same times. */
  readonly milliseconds: Milliseconds;
}

/** Nothing measured yet. */
export const noWork: Work = { requests: 0, milliseconds: { stable: 0, candidate: 0 } };

/**
 * The work after one more window. Each window counts by the candidate's requests in it, so that a busy minute with slow requests makes
 * neither version look dearer than the other.
 */
export function workAfter(work: Work, { stable, candidate }: VersionCounts, milliseconds: Milliseconds): Work {
  if (stable.invocations === 0 || candidate.invocations === 0) return work;
  const asMany = (milliseconds.stable / stable.invocations) * candidate.invocations;
  return {
    requests: work.requests + candidate.invocations,
    milliseconds: {
      stable: work.milliseconds.stable + asMany,
      candidate: work.milliseconds.candidate + milliseconds.candidate,
    },
  };
}

/** What the requests of a version cost. */
export interface VersionCost {
  /** How long a request takes, in milliseconds: the mean. */
  readonly milliseconds: number;
  /** What a million requests cost, in US dollars: their time in the memory of the version, and the requests themselves. */
  readonly usdPerMillion: number;
}

/** What the requests of both versions cost, on the same traffic. */
export interface CostComparison {
  /** The version before. */
  readonly stable: VersionCost;
  /** The version that the rollout moves traffic to. */
  readonly candidate: VersionCost;
  /** How much more a request to the candidate costs: 0.2 is one fifth more, below 0 is less. */
  readonly increase: number;
}

/** What requests cost; undefined as long as both versions have not served some at the same time, or if their sizes are not known. */
export function costsOf({ requests, milliseconds }: Work, sizes: VersionSizes | null): CostComparison | undefined {
  if (requests === 0 || !sizes) return undefined;
  const stable = costOf(sizes.stable, milliseconds.stable / requests);
  const candidate = costOf(sizes.candidate, milliseconds.candidate / requests);
  return { stable, candidate, increase: candidate.usdPerMillion / stable.usdPerMillion - 1 };
}

/** (AWS: Lambda pricing. A version of another processor than these is taken for one of the dearer kind.) */
function costOf({ megabytes, architecture }: VersionSize, milliseconds: number): VersionCost {
  const perSecond = architecture === 'arm64' ? LAMBDA_GIGABYTE_SECOND.arm64 : LAMBDA_GIGABYTE_SECOND.x86_64;
  const usd = LAMBDA_REQUEST + (milliseconds / 1000) * (megabytes / 1024) * perSecond;
  return { milliseconds, usdPerMillion: usd * 1_000_000 };
}

/** The chance that a window of an equally dear candidate looks dearer is one half: a bet on that nearly doubles, or loses nearly all. */
const BET = 0.98;

/**
 * What a window makes of a bet on the candidate's costing more than a policy allows: on average no more than was staked, if it does not.
 *
 * @param maximumIncrease by how much a request to the candidate may be dearer: 0.2 is by one fifth
 * @returns undefined if the window says nothing
 */
export function gainOnCost(
  counts: VersionCounts,
  milliseconds: Milliseconds,
  sizes: VersionSizes | null,
  maximumIncrease: number,
): number | undefined {
  const costs = costsOf(workAfter(noWork, counts, milliseconds), sizes);
  return costs && 1 + (costs.increase > maximumIncrease ? BET : -BET);
}
