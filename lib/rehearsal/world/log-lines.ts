import type { Counts } from '../../rollout/observation.ts';
import type { LogSpec } from '../scenario/logs.ts';
import { binomial } from './binomial.ts';
import type { Metrics } from './metrics.ts';
import { createRandom, type Random } from './random.ts';

/** Lines that tell of invocations of one second, and how late they came. All times are seconds since the start of the rehearsal. */
export interface Lines {
  readonly second: number;
  readonly counts: Counts;
  readonly lagSeconds: number;
}

/** The log of one function: a line for each invocation, which is found some time after the invocation has ended. */
export class LogLines {
  readonly spec: LogSpec;
  readonly #metrics: Pick<Metrics, 'sum'>;
  readonly #random: Random;

  constructor(metrics: Pick<Metrics, 'sum'>, spec: LogSpec, seed: number) {
    this.#metrics = metrics;
    this.spec = spec;
    this.#random = createRandom(seed).fork('log');
  }

  /** What is found at a moment of the invocations of a version that ended from `from` on and before `until`. */
  found(version: string, from: number, until: number, now: number): readonly Lines[] {
    const found: Lines[] = [];
    for (let second = from; second < until; second++) {
      const counts = this.#metrics.sum([version], second, second + 1);
      if (counts.invocations === 0) continue;
      for (const lines of this.#linesOf(version, second, counts)) {
        if (lines.counts.invocations > 0 && second + 1 + lines.lagSeconds <= now) found.push(lines);
      }
    }
    return found;
  }

  /** The lines of one second: most of them at once, some later. */
  #linesOf(version: string, second: number, { invocations, errors }: Counts): readonly Lines[] {
    const { lagSeconds, varyingSeconds, lateShare, lateSeconds } = this.spec;
    const random = this.#random.fork(version).fork(second);
    const lag = lagSeconds + Math.floor(random.next() * (varyingSeconds + 1));
    const lateErrors = lateShare === 0 ? 0 : binomial(random.fork('errors'), errors, lateShare);
    const lateOthers = lateShare === 0 ? 0 : binomial(random.fork('others'), invocations - errors, lateShare);
    const late = { invocations: lateErrors + lateOthers, errors: lateErrors };
    const inTime = { invocations: invocations - late.invocations, errors: errors - lateErrors };
    return [
      { second, counts: inTime, lagSeconds: lag },
      { second, counts: late, lagSeconds: lag + lateSeconds },
    ];
  }
}
