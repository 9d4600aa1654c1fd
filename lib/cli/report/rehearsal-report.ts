import type { Course, CourseStep, Look } from '../../page/course.ts';
import { lookAt } from '../../page/course-of-rollout.ts';
import { count, duration, money, percent } from '../../page/figures.ts';
import { approvalsOf, signalsOf } from '../../page/of-rollout.ts';
import type { Comparison as PageComparison } from '../../page/report/comparison.ts';
import { type Named, type ReportPage, report } from '../../page/report/report.ts';
import { sentence, stateWords } from '../../page/state-words.ts';
import type { Comparison } from '../../rehearsal/compare/summary.ts';
import type { Scenario } from '../../rehearsal/scenario/scenario.ts';
import type { Snapshot } from '../../rehearsal/simulation/observer.ts';
import type { RehearsalResult } from '../../rehearsal/simulation/result.ts';
import { EPOCH } from '../../rehearsal/simulation/virtual-time.ts';
import type { VersionCounts } from '../../rollout/observation.ts';
import { VERSION } from '../../version.ts';
import type { Frame } from '../terminal/rehearsal-printer.ts';

/** All that a report of a rehearsal is made from. */
export interface Rehearsed {
  readonly scenario: Scenario;
  readonly frames: readonly Frame[];
  readonly result: RehearsalResult;
  /** The same traffic under the policies of others, and how often it was drawn; undefined if that cannot be told. */
  readonly comparison?: { readonly of: Comparison; readonly seeds: number } | undefined;
}

/** A rehearsal as an HTML page of one file. */
export const rehearsalReport = (rehearsed: Rehearsed): string => report(pageOf(rehearsed));

function pageOf({ scenario, frames, result, comparison }: Rehearsed): ReportPage {
  const looks = frames.flatMap((frame) => ('look' in frame ? [frame.look] : []));
  const last = looks.at(-1)?.rollout;
  return {
    kind: 'Rehearsal',
    title: scenario.name,
    versions: result.versions,
    verdict: { ...stateWords(result.outcome), reason: sentence(result.reason) },
    figures: figuresOf(result),
    about: [
      { name: 'Seed', value: String(scenario.seed) },
      { name: 'State transitions', value: count(result.cost.stateTransitions) },
      { name: 'Invocations of handlers', value: count(result.cost.lambdaInvocations) },
      { name: 'Calls of AWS', value: callsInWords(result.cost.awsCalls) },
    ],
    course: courseOf(looks, result),
    members: (result.members ?? []).map(({ name, versions, requests, failures }) => ({
      name,
      ...versions,
      requests: servedBy(requests, failures),
      remark: '',
    })),
    signals: last ? signalsOf(last) : [],
    approvals: last ? approvalsOf(last, secondOf) : [],
    notes: last ? [...last.remarks, ...last.notes].map(sentence) : [],
    comparison: comparison && comparisonOf(comparison.of, comparison.seeds),
    source: { heading: 'The scenario', text: JSON.stringify(scenario, null, 2) },
    madeBy: `Made by sluice ${VERSION} in virtual time: the state machine and the handlers are real, AWS and the traffic are simulated.`,
  };
}

function figuresOf({ requests, failures, seconds, cost, versions }: RehearsalResult): readonly Named[] {
  const { faultToRevert, toFullTraffic, total } = seconds;
  return [
    {
      name: 'Failed requests',
      value: count(failures.total),
      note: `of ${count(requests.total)} (${percent(failures.total / Math.max(1, requests.total))})`,
    },
    {
      name: 'Failed in excess',
      value: count(Math.max(0, failures.excess)),
      note: `on ${versions.candidate}, beyond what ${versions.stable} would have failed`,
    },
    ...(faultToRevert === null
      ? []
      : [{ name: 'Time to revert', value: duration(faultToRevert), note: 'after the fault began' }]),
    ...(toFullTraffic === null
      ? []
      : [{ name: 'All traffic after', value: duration(toFullTraffic), note: 'since the start' }]),
    { name: 'Took', value: duration(total), note: 'until the rollout ended' },
    { name: 'Cost', value: money(cost.usd), note: 'of AWS, beyond free tiers' },
  ];
}

function courseOf(looks: readonly Snapshot[], { timeline, seconds }: RehearsalResult): Course {
  const last = looks.at(-1);
  const passed = last?.rollout.passed ?? [];
  const steps = passed.map(({ weight, from, until, requests, inAll = requests, verdict }): CourseStep => {
    return { weight, from: secondOf(from), until: secondOf(until), requests: inAll, verdict };
  });
  return {
    seconds: seconds.total,
    events: timeline,
    looks: looks.filter(({ rollout }) => rollout.step >= 0).map(lookOf),
    steps: [...steps, ...(last ? currentStep(last, seconds.total) : [])],
    planned: [],
  };
}

const secondOf = (at: number): number => Math.max(0, Math.round(at - EPOCH / 1000));

/** The step in which the rollout ended. */
function currentStep({ rollout }: Snapshot, until: number): readonly CourseStep[] {
  if (rollout.step < 0) return [];
  const [weight, requests] = [lookAt(rollout, 0).weight, rollout.current];
  return [{ weight, from: secondOf(rollout.shiftedAt), until, requests, verdict: rollout.reason }];
}

/** A look with the requests as they were, and not as CloudWatch had shown them by then. */
const lookOf = ({ second, rollout, requests, failures }: Snapshot): Look => ({
  ...lookAt(rollout, second),
  requests: servedBy(requests, { total: failures.stable + failures.candidate, candidate: failures.candidate }),
});

const servedBy = (
  requests: { readonly stable: number; readonly candidate: number },
  failures: { readonly total: number; readonly candidate: number },
): VersionCounts => ({
  stable: { invocations: requests.stable, errors: failures.total - failures.candidate },
  candidate: { invocations: requests.candidate, errors: failures.candidate },
});

const comparisonOf = ({ strategies }: Comparison, seeds: number): PageComparison => ({
  seeds,
  strategies: strategies.map(
    ({ name, excessFailures, faultToRevertSeconds, toFullTrafficSeconds, rolledBack }, index) => ({
      name: index === 0 ? 'This policy' : name,
      excessFailures: excessFailures.median,
      faultToRevert: faultToRevertSeconds.median,
      toFullTraffic: toFullTrafficSeconds.median,
      rolledBack,
    }),
  ),
});

const callsInWords = (calls: Readonly<Record<string, number>>): string =>
  Object.entries(calls)
    .map(([name, times]) => `${name} ${count(times)}`)
    .join(', ');
