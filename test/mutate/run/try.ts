import type { CleanFile, Covering } from '../coverage.ts';
import type { Mutant } from '../mutants.ts';
import type { Tried } from '../report.ts';
import type { Pool, Run, Worker } from './pool.ts';
import type { Answer } from './protocol.ts';

/** Longer than any file of tests takes on the clean code. */
const CLEAN_LIMIT_MILLISECONDS = 900_000;

/** A run may take this many times as long as the clean one, and some grace, before it is an endless loop. */
const SLOWER = 4;

/**
 * Runs every file of tests with no mutant active.
 *
 * @throws Error if a test fails: nothing can be told from a suite that does
 */
export async function cleanRun(pool: Pool, files: readonly string[], signal?: AbortSignal): Promise<CleanFile[]> {
  const cleanly = async (file: string, worker: Worker): Promise<CleanFile> => {
    const run = await worker.run({ file, mutant: -1 }, CLEAN_LIMIT_MILLISECONDS);
    if (signal?.aborted) throw new Error('stopped before a mutant was tried');
    if (typeof run === 'string')
      throw new Error(`${file} ${run === 'died' ? 'ends its process' : 'does not end'} on clean code`);
    const [failure] = run.failures;
    if (failure) throw new Error(`"${failure.test}" of ${file} fails on clean code: ${failure.message}`);
    return run;
  };
  return await pool.each(files, cleanly, signal);
}

/** Runs the tests that come to a mutant, file after file, until one notices. */
export async function tryMutant(
  worker: Worker,
  mutant: Mutant & { readonly id: number },
  covering: readonly Covering[],
  graceMilliseconds: number,
): Promise<Tried> {
  const begun = performance.now();
  const tests = covering.map(({ file }) => file);
  const tried = (fate: Tried['fate'], killedBy: Tried['killedBy'] = null): Tried => {
    const milliseconds = Math.round(performance.now() - begun);
    return { mutant, fate, killedBy, tests, milliseconds, refusedByTypes: null };
  };
  for (const { file, names, milliseconds } of covering) {
    const limit = SLOWER * milliseconds + graceMilliseconds;
    let run = await worker.run({ file, names, mutant: mutant.id }, limit);
    // The mutant may have changed the tests' names.
    if (isQuiet(run) && run.tests.length < names.length)
      run = await worker.run({ file, mutant: mutant.id }, SLOWER * limit);
    if (typeof run === 'string') return tried('timedOut', { file, test: file, message: run });
    const [failure] = run.failures;
    if (failure) return tried(/timed out/i.test(failure.message) ? 'timedOut' : 'killed', { file, ...failure });
  }
  return tried(covering.length > 0 ? 'survived' : 'unreached');
}

const isQuiet = (run: Run): run is Answer => typeof run !== 'string' && run.failures.length === 0;
