import { oneLine } from '../../rollout/contracts/text.ts';
import type { Course } from '../course.ts';
import { duration } from '../figures.ts';
import { type Content, type Html, html } from '../html.ts';
import { evidencePanel, requestPanels, weightPanel } from '../parts/charts.ts';
import { membersTable, type PageMember, type PageSignal, signalsTable } from '../parts/tables.ts';
import { sentence, stateWords } from '../state-words.ts';
import { type ActedOn, type ButtonsPage, buttonsFor } from './buttons.ts';
import { type PastRollout, pastTable } from './past.ts';
import { stepsOf } from './steps.ts';
import { widgetStyle } from './style.ts';

/** All that a widget shows. */
export interface WidgetPage {
  readonly theme: 'light' | 'dark';
  /** The width of the widget in pixels, as CloudWatch tells it. */
  readonly width: number;
  /** The alias or the group. */
  readonly name: string;
  /** What became of a button that was pressed; null if none was. */
  readonly message: Message | null;
  /** The rollout that is under way, or the last one; null if there was none. */
  readonly rollout: WidgetRollout | null;
  /** Where the alias sends its traffic, in words. */
  readonly serves: string;
  /** The rollouts that have ended, newest first. */
  readonly past: readonly PastRollout[];
  readonly buttons: ButtonsPage;
}

/** A sentence on top of the widget. */
export interface Message {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** A rollout in a widget. */
export interface WidgetRollout extends ActedOn {
  readonly reason: string;
  readonly startedBy: string;
  readonly course: Course;
  readonly members: readonly PageMember[];
  readonly signals: readonly PageSignal[];
}

/** So long is the HTML of a widget at most, in bytes of UTF-8. */
export const MOST_BYTES = 64 * 1024;

/** How much of texts is shown, and whether charts are drawn. */
interface Detail {
  /** The longest reason, in characters. */
  readonly longest: number;
  readonly charts: boolean;
}

/** The more detail, the better, as long as there is room. */
const details: readonly Detail[] = [
  { longest: 300, charts: true },
  { longest: 100, charts: true },
  { longest: 60, charts: false },
];

/** A widget as HTML and SVG, without script: at most {@link MOST_BYTES} of it. */
export function widget(page: WidgetPage): string {
  for (const detail of details) {
    const text = drawn(page, detail).toString();
    if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  }
  const without = { ...page, past: [], rollout: page.rollout && { ...page.rollout, members: [], signals: [] } };
  return drawn(without, details.at(-1) as Detail).toString();
}

function drawn(page: WidgetPage, detail: Detail): Html {
  const { name, message, rollout, serves, past } = page;
  return html`<style>${widgetStyle(page.theme)}</style><div class="sluice">${
    message && html`<p class="message ${message.tone}" role="status">${oneLine(message.text, 500)}</p>`
  }${
    rollout
      ? rolloutPart(page, rollout, detail)
      : html`<h2>${name}</h2><p>No rollout in the last 90 days. The alias serves ${serves}.</p>`
  }${past.length > 0 && html`<h3>The last rollouts</h3>${pastTable(past, detail.longest)}`}</div>`;
}

function rolloutPart({ name, serves, width, buttons }: WidgetPage, rollout: WidgetRollout, detail: Detail): Html {
  const { course, members, signals, startedBy, stable, candidate } = rollout;
  const { words, tone } = stateWords(rollout.state, rollout.doing);
  const versions = { stable, candidate };
  const steps = course.steps.length + course.planned.length;
  const isOver = rollout.state !== 'running';
  const place = isOver
    ? `took ${duration(course.seconds)}; the alias serves ${serves}`
    : `${rollout.weight} %, ${rollout.step > 0 ? `step ${rollout.step} of ${steps}` : 'no step yet'}, since ${duration(course.seconds)}`;
  return html`<h2>${isOver && 'Last rollout: '}${name} <span class="pill ${tone}">${words}</span></h2><p>${stable} → ${candidate}, ${place}, started by ${oneLine(startedBy, 100)}</p><p class="reason">${sentence(oneLine(rollout.reason, detail.longest))}</p>${buttonsFor(rollout, buttons)}${detail.charts && charts(course, { width: chartWidth(width), versions, numbered: false })}${steps > 0 && html`<h3>Steps</h3>${stepsOf(course, versions, detail.longest)}`}${part('Members', members.length > 0 && membersTable(members))}${part('Signals', signals.length > 0 && signalsTable(signals, versions))}`;
}

const part = (heading: string, content: Content): Html | false =>
  Boolean(content) && html`<h3>${heading}</h3>${content}`;

function charts(course: Course, options: Parameters<typeof weightPanel>[1]): Html {
  return html`<div class="charts">${weightPanel(course, options)}${requestPanels(course, options)}${evidencePanel(course, options)}</div>`;
}

/** Charts stand in as many columns as there is room for, and are drawn for the width of one. */
function chartWidth(width: number): number {
  const columns = Math.max(1, Math.min(2, Math.floor(width / 360)));
  return Math.round(Math.min(900, Math.max(320, width / columns - 20)));
}
