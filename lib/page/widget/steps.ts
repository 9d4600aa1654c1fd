import { oneLine } from '../../rollout/contracts/text.ts';
import type { Course } from '../course.ts';
import { clock, duration } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { figure, stepCells, stepColumns, table, type VersionNames } from '../parts/tables.ts';

/** The steps of a rollout: those that were taken, and those that are to come. */
export function stepsOf({ steps, planned }: Course, versions: VersionNames, longest: number): Html {
  const isLast = (index: number) => index === steps.length - 1 && planned.length > 0;
  return table('Steps', stepColumns(versions, { time: 'Time', verdict: '' }), [
    ...steps.map(
      (step, index) =>
        html`<tr${isLast(index) && html` class="now"`}>${stepCells(step, index, oneLine(step.verdict, longest))}</tr>`,
    ),
    ...planned.map(
      ({ weight, from, seconds, asks }, index) =>
        html`<tr class="ahead">${figure(steps.length + index + 1)}${figure(`${weight} %`)}${figure(clock(from))}${figure(duration(seconds))}${figure('')}${figure('')}<td>${asks ? 'asks for an approval first' : 'planned'}</td></tr>`,
    ),
  ]);
}
