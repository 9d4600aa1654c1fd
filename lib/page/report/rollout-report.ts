import { costsIn } from '../../rollout/cost-in-words.ts';
import { isAlone } from '../../rollout/document/members.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { VersionCounts } from '../../rollout/observation.ts';
import type { Course } from '../course.ts';
import { count, duration, money, percent } from '../figures.ts';
import { approvalsOf, pageMembersOf, signalsOf } from '../of-rollout.ts';
import { type PageActivity, type PageState, sentence, stateWords } from '../state-words.ts';
import { type Named, report } from './report.ts';

/** All that the report of an execution is made from. */
export interface ReportedRollout {
  readonly function: string;
  readonly alias: string;
  /** The name of the group; null or left out if it has none. */
  readonly group?: string | null;
  readonly executionArn: string;
  readonly state: PageState;
  readonly doing: PageActivity | null;
  readonly reason: string;
  readonly stable: string | null;
  readonly candidate: string;
  readonly startedBy: string;
  /** In ISO 8601. */
  readonly startedAt: string;
  /** In ISO 8601; null while it runs. */
  readonly endedAt: string | null;
  readonly course: Course;
  /** Its latest document; undefined if it has none yet. */
  readonly document: Rollout | undefined;
  /** When it started, and until when it is told, in seconds since 1970. */
  readonly since: number;
  readonly now: number;
  /** What it cost, in US dollars; null until it has ended. */
  readonly usd: number | null;
  /** The release that makes the page. */
  readonly madeBy: string;
}

/** The rollout of an execution as an HTML page of one file. */
export function rolloutReport(rollout: ReportedRollout): string {
  const { document, course, since, now } = rollout;
  const { words, tone } = stateWords(rollout.state, rollout.doing);
  return report({
    kind: 'Rollout',
    title: rollout.group ?? `${rollout.function}:${rollout.alias}`,
    versions: { stable: rollout.stable ?? 'the version before', candidate: rollout.candidate },
    verdict: { words, tone, reason: sentence(rollout.reason) },
    figures: figuresOf(rollout, course.looks.at(-1)?.requests),
    about: aboutOf(rollout),
    course,
    members: document ? pageMembersOf(document, now) : [],
    signals: document ? signalsOf(document) : [],
    approvals: document ? approvalsOf(document, (at) => Math.max(0, at - since)) : [],
    notes: document ? [...document.remarks, ...document.notes].map(sentence) : [],
    madeBy: rollout.madeBy,
  });
}

function figuresOf(
  { course, document, state, stable, candidate, usd }: ReportedRollout,
  requests: VersionCounts | undefined,
): readonly Named[] {
  const versions = [
    [stable ?? 'before', requests?.stable],
    [candidate, requests?.candidate],
  ] as const;
  const failed = versions.flatMap(([version, counts]): readonly Named[] =>
    counts
      ? [
          {
            name: `Failed on ${version}`,
            value: counts.invocations === 0 ? '0' : percent(counts.errors / counts.invocations),
            note: `${count(counts.errors)} of ${count(counts.invocations)} requests`,
          },
        ]
      : [],
  );
  const costs = document && isAlone(document) ? costsIn(document) : undefined;
  return [
    ...failed,
    ...(costs
      ? [
          {
            name: 'A million requests cost',
            value: money(costs.candidate.usdPerMillion),
            note: `and ${money(costs.stable.usdPerMillion)} on ${stable}`,
          },
        ]
      : []),
    { name: state === 'running' ? 'Since' : 'Took', value: duration(course.seconds) },
    ...(usd === null ? [] : [{ name: 'Cost of the rollout', value: money(usd), note: 'of AWS, an estimate' }]),
  ];
}

const aboutOf = ({ startedBy, startedAt, endedAt, executionArn }: ReportedRollout): readonly Named[] => [
  { name: 'Started', value: `${inUtc(startedAt)} by ${startedBy}` },
  ...(endedAt === null ? [] : [{ name: 'Ended', value: inUtc(endedAt) }]),
  { name: 'Execution', value: executionArn },
];

/** A time in ISO 8601 for people. */
export const inUtc = (iso: string): string => `${iso.replace('T', ' ').slice(0, 19)} UTC`;
