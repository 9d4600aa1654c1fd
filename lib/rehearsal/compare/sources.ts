import { metricShape } from '../../aws/cloudwatch/alarm-shapes.ts';
import { stateOf } from '../../aws/cloudwatch/alarms.ts';
import { closedUntil, firstWholePeriod } from '../../rollout/coverage.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import {
  DAY_SECONDS,
  HISTORY_PERIOD_SECONDS,
  type History,
  historyIn,
  historyRange,
} from '../../rollout/evidence/history.ts';
import { metricSignalsIn } from '../../rollout/evidence/streams.ts';
import { asksForPercentile, periodsFrom, slowerThanIn } from '../../rollout/evidence/trial-of-rollout.ts';
import { LOG_PERIOD_SECONDS, type LogAnswer, type LogRow } from '../../rollout/logs/answer.ts';
import { besideRange, type LogQuestion } from '../../rollout/logs/look.ts';
import type { LogMemory } from '../../rollout/logs/memory.ts';
import {
  type AlarmObservation,
  type Counts,
  type MetricTiming,
  noCounts,
  type Period,
  type VersionCounts,
} from '../../rollout/observation.ts';
import { LATENCY, THROTTLES } from '../../rollout/policy/streams.ts';
import { ALIAS, CANDIDATE, FUNCTION, STABLE } from '../names.ts';
import { describeAlarms } from '../services/cloudwatch.ts';
import { EPOCH } from '../simulation/virtual-time.ts';
import type { LogLines } from '../world/log-lines.ts';
import type { World } from '../world/world.ts';

/** The one alias of a comparison. */
const alone = { functionName: FUNCTION, aliasName: ALIAS };

/** Second 0 of a rehearsal, in seconds since 1970. */
export const START = EPOCH / 1000;

/**
 * The alarms of a policy as the handlers would read them.
 *
 * @param since an alarm that has fired since then and recovered is told, in seconds since 1970
 */
export function alarmsOf(world: World, names: readonly string[], second: number, since = Infinity): AlarmObservation[] {
  const { MetricAlarms } = describeAlarms([{ lambda: alone, world }], { AlarmNames: [...names] }, second);
  return names.map((name) => {
    const described = MetricAlarms.find(({ AlarmName }) => AlarmName === name);
    const alarm = world.alarms.find((each) => each.name === name);
    if (!described || !alarm) return { name, state: 'missing', reason: '', shape: null };
    const { second: changed } = alarm.at(second);
    const fired = alarm.enteredAfter(since - START).findLast(({ state }) => state === 'ALARM');
    return {
      name,
      ...stateOf(described),
      shape: metricShape(described),
      ...(Number.isFinite(changed) ? { changedAt: START + changed } : {}),
      ...(fired && alarm.state !== 'ALARM' ? { fired: { at: START + fired.second, reason: fired.reason } } : {}),
    };
  });
}

/** What a log answers at a moment, in seconds since 1970, as the handlers would read it. An invocation takes no time here. */
export function logAnswerOf(log: LogLines, question: LogQuestion, now: number): LogAnswer {
  const { from, until, changes, slowerThan, signals } = question;
  const isCounted = (second: number) => START + second + 0.5 >= (changes[0] ?? 0);
  const periodSeconds = LOG_PERIOD_SECONDS;
  const asked = { from: from - START, until: Math.floor(until) - START, periodSeconds, isCounted };
  const { groups, bytesScanned } = log.grouped([STABLE, CANDIDATE], asked, now - START);
  const rows = groups.map(({ version, start, lines: all }): LogRow => {
    const sum = (key: keyof Counts) => all.reduce((total, { counts }) => total + counts[key], 0);
    const milliseconds = all.reduce((total, lines) => total + lines.milliseconds, 0);
    return {
      start: START + start,
      version,
      lines: sum('invocations'),
      counts: { invocations: sum('invocations'), errors: sum('errors') },
      slow: slowerThan === null ? 0 : all.reduce((total, lines) => total + lines.slow(slowerThan), 0),
      milliseconds,
      billedMilliseconds: milliseconds,
      coldStarts: 0,
      initMilliseconds: 0,
      lagSeconds: Math.max(...all.map(({ lagSeconds }) => lagSeconds)),
    };
  });
  const told = groups.flatMap(({ version, start, lines }) =>
    signals.map(({ name: signal }) => {
      const failures = lines.reduce((total, each) => total + each.failed(signal), 0);
      return { start: START + start, version, signal, failures };
    }),
  );
  return { rows, signals: told, bytesScanned };
}

