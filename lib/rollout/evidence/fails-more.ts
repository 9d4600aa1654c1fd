import { type Counts, errorRate } from '../observation.ts';
import { binomialTail, hypergeometricTail } from '../tails.ts';

/** A difference that chance makes in fewer than one of twenty healthy looks. Every further look may acquit the candidate. */
const SIGNIFICANCE = 0.05;

/** The error rate up to which a version counts as healthy if there is hardly anything to compare it with: that of the default alarms. */
const TOLERATED_RATE = 0.05;

/**
 * Whether the candidate fails more than the stable version does, so that its requests are no proof of health. It is compared with the
 * stable version by Fisher's exact test, one-sided. If fewer than `enough` requests of the stable version were observed, the test can
 * hardly see anything, so the candidate is held to a tolerated rate, or to the stable version's own if that is higher.
 */
export function failsMore(candidate: Counts, stable: Counts, enough: number): boolean {
  const [tried, reference] = [bounded(candidate), bounded(stable)];
  if (errorRate(tried) <= errorRate(reference)) return false;
  const all = tried.invocations + reference.invocations;
  const failed = tried.errors + reference.errors;
  if (hypergeometricTail(tried.errors, tried.invocations, failed, all) < SIGNIFICANCE) return true;
  if (reference.invocations >= enough) return false;
  const tolerated = Math.max(TOLERATED_RATE, errorRate(reference));
  return 1 - binomialTail(tried.errors - 1, tried.invocations, tolerated) < SIGNIFICANCE;
}

/** CloudWatch's sums are read one by one: one may be a moment ahead of the other. */
const bounded = ({ invocations, errors }: Counts): Counts => ({ invocations, errors: Math.min(errors, invocations) });
