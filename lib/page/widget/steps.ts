import { oneLine } from '../../rollout/contracts/text.ts';
import type { Course } from '../course.ts';
import { clock, duration } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { failedOf, figure, table, type VersionNames } from '../parts/tables.ts';

/** The steps of a rollout: those that were taken, and those that are to come. */
export function stepsOf({ steps, planned }: Course, { stable, candidate }: VersionNames, longest: number): Html {
  const isLast = (index: number) => index === steps.length - 1 && planned.length > 0;
  return table(
    'Steps',
    [
      { figure: 'Step' },
      { figure: 'Weight' },
      { figure: 'From' },
      { figure: 'Time' },
      { figure: `Failed on ${stable}` },
      { figure: `Failed on ${candidate}` },
      '',
    ],
    [
      ...steps.map(
        ({ weight, from, until, requests, verdict }, index) =>
          html`<tr${isLast(index) && html` class="now"`}>${figure(index + 1)}${figure(`${weight} %`)}${figure(clock(from))}${figure(duration(until - from))}${figure(failedOf(requests, 'stable'))}${figure(failedOf(requests, 'candidate'))}<td class="words">${oneLine(verdict, longest)}</td></tr>`,
      ),
      ...planned.map(
        ({ weight, from, seconds, asks }, index) =>
          html`<tr class="ahead">${figure(steps.length + index + 1)}${figure(`${weight} %`)}${figure(clock(from))}${figure(duration(seconds))}${figure('')}${figure('')}<td>${asks ? 'asks for an approval first' : 'planned'}</td></tr>`,
      ),
    ],
  );
}
