import type { VersionCounts } from '../observation.ts';
import { logChoose } from '../tails.ts';

/** A sum is given up once a further term no longer changes it. */
const NEGLIGIBLE = 1e-17;

/**
 * How much better the counts of both versions fit if the candidate's odds of failing are `ratio` times the stable version's than if they
 * are `healthy` times as high: the likelihood ratio, as a natural logarithm. Given how many requests failed on both versions together, the
 * candidate's share of them follows Fisher's noncentral hypergeometric distribution, so the rate that both have drops out.
 *
 * The counts must be of one time and one weight. Its mean is 1 if the odds are `healthy` times as high, whatever the rate, and less if they
 * are lower: the more failures are the candidate's, the greater it is, and lower odds give the candidate fewer. The sum of its logarithms over
 * such windows may therefore be looked at all the time.
 *
 * Source: R. Turner, A. Ly, P. Grünwald, "Generic E-Variables for Exact Sequential k-Sample Tests that allow for Optional Stopping",
 * arXiv:2106.02693; "Anytime-valid Confidence Intervals for Contingency Tables and Beyond", arXiv:2302.11401.
 *
 * @param ratio above `healthy`
 * @param healthy from 1 on: odds that are no more than so many times as high are no fault
 */
export function logLikelihoodRatio({ stable, candidate }: VersionCounts, ratio: number, healthy = 1): number {
  const failed = candidate.errors + stable.errors;
  if (failed === 0 || candidate.invocations === 0 || stable.invocations === 0) return 0;
  const logOf = (odds: number) =>
    candidate.errors * Math.log(odds) - logMean(stable.invocations, candidate.invocations, failed, odds);
  return logOf(ratio) - logOf(healthy);
}

/** The logarithm of the mean of ratio^x, if x of the failed requests are the candidate's by chance alone. */
function logMean(stable: number, candidate: number, failed: number, ratio: number): number {
  const fewest = Math.max(0, failed - stable);
  const most = Math.min(candidate, failed);
  const logRatio = Math.log(ratio);
  const up = (x: number) => (((candidate - x) * (failed - x)) / ((x + 1) * (stable - failed + x + 1))) * ratio;
  const mode = likeliest(fewest, most, up);
  let total = 1;
  for (let x = mode, term = 1; x < most; x++) {
    term *= up(x);
    if (!(term > total * NEGLIGIBLE)) break;
    total += term;
  }
  for (let x = mode, term = 1; x > fewest; x--) {
    term /= up(x - 1);
    if (!(term > total * NEGLIGIBLE)) break;
    total += term;
  }
  const logAtMode =
    logChoose(candidate, mode) + logChoose(stable, failed - mode) - logChoose(candidate + stable, failed);
  return logAtMode + mode * logRatio + Math.log(total);
}

/** Where the terms stop to grow: each is `up` times the one before, and that falls. */
function likeliest(fewest: number, most: number, up: (x: number) => number): number {
  let [low, high] = [fewest, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (up(middle) >= 1) low = middle + 1;
    else high = middle;
  }
  return low;
}
