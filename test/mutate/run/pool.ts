import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Request, Setting } from './protocol.ts';

/** What became of a request: an answer, or none in time (an endless loop), or a process that died of it. */
export type Run = Answer | 'timedOut' | 'died';

/** Processes that run tests side by side. */
export class Pool implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-mutate-'));
  readonly #workers: readonly Worker[];

  constructor(setting: Setting, size: number) {
    const file = join(this.#folder, 'setting.json');
    writeFileSync(file, JSON.stringify(setting));
    this.#workers = Array.from({ length: size }, () => new Worker(file));
  }

  /**
   * Does every job once, each with a worker of its own.
   *
   * @param signal ends it early
   * @returns what the jobs that came to their end returned, in the order of the jobs
   */
  async each<Job, Result>(
    jobs: readonly Job[],
    work: (job: Job, worker: Worker) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result[]> {
    const results: Result[] = [];
    const left = jobs.entries();
    const stop = (): void => this.#stop();
    signal?.addEventListener('abort', stop);
    await Promise.all(
      this.#workers.map(async (worker) => {
        for (const [index, job] of left) {
          if (signal?.aborted) break;
          const result = await work(job, worker);
          if (!signal?.aborted) results[index] = result;
        }
      }),
    );
    signal?.removeEventListener('abort', stop);
    return Object.values(results);
  }

  #stop(): void {
    for (const worker of this.#workers) worker.stop();
  }

  [Symbol.dispose](): void {
    this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A process with a Vitest, started at its first request and again after one that it did not survive. */
export class Worker {
  readonly #setting: string;
  #process: ChildProcess | undefined;

  constructor(setting: string) {
    this.#setting = setting;
  }

  /** @throws Error if Vitest does not start */
  async run(request: Request, milliseconds: number): Promise<Run> {
    this.#process ??= await started(this.#setting);
    const process = this.#process;
    const settled = new AbortController();
    process.send(request);
    const { signal } = settled;
    const answered = once(process, 'message', { signal }).then(([answer]) => answer as Answer);
    const died = once(process, 'exit', { signal }).then(() => 'died' as const);
    const timeout = Promise.withResolvers<'timedOut'>();
    const timer = setTimeout(() => timeout.resolve('timedOut'), milliseconds);
    const run = await Promise.race([answered, died, timeout.promise]);
    clearTimeout(timer);
    for (const other of [answered, died]) other.catch(() => undefined);
    settled.abort();
    if (typeof run === 'string') this.stop();
    return run;
  }

  stop(): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }
}

async function started(setting: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.resolve('./worker.ts')), [setting], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // What interrupts this process from a terminal must not look like a mutant that ends its own.
    detached: true,
  });
  let errors = '';
  child.stderr?.on('data', (data) => {
    errors = `${errors}${data}`.slice(-4000);
  });
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (said !== 'ready') throw new Error(`the worker ended before it was ready:\n${errors}`);
  return child;
}
