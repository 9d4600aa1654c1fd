import { spawnSync } from 'node:child_process';

const RUNS = 5;

/** The median times of whole Node processes, in milliseconds, each by its arguments. They take turns, so that a busy machine is fair. */
export function medians(...calls: readonly (readonly string[])[]): readonly number[] {
  const times = calls.map((): number[] => []);
  for (let run = 0; run < RUNS; run++) {
    for (const [index, words] of calls.entries()) {
      const begin = performance.now();
      const { status, stderr } = spawnSync(process.execPath, words);
      if (status !== 0) throw new Error(String(stderr));
      times[index]?.push(performance.now() - begin);
    }
  }
  return times.map((each) => each.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] as number);
}
