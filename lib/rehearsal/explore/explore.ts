import type { ScenarioInput } from '../scenario/scenario.ts';
import { createRandom, type Random } from '../world/random.ts';
import type { Baseline } from './baselines.ts';
import type { Injection } from './injections/injection.ts';
import { injectionsInto } from './injections/injections.ts';
import type { InvariantName } from './invariants/invariants.ts';
import type { Run } from './run.ts';
import { type Schedule, scenarioOf } from './schedule.ts';
import { type Failure, shrink, sizeOf } from './shrink.ts';

/** The schedules to explore, and how to run them. */
export interface ExploreOptions {
  readonly baselines: readonly Baseline[];
  /** How many schedules at most. */
  readonly schedules: number;
  readonly seed: number;
  /** Runs a scenario and watches it. */
  readonly run: (scenario: ScenarioInput) => Promise<Run>;
  /**
   * How many runs at once.
   *
   * @default 1
   */
  readonly atOnce?: number;
  /**
   * After so many failures the exploration ends early.
   *
   * @default 200
   */
  readonly mostFailures?: number;
  /**
   * The one invariant that counts.
   *
   * @default all of them
   */
  readonly invariant?: InvariantName;
  readonly onProgress?: (explored: number, failed: number) => void;
  readonly onFailure?: (failure: Failure) => void;
}

/** The result of an exploration. */
export interface ExploreResult {
  readonly schedules: number;
  /** The schedules that broke an invariant. */
  readonly failed: number;
  /** The shortest of them, with nothing in it that it does not need. */
  readonly shortest: Failure | null;
}

/** The share of pairs in a budget that does not hold every schedule with one injection. */
const SHARE_OF_PAIRS = 0.3;

/** The number of failures after which the exploration ends early, and the number of failures that are shrunk at most. */
const MOST_FAILURES = 200;
const MOST_SHRUNK = 6;

/**
 * Explores: each baseline as it is, then every injection at every call that it makes, one at a time, then two at a time. If
 * the budget does not hold them all, the seed draws a sample. The same seed and budget explore the same schedules.
 */
export async function explore(options: ExploreOptions): Promise<ExploreResult> {
  const { baselines, schedules, seed, mostFailures = MOST_FAILURES } = options;
  const random = createRandom(seed);
  const failures: (Failure & { readonly schedule: Schedule })[] = [];
  let explored = 0;
  const runBatch = async (planned: readonly Schedule[], onRun: (run: Run, index: number) => void): Promise<void> => {
    await eachOf(planned, options.atOnce ?? 1, async (schedule, index) => {
      if (failures.length >= mostFailures) return;
      const scenario = scenarioOf(schedule);
      const run = await options.run(scenario);
      explored++;
      onRun(run, index);
      if (run.violation && (options.invariant ?? run.violation.invariant) === run.violation.invariant) {
        failures.push({ schedule, scenario, violation: run.violation });
        options.onFailure?.({ scenario, violation: run.violation });
      }
      options.onProgress?.(explored, failures.length);
    });
  };
  const plain = baselines.map((baseline): Schedule => ({ baseline, injections: [] }));
  const single: Schedule[][] = [];
  await runBatch(plain, (run, index) => {
    const { baseline } = plain[index] as Schedule;
    single[index] = injectionsInto(run).map((injection) => ({ baseline, injections: [injection] }));
  });
  const all = single.flat();
  const left = Math.max(0, schedules - plain.length);
  const forPairs = left >= all.length ? left - all.length : Math.ceil(left * SHARE_OF_PAIRS);
  const singles = drawn(all, left - forPairs, random.fork('singles'));
  const pairs = new Pairs(singles, left - singles.length, random.fork('pairs'));
  await runBatch(singles, (run, index) => pairs.complete(run, index));
  await runBatch(pairs.all(), () => {});
  return { schedules: explored, failed: failures.length, shortest: await shortestOf(failures, options) };
}

/** So many of them, in their order. */
function drawn(all: readonly Schedule[], size: number, random: Random): readonly Schedule[] {
  if (size >= all.length) return all;
  const chosen = new Set<number>();
  while (chosen.size < size) chosen.add(Math.floor(random.next() * all.length));
  return all.filter((_, index) => chosen.has(index));
}

/**
 * Schedules with two injections: the second one is at a call that the run with the first one made. They are drawn before these runs, so that
 * no run has to be kept.
 */
class Pairs {
  readonly #singles: readonly Schedule[];
  /** By the index of a single: where among the pairs its own stand, and which of the further injections each takes, as a share of them. */
  readonly #drawn = new Map<number, { readonly place: number; readonly share: number }[]>();
  readonly #pairs: (Schedule | undefined)[];

  constructor(singles: readonly Schedule[], count: number, random: Random) {
    this.#singles = singles;
    this.#pairs = Array.from({ length: singles.length === 0 ? 0 : count });
    for (const place of this.#pairs.keys()) {
      const base = Math.floor(random.next() * singles.length);
      const own = this.#drawn.get(base) ?? [];
      own.push({ place, share: random.next() });
      this.#drawn.set(base, own);
    }
  }

  /** The pairs that begin with a single are known once it has run. */
  complete(run: Run, single: number): void {
    const own = this.#drawn.get(single);
    if (!own) return;
    const { baseline, injections } = this.#singles[single] as Schedule;
    const further = injectionsInto(run);
    for (const { place, share } of own) {
      const second = further[Math.floor(share * further.length)] as Injection;
      this.#pairs[place] = { baseline, injections: [...injections, second] };
    }
  }

  /** All whose first injection has run. */
  all(): readonly Schedule[] {
    return this.#pairs.filter((pair) => pair !== undefined);
  }
}

async function shortestOf(
  failures: readonly (Failure & { readonly schedule: Schedule })[],
  { baselines, run }: ExploreOptions,
): Promise<Failure | null> {
  const simplicity = ({ schedule }: { readonly schedule: Schedule }) => baselines.indexOf(schedule.baseline);
  const shortFirst = failures.toSorted(
    (a, b) => sizeOf(a.scenario) - sizeOf(b.scenario) || simplicity(a) - simplicity(b),
  );
  const shrunk: Failure[] = [];
  for (const failure of shortFirst.slice(0, MOST_SHRUNK)) shrunk.push(await shrink(failure, run));
  return shrunk.toSorted((a, b) => sizeOf(a.scenario) - sizeOf(b.scenario))[0] ?? null;
}

/** Does something with each, so many at once, begun in their order. */
async function eachOf<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = all.entries();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const [index, one] of queue) await work(one, index);
    }),
  );
}
