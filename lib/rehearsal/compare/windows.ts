import { type Counts, errorRate } from '../../rollout/observation.ts';

/** How old the newest sample is that a Prometheus query sees, in seconds: one scrape interval. */
const SCRAPE_SECONDS = 15;

/** The window of a query on the last minute. */
const WINDOW_SECONDS = 60;

/** The share of the candidate's requests that succeeded in the last minute that Prometheus knows; null if there were none. */
export function successRate(counts: (from: number, until: number) => Counts, second: number): number | null {
  const until = second - SCRAPE_SECONDS;
  const seen = counts(until - WINDOW_SECONDS, until);
  return seen.invocations > 0 ? 1 - errorRate(seen) : null;
}
