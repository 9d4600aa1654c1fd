import { describe, expect, it } from 'vitest';
import { counted } from '../../../lib/rollout/coverage.ts';
import { observeStep, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { parseRollout, type Rollout, routingAt } from '../../../lib/rollout/document/rollout.ts';
import { type LogMemory, newLogMemory } from '../../../lib/rollout/logs/memory.ts';
import { cloudWatchTiming, noCounts, type Observation, type Period } from '../../../lib/rollout/observation.ts';
import { longestHoldSeconds, observationInterval } from '../../../lib/rollout/pace.ts';
import { allWell, atStep, T0 } from '../a-rollout.ts';

const timing = { ...cloudWatchTiming, metrics: { periodSeconds: 10, delaySeconds: 25 } };
const memory: LogMemory = newLogMemory('/aws/lambda/checkout');

/** A rollout that counts by its log, at its canary since T0. */
const watched = (changes: Partial<Rollout> = {}): Rollout => ({
  ...atStep(0, { alarms: [], evidence: {} }),
  logs: memory,
  ...changes,
});

const evidenceOf = ({ policy }: Rollout) => policy.evidence as NonNullable<Rollout['policy']['evidence']>;

const period = (second: number, errors = 0): Period => ({
  start: T0 + second,
  stable: { invocations: 90, errors: 0 },
  candidate: { invocations: 10, errors },
});

/** What a look sees that takes these periods in. */
function look(
  rollout: Rollout,
  periods: readonly Period[],
  until: number,
  changes: Partial<LogMemory> = {},
): Observation {
  const { settled, settledSeconds } = rollout.logs ?? memory;
  const from = rollout.trial.until ?? T0;
  const fresh = periods.filter(({ start }) => start >= from);
  const observation = {
    ...allWell(rollout, T0),
    periods,
    countedUntil: T0 + until,
    settled: { counts: settled, seconds: settledSeconds, until: from },
    isFinal: true,
    timing,
  };
  return {
    ...observation,
    logs: {
      ...(rollout.logs ?? memory),
      settled: counted(T0, observation).counts ?? noCounts,
      settledSeconds: settledSeconds + fresh.length * 10,
      ...changes,
    },
  };
}

const looked = (rollout: Rollout, observation: Observation, now: number): Rollout =>
  observeStep(rollout, [observation], T0 + now).rollout;

describe('a look at a log', () => {
  it('adds its periods to what was counted before', () => {
    const first = watched();
    const second = looked(first, look(first, [period(0), period(10)], 20), 45);
    expect(second).toMatchObject({ current: { candidate: { invocations: 20 } }, countedSeconds: 20 });
    const third = looked(second, look(second, [period(0), period(10), period(20)], 30), 55);
    expect(third).toMatchObject({ current: { candidate: { invocations: 30 } }, countedSeconds: 30 });
  });

  it('tries each period once, also if the used ones are shown again', () => {
    const first = watched();
    const bad = [period(0, 1), period(10)];
    const second = looked(first, look(first, bad, 20), 45);
    const third = looked(second, look(second, bad, 20), 55);
    expect(second.trial.now).not.toEqual(first.trial.now);
    expect(third.trial.now).toEqual(second.trial.now);
  });

  it('finds a candidate that fails by what several looks have seen together', () => {
    let rollout = watched();
    for (let second = 0; second < 60 && rollout.next !== 'revert'; second += 10) {
      rollout = looked(rollout, look(rollout, [period(second, 1)], second + 10), second + 35);
    }
    expect(rollout).toMatchObject({ next: 'revert' });
    expect(rollout.reason).toContain('42 fails');
  });

  it('waits for the next ten seconds, and not for a minute', () => {
    const first = watched();
    expect(looked(first, look(first, [], 20), 45).waitSeconds).toBe(10);
  });

  it('does not take a candidate for starved: the log may have requests of another alias', () => {
    const first = watched();
    const silent = [0, 10, 20, 30].map((second) => ({ ...period(second), candidate: noCounts.candidate }));
    expect(looked(first, look(first, silent, 40), 65).next).toBe('bake');
  });

  it('is remembered by the next step, whose counts begin anew', () => {
    const first = watched();
    const second = looked(first, look(first, [period(0)], 10), 35);
    const next = shifted({ ...second, wanted: routingAt(second, 1) }, cloudWatchTiming, T0 + 300).rollout;
    expect(next.logs).toMatchObject({ settled: noCounts, settledSeconds: 0, lagSeconds: second.logs?.lagSeconds });
    expect(next.waitSeconds).toBe(10);
  });
});

describe('a rollout whose log is given up', () => {
  const because = 'the log group does not exist';
  const first = watched();
  const counting = looked(first, look(first, [period(0), period(10)], 20), 45);
  const minutes = (rollout: Rollout, periods: readonly Period[], until: number): Observation => ({
    ...allWell(rollout, T0),
    periods,
    countedUntil: T0 + until,
    settled: { counts: rollout.logs?.settled ?? noCounts, seconds: 20, until: T0 + 60 },
    logs: { ...(rollout.logs ?? memory), minutesBecause: because },
  });

  it('goes on with minutes, and counts nothing twice', () => {
    const early = { ...period(0), stable: { invocations: 540, errors: 0 } };
    const whole = { ...period(60), candidate: { invocations: 60, errors: 0 } };
    const gone = looked(counting, minutes(counting, [early, whole], 120), 185);
    expect(gone).toMatchObject({ current: { candidate: { invocations: 80 } }, countedSeconds: 80 });
    const again = looked(gone, minutes(gone, [early, whole], 120), 200);
    expect(again).toMatchObject({ current: { candidate: { invocations: 80 } }, countedSeconds: 80 });
  });

  it('names the signals that only the log told', () => {
    const signals = [{ name: 'http-5xx', log: { field: 'statusCode', from: 500 } }];
    const policy = { ...first.policy, evidence: { ...evidenceOf(first), signals } };
    const gone = looked({ ...counting, policy }, minutes(counting, [], 60), 125);
    expect(gone.remarks[0]).toBe(
      `requests are counted by CloudWatch's minutes: ${because}; they do not tell signal http-5xx`,
    );
  });

  it('says so once in its remarks, at once in its reason, and at every decision', () => {
    const told = `requests are counted by CloudWatch's minutes: ${because}`;
    const gone = looked(counting, minutes(counting, [], 60), 125);
    expect(gone.remarks).toEqual([told]);
    expect(gone.reason).toContain(told);
    const again = looked(gone, minutes(gone, [], 60), 135);
    expect(again.remarks).toEqual([told]);
    expect(again.reason).not.toContain(told);
    const bad = { ...period(60), candidate: { invocations: 60, errors: 60 } };
    const ended = looked(again, minutes(again, [bad], 120), 185);
    expect(ended.next).toBe('revert');
    expect(ended.reason).toContain(told);
  });

  it('knows a starved candidate by the minutes that follow', () => {
    const silent = { ...period(60), stable: { invocations: 600, errors: 0 }, candidate: noCounts.candidate };
    expect(looked(counting, minutes(counting, [silent], 120), 185)).toMatchObject({ next: 'revert' });
  });
});

describe('the pace of looks at a log', () => {
  it('stretches with the plan, so that the history of an execution never gets full', () => {
    const steps = [{ weight: 10, bakeSeconds: 24 * 3600 }];
    const rollout = {
      ...atStep(0, { canary: undefined, batches: undefined, steps, evidence: { counts: 'logs' } }),
      logs: memory,
    };
    expect(observationInterval(rollout, timing)).toBe(90);
    expect(longestHoldSeconds(rollout, timing)).toBeGreaterThan(24 * 3600);
  });

  it('lets a person hold a rollout for more than a week', () => {
    expect(longestHoldSeconds(watched(), timing)).toBeGreaterThan(8 * 24 * 3600);
  });
});

describe('a document', () => {
  it('of a member takes no more for its log than room is kept for', () => {
    const busy = { invocations: 123_456_789, errors: 12_345_678 };
    const used = Array.from({ length: 18 }, (_, index) => ({
      start: T0 + index * 10,
      stable: busy,
      candidate: busy,
      lines: 123_456_789,
      lagSeconds: 119.9,
    }));
    const older = Array.from({ length: 42 }, (_, index) => ({ start: T0 - index * 10, lines: 123_456_789 }));
    const ran = {
      invocations: 123_456_789,
      coldStarts: 12_345_678.123456,
      initMilliseconds: 1_234_567_890.123456,
      billedMilliseconds: 1_234_567_890.123456,
    };
    const full = {
      ...memory,
      used,
      older,
      lookedBackAt: T0,
      durations: { stable: ran, candidate: ran },
      settled: { stable: busy, candidate: busy },
      minutesBecause: 'w'.repeat(250),
    };
    expect(JSON.stringify(full).length).toBeLessThan(6000);
  });

  it('of the release before remembers nothing of older periods and cold starts', () => {
    const { older, lookedBackAt, durations, ...before } = memory;
    const read = parseRollout(JSON.parse(JSON.stringify({ ...watched(), logs: before })));
    expect(read.logs).toEqual({ ...before, older, lookedBackAt, durations });
  });

  it('carries what is remembered of a log from one handler to the next', () => {
    const first = watched();
    const second = looked(first, look(first, [period(0)], 10, { late: 3, bytesScanned: 12 }), 35);
    expect(parseRollout(JSON.parse(JSON.stringify(second))).logs).toEqual(second.logs);
  });
});
