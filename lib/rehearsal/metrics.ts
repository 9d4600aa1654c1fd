import type { PeriodCounts } from './alarms.ts';

/** Counts of one version, second by second, from `begin` on (which may lie before second 0). */
export class Metrics {
  readonly #begin: number;
  readonly #invocations: number[] = [];
  readonly #errors: number[] = [];

  constructor(begin: number) {
    this.#begin = begin;
  }

  add(second: number, invocations: number, errors: number): void {
    const index = second - this.#begin;
    this.#invocations[index] = (this.#invocations[index] ?? 0) + invocations;
    this.#errors[index] = (this.#errors[index] ?? 0) + errors;
  }

  /** The sums of [from, until). Invocations are counted in the second in which they began. */
  sum(from: number, until: number): PeriodCounts {
    let invocations = 0;
    let errors = 0;
    for (let index = Math.max(0, from - this.#begin); index < until - this.#begin; index++) {
      invocations += this.#invocations[index] ?? 0;
      errors += this.#errors[index] ?? 0;
    }
    return { invocations, errors };
  }
}
