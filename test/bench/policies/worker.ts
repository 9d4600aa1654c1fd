import { parentPort, workerData } from 'node:worker_threads';
import { grid } from './grid.ts';
import { measure } from './measure.ts';

/** Measures the cells whose numbers it is told, one after the other. */
const { metrics, seeds } = workerData;
const cells = grid(metrics);
parentPort?.on('message', (index: number) => {
  const cell = cells[index];
  if (cell) parentPort?.postMessage({ index, measured: measure(cell, seeds) });
});
