import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { loadController } from '../lib/cli/load-controller.ts';
import { baselines } from '../lib/rehearsal/explore/baselines.ts';
import { type ExploreResult, explore } from '../lib/rehearsal/explore/explore.ts';
import { invariants } from '../lib/rehearsal/explore/invariants/invariants.ts';
import { type Run, run } from '../lib/rehearsal/explore/run.ts';
import type { ScenarioInput } from '../lib/rehearsal/scenario/scenario.ts';

/**
 * `npm run explore [-- --schedules 20000 --seed 1 --threads 2]`: injects faults, operators' actions and odd
 * deliveries into rollouts, and checks the invariants in every run. Prints how many schedules were explored and how long that took.
 * If a schedule broke an invariant, prints the shortest one on standard output, as a scenario that `sluice rehearse` replays, and
 * exits with 1.
 *
 * A virtual clock is global to its thread, so a thread runs one schedule at a time.
 */
const usage = 'npm run explore [-- --schedules <number> --seed <number> --threads <number>]';

if (isMainThread) process.exitCode = await main();
else serve();

async function main(): Promise<number> {
  const numbers = numbersGiven();
  if (!numbers) {
    process.stderr.write(`expected whole numbers above 0\n\n  usage: ${usage}\n`);
    return 2;
  }
  const { schedules, seed, threads } = numbers;
  const pool = workerPool(threads);
  const begin = performance.now();
  const seconds = () => Math.round((performance.now() - begin) / 1000);
  const result = await explore({
    baselines,
    schedules,
    seed,
    run: (scenario) => pool.run(scenario),
    atOnce: threads,
    onFailure: ({ scenario, violation: { invariant, second, finding } }) =>
      process.stderr.write(`  ${invariant} is broken at ${second} s (${finding}) in: ${scenario.name}\n`),
    onProgress: (explored, failed) => {
      if (explored % 1000 > 0) return;
      process.stderr.write(`${explored} of ${schedules} schedules, ${failed} failed, ${seconds()} s\n`);
    },
  });
  await pool.dismiss();
  return print(result, seconds(), seed);
}

function numbersGiven(): { schedules: number; seed: number; threads: number } | undefined {
  const text = (name: string) => ({ [name]: { type: 'string' } }) as const;
  try {
    const { values } = parseArgs({
      options: { ...text('schedules'), ...text('seed'), ...text('threads') },
    });
    const number = (name: string, usual: number) => Number((values as Record<string, string>)[name] ?? usual);
    const given = {
      schedules: number('schedules', 20_000),
      seed: number('seed', 1),
      threads: number('threads', Math.min(2, availableParallelism())),
    };
    const valid = Object.values(given).every((each) => Number.isSafeInteger(each) && each > 0);
    return valid ? given : undefined;
  } catch {
    return undefined;
  }
}

function print({ schedules, failed, shortest }: ExploreResult, seconds: number, seed: number): number {
  const explored = `${schedules} schedules of ${baselines.length} rollouts explored in ${seconds} s (seed ${seed})`;
  if (!shortest) {
    process.stdout.write(`${explored}: no invariant was broken\n`);
    return 0;
  }
  const { invariant, second, finding } = shortest.violation;
  process.stdout.write(`${JSON.stringify(shortest.scenario, null, 2)}\n`);
  process.stderr.write(
    `${explored}: ${failed} broke an invariant\n\nthe shortest of them, for "sluice rehearse":\n` +
      `  ${invariant}: ${invariants[invariant].statement}\n  at second ${second}: ${finding}\n`,
  );
  return 1;
}

/** Threads that run scenarios, one at a time each. */
function workerPool(size: number) {
  const workers = Array.from({ length: size }, () => new Worker(new URL(import.meta.url)));
  const idle = [...workers];
  return {
    /** Runs at most as many scenarios at once as there are threads. */
    run: async (scenario: ScenarioInput): Promise<Run> => {
      const worker = idle.pop() as Worker;
      const answer = Promise.withResolvers<Run>();
      worker.once('message', answer.resolve).once('error', answer.reject);
      worker.postMessage(scenario);
      try {
        return await answer.promise;
      } finally {
        worker.off('error', answer.reject);
        idle.push(worker);
      }
    },
    dismiss: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

/** In a worker thread: runs each scenario that it is sent. */
function serve(): void {
  const controller = loadController();
  // Handlers log every injected fault, and nobody needs to read that.
  console.warn = () => {};
  parentPort?.on('message', async (scenario: ScenarioInput) => {
    parentPort?.postMessage(await run(scenario, controller));
  });
}
