import type { RunOutcome } from './run.ts';

/** The median and the 95th percentile of all seeds; null if so many never came to that. */
export interface Spread<Value = number | null> {
  readonly median: Value;
  readonly p95: Value;
}

/** How a strategy did over all seeds. Times are seconds. */
export interface StrategySummary {
  readonly name: string;
  /** Failures of the candidate's requests beyond what the stable version's rate would have given those. */
  readonly excessFailures: Spread<number>;
  readonly faultToRevertSeconds: Spread;
  readonly toFullTrafficSeconds: Spread;
  /** The share of the seeds in which the candidate's traffic was taken back, 0 to 1. */
  readonly rolledBack: number;
}

/** What `sluice compare --json` prints. */
export interface Comparison {
  readonly strategies: readonly StrategySummary[];
}

/** Sums a strategy's runs up. */
export function summaryOf(name: string, outcomes: readonly RunOutcome[]): StrategySummary {
  const excess = spread(outcomes.map(({ excessFailures }) => excessFailures));
  return {
    name,
    excessFailures: { median: inTenths(excess.median ?? 0), p95: inTenths(excess.p95 ?? 0) },
    faultToRevertSeconds: spread(outcomes.map(({ faultToRevert }) => faultToRevert)),
    toFullTrafficSeconds: spread(outcomes.map(({ toFullTraffic }) => toFullTraffic)),
    rolledBack: outcomes.filter(({ rolledBack }) => rolledBack).length / outcomes.length,
  };
}

/** Never comes after every time. */
function spread(values: readonly (number | null)[]): Spread {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(value) ? value : null;
  };
  return { median: at(0.5), p95: at(0.95) };
}

const inTenths = (value: number): number => Math.round(value * 10) / 10 || 0;
