import { coveringTests } from './coverage.ts';
import { distancesTo } from './imports.ts';
import { applied, type Mutant } from './mutants.ts';
import { isNoticed, type Tried } from './report.ts';
import { Pool } from './run/pool.ts';
import { cleanRun, tryMutant } from './run/try.ts';
import { TypeChecker } from './run/types.ts';

/** What a run needs to know. */
export interface Run {
  readonly root: string;
  readonly sample: readonly Mutant[];
  /** Every module that tests and code are made of. */
  readonly sources: ReadonlyMap<string, string>;
  /** Files of tests. */
  readonly tests: readonly string[];
  readonly parallel: number;
  /** What a busy machine may add to the run of a file of tests before it counts as an endless loop; 15 s if absent. */
  readonly graceMilliseconds?: number | undefined;
  /** Ends it early: only what was tried until then is returned. */
  readonly signal?: AbortSignal;
  /** Told of what happens, a line at a time. */
  readonly progress: (line: string) => void;
}

/**
 * Tries each mutant of a sample on the tests that come to it.
 *
 * @throws Error if a test fails on the clean code
 */
export async function mutate({
  root,
  sample,
  sources,
  tests,
  parallel,
  progress,
  graceMilliseconds = 15_000,
  signal,
}: Run): Promise<Tried[]> {
  const numbered = sample.map((mutant, id) => ({ ...mutant, id }));
  const distances = new Map(
    [...new Set(sample.map(({ file }) => file))].map((file) => [file, distancesTo(file, sources)]),
  );
  const reaching = tests.filter((test) => [...distances.values()].some((those) => those.has(test)));
  const edits = Object.fromEntries(Map.groupBy(numbered, ({ file }) => file));
  using pool = new Pool({ root, edits }, parallel);

  progress(`${reaching.length} files of tests on clean code`);
  const begun = performance.now();
  const clean = await cleanRun(pool, slowestFirst(reaching, sources), signal);
  const passed = clean.reduce((sum, { tests }) => sum + tests.length, 0);
  progress(`${passed} tests pass, ${seconds(performance.now() - begun)}; ${numbered.length} mutants`);

  let done = 0;
  return await pool.each(
    numbered,
    async (mutant, worker) => {
      const covering = coveringTests(mutant.id, clean, distances.get(mutant.file) ?? new Map());
      const tried = await tryMutant(worker, mutant, covering, graceMilliseconds);
      const by = tried.killedBy ? ` by ${tried.killedBy.file}` : '';
      const took = `${++done}/${numbered.length} ${tried.fate}${by} ${seconds(tried.milliseconds)}`;
      if (!signal?.aborted) progress(`${took}  ${mutant.file}:${mutant.line}`);
      return tried;
    },
    signal,
  );
}

/** Says of each mutant that no test noticed whether the type checker refuses it. */
export async function withTypes(
  root: string,
  tried: readonly Tried[],
  sources: ReadonlyMap<string, string>,
): Promise<Tried[]> {
  if (tried.every(isNoticed)) return [...tried];
  using checker = new TypeChecker(root);
  const checked: Tried[] = [];
  for (const one of tried) {
    const source = sources.get(one.mutant.file) ?? '';
    const refusedByTypes = isNoticed(one) ? null : await checker.refuses(one.mutant.file, applied(source, one.mutant));
    checked.push({ ...one, refusedByTypes });
  }
  return checked;
}

/** Long files first, so that no worker is left with one at the end. */
const slowestFirst = (files: readonly string[], sources: ReadonlyMap<string, string>): string[] =>
  files.toSorted((a, b) => (sources.get(b)?.length ?? 0) - (sources.get(a)?.length ?? 0));

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
