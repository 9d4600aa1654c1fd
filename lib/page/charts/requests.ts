import { errorRate } from '../../rollout/observation.ts';
import type { Course } from '../course.ts';
import { clock, count, percent } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { type Interval, intervalsOf } from './intervals.ts';
import { drawing, Plot, pixel, roundedUp } from './plot.ts';
import { lastSecond } from './weight.ts';

const HEIGHT = 150;

/** A bar is at least so wide, in pixels. */
const BAR_PIXELS = 5;

/** What charts of requests are drawn from. */
export interface RequestChartOptions {
  readonly width: number;
  readonly versions: { readonly stable: string; readonly candidate: string };
}

const intervalsIn = ({ looks }: Course, width: number) => intervalsOf(looks, Math.floor(width / BAR_PIXELS));

const rateOf = (requests: number, { from, until }: Interval): number => requests / (until - from);

/** The requests a second of both versions, one upon the other. */
export function requestsChart(course: Course, { width, versions }: RequestChartOptions): Html {
  const intervals = intervalsIn(course, width);
  const sums = intervals.map((each) => {
    const { stable, candidate } = each.requests;
    return rateOf(stable.invocations + candidate.invocations, each);
  });
  const most = roundedUp(Math.max(0, ...sums));
  const plot = new Plot({ width, height: HEIGHT, seconds: lastSecond(course), most });
  const { stable, candidate } = course.looks.at(-1)?.requests ?? {};
  return drawing(
    plot,
    {
      id: 'requests',
      title: 'Requests a second',
      description: `Both versions together. In all ${count(stable?.invocations ?? 0)} were served by ${versions.stable} and ${count(candidate?.invocations ?? 0)} by ${versions.candidate}.`,
    },
    html`${plot.axes([0, most / 2, most].map((value) => ({ value, words: count(value) })))}${intervals.map((each) => bars(plot, each))}`,
  );
}

function bars(plot: Plot, interval: Interval): Html {
  const { stable, candidate } = interval.requests;
  const [x, end] = [plot.x(interval.from), plot.x(interval.until)];
  const width = pixel(Math.max(0.5, end - x - 1));
  const [one, both] = [
    plot.y(rateOf(candidate.invocations, interval)),
    plot.y(rateOf(stable.invocations + candidate.invocations, interval)),
  ];
  const bar = (kind: string, top: number, bottom: number) =>
    bottom > top && html`<rect class="${kind}" x="${x}" y="${top}" width="${width}" height="${pixel(bottom - top)}"/>`;
  return html`${bar('bar-candidate', one, plot.bottom)}${bar('bar-stable', both, one)}`;
}

/** The least share that the axis of failures goes up to: below that all is noise. */
const LEAST_SHARE = 0.01;

/** The share of the requests that failed on each version. */
export function failuresChart(course: Course, { width, versions }: RequestChartOptions): Html {
  const intervals = intervalsIn(course, width);
  const shares = (version: 'stable' | 'candidate') =>
    intervals
      .filter(({ requests }) => requests[version].invocations > 0)
      .map(({ until, requests }) => ({ second: until, share: errorRate(requests[version]) }));
  const [stable, candidate] = [shares('stable'), shares('candidate')];
  const most = roundedUp(Math.max(LEAST_SHARE, ...[...stable, ...candidate].map(({ share }) => share)));
  const plot = new Plot({ width, height: HEIGHT, seconds: lastSecond(course), most: Math.min(1, most) });
  const worst = candidate.toSorted((a, b) => b.share - a.share)[0];
  return drawing(
    plot,
    {
      id: 'failures',
      title: 'Failed requests',
      description: worst
        ? `The share that failed. On ${versions.candidate} it was ${percent(worst.share)} at its worst, at ${clock(worst.second)}.`
        : `The share that failed. ${versions.candidate} served no requests.`,
    },
    html`${plot.axes([0, 0.5, 1].map((part) => ({ value: part * Math.min(1, most), words: percent(part * Math.min(1, most)) })))}${line(plot, 'line-stable', stable)}${line(plot, 'line-candidate', candidate)}${candidate.map(({ second, share }) => html`<circle class="dot-candidate" cx="${plot.x(second)}" cy="${plot.y(share)}" r="2"/>`)}`,
  );
}

const line = (plot: Plot, kind: string, points: readonly { readonly second: number; readonly share: number }[]) =>
  points.length > 1 &&
  html`<path class="${kind}" d="M${points.map(({ second, share }) => `${plot.x(second)} ${plot.y(share)}`).join('L')}"/>`;
