import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { clock } from '../../../lib/cli/terminal/terminal.ts';
import { type Cell, grid, RATES } from './grid.ts';
import { factorAgainst, type Measured, rivals } from './measure.ts';
import { shareTakenForBad } from './nulls.ts';
import { byStream, streamGrid } from './stream-grid.ts';

const { values } = parseArgs({
  options: {
    /** How many times each cell is drawn. */
    seeds: { type: 'string', default: '300' },
    /** How many healthy candidates the test itself is tried on. */
    nulls: { type: 'string', default: '20000' },
  },
});
const seeds = Number(values.seeds);

/** What the counts are made of: CloudWatch's minutes, counts of ten seconds, and the function's log. */
const sources = {
  'minutes that are a minute late': { periodSeconds: 60, delaySeconds: 60 },
  'ten seconds that are five seconds late': { periodSeconds: 10, delaySeconds: 5 },
  'a log whose lines are 10 to 20 seconds late': { logs: { lagSeconds: 10, varyingSeconds: 10 } },
  'a log of which one line in twenty is a minute later': {
    logs: { lagSeconds: 10, varyingSeconds: 10, lateShare: 0.05, lateSeconds: 60 },
  },
} as const;

/** From so many requests a second on adaptive weights are held to times and to CodeDeploy: with fewer they wait for requests. */
const BUSY = 10;

const isBusy = ({ requestsPerSecond }: Cell): boolean => requestsPerSecond >= BUSY;

for (const [name, metrics] of Object.entries(sources)) {
  const cells = grid(metrics);
  const measured = await measureAll(metrics, cells.length, false);
  print(name, cells, measured);
  printFactors(cells, measured);
}
const streams = streamGrid(sources['minutes that are a minute late']);
const byCell = await measureAll(sources['minutes that are a minute late'], streams.length, true);
print('minutes, with latency and a signal', streams, byCell);
printStreams(streams, byCell);
const nulls = Number(values.nulls);
console.log(
  `\nof ${nulls} healthy candidates the test takes ${(shareTakenForBad(nulls, 0.01) * 100).toFixed(2)} % for bad ones; 1 % are allowed`,
);

/** Measures all cells on as many threads as there are. */
function measureAll(metrics: object, count: number, streams: boolean): Promise<readonly Measured[]> {
  const results: Measured[] = [];
  let next = 0;
  let done = 0;
  return new Promise((resolve, reject) => {
    for (let thread = 0; thread < availableParallelism(); thread++) {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { metrics, seeds, streams } });
      const goOn = () => (next < count ? worker.postMessage(next++) : void worker.terminate());
      worker.on('error', reject);
      worker.on('message', ({ index, measured }: { index: number; measured: Measured }) => {
        results[index] = measured;
        goOn();
        if (++done === count) resolve(results);
      });
      goOn();
    }
  });
}

function print(name: string, cells: readonly Cell[], measured: readonly Measured[]): void {
  console.log(`\nadaptive weights on ${name}, ${seeds} seeds a cell\n`);
  console.log(
    '   req/s  baseline  candidate                     excess failures  fault to  at 100 %  taken  CodeDeploy',
  );
  console.log(
    '                                                  median      p95    revert              back      median',
  );
  cells.forEach(({ requestsPerSecond, baseline, kind }, index) => {
    const { adaptive, rivals: others } = measured[index] as Measured;
    const { excessFailures, faultToRevertSeconds, toFullTrafficSeconds, rolledBack } = adaptive;
    const time = (seconds: number | null) => (seconds === null ? '-' : clock(seconds)).padStart(10);
    const number = (value: number | undefined, width: number) => (value?.toFixed(0) ?? '').padStart(width);
    console.log(
      `${String(requestsPerSecond).padStart(8)}  ${`${baseline * 100} %`.padStart(8)}  ${kind.padEnd(26)}${number(excessFailures.median, 10)}${number(excessFailures.p95, 9)}${time(faultToRevertSeconds.median)}${time(toFullTrafficSeconds.median)}${`${(rolledBack * 100).toFixed(1)} %`.padStart(8)}${number(others[rivals[0]]?.excessFailures.median, 11)}`,
    );
  });
}

/** The cells that are wanted, with what was measured. */
function among(cells: readonly Cell[], measured: readonly Measured[], wanted: (cell: Cell) => boolean) {
  return cells.flatMap((cell, index) => (wanted(cell) ? [{ cell, ...(measured[index] as Measured) }] : []));
}

function printFalseRollbacks(cells: readonly Cell[], measured: readonly Measured[]): void {
  const innocent = among(cells, measured, (cell) => cell.innocent);
  const falsely = innocent.toSorted((a, b) => b.adaptive.rolledBack - a.adaptive.rolledBack)[0];
  console.log(
    `${((falsely?.adaptive.rolledBack ?? 0) * 100).toFixed(2).padStart(6)} % false rollbacks in the worst innocent cell (${falsely?.cell.kind})`,
  );
}

function printStreams(cells: readonly Cell[], measured: readonly Measured[]): void {
  console.log('');
  printFalseRollbacks(cells, measured);
  const median = (rate: number, wanted: string) =>
    among(cells, measured, ({ kind, requestsPerSecond }) => kind === wanted && requestsPerSecond === rate)[0]?.adaptive
      .faultToRevertSeconds.median ?? Infinity;
  for (const rate of RATES) {
    const [handled, errors] = [median(rate, byStream.handled), median(rate, byStream.counted)];
    console.log(
      `${(handled / errors).toFixed(2).padStart(6)} times as long to find handled failures as errors, at ${rate} requests a second`,
    );
  }
  for (const { cell, gotEverything } of among(cells, measured, ({ kind }) => kind === byStream.slower))
    console.log(
      `${(gotEverything * 100).toFixed(1).padStart(6)} % of versions that are 30 % slower come to 100 %, at ${cell.requestsPerSecond} requests a second`,
    );
}

function printFactors(cells: readonly Cell[], measured: readonly Measured[]): void {
  const of = (wanted: (cell: Cell) => boolean) => among(cells, measured, wanted);
  const bad = of(({ innocent }) => !innocent);
  console.log('');
  for (const rival of rivals)
    console.log(`${factorAgainst(rival, bad).toFixed(1).padStart(6)} times fewer excess failures than ${rival}`);
  const good = of(({ kind }) => kind === 'good');
  const slowest = (among: typeof good) =>
    clock(Math.max(...among.map(({ adaptive }) => adaptive.toFullTrafficSeconds.median ?? Infinity))).padStart(6);
  printFalseRollbacks(cells, measured);
  console.log(`${slowest(good)} until a good version has everything, in the slowest cell's median`);
  console.log(
    `${slowest(good.filter(({ cell }) => isBusy(cell)))} in the slowest one of ${BUSY} requests a second and more`,
  );
  const worse = bad.filter(({ cell, adaptive, rivals: others }) => {
    const theirs = others[rivals[0]]?.excessFailures.median ?? 0;
    return isBusy(cell) && adaptive.excessFailures.median > theirs * 1.2 + 1;
  });
  console.log(
    `${String(worse.length).padStart(6)} cells of ${BUSY} requests a second and more in which ${rivals[0]} is better by more than 20 % and one request`,
  );
  for (const { cell } of worse)
    console.log(`         ${cell.requestsPerSecond}/s, ${cell.baseline * 100} %: ${cell.kind}`);
}
