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
