import { clock } from '../figures.ts';
import { type Html, html } from '../html.ts';

/** The size of a chart, and what its axes go up to. */
export interface PlotSize {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** The last second of the time axis. */
  readonly seconds: number;
  /** The greatest value of the other axis. */
  readonly most: number;
}

const LEFT = 44;
const RIGHT = 22;
const TOP = 22;
const BOTTOM = 24;

/** The distance that two marks of the time axis have at least, in pixels. */
const MARK_PIXELS = 64;

/** Distances of marks on a time axis that people are used to, in seconds. */
const USUAL = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** The coordinates of a chart over time, and its axes. */
export class Plot {
  readonly width: number;
  readonly height: number;
  readonly left = LEFT;
  readonly top = TOP;
  readonly seconds: number;
  readonly #most: number;

  constructor({ width, height, seconds, most }: PlotSize) {
    this.width = width;
    this.height = height;
    this.seconds = Math.max(1, seconds);
    this.#most = most > 0 ? most : 1;
  }

  get right(): number {
    return this.width - RIGHT;
  }

  get bottom(): number {
    return this.height - BOTTOM;
  }

  x(second: number): number {
    return pixel(LEFT + ((this.right - LEFT) * Math.min(second, this.seconds)) / this.seconds);
  }

  y(value: number): number {
    return pixel(this.bottom - ((this.bottom - TOP) * Math.min(value, this.#most)) / this.#most);
  }

  /** The lines and the words of both axes. */
  axes(levels: readonly { readonly value: number; readonly words: string }[]): Html {
    const { left, right, bottom } = this;
    return html`<g class="axis">${levels.map(({ value, words }) => {
      const y = this.y(value);
      return html`<path d="M${left} ${y}H${right}"/><text x="${left - 6}" y="${y + 4}" text-anchor="end">${words}</text>`;
    })}${this.#moments().map((second) => {
      const x = this.x(second);
      return html`<path d="M${x} ${bottom}v4"/><text x="${x}" y="${bottom + 16}" text-anchor="middle">${clock(second)}</text>`;
    })}</g>`;
  }

  #moments(): readonly number[] {
    const atMost = Math.max(1, Math.floor((this.right - LEFT) / MARK_PIXELS));
    const distance = USUAL.find((each) => this.seconds / each <= atMost) ?? Math.ceil(this.seconds / atMost);
    return Array.from({ length: Math.floor(this.seconds / distance) + 1 }, (_, index) => index * distance);
  }
}

/** Tenths of a pixel are seen by nobody beyond that, and written by everybody. */
export const pixel = (value: number): number => Number(value.toFixed(1));

/** A round number that is not below a value: 1, 2 or 5 times a power of ten. */
export function roundedUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return Number((([1, 2, 5, 10].find((each) => each * power >= value) as number) * power).toPrecision(1));
}

/** What a chart is called, and what it shows in words. */
export interface Caption {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** A chart that is read out as its title and description. */
export const drawing = (
  plot: Pick<Plot, 'width' | 'height'>,
  { id, title, description }: Caption,
  inside: Html,
): Html =>
  html`<svg class="chart" role="img" viewBox="0 0 ${plot.width} ${plot.height}" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${inside}</svg>`;
