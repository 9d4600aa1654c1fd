/** A reproducible stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), with 53 random bits. */
  next(): number;
  /**
   * An independent stream. It depends on this stream's seed and the label alone, not on earlier draws: the same
   * label gives the same stream again.
   */
  fork(label: string | number): Random;
}

/** The stream of a seed: any whole number. */
export const createRandom = (seed: number): Random => new Xoshiro128(mix(seed | 0, Math.floor(seed / 2 ** 32) | 0));

/**
 * xoshiro128**, seeded by splitmix32.
 * Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021).
 */
class Xoshiro128 implements Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#a = scramble(seed + GOLDEN);
    this.#b = scramble(seed + 2 * GOLDEN);
    this.#c = scramble(seed + 3 * GOLDEN);
    this.#d = scramble(seed + 4 * GOLDEN);
  }

  next(): number {
    return ((this.#bits() >>> 5) * 2 ** 26 + (this.#bits() >>> 6)) / 2 ** 53;
  }

  fork(label: string | number): Random {
    return new Xoshiro128(mix(this.#seed, typeof label === 'number' ? label : hash(label)));
  }

  #bits(): number {
    const bits = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return bits;
  }
}

/** splitmix32's increment: 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b9;

const rotate = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by));

/** Spreads 32 bits over 32 bits, one to one. Source: C. Wellons, hash-prospector. */
function scramble(bits: number): number {
  let x = bits | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return x ^ (x >>> 15);
}

const mix = (a: number, b: number): number => scramble(Math.imul(scramble(a + GOLDEN), 5) + scramble(b));

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  return bits;
}

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
