import type { Counts } from '../../rollout/observation.ts';
import type { LogSpec } from '../scenario/logs.ts';
import { binomial } from './binomial.ts';
import { createRandom, type Random } from './random.ts';
import type { World } from './world.ts';

/** Lines that tell of invocations of one second, and how late they came. All times are seconds since the start of the rehearsal. */
export interface Lines {
  readonly second: number;
  readonly counts: Counts;
  /** How long those invocations took together. */
  readonly milliseconds: number;
  readonly lagSeconds: number;
  /** How many of them took longer than a bound. */
  slow(milliseconds: number): number;
  /** How many of them failed by a signal. */
  failed(signal: string): number;
}

/** Which lines a query asks for. All times are seconds since the start of the rehearsal. */
export interface AskedLines {
  readonly from: number;
  readonly until: number;
  readonly periodSeconds: number;
  /** Whether invocations that ended in a second are counted; all of them are scanned. */
  readonly isCounted: (second: number) => boolean;
}

/** The lines of one version and one period. */
export interface LinesOfPeriod {
  readonly version: string;
  /** The period's start, in seconds since the start of the rehearsal. */
  readonly start: number;
  readonly lines: readonly Lines[];
}

/** The log of one function: a line for each invocation, which is found some time after the invocation has ended. */
export class LogLines {
  readonly spec: LogSpec;
  readonly #metrics: World['metrics'];
  readonly #random: Random;
  readonly #known = new Map<string, readonly Lines[]>();

  constructor({ metrics, seed }: World, spec: LogSpec) {
    this.#metrics = metrics;
    this.spec = spec;
    this.#random = createRandom(seed).fork('log');
  }

  /** The lines that are found at a moment, by version and period, and what a query scans for them. */
  grouped(
    versions: readonly string[],
    { from, until, periodSeconds, isCounted }: AskedLines,
    now: number,
  ): { readonly groups: readonly LinesOfPeriod[]; readonly bytesScanned: number } {
    let scanned = 0;
    const groups = versions.flatMap((version): readonly LinesOfPeriod[] => {
      const found = this.#found(version, from, until, now);
      scanned += found.reduce((sum, { counts }) => sum + counts.invocations, 0);
      const counted = found.filter(({ second }) => isCounted(second));
      const periods = Map.groupBy(counted, ({ second }) => Math.floor(second / periodSeconds) * periodSeconds);
      return [...periods].map(([start, lines]) => ({ version, start, lines }));
    });
    return { groups, bytesScanned: scanned * this.spec.bytesPerInvocation };
  }

  /** What is found at a moment of the invocations of a version that ended from `from` on and before `until`. */
  #found(version: string, from: number, until: number, now: number): readonly Lines[] {
    const found: Lines[] = [];
    for (let second = from; second < until; second++) {
      // Of a second that is not over the world does not know yet.
      if (second + 1 > now) break;
      for (const lines of this.#written(version, second)) {
        if (second + 1 + lines.lagSeconds <= now) found.push(lines);
      }
    }
    return found;
  }

  #written(version: string, second: number): readonly Lines[] {
    const key = `${version} ${second}`;
    const known = this.#known.get(key);
    if (known) return known;
    const counts = this.#metrics.sum([version], second, second + 1);
    const written = counts.invocations === 0 ? [] : this.#linesOf(version, second, counts);
    this.#known.set(key, written);
    return written;
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
    const each = this.#metrics.milliseconds(version, second, second + 1) / invocations;
    /** Which of some invocations, as many as `total`, are told of by the late lines, and which by the others. */
    const split = (isLate: boolean, what: string, total: number): number => {
      const later = lateShare === 0 ? 0 : Math.min(late.invocations, binomial(random.fork(what), total, lateShare));
      return isLate ? later : total - later;
    };
    const lines = (counts: Counts, isLate: boolean): Lines => ({
      second,
      counts,
      milliseconds: each * counts.invocations,
      lagSeconds: isLate ? lag + lateSeconds : lag,
      slow: (bound) => split(isLate, 'slow', this.#metrics.slowerThan(version, bound, second, second + 1)),
      failed: (signal) => split(isLate, signal, this.#metrics.signalled(version, signal, second, second + 1)),
    });
    return [lines(inTime, false), lines(late, true)].filter(({ counts }) => counts.invocations > 0);
  }
}
