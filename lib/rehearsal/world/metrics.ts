import type { Counts, MetricTiming } from '../../rollout/observation.ts';

/** The counts of one period. */
export interface Datapoint extends Counts {
  /** The period's start, in seconds since the start of the rehearsal. */
  readonly start: number;
}

/** The second up to which data can be read at `now`: later data is still on its way. */
export const visibleUntil = (now: number, { delaySeconds }: Pick<MetricTiming, 'delaySeconds'>): number =>
  Math.floor(now - delaySeconds);

/** One version's counts as running sums: entry `i` is the sum of its first `i` seconds. */
interface Series {
  readonly invocations: number[];
  readonly errors: number[];
}

/** CloudWatch's metrics of each version, to the second. All times are seconds since the start of the rehearsal. */
export class Metrics {
  readonly #firstSecond: number;
  readonly #series = new Map<string, Series>();

  /** @param firstSecond the earliest second that is recorded; below 0 if there is a past */
  constructor(firstSecond: number) {
    this.#firstSecond = firstSecond;
  }

  /** Adds a version's counts of one second. Seconds come in order; a second that is left out had no invocation. */
  record(version: string, second: number, { invocations, errors }: Counts): void {
    let series = this.#series.get(version);
    if (!series) {
      series = { invocations: [0], errors: [0] };
      this.#series.set(version, series);
    }
    extend(series.invocations, second - this.#firstSecond, invocations);
    extend(series.errors, second - this.#firstSecond, errors);
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

  /**
   * A version's counts by period, oldest first. The first period starts at `from`; the last one is cut at `until`, as
   * CloudWatch shows a period that is not over. As in CloudWatch, a period without invocations has no datapoint.
   */
  datapoints(version: string, from: number, until: number, periodSeconds: number): Datapoint[] {
    const datapoints: Datapoint[] = [];
    for (let start = from; start < until; start += periodSeconds) {
      const counts = this.sum([version], start, Math.min(start + periodSeconds, until));
      if (counts.invocations > 0) datapoints.push({ start, ...counts });
    }
    return datapoints;
  }

  #before(second: number, sums: readonly number[]): number {
    const index = Math.min(Math.max(Math.floor(second) - this.#firstSecond, 0), sums.length - 1);
    return sums[index] as number;
  }
}

function extend(sums: number[], index: number, value: number): void {
  const last = sums.at(-1) as number;
  while (sums.length <= index) sums.push(last);
  sums.push(last + value);
}
