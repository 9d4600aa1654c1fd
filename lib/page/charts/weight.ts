import { type Course, type CourseEvent, eventWords } from '../course.ts';
import { clock } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { drawing, Plot, pixel } from './plot.ts';

const HEIGHT = 190;

/** A weight from a second on. */
interface Change {
  readonly second: number;
  readonly weight: number;
}

/** The second at which the plan of a rollout ends, or at which the rollout did. */
export const lastSecond = ({ seconds, planned }: Pick<Course, 'seconds' | 'planned'>): number => {
  const last = planned.at(-1);
  return Math.max(seconds, last ? last.from + last.seconds : 0);
};

/** How a chart of weights is drawn. */
export interface WeightChartOptions {
  readonly width: number;
  readonly candidate: string;
  /** Whether a list below has the numbers of the events; else they are dots. */
  readonly numbered: boolean;
}

/** The candidate's weight over time: as it was, and as it is planned. */
export function weightChart(course: Course, { width, candidate, numbered }: WeightChartOptions): Html {
  const { events, planned, seconds } = course;
  const plot = new Plot({ width, height: HEIGHT, seconds: lastSecond(course), most: 100 });
  const taken = changesIn(events);
  const now = { second: seconds, weight: taken.at(-1)?.weight ?? 0 };
  const ahead = [
    ...planned.map(({ from, weight }) => ({ second: from, weight })),
    { second: plot.seconds, weight: 100 },
  ];
  const line = stairs(plot, [...taken, now]);
  return drawing(
    plot,
    {
      id: 'weight',
      title: 'Weight over time',
      description: `The share of the traffic that version ${candidate} had, in percent: ${inWords(taken)}.`,
    },
    html`${plot.axes([0, 25, 50, 75, 100].map((value) => ({ value, words: `${value} %` })))}<path class="area-candidate" d="${line}V${plot.bottom}H${plot.left}Z"/><path class="line-candidate" d="${line}"/>${
      planned.length > 0 && html`<path class="line-planned" d="${stairs(plot, [now, ...ahead])}"/>`
    }${seconds < plot.seconds && html`<path class="now" d="M${plot.x(seconds)} ${plot.top}V${plot.bottom}"/><text x="${plot.x(seconds) + 5}" y="${plot.top + 11}">now</text>`}${marks(plot, events, numbered)}`,
  );
}

/** The weights in their order; an event that changes none is left out. */
const changesIn = (events: readonly CourseEvent[]): readonly Change[] => {
  const changes: Change[] = [{ second: 0, weight: 0 }];
  for (const { second, weight } of events) {
    if (weight !== changes.at(-1)?.weight) changes.push({ second, weight });
  }
  return changes;
};

const inWords = (changes: readonly Change[]): string =>
  changes.map(({ second, weight }) => `${weight} from ${clock(second)}`).join(', ');

/** A line that is level until each change. */
const stairs = (plot: Plot, [first, ...changes]: readonly Change[]): string =>
  first
    ? `M${plot.x(first.second)} ${plot.y(first.weight)}${changes.map(({ second, weight }) => `H${plot.x(second)}V${plot.y(weight)}`).join('')}`
    : '';

const RADIUS = 8;

/** The numbers of the events, as the list of events has them. One that would cover another is a dot, or nothing if it is in the same place. */
function marks(plot: Plot, events: readonly CourseEvent[], numbered: boolean): Html {
  let [lastX, lastY] = [Number.NEGATIVE_INFINITY, 0];
  return html`${events.map(({ second, event, weight }, index) => {
    const [x, y] = [plot.x(second), plot.y(weight)];
    const tone = toneOf(event);
    const isClear = x - lastX >= 2 * RADIUS + 1 || Math.abs(y - lastY) >= 2 * RADIUS + 1;
    if (numbered && !isClear && x === lastX && y === lastY) return undefined;
    if (numbered && isClear) {
      [lastX, lastY] = [x, y];
      return html`<g class="mark ${tone}"><circle cx="${x}" cy="${y}" r="${RADIUS}"/><text x="${x}" y="${pixel(y + 3.5)}" text-anchor="middle">${index + 1}</text></g>`;
    }
    return html`<circle class="mark ${tone}" cx="${x}" cy="${y}" r="4"><title>${clock(second)} ${eventWords[event] ?? event}</title></circle>`;
  })}`;
}

/** How an event is coloured. The word beside it says the same. */
export function toneOf(event: string): 'good' | 'bad' | 'asks' | 'plain' {
  if (event === 'promoted' || event === 'approved') return 'good';
  if (event === 'reverted' || event === 'alarm') return 'bad';
  return event === 'approvalRequested' || event === 'held' ? 'asks' : 'plain';
}
