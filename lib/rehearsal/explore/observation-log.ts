import type { GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { GetQueryResultsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { LOG_PERIOD_SECONDS } from '../../rollout/logs/answer.ts';
import { cloudWatchTiming } from '../../rollout/observation.ts';
import type { ObservedAnswer } from '../services/aws.ts';
import type { Invocation } from '../simulation/invocation.ts';
import type { WorldView } from '../simulation/observer.ts';
import { EPOCH } from '../simulation/virtual-time.ts';
import { isEvaluatedAt, periodOf, type RehearsedAlarm } from '../world/alarms.ts';
import { alarmStatesIn, UNEVALUATED } from './alarm-states.ts';
import type { ObservedRollout } from './observed-rollout.ts';

/** An answer of GetMetricData. */
interface CountsRead {
  /** The invocations of each version that it shows. */
  readonly stable: number;
  readonly candidate: number;
  /** Whether every metric in it was read in full. */
  readonly isComplete: boolean;
}

/** One observation of a step, and what AWS told it. */
interface Observation {
  readonly execution: string;
  readonly step: number;
  readonly begunAt: number;
  /** By the name of an alarm: the state that was told last. */
  readonly states: Map<string, string>;
  readonly counts: CountsRead[];
  /** What queries of the log have shown. */
  readonly rows: LogRow[];
}

/** Invocations of a version that ended in a period of the log, which starts so many seconds after 1970. */
interface LogRow {
  readonly period: number;
  readonly version: string;
  readonly lines: number;
}

/** A step of a rollout, and the world in which it was watched. */
export interface WatchedStep {
  readonly rollout: ObservedRollout;
  readonly step: number;
  readonly world: WorldView | null;
  /** By how many seconds the clocks of those who shift and those who observe may differ. */
  readonly skewSeconds: number;
}

/**
 * How old an observation may be when the state is entered that gives the next weight, in seconds: as old as a handler that hung, and
 * younger than any hook or wait.
 */
const FRESH_SECONDS = 150;

const { periodSeconds: PERIOD, delaySeconds: DELAY } = cloudWatchTiming.alarms;

/**
 * What AWS told every observation, injected lies included. Answers themselves are not kept: those of a rollout that is held for days are
 * more than a process can hold.
 */
export class ObservationLog {
  readonly #observations = new Map<Invocation, Observation>();

  add({ invocation, call, output }: ObservedAnswer): void {
    if (invocation?.name !== 'observe') return;
    const { states, counts, rows } = this.#observationOf(invocation);
    if (call === 'cloudwatch:DescribeAlarms') {
      for (const [name, state] of alarmStatesIn(output)) states.set(name, state);
    }
    if (call === 'cloudwatch:GetMetricData') counts.push(countsIn(output));
    if (call === 'logs:GetQueryResults') rows.push(...rowsIn(output));
  }

  #observationOf(invocation: Invocation): Observation {
    const known = this.#observations.get(invocation);
    if (known) return known;
    const { execution, step } = invocation.event as Rollout;
    const { begunAt } = invocation;
    const begun: Observation = { execution: execution.name, step, begunAt, states: new Map(), counts: [], rows: [] };
    this.#observations.set(invocation, begun);
    return begun;
  }

  /**
   * Why a step of a rollout cannot have passed; undefined if one observation saw enough. It must have begun after the step's bake,
   * and after the moment from which data of the bake alone could show all that the policy names; and all of that must have been well
   * by it: no data is no pass. This repeats the promise of a policy, not the decision of the handlers.
   *
   * A person who approves takes the risk of missing data, but not of an alarm that fires; so does a policy that goes on without evidence.
   */
  objection(watched: WatchedStep): string | undefined {
    const observations = this.of(watched.rollout.name, watched.step);
    if (observations.length === 0) return `step ${watched.step + 1} was never observed`;
    const inLog = seenInLog(observations, watched.rollout);
    const objections = observations.map((observation) => objectionTo(observation, inLog, watched));
    return objections.includes(undefined) ? undefined : objections.at(-1);
  }

  /** The observations of a step. */
  of(execution: string, step: number): readonly Observation[] {
    return [...this.#observations.values()].filter((each) => each.execution === execution && each.step === step);
  }
}

/** How many requests to the candidate the log has shown since the step's weight was given: each period as the fullest answer has it. */
function seenInLog(observations: readonly Observation[], { candidate, shareSince }: ObservedRollout): number {
  const fullest = new Map<string, number>();
  for (const { period, version, lines } of observations.flatMap(({ rows }) => rows)) {
    if (version !== candidate || period - EPOCH / 1000 < shareSince - LOG_PERIOD_SECONDS) continue;
    const key = `${period}`;
    fullest.set(key, Math.max(fullest.get(key) ?? 0, lines));
  }
  return [...fullest.values()].reduce((sum, lines) => sum + lines, 0);
}

function objectionTo(
  { begunAt, states, counts }: Observation,
  inLog: number,
  watched: WatchedStep,
): string | undefined {
  const { rollout, step, skewSeconds } = watched;
  const { alarms, evidence } = rollout.policy;
  const bakeSeconds = rollout.plan[step]?.bakeSeconds ?? 0;
  const number = step + 1;
  const isBefore = (second: number) => begunAt + skewSeconds < second;
  if (isBefore(rollout.shareSince + bakeSeconds)) return `step ${number} was not watched for its ${bakeSeconds} s`;
  if (rollout.shiftingSince - begunAt > FRESH_SECONDS) {
    return `step ${number} was last looked at ${Math.round(rollout.shiftingSince - begunAt)} s before`;
  }
  const goesOnAt = rollout.shareSince + Math.max(bakeSeconds, evidence?.maximumBakeSeconds ?? 0);
  const unprovenIsFine =
    rollout.approvedAt !== null || bakeSeconds === 0 || (evidence?.onNoEvidence === 'proceed' && begunAt >= goesOnAt);
  const blind = unprovenIsFine ? undefined : alarms.find((name) => isBefore(couldFireAt(name, watched)));
  if (blind) return `alarm ${blind} could not have fired yet on the data of step ${number}`;
  const byLog = evidence?.counts === 'logs';
  if (!unprovenIsFine && evidence && !byLog && isBefore(firstMinuteReadableAt(rollout.shareSince))) {
    return `no whole minute of step ${number} could be read yet`;
  }
  const good = unprovenIsFine ? ['OK', 'INSUFFICIENT_DATA', UNEVALUATED] : ['OK'];
  const unproven = alarms.find((name) => !rollout.ignored.has(name) && !good.includes(states.get(name) ?? ''));
  if (unproven) return `alarm ${unproven} was ${states.get(unproven) ?? 'not seen'} after step ${number}`;
  const ignored = alarms.find((name) => rollout.ignored.has(name) && states.get(name) === 'ALARM');
  if (ignored && step === rollout.plan.length - 1 && rollout.approvedAt === null && bakeSeconds > 0) {
    return `alarm ${ignored} still fired at the last step, and nobody had approved that`;
  }
  if (!evidence || evidence.onNoEvidence === 'proceed' || unprovenIsFine) return undefined;
  // What a log has shown counts although later looks are by minutes; the order of both does not matter here.
  const seen = counts.reduce((sum, { candidate }) => sum + candidate, 0) + (byLog ? inLog : 0);
  return seen < evidence.minimumInvocations ? `only ${seen} requests were seen at step ${number}` : undefined;
}

const firstMinuteReadableAt = (second: number): number => Math.ceil(second / PERIOD) * PERIOD + PERIOD + DELAY;

/** When an alarm is first evaluated whose datapoints can all be of the step alone; an alarm over others waits for the last of them. */
function couldFireAt(name: string, watched: WatchedStep): number {
  const alarms = watched.world?.alarms ?? [];
  const alarm = alarms.find((each) => each.name === name);
  if (!alarm) return 0;
  return Math.max(
    0,
    ...metricAlarmsOf(alarm, alarms).map((each) => firstOwnEvaluation(each, watched.rollout.shareSince)),
  );
}

const metricAlarmsOf = (alarm: RehearsedAlarm, all: readonly RehearsedAlarm[]): readonly RehearsedAlarm[] =>
  alarm.spec ? [alarm] : all.filter((each) => alarm.anyOf.includes(each.name));

function firstOwnEvaluation({ spec }: RehearsedAlarm, shareSince: number): number {
  if (!spec) return 0;
  const resolution = Math.min(PERIOD, periodOf(spec));
  const whole = Math.ceil(shareSince / resolution) * resolution;
  let second = whole + spec.datapointsToAlarm * periodOf(spec) + DELAY;
  while (!isEvaluatedAt(spec, second)) second++;
  return second;
}

function rowsIn(output: object): readonly LogRow[] {
  const { status, results = [] } = output as Partial<GetQueryResultsCommandOutput>;
  if (status !== 'Complete') return [];
  return results.flatMap((row) => {
    const of = (name: string) => row.find(({ field }) => field === name)?.value ?? '';
    // A row without a status is of lines of the function's own.
    if (of('status') === '') return [];
    return { period: Number(of('period')), version: of('version'), lines: Number(of('lines')) };
  });
}

function countsIn(output: object): CountsRead {
  const { MetricDataResults: results = [] } = output as Partial<GetMetricDataCommandOutput>;
  const invocationsOf = (version: 'stable' | 'candidate') =>
    results
      .filter(({ Id }) => Id === `${version}Invocations`)
      .flatMap(({ Values = [] }) => Values)
      .reduce((sum, value) => sum + value, 0);
  return {
    stable: invocationsOf('stable'),
    candidate: invocationsOf('candidate'),
    isComplete: results.every(({ StatusCode }) => StatusCode === 'Complete'),
  };
}
