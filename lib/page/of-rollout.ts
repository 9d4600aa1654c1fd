import { inPercent } from '../rollout/alias/alias.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { costsIn } from '../rollout/cost-in-words.ts';
import { totalOf } from '../rollout/coverage.ts';
import { isAlone, membersOf } from '../rollout/document/members.ts';
import { memberAt } from '../rollout/document/requested.ts';
import { passedUntil, type Rollout } from '../rollout/document/rollout.ts';
import { durationsIn, type VersionDuration } from '../rollout/logs/durations-in-words.ts';
import { type Counts, errorRate } from '../rollout/observation.ts';
import { count, money, percent } from './figures.ts';
import type { PageApproval, PageMember, PageSignal } from './parts/tables.ts';
import { servedInWords } from './traffic-words.ts';

/** What was compared beside errors, and what requests cost: of a group the sums of its members, whose costs stand with them. */
export function signalsOf(rollout: Rollout): readonly PageSignal[] {
  const all = membersOf(rollout).flatMap(({ trial }) => Object.entries(trial.now.streams));
  const names = [...new Set(all.map(([name]) => name))];
  const costs = isAlone(rollout) ? costsIn(rollout) : undefined;
  const durations = isAlone(rollout) ? durationsIn(rollout) : undefined;
  return [
    ...names.map((name) => {
      const { stable, candidate } = totalOf(all.filter(([each]) => each === name).map(([, { counts }]) => counts));
      return { name, stable: shareOf(stable), candidate: shareOf(candidate) };
    }),
    ...(costs
      ? [
          {
            name: 'cost of a million requests',
            stable: money(costs.stable.usdPerMillion),
            candidate: money(costs.candidate.usdPerMillion),
          },
        ]
      : []),
    ...(durations
      ? [
          {
            name: 'cold starts, by the log',
            stable: coldStartsOf(durations.stable),
            candidate: coldStartsOf(durations.candidate),
          },
          {
            name: 'billed for a request',
            stable: inMilliseconds(durations.stable.billedMilliseconds),
            candidate: inMilliseconds(durations.candidate.billedMilliseconds),
          },
        ]
      : []),
  ];
}

const inMilliseconds = (mean: number | null): string => (mean === null ? 'no requests' : `${mean} ms`);

const coldStartsOf = ({ invocations, coldStarts, initMilliseconds }: VersionDuration): string =>
  `${shareOf({ invocations, errors: coldStarts })}${initMilliseconds === null ? '' : `, ${initMilliseconds} ms each`}`;

const shareOf = (counts: Counts): string =>
  counts.invocations === 0
    ? 'no requests'
    : `${percent(errorRate(counts))} (${count(counts.errors)} of ${count(counts.invocations)})`;

/** The members of a group with all requests that they were seen to serve until `now`, in seconds since 1970; none if it is no group. */
export function pageMembersOf(rollout: Rollout, now: number): readonly PageMember[] {
  const { group, leftOut, leftTo } = rollout;
  if (isAlone(rollout) && leftOut.length === 0 && group === null) return [];
  const taking = membersOf(rollout).map((member): PageMember => {
    const left = memberAt({ members: leftTo }, member);
    const costs = costsIn(member);
    const remarks = [
      ...(costs
        ? [
            `a million requests cost ${money(costs.candidate.usdPerMillion)}, and ${money(costs.stable.usdPerMillion)} before`,
          ]
        : []),
      ...(left
        ? [`set by somebody else: ${left.routing ? servedInWords(inPercent(left.routing), '') : 'the alias is gone'}`]
        : []),
    ];
    return {
      name: formatTarget(member),
      stable: member.stable,
      candidate: member.candidate,
      requests: totalOf(passedUntil(member, now).map(({ requests }) => requests)),
      remark: remarks.join('; '),
    };
  });
  const out = leftOut.map(
    ({ version, ...name }): PageMember => ({
      name: formatTarget(name),
      stable: version,
      candidate: version,
      requests: null,
      remark: 'serves its version already and is left out',
    }),
  );
  return [...taking, ...out];
}

/** The answers to requests for an approval. */
export const approvalsOf = ({ approvals }: Rollout, since: (at: number) => number): readonly PageApproval[] =>
  approvals.map(({ at, weight, verdict, by = '', comment = '' }) => ({
    second: since(at),
    weight,
    verdict: verdict === 'timedOut' ? 'no answer came in time' : verdict,
    by,
    comment,
  }));
