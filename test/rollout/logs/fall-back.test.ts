import { describe, expect, it } from 'vitest';
import { afterFailure, judged, type LogBudget } from '../../../lib/rollout/logs/fall-back.ts';
import { LONGEST_LAG_SECONDS } from '../../../lib/rollout/logs/lag.ts';
import { type LogMemory, newLogMemory } from '../../../lib/rollout/logs/memory.ts';

const memory: LogMemory = { ...newLogMemory('/aws/lambda/checkout'), lastSeenAt: 1000 };
const budget: LogBudget = { now: 1030, firstTrafficAt: 100, weight: 10, mostBytes: 50e9, late: 0 };
const why = (changes: Partial<LogMemory>, more: Partial<LogBudget> = {}) =>
  judged({ ...memory, ...changes }, { ...budget, ...more }).minutesBecause;

describe('a rollout goes on by the log', () => {
  it('while the log answers, in time and within its budget', () => {
    expect(why({})).toBeNull();
  });

  it('after one or two looks without an answer', () => {
    const failed = { reason: 'the query timed out', isFinal: false };
    const twice = afterFailure(afterFailure(memory, failed), failed);
    expect(twice).toMatchObject({ failures: 2, minutesBecause: null });
  });
});

describe('a rollout goes on by minutes', () => {
  it('after three looks in a row without an answer', () => {
    const failed = { reason: 'the query timed out', isFinal: false };
    expect(afterFailure({ ...memory, failures: 2 }, failed).minutesBecause).toBe('the query timed out');
  });

  it('at once if no other try would help', () => {
    expect(afterFailure(memory, { reason: 'no such group', isFinal: true }).minutesBecause).toBe('no such group');
  });

  it('once the queries have scanned more than the policy allows', () => {
    expect(why({ bytesScanned: 50e9 })).toBeNull();
    expect(why({ bytesScanned: 50.2e9 })).toBe(
      'queries of the log have scanned 50.2 GB, more than the policy allows (50.0 GB)',
    );
  });

  it('once the log has shown nothing for three minutes and a lag', () => {
    expect(why({}, { now: 1200 })).toBeNull();
    expect(why({}, { now: 1201 })).toBe('the log has shown no invocation for 180 s');
    expect(why({ lastSeenAt: null }, { now: 300 })).toBeNull();
    expect(why({ lastSeenAt: null }, { now: 301 })).toBe('the log has shown no invocation for 180 s');
  });

  it('once lines come later than is waited for, unless they are very few', () => {
    const used = [
      {
        start: 900,
        lines: 1000,
        lagSeconds: 20,
        stable: { invocations: 1, errors: 0 },
        candidate: { invocations: 0, errors: 0 },
      },
    ];
    expect(why({ used, lagSeconds: LONGEST_LAG_SECONDS }, { late: 10 })).toBeNull();
    expect(why({ used, lagSeconds: LONGEST_LAG_SECONDS }, { late: 11 })).toBe(
      'lines of the log come more than 120 s late',
    );
    expect(why({ used }, { late: 11 })).toBeNull();
  });

  it('once the log shows too few requests on the candidate: the metrics of the alias decide', () => {
    const settled = { stable: { invocations: 1000, errors: 0 }, candidate: { invocations: 2, errors: 0 } };
    expect(why({ settled })).toContain('it may have requests of another alias');
    expect(why({ settled: { ...settled, candidate: { invocations: 100, errors: 50 } } })).toBeNull();
  });
});
