import { evidenceChart, evidenceLines } from '../charts/evidence.ts';
import { failuresChart, requestsChart } from '../charts/requests.ts';
import { weightChart } from '../charts/weight.ts';
import type { Course } from '../course.ts';
import { type Content, type Html, html } from '../html.ts';
import type { VersionNames } from './tables.ts';

/** Something that a chart shows: how it is drawn, and its name. */
interface Key {
  readonly drawn: Html;
  readonly name: string;
}

const lineKey = (kind: string): Html => html`<path class="${kind}" d="M0 5H26"/>`;
const areaKey = (kind: string): Html => html`<rect class="${kind}" width="26" height="10"/>`;

const legend = (keys: readonly Key[]): Html =>
  html`<ul class="legend">${keys.map(({ drawn, name }) => html`<li><svg class="chart key" viewBox="0 0 26 10" aria-hidden="true">${drawn}</svg>${name}</li>`)}</ul>`;

/** A chart with its heading and, if it needs one, its legend. */
const panel = (heading: string, keys: readonly Key[], chart: Content): Html =>
  html`<section class="panel"><h3>${heading}</h3>${keys.length > 0 && legend(keys)}<div class="drawing">${chart}</div></section>`;

/** How wide charts are drawn, in pixels, and the versions in them. */
export interface PanelOptions {
  readonly width: number;
  readonly versions: VersionNames;
  /** Whether a list below has the numbers of the events. */
  readonly numbered: boolean;
}

export const weightPanel = (course: Course, { width, numbered, versions: { candidate } }: PanelOptions): Html =>
  panel(
    'Weight over time',
    [
      { drawn: lineKey('line-candidate'), name: `traffic to ${candidate}` },
      ...(course.planned.length > 0 ? [{ drawn: lineKey('line-planned'), name: 'planned' }] : []),
    ],
    weightChart(course, { width, candidate, numbered }),
  );

/** The requests and the failures of both versions; nothing before the first look at them. */
export function requestPanels(course: Course, options: PanelOptions): Content {
  if (course.looks.length === 0) return undefined;
  const { stable, candidate } = options.versions;
  return [
    panel(
      'Requests a second',
      [
        { drawn: areaKey('bar-stable'), name: stable },
        { drawn: areaKey('bar-candidate'), name: candidate },
      ],
      requestsChart(course, options),
    ),
    panel(
      'Failed requests',
      [
        { drawn: lineKey('line-stable'), name: stable },
        { drawn: lineKey('line-candidate'), name: candidate },
      ],
      failuresChart(course, options),
    ),
  ];
}

/** The evidence against the candidate; nothing if the policy compares no requests. */
export function evidencePanel(course: Course, { width, versions: { candidate } }: PanelOptions): Content {
  const chart = evidenceChart(course, { width, candidate });
  const lines = evidenceLines(course).slice(0, 4);
  return (
    chart &&
    panel(
      `Evidence against ${candidate}`,
      lines.map(({ name }, index) => ({ drawn: lineKey(`line-evidence e${index}`), name })),
      chart,
    )
  );
}