/** The closed periods of a rollout's step as the handlers would read them, and until when they asked. `now` is in seconds since 1970. */
export function countsOf(
  world: World,
  rollout: Rollout,
  timing: MetricTiming,
  now: number,
): { readonly periods: readonly Period[]; readonly countedUntil: number; readonly asked: boolean } {
  const { policy, shiftedAt } = rollout;
  const from = policy.evidence ? periodsFrom(rollout, timing) : firstWholePeriod(shiftedAt, timing);
  const until = closedUntil(now, timing);
  const periods: Period[] = [];
  for (let start = from; start < until; start += timing.periodSeconds) {
    const period = periodOf(world, rollout, start, Math.min(start + timing.periodSeconds, until));
    if (period) periods.push(period);
  }
  return { periods, countedUntil: Math.max(from, until), asked: until > from };
}

/** The minutes of what no log tells, as the handlers would read them beside one. `now` is in seconds since 1970. */
export function besideOf(
  world: World,
  rollout: Rollout,
  logs: LogMemory,
  timing: MetricTiming,
  now: number,
): { readonly beside: readonly Period[]; readonly logs: LogMemory } {
  const { periodSeconds } = timing;
  const { from, until } = besideRange(rollout, logs, timing, now);
  const beside: Period[] = [];
  for (let start = from; start < until; start += periodSeconds) {
    const { streams = {} } = periodOf(world, rollout, start, start + periodSeconds, null) ?? {};
    if (Object.keys(streams).length > 0) beside.push({ start, seconds: periodSeconds, ...noCounts, streams });
  }
  return { beside, logs: until > from ? { ...logs, throttledUntil: until } : logs };
}

/** What the alias has served in the last day, as the preflight would read it. `now` is in seconds since 1970. */
export function historyOf(world: World, now: number): History {
  const { from, until } = historyRange(now);
  const points = world.counts(null, from - START, until - START, HISTORY_PERIOD_SECONDS);
  return historyIn(
    points.map((point) => ({ ...point, start: START + point.start })),
    until,
  );
}

/** The counts from `start` on and before `end`, in seconds since 1970; undefined if there is no data at all. */
function periodOf(
  world: World,
  rollout: Rollout,
  start: number,
  end: number,
  slowerThan = slowerThanIn(rollout),
): Period | undefined {
  const { metrics } = world;
  const within = [start - START, end - START] as const;
  const both = (of: (version: string) => Counts): VersionCounts => ({ stable: of(STABLE), candidate: of(CANDIDATE) });
  const counts = both((version) => metrics.sum([version], ...within));
  const among = (failures: (version: string) => number): VersionCounts =>
    both((version) => ({ ...metrics.sum([version], ...within), errors: failures(version) }));
  const served = counts.stable.invocations + counts.candidate.invocations;
  const { evidence } = rollout.policy;
  const isEmpty = served === 0 && (!evidence || metrics.throttles([STABLE, CANDIDATE], ...within) === 0);
  if (isEmpty) return undefined;
  if (!evidence) return { start, ...counts };
  const streams = {
    [THROTTLES]: both((version) => {
      const errors = metrics.throttles([version], ...within);
      return { invocations: metrics.sum([version], ...within).invocations + errors, errors };
    }),
    ...(slowerThan === null
      ? {}
      : { [LATENCY]: among((version) => metrics.slowerThan(version, slowerThan, ...within)) }),
    ...(served === 0
      ? {}
      : Object.fromEntries(
          metricSignalsIn(evidence.signals).map(({ name }) => [
            name,
            among((version) => metrics.signalled(version, name, ...within)),
          ]),
        )),
  };
  const milliseconds = {
    stable: metrics.milliseconds(STABLE, ...within),
    candidate: metrics.milliseconds(CANDIDATE, ...within),
  };
  return { start, ...counts, streams, milliseconds };
}

/** A rollout that knows when a request is slow, as the handlers would have it. */
export function withPercentile(world: World, rollout: Rollout, second: number, readable: number): Rollout {
  if (rollout.step < 0 || !asksForPercentile(rollout)) return rollout;
  const p99 = world.metrics.p99Milliseconds([STABLE], second - DAY_SECONDS, Math.min(second, readable));
  return { ...rollout, trial: { ...rollout.trial, slowerThan: p99 === null ? null : Math.ceil(p99) } };
}
