import type { VersionCounts } from '../../rollout/observation.ts';
import { toneOf } from '../charts/weight.ts';
import { type Course, type CourseEvent, type CourseStep, eventWords } from '../course.ts';
import { clock, count, duration, outOf } from '../figures.ts';
import { type Content, type Html, html } from '../html.ts';

/** A column of a table; figures stand at its right. */
export type Column = string | { readonly figure: string };

/** A table that narrow pages scroll, and that keyboards can scroll, too. */
export const table = (label: string, columns: readonly Column[], rows: readonly Content[]): Html =>
  html`<div class="wide" role="region" tabindex="0" aria-label="${label}"><table><thead><tr>${columns.map((column) =>
    typeof column === 'string'
      ? html`<th scope="col">${column}</th>`
      : html`<th scope="col" class="figure">${column.figure}</th>`,
  )}</tr></thead><tbody>${rows}</tbody></table></div>`;

export const figure = (content: Content): Html => html`<td class="figure">${content}</td>`;

/** The two versions of a rollout, as a page names them. */
export interface VersionNames {
  readonly stable: string;
  readonly candidate: string;
}

/** The steps that were taken, with the requests and failures of both versions and the verdict. */
export const stepsTable = ({ steps }: Pick<Course, 'steps'>, versions: VersionNames): Html =>
  table(
    'Steps',
    stepColumns(versions, { time: 'Took', verdict: 'Verdict' }),
    steps.map((step, index) => html`<tr>${stepCells(step, index, step.verdict)}</tr>`),
  );

/** The columns of a table of steps. */
export const stepColumns = (
  { stable, candidate }: VersionNames,
  { time, verdict }: { readonly time: string; readonly verdict: string },
): readonly Column[] => [
  { figure: 'Step' },
  { figure: 'Weight' },
  { figure: 'From' },
  { figure: time },
  { figure: `Failed on ${stable}` },
  { figure: `Failed on ${candidate}` },
  verdict,
];

/** The cells of a step that was taken. */
export const stepCells = ({ weight, from, until, requests }: CourseStep, index: number, verdict: string): Html =>
  html`${figure(index + 1)}${figure(`${weight} %`)}${figure(clock(from))}${figure(duration(until - from))}${figure(failedOf(requests, 'stable'))}${figure(failedOf(requests, 'candidate'))}<td class="words">${verdict}</td>`;

/** The failed requests of a version, of all. */
export const failedOf = (requests: VersionCounts, version: 'stable' | 'candidate'): string =>
  `${count(requests[version].errors)} of ${count(requests[version].invocations)}`;

/** What happened, each with its number in the chart and its reason. */
export const eventsTable = (events: readonly CourseEvent[]): Html =>
  table(
    'Events',
    ['', { figure: 'At' }, 'Event', { figure: 'Weight' }, 'Why'],
    events.map(
      ({ second, event, weight, reason }, index) =>
        html`<tr><td><span class="n ${toneOf(event)}">${index + 1}</span></td>${figure(clock(second))}<td>${eventWords[event] ?? event}</td>${figure(`${weight} %`)}<td class="words">${reason}</td></tr>`,
    ),
  );

/** Both versions of one alias, and what the requests to them did. */
export interface PageMember {
  readonly name: string;
  readonly stable: string | null;
  readonly candidate: string;
  readonly requests: VersionCounts | null;
  /** What else is to be said of it; empty if nothing. */
  readonly remark: string;
}

/** The members of a group side by side. */
export const membersTable = (members: readonly PageMember[]): Html =>
  table(
    'Members',
    ['Member', 'Versions', { figure: 'Failed on the version before' }, { figure: 'Failed on the new one' }, ''],
    members.map(
      ({ name, stable, candidate, requests, remark }) =>
        html`<tr><td>${name}</td><td>${stable ?? '?'} → ${candidate}</td>${figure(requests ? outOf(requests.stable.errors, requests.stable.invocations) : '')}${figure(requests ? outOf(requests.candidate.errors, requests.candidate.invocations) : '')}<td>${remark}</td></tr>`,
    ),
  );

/** The answer to a request for an approval. */
export interface PageApproval {
  readonly second: number;
  /** The weight that was asked for. */
  readonly weight: number;
  readonly verdict: string;
  readonly by: string;
  readonly comment: string;
}

/** Who approved or rejected which weight. */
export const approvalsTable = (approvals: readonly PageApproval[]): Html =>
  table(
    'Approvals',
    [{ figure: 'At' }, { figure: 'Weight' }, 'Answer', 'By', 'Comment'],
    approvals.map(
      ({ second, weight, verdict, by, comment }) =>
        html`<tr>${figure(clock(second))}${figure(`${weight} %`)}<td>${verdict}</td><td class="words">${by}</td><td class="words">${comment}</td></tr>`,
    ),
  );

/** What was compared beside errors, with what each version did. */
export interface PageSignal {
  readonly name: string;
  readonly stable: string;
  readonly candidate: string;
}

/** What each version did in each respect that is compared. */
export const signalsTable = (signals: readonly PageSignal[], { stable, candidate }: VersionNames): Html =>
  table(
    'Signals',
    ['Signal', { figure: stable }, { figure: candidate }],
    signals.map((each) => html`<tr><td>${each.name}</td>${figure(each.stable)}${figure(each.candidate)}</tr>`),
  );
