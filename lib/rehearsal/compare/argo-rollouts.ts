import type { Strategy } from './strategy.ts';
import { successRate } from './windows.ts';

const WEIGHTS = [20, 40, 60, 80];
const PAUSE_SECONDS = 600;
const INTERVAL_SECONDS = 60;
const LEAST_SUCCESS_RATE = 0.95;
const FAILURE_LIMIT = 3;

/**
 * The canary with background analysis of Argo Rollouts' documentation: 20, 40, 60 and 80 %, each with a pause of ten minutes. Beside it
 * the success rate is measured each minute and has to be at least 95 %, with `failureLimit: 3`: the fourth measurement that fails aborts
 * the rollout. The analysis ends with the last pause.
 *
 * A minute without a request passes: its result is NaN, and the documentation advises `isNaN(result) || ...`. The documentation measures
 * every five minutes and from 40 % on. Every minute and from the beginning, as here, finds faults sooner.
 *
 * Sources: Argo Rollouts documentation, "Analysis & Progressive Delivery" (Background Analysis; Handling Metric Results);
 * github.com/argoproj/argo-rollouts, analysis/analysis.go ("failed (%d) > failureLimit (%d)").
 */
export const argoRollouts: Strategy = function* ({ candidate }) {
  let failed = 0;
  let second = 0;
  for (const weight of WEIGHTS) {
    for (const end = second + PAUSE_SECONDS; second < end; ) {
      second += INTERVAL_SECONDS;
      yield { weight, until: second };
      const rate = successRate(candidate, second);
      if (rate !== null && rate < LEAST_SUCCESS_RATE) failed++;
      if (failed > FAILURE_LIMIT) return 0;
    }
  }
  return 100;
};
