import { courseOfRollout } from '../page/course-of-rollout.ts';
import { pageMembersOf, signalsOf } from '../page/of-rollout.ts';
import { thinned } from '../page/thinned.ts';
import { servedInWords } from '../page/traffic-words.ts';
import type { PastRollout } from '../page/widget/past.ts';
import type { WidgetPage, WidgetRollout } from '../page/widget/widget.ts';
import type { Board, BoardRollout } from './board.ts';
import type { AliasTraffic, RolloutRecord } from './rollout-record.ts';

/** What a board is as the page of a widget. `now` is in seconds since 1970. */
export const widgetPageOf = (board: Board, now: number): Pick<WidgetPage, 'name' | 'rollout' | 'serves' | 'past'> => ({
  name: board.name,
  rollout: board.newest && rolloutOf(board.newest, board, now),
  serves: inWords(board.now),
  past: board.past.map(pastOf),
});

function rolloutOf({ record, documents }: BoardRollout, board: Board, now: number): WidgetRollout {
  const { state, doing, reason, candidate, execution, weight, step, startedBy } = record;
  const document = documents.at(-1)?.rollout;
  const until = record.endedAt === null ? now : secondsIn(record.endedAt);
  const course = courseOfRollout(documents, {
    startedAt: secondsIn(record.startedAt),
    now: until,
    over: state !== 'running',
  });
  return {
    name: board.name,
    state,
    doing,
    isHeld: document ? document.held !== null : false,
    reason,
    stable: record.stable ?? 'the version before',
    candidate,
    execution,
    step: step?.number ?? 0,
    weight,
    nextWeight: document?.plan[document.step + 1]?.weight ?? null,
    serves: servesAlone(board.now, candidate),
    startedBy,
    course: thinned(course),
    members: document ? pageMembersOf(document, until) : [],
    signals: document ? signalsOf(document) : [],
  };
}

const servesAlone = (now: AliasTraffic | null, version: string): boolean =>
  now?.functionVersion === version && Object.keys(now.additionalVersionWeights).length === 0;

function pastOf(record: RolloutRecord): PastRollout {
  const { startedAt, endedAt, state, reason, stable, candidate, report, execution, members } = record;
  const versions = members
    ? members.map((member) => `${member.function} ${member.candidate}`).join(', ')
    : `${stable ?? '?'} → ${candidate}`;
  const seconds = Math.round(secondsIn(endedAt ?? startedAt) - secondsIn(startedAt));
  return { startedAt, seconds, versions, state, reason, requests: report?.requests ?? null, execution };
}

const secondsIn = (iso: string): number => Date.parse(iso) / 1000;

const inWords = (now: AliasTraffic | null): string => (now ? servedInWords(now) : 'nothing, for it does not exist');
