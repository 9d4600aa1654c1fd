import type { Random } from './random.ts';

/** From this mean on, rejection is faster than inversion; it is also valid only from this mean on. */
const LARGE_MEAN = 10;

/**
 * How many of `n` independent trials succeed, each with probability `p`. Exact in distribution up to rounding, and its
 * cost does not grow with `n`. For small means it takes one number from the stream, and grows with `n` and `p` on the
 * same number.
 *
 * @param n whole, at least 0
 * @param p 0 to 1
 * @throws RangeError for anything else
 */
export function binomial(random: Random, n: number, p: number): number {
  if (!(n >= 0 && p >= 0 && p <= 1)) throw new RangeError(`expected n >= 0 and p from 0 to 1, found n ${n} and p ${p}`);
  if (n === 0 || p === 0) return 0;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  return n * p < LARGE_MEAN ? byInversion(random, n, p) : byRejection(random, n, p);
}

/** BINV. Source: V. Kachitvichyanukul, B. Schmeiser, "Binomial random variate generation", CACM 31 (1988). */
function byInversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(n * Math.log1p(-p));
  let left = random.next();
  let successes = 0;
  while (left >= probability && successes < n) {
    left -= probability;
    successes++;
    probability *= ((n + 1 - successes) / successes) * odds;
  }
  return successes;
}

/**
 * BTRS, transformed rejection with a squeeze, for p up to 1/2 and means from 10 on. The letters are the paper's.
 * Source: W. Hörmann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46 (1993).
 */
function byRejection(random: Random, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const squeeze = 0.92 - 4.2 / b;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const atMode = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = random.next() - 0.5;
    const v = random.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    const bound = atMode - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

const SMALL_FACTORIALS = [1, 1, 2, 6, 24, 120, 720, 5040, 40_320, 362_880].map(Math.log);

/** Stirling's series; from 10 on it is right to ten digits after the point. */
function logFactorial(k: number): number {
  const small = SMALL_FACTORIALS[k];
  if (small !== undefined) return small;
  const square = k * k;
  const tail = (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / k;
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + tail;
}
