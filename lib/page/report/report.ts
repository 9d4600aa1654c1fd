import type { Course } from '../course.ts';
import { type Content, type Html, html } from '../html.ts';
import { evidencePanel, requestPanels, weightPanel } from '../parts/charts.ts';
import {
  approvalsTable,
  eventsTable,
  membersTable,
  type PageApproval,
  type PageMember,
  type PageSignal,
  signalsTable,
  stepsTable,
  type VersionNames,
} from '../parts/tables.ts';
import type { Tone } from '../tone.ts';
import { type Comparison, comparisonPart } from './comparison.ts';
import { reportStyle } from './style.ts';

/** A word or a figure with its name. */
export interface Named {
  readonly name: string;
  readonly value: string;
  /** What the value means, if that is not plain. */
  readonly note?: string;
}

/** How a rollout ended, or that it has not. */
export interface Verdict {
  readonly words: string;
  readonly tone: Tone;
  readonly reason: string;
}

/** All that a report shows of a rollout. */
export interface ReportPage {
  /** The kind of page, such as `Rehearsal`. */
  readonly kind: string;
  readonly title: string;
  readonly versions: VersionNames;
  readonly verdict: Verdict;
  /** The figures that people ask for first. */
  readonly figures: readonly Named[];
  /** When, by whom, where. */
  readonly about: readonly Named[];
  readonly course: Course;
  /** Of a group; empty if one alias was shifted. */
  readonly members: readonly PageMember[];
  readonly signals: readonly PageSignal[];
  readonly approvals: readonly PageApproval[];
  /** What people should know, in sentences. */
  readonly notes: readonly string[];
  /** The same traffic under other policies; undefined if there was no simulated traffic. */
  readonly comparison?: Comparison | undefined;
  /** What the page was made from, as text; undefined if it is shown elsewhere. */
  readonly source?: { readonly heading: string; readonly text: string } | undefined;
  /** The release that made the page. */
  readonly madeBy: string;
}

/** The width that charts are drawn for, in pixels. A narrow window scrolls them. */
const WIDTH = 880;

/** A report as one file: it loads nothing, runs nothing, prints, and has a light and a dark theme. */
export function report(page: ReportPage): string {
  const { kind, title, versions, verdict, figures, about, course, members, signals, approvals, notes } = page;
  const options = { width: WIDTH, versions, numbered: true };
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${verdict.words}: ${title} ${versions.stable} → ${versions.candidate}</title>
<style>${reportStyle}</style>
</head>
<body class="sluice">
<main>
<header>
<p class="quiet">${kind}</p>
<h1>${title}</h1>
<p class="versions"><span class="pill ${verdict.tone}">${verdict.words}</span> <span>${versions.stable} → ${versions.candidate}</span></p>
<p class="reason">${verdict.reason}</p>
</header>
<dl class="figures">${figures.map(tile)}</dl>
${part('Course', [weightPanel(course, options), course.events.length > 0 && eventsTable(course.events)])}
${part('Requests', requestPanels(course, options))}
${part('Steps', course.steps.length > 0 && [stepsTable(course, versions), html`<p class="quiet">Requests as CloudWatch had shown them, in whole minutes at one weight.</p>`])}
${part('Approvals', approvals.length > 0 && approvalsTable(approvals))}
${part('Evidence', evidencePanel(course, options))}
${part('Signals', signals.length > 0 && signalsTable(signals, versions))}
${part('Members', members.length > 0 && membersTable(members))}
${page.comparison && part('Under other policies', comparisonPart(page.comparison))}
${part('Notes', notes.length > 0 && html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`)}
${part('About this rollout', about.length > 0 && html`<dl class="about">${about.map(fact)}</dl>`)}
${page.source && html`<details><summary>${page.source.heading}</summary><pre tabindex="0">${page.source.text}</pre></details>`}
</main>
<footer class="quiet">${page.madeBy}</footer>
</body>
</html>
`;
  return document.toString();
}

/** A part of the page with its heading; nothing if there is nothing in it. */
const part = (heading: string, content: Content): Html | false =>
  Boolean(content) && html`<section><h2>${heading}</h2>${content}</section>`;

const tile = ({ name, value, note }: Named): Html =>
  html`<div><dt>${name}</dt><dd>${value}${note !== undefined && html`<small>${note}</small>`}</dd></div>`;

const fact = ({ name, value }: Named): Html => html`<dt>${name}</dt><dd>${value}</dd>`;
