import { couldHaveFiredAt, needInWords, oneMinute } from '../../alarm-shape.ts';
import { nameInWords } from '../../alarms-in-words.ts';
import { inBrackets } from '../../contracts/text.ts';
import type { Rollout } from '../../document/rollout.ts';
import type { AlarmObservation, CountedObservation } from '../../observation.ts';
import { currentStep, type Decision, keepWatching, longestWithoutProof, passableIn, withoutProof } from './decision.ts';
import { byItsSleep } from './service.ts';

/** A step is not judged before its bake is over and its data is there, nor by an alarm or a version that has nothing to show. */
export function byTheBake(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const step = currentStep(rollout);
  if (!step) return undefined;
  const bakeLeft = rollout.shiftedAt + step.bakeSeconds - now;
  if (bakeLeft > 0) {
    return keepWatching(
      rollout,
      observation,
      now,
      `nothing speaks against ${rollout.candidate}; ${Math.ceil(bakeLeft)} s of the bake are left`,
    );
  }
  if (passableIn(rollout, observation) > now) {
    return keepWatching(rollout, observation, now, `the bake is over; ${awaitedInWords(rollout, observation, now)}`);
  }
  const asleep = byItsSleep(rollout, observation, step, now);
  if (asleep) return asleep;
  const silent = step.bakeSeconds > 0 && observation.alarms.find((alarm) => alarm.state === 'INSUFFICIENT_DATA');
  if (!silent) return undefined;
  const longest = longestWithoutProof(rollout, step);
  if (now < rollout.shiftedAt + longest) {
    return keepWatching(
      rollout,
      observation,
      now,
      `${nameInWords(silent)} has no data yet, which proves nothing${inBrackets(silent.reason)}`,
    );
  }
  return withoutProof(
    rollout,
    `${nameInWords(silent)} had no data for ${longest} s, which proves nothing${inBrackets(silent.reason)}`,
  );
}

/** What a step whose bake is over waits for. */
function awaitedInWords({ shiftedAt }: Rollout, { alarms, timing }: CountedObservation, now: number): string {
  const slowest = alarms
    .map((alarm) => ({ alarm, firesAt: couldHaveFiredAt(shiftedAt, alarm.shape, timing.alarms) }))
    .reduce((a, b) => (b.firesAt > a.firesAt ? b : a), {
      alarm: undefined as AlarmObservation | undefined,
      firesAt: now,
    });
  if (!slowest.alarm) return 'waiting for the last of its data';
  const need = needInWords(slowest.alarm.shape ?? oneMinute);
  return `waiting for the last of its data: ${nameInWords(slowest.alarm)} fires on ${need}, so it could not have fired for another ${Math.ceil(slowest.firesAt - now)} s`;
}
