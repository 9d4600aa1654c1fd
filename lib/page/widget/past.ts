import { oneLine } from '../../rollout/contracts/text.ts';
import type { VersionCounts } from '../../rollout/observation.ts';
import { duration } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { failedOf, figure, table } from '../parts/tables.ts';
import { type PageState, stateWords } from '../state-words.ts';

/** A rollout that has ended. */
export interface PastRollout {
  /** In ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly versions: string;
  readonly state: PageState;
  readonly reason: string;
  /** The requests of all of it; null if it made no summary. */
  readonly requests: VersionCounts | null;
  readonly execution: string;
}

/** The rollouts that have ended, newest first. */
export const pastTable = (past: readonly PastRollout[], longest: number): Html =>
  table(
    'The last rollouts',
    ['Started (UTC)', 'Versions', 'End', { figure: 'Took' }, { figure: 'Failed' }, 'Why'],
    past.map(({ startedAt, seconds, versions, state, reason, requests, execution }) => {
      const { words, tone } = stateWords(state);
      return html`<tr title="${oneLine(execution, 80)}"><td>${startedAt.replace('T', ' ').slice(0, 16)}</td><td>${oneLine(versions, 60)}</td><td><span class="pill ${tone}">${words}</span></td>${figure(duration(seconds))}${figure(requests ? failedOf(requests, 'candidate') : '')}<td class="words">${oneLine(reason, Math.min(longest, 160))}</td></tr>`;
    }),
  );
