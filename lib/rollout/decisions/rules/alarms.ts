import { seesOnlySince } from '../../alarm-shape.ts';
import { nameInWords } from '../../alarms-in-words.ts';
import { BAD_RATE, candidateFailure, MINUTE, wholeMinutes } from '../../candidate-rate.ts';
import { inBrackets } from '../../contracts/text.ts';
import { firstWholePeriod, wholePeriods } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { isIgnored } from '../../ignored-alarms.ts';
import type { AlarmObservation, CountedObservation } from '../../observation.ts';
import { type Decision, keepWatching } from './decision.ts';
import { passedInWords } from './passed-in-words.ts';

/** An alarm that fires, or that nobody evaluates any more, takes the candidate back at once. */
export function byTheAlarms(rollout: Rollout, alarms: readonly AlarmObservation[]): Decision | undefined {
  const missing = alarms.find((alarm) => alarm.state === 'missing');
  if (missing) {
    return {
      kind: 'revert',
      reason: `alarm ${missing.name} cannot be found; an alarm that nobody evaluates is not OK`,
    };
  }
  const firing = alarms.find((alarm) => alarm.state === 'ALARM' && !isIgnored(rollout, alarm));
  if (!firing) return byARecoveredAlarm(rollout, alarms);
  return { kind: 'revert', reason: `alarm ${firing.name} is in ALARM${inBrackets(firing.reason)}` };
}

/**
 * An alarm that fired at this step and has recovered. Its event takes the candidate back at once; if that was lost, no look may have seen it
 * in ALARM. An alarm that fired before the rollout already is judged by its present state alone.
 */
function byARecoveredAlarm(rollout: Rollout, alarms: readonly AlarmObservation[]): Decision | undefined {
  const recovered = alarms.find(({ name, fired }) => fired && !rollout.firedBefore.includes(name));
  if (!recovered?.fired) return undefined;
  const { at, reason } = recovered.fired;
  const when = new Date(at * 1000).toISOString();
  return {
    kind: 'revert',
    reason: `alarm ${recovered.name} was in ALARM from ${when} on and has recovered since${inBrackets(reason)}`,
  };
}

/** The alarms on the whole alias hardly see a candidate that gets little of the traffic: so its own rate is judged beside those that ask for it. */
export function byTheCandidatesRate(
  rollout: Rollout,
  { alarms, periods, timing, isFinal }: CountedObservation,
): Decision | undefined {
  if (rollout.step < 0 || !periods || !alarms.some(({ shape }) => shape?.eachVersion)) return undefined;
  const from = firstWholePeriod(rollout.shiftedAt, timing.metrics);
  const whole = wholePeriods(periods, from);
  const { periodSeconds } = timing.metrics;
  const judged = isFinal
    ? { periods: wholeMinutes(whole, periodSeconds), periodSeconds: MINUTE }
    : { periods: whole, periodSeconds };
  const failure = candidateFailure(judged.periods, judged.periodSeconds);
  if (!failure) return undefined;
  const { errors, invocations, periods: bad } = failure;
  const reason = `${errors} of ${invocations} requests failed on ${rollout.candidate} in ${bad} bad periods of ${judged.periodSeconds} s, more than ${BAD_RATE * 100} % and more than on ${rollout.stable}`;
  return { kind: 'revert', reason };
}

/**
 * An alarm that has been firing since before the rollout and still fires at 100 %, where it sees the candidate alone: a person decides.
 * It gets the time to recover first.
 */
export function byAnIgnoredAlarm(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  if (rollout.step !== rollout.plan.length - 1 || rollout.approval === 'approved') return undefined;
  const { alarms, timing } = observation;
  const firing = alarms.filter((alarm) => alarm.state === 'ALARM' && isIgnored(rollout, alarm));
  const [first] = firing;
  if (!first) return undefined;
  const left = Math.max(...firing.map(({ shape }) => seesOnlySince(rollout.shiftedAt, shape, timing.alarms))) - now;
  const found = `${nameInWords(first)} is ignored and firing since before the rollout`;
  if (left > 0) {
    const reason = `${found}; ${Math.ceil(left)} s are left until it has seen ${rollout.candidate} alone`;
    return keepWatching(rollout, observation, now, reason);
  }
  const reason = `${passedInWords(rollout, observation)}; ${nameInWords(first)} still fires although it sees ${rollout.candidate} alone: a person decides`;
  return { kind: 'askApproval', step: rollout.step + 1, reason };
}
