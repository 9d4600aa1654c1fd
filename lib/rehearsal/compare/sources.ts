import { metricShape } from '../../aws/cloudwatch/alarm-shapes.ts';
import { stateOf } from '../../aws/cloudwatch/alarms.ts';
import { closedUntil, firstWholePeriod } from '../../rollout/coverage.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { HISTORY_PERIOD_SECONDS, type History, historyIn, historyRange } from '../../rollout/evidence/history.ts';
import { periodsFrom } from '../../rollout/evidence/trial-of-rollout.ts';
import type { AlarmObservation, MetricTiming, Period } from '../../rollout/observation.ts';
import { ALIAS, CANDIDATE, FUNCTION, STABLE } from '../names.ts';
import { describeAlarms } from '../services/cloudwatch.ts';
import { EPOCH } from '../simulation/virtual-time.ts';
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
  const of = (version: string) =>
    new Map(
      until > from
        ? world
            .counts(version, from - START, until - START, timing.periodSeconds)
            .map(({ start, invocations, errors }) => [START + start, { invocations, errors }])
        : [],
    );
  const [stable, candidate] = [of(STABLE), of(CANDIDATE)];
  const starts = [...new Set([...stable.keys(), ...candidate.keys()])].sort((a, b) => a - b);
  return {
    periods: starts.map((start) => ({
      start,
      stable: stable.get(start) ?? nothing,
      candidate: candidate.get(start) ?? nothing,
    })),
    countedUntil: Math.max(from, until),
    asked: until > from,
  };
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

const nothing = { invocations: 0, errors: 0 };
