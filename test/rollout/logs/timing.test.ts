import { describe, expect, it } from 'vitest';
import { newLogMemory, noLog } from '../../../lib/rollout/logs/memory.ts';
import { expectedTimingOf, metricsTimingOf, timingOfRollout } from '../../../lib/rollout/logs/timing.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';

const minutes = cloudWatchTiming.metrics;
const logs = newLogMemory('g');

describe('the counts of a member', () => {
  it('by its log are of ten seconds, and as late as its lines', () => {
    expect(metricsTimingOf({ logs: { ...logs, lagSeconds: 7.2 } }, minutes)).toEqual({
      periodSeconds: 10,
      delaySeconds: 13,
    });
  });

  it.each([null, noLog('the log cannot be read')])('are minutes otherwise', (logs) => {
    expect(metricsTimingOf({ logs }, minutes)).toBe(minutes);
  });
});

describe('the counts under a policy', () => {
  it('are expected as people have measured a log, or as minutes', () => {
    expect(expectedTimingOf({ evidence: { counts: 'logs' } })).toEqual({ periodSeconds: 10, delaySeconds: 25 });
    expect(expectedTimingOf({ evidence: { counts: 'metrics' } })).toBe(minutes);
    expect(expectedTimingOf({})).toBe(minutes);
  });
});

describe('the counts of a group', () => {
  it('are as old as those of the slowest member', () => {
    const slow = { ...logs, lagSeconds: 60 };
    expect(timingOfRollout({ logs, others: [{ logs: slow }] }, cloudWatchTiming).metrics.delaySeconds).toBe(65);
    expect(timingOfRollout({ logs, others: [{ logs: noLog('so') }] }, cloudWatchTiming).metrics).toBe(minutes);
  });
});
