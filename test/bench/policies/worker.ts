import { parentPort, workerData } from 'node:worker_threads';
import { grid } from './grid.ts';
import { measure, rivals } from './measure.ts';
import { streamGrid } from './stream-grid.ts';

/** Measures the cells whose numbers it is told, one after the other. */
const { metrics, seeds, streams } = workerData;
const cells = streams ? streamGrid(metrics) : grid(metrics);
parentPort?.on('message', (index: number) => {
  const cell = cells[index];
  if (cell) parentPort?.postMessage({ index, measured: measure(cell, seeds, streams ? [] : rivals) });
});
