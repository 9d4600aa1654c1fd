import type { Counts, MetricTiming } from '../../rollout/observation.ts';

/** The counts of one period. */
export interface Datapoint extends Counts {
  /** The period's start, in seconds since the start of the rehearsal. */
  readonly start: number;
}

/** The second up to which data can be read at `now`: later data is still on its way. */
export const visibleUntil = (now: number, { delaySeconds }: Pick<MetricTiming, 'delaySeconds'>): number =>
  Math.floor(now - delaySeconds);

/** What a version did in a second. */
export interface Served extends Counts {
  /**
   * Requests that were throttled, and so are no invocations.
   *
   * @default 0
   */
  readonly throttles?: number;
  /**
   * How long each of the invocations took.
   *
   * @default unknown
   */
  readonly milliseconds?: number;
  /**
   * The invocations that took longer than any of the others, longer than a threshold that is not told here.
   *
   * @default 0
   */
  readonly slow?: number;
  /**
   * How many of the invocations failed by each signal.
   *
   * @default none
   */
  readonly signals?: Readonly<Record<string, number>>;
}

/** One version's counts as running sums: entry `i` is the sum of its first `i` seconds. */
interface Series {
  readonly invocations: number[];
  readonly errors: number[];
  readonly throttles: number[];
  /** How long all invocations took together. */
  readonly milliseconds: number[];
  /** Invocations by how long they took. */
  readonly durations: Map<number, number[]>;
  readonly signals: Map<string, number[]>;
}

/** How long a slow request takes: longer than any threshold. */
const SLOW_MILLISECONDS = 900_000;

/** What it is billed: so many times as long as any other. */
const SLOW_TIMES = 10;

/** The share of invocations that are slower than the 99th percentile. */
const SLOWER_THAN_P99 = 0.01;

/** CloudWatch's metrics of each version, to the second. All times are seconds since the start of the rehearsal. */
export class Metrics {
  readonly #firstSecond: number;
  readonly #series = new Map<string, Series>();

  /** @param firstSecond the earliest second that is recorded; below 0 if there is a past */
  constructor(firstSecond: number) {
    this.#firstSecond = firstSecond;
  }

  /** Adds a version's counts of one second. Seconds come in order; a second that is left out had no invocation. */
  record(
    version: string,
    second: number,
    { invocations, errors, throttles = 0, milliseconds, slow = 0, signals = {} }: Served,
  ): void {
    const series = this.#series.get(version) ?? newSeries();
    this.#series.set(version, series);
    const index = second - this.#firstSecond;
    extend(series.invocations, index, invocations);
    extend(series.errors, index, errors);
    if (throttles > 0) extend(series.throttles, index, throttles);
    for (const [name, failures] of Object.entries(signals)) extend(sumsOf(series.signals, name), index, failures);
    if (milliseconds === undefined || invocations === 0) return;
    extend(series.milliseconds, index, milliseconds * (invocations + (SLOW_TIMES - 1) * slow));
    if (slow > 0) extend(sumsOf(series.durations, SLOW_MILLISECONDS), index, slow);
    extend(sumsOf(series.durations, milliseconds), index, invocations - slow);
  }

  /** The counts of all the versions together from the second `from` on and before `until`. */
  sum(versions: Iterable<string>, from: number, until: number): Counts {
    let invocations = 0;
    let errors = 0;
    for (const version of versions) {
      const series = this.#series.get(version);
      if (!series) continue;
      invocations += this.#before(until, series.invocations) - this.#before(from, series.invocations);
      errors += this.#before(until, series.errors) - this.#before(from, series.errors);
    }
    return { invocations, errors };
  }

  /** How many requests all the versions together throttled from the second `from` on and before `until`. */
  throttles(versions: readonly string[], from: number, until: number): number {
    return versions
      .flatMap((version) => this.#series.get(version) ?? [])
      .reduce((sum, { throttles }) => sum + this.#before(until, throttles) - this.#before(from, throttles), 0);
  }

  /** How long all invocations of a version took together, from the second `from` on and before `until`. */
  milliseconds(version: string, from: number, until: number): number {
    const sums = this.#series.get(version)?.milliseconds;
    return sums ? this.#before(until, sums) - this.#before(from, sums) : 0;
  }

  /** How many invocations of a version took longer than so many milliseconds, from the second `from` on and before `until`. */
  slowerThan(version: string, bound: number, from: number, until: number): number {
    return [...(this.#series.get(version)?.durations ?? [])]
      .filter(([milliseconds]) => milliseconds > bound)
      .reduce((sum, [, sums]) => sum + this.#before(until, sums) - this.#before(from, sums), 0);
  }

  /** How many invocations of a version failed by a signal, from the second `from` on and before `until`. */
  signalled(version: string, signal: string, from: number, until: number): number {
    const sums = this.#series.get(version)?.signals.get(signal);
    return sums ? this.#before(until, sums) - this.#before(from, sums) : 0;
  }

  /** The 99th percentile of how long their invocations took; null if there were none. */
  p99Milliseconds(versions: readonly string[], from: number, until: number): number | null {
    const counted = versions
      .flatMap((version) => [...(this.#series.get(version)?.durations ?? [])])
      .map(([milliseconds, sums]) => ({ milliseconds, count: this.#before(until, sums) - this.#before(from, sums) }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.milliseconds - a.milliseconds);
    const all = counted.reduce((sum, { count }) => sum + count, 0);
    let slower = 0;
    for (const { milliseconds, count } of counted) {
      slower += count;
      if (slower >= all * SLOWER_THAN_P99) return milliseconds;
    }
    return null;
  }

  /**
   * The counts of all the versions together by period, oldest first. The first period starts at `from`; the last one is cut at `until`, as
   * CloudWatch shows a period that is not over. As in CloudWatch, a period without invocations has no datapoint.
   */
  datapoints(versions: readonly string[], from: number, until: number, periodSeconds: number): Datapoint[] {
    const datapoints: Datapoint[] = [];
    for (let start = from; start < until; start += periodSeconds) {
      const counts = this.sum(versions, start, Math.min(start + periodSeconds, until));
      if (counts.invocations > 0) datapoints.push({ start, ...counts });
    }
    return datapoints;
  }

  #before(second: number, sums: readonly number[]): number {
    const index = Math.min(Math.max(Math.floor(second) - this.#firstSecond, 0), sums.length - 1);
    return sums[index] as number;
  }
}

const newSeries = (): Series => ({
  invocations: [0],
  errors: [0],
  throttles: [0],
  milliseconds: [0],
  durations: new Map(),
  signals: new Map(),
});

/** The running sums under a key. */
function sumsOf<Key>(all: Map<Key, number[]>, key: Key): number[] {
  const sums = all.get(key) ?? [0];
  all.set(key, sums);
  return sums;
}

function extend(sums: number[], index: number, value: number): void {
  const last = sums.at(-1) as number;
  while (sums.length <= index) sums.push(last);
  sums.push(last + value);
}
