/** A chance below this is taken for none: one in a million. */
export const INCREDIBLE = 1e-6;

/** Sums are given up once a further term no longer changes them. */
const NEGLIGIBLE = 1e-17;

/**
 * The chance that at most `k` of `n` independent trials succeed, each with probability `p`. Exact up to rounding; the terms are added
 * from the likeliest on, relative to it, so that chances far below what a number can hold against 1 stay right.
 *
 * @param k whole
 * @param n whole, from 0 on
 * @param p 0 to 1
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p === 0) return 1;
  if (p === 1) return 0;
  const odds = p / (1 - p);
  const logAt = (i: number) => logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p);
  if (k <= n * p) return series(logAt(k), k, -1, (i) => i / ((n - i + 1) * odds));
  return 1 - series(logAt(k + 1), k + 1, 1, (i) => ((n - i) / (i + 1)) * odds);
}

/**
 * The chance that a sample of `sample` out of `all` has at least `k` of the `marked` ones: the upper tail of the hypergeometric
 * distribution, which is Fisher's exact test, one-sided. Source: R. A. Fisher, "The Logic of Inductive Inference", J. Roy. Stat. Soc. 98
 * (1935). All are whole numbers from 0 on.
 */
export function hypergeometricTail(k: number, sample: number, marked: number, all: number): number {
  const [fewest, most] = [Math.max(0, sample + marked - all), Math.min(sample, marked)];
  if (k <= fewest) return 1;
  if (k > most) return 0;
  const logAt = (i: number) => logChoose(marked, i) + logChoose(all - marked, sample - i) - logChoose(all, sample);
  const up = (i: number) => ((marked - i) * (sample - i)) / ((i + 1) * (all - marked - sample + i + 1));
  if (k >= (sample * marked) / all) return series(logAt(k), k, 1, up);
  return 1 - series(logAt(k - 1), k - 1, -1, (i) => 1 / up(i - 1));
}

/** Adds a term and those beyond it, each a multiple of the one before, until nothing is left of them. */
function series(logFirst: number, first: number, step: 1 | -1, ratioAfter: (index: number) => number): number {
  let term = 1;
  let total = 1;
  for (let index = first; ; index += step) {
    term *= ratioAfter(index);
    if (!(term > total * NEGLIGIBLE)) break;
    total += term;
  }
  return Math.min(1, Math.exp(logFirst + Math.log(total)));
}

/** The logarithm of the number of ways to choose `k` of `n`. */
export const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** From here on four terms of Stirling's series are as exact as a number is. */
const STIRLING_FROM = 20;

/** The logarithm of n!. Source: Stirling's series, NIST Digital Library of Mathematical Functions 5.11.1. */
function logFactorial(n: number): number {
  if (n < STIRLING_FROM) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const inverse = 1 / n;
  const square = inverse * inverse;
  const correction = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + correction;
}
