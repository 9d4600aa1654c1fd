import type { Strategy } from './strategy.ts';
import { successRate } from './windows.ts';

const STEP_WEIGHT = 10;
const MAX_WEIGHT = 50;
const THRESHOLD = 5;
const INTERVAL_SECONDS = 60;
const LEAST_SUCCESS_RATE = 0.99;

/**
 * Flagger's canary analysis with the numbers of its tutorials: `interval: 1m`, `threshold: 5`, `maxWeight: 50`, `stepWeight: 10` and
 * `request-success-rate` of at least 99 % in one minute.
 *
 * At each interval it first rolls back if as many checks as the threshold have failed in all, then it checks. A check that fails, or finds
 * no value, keeps the weight and counts. After one that passes the weight grows, and at the maximum the new version takes over: the
 * pods of the primary get it then, so it has all of the traffic.
 *
 * Sources: Flagger documentation, "Deployment Strategies: Canary Release" and "Metrics Analysis"; github.com/fluxcd/flagger,
 * pkg/controller/scheduler.go (advanceCanary, runCanary) and scheduler_metrics.go (no values found).
 */
export const flagger: Strategy = function* ({ candidate }) {
  let weight = STEP_WEIGHT;
  let failedChecks = 0;
  for (let second = INTERVAL_SECONDS; ; second += INTERVAL_SECONDS) {
    yield { weight, until: second };
    if (failedChecks >= THRESHOLD) return 0;
    const rate = successRate(candidate, second);
    if (rate === null || rate < LEAST_SUCCESS_RATE) {
      failedChecks++;
      continue;
    }
    if (weight >= MAX_WEIGHT) return 100;
    weight += STEP_WEIGHT;
  }
};
