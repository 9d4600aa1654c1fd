import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodAt } from '../../../lib/rollout/logs/answer.ts';
import { delayOf } from '../../../lib/rollout/logs/lag.ts';
import { type LogMemory, newLogMemory } from '../../../lib/rollout/logs/memory.ts';
import { queriedFrom, type TakenIn, takenIn, usableFrom } from '../../../lib/rollout/logs/take-in.ts';
import type { Period } from '../../../lib/rollout/observation.ts';
import { answerAt, type Line } from './a-log.ts';

const versions = { stable: '41', candidate: '42', slowerThan: 800, signals: [{ name: 'http-5xx' }] };
const empty = { rows: [], signals: [], bytesScanned: 0 };

/** Looks at a log, one after the other, from second 0 on. */
function looksAt(lines: readonly Line[], moments: readonly number[]) {
  let memory: LogMemory = newLogMemory('/aws/lambda/checkout');
  let until = 0;
  const periods: Period[] = [];
  const steps: TakenIn[] = [];
  const ranges: number[] = [];
  for (const now of moments) {
    const from = usableFrom(until, now);
    const queried = queriedFrom(memory, from, now);
    ranges.push(now - queried);
    const answer = answerAt(lines, now, queried);
    const taken = takenIn(memory, answer, { ...versions, from, stepFrom: 0, now });
    if (!taken) continue;
    steps.push(taken);
    periods.push(...taken.periods);
    ({ memory, until } = taken);
  }
  return { memory, until, periods, steps, ranges };
}

const line = (id: number, endedAt: number, changes: Partial<Line> = {}): Line => ({
  id,
  version: '41',
  endedAt,
  failed: false,
  lagSeconds: 3,
  againAfter: null,
  ...changes,
});

/** One invocation of the stable version each second. */
const steady = (seconds: number, changes: (id: number) => Partial<Line> = () => ({})): Line[] =>
  Array.from({ length: seconds }, (_, id) => line(id, id, changes(id)));

const every10 = (until: number): number[] => Array.from({ length: until / 10 }, (_, index) => (index + 1) * 10);

const arbitraryLine = fc.record({
  version: fc.constantFrom('41', '42', '43', '$LATEST'),
  endedAt: fc.integer({ min: 0, max: 400 }),
  failed: fc.boolean(),
  slow: fc.boolean(),
  cold: fc.boolean(),
  failedBySignal: fc.boolean(),
  lagSeconds: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 400 })),
  againAfter: fc.option(fc.integer({ min: 0, max: 400 })),
});
const arbitraryLines = fc
  .array(arbitraryLine, { maxLength: 60 })
  .map((lines) => lines.map((each, id): Line => ({ ...each, id })));
const arbitraryMoments = fc
  .array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 })
  .map((moments) => moments.toSorted((a, b) => a - b));

describe('counts of a log', () => {
  it('hold each invocation once at most and for its own version, whatever the order, lag and duplication of its lines', () => {
    fc.assert(
      fc.property(arbitraryLines, arbitraryMoments, (lines, moments) => {
        const { periods, memory } = looksAt(lines, moments);
        const starts = periods.map(({ start }) => start);
        expect(new Set(starts).size).toBe(starts.length);
        for (const { start, stable, candidate, streams } of periods) {
          for (const [version, counts] of [
            ['41', stable],
            ['42', candidate],
          ] as const) {
            const ended = lines.filter(
              (each) => each.version === version && each.endedAt >= start && each.endedAt < start + 10,
            );
            expect(counts.invocations).toBeLessThanOrEqual(ended.length);
            expect(counts.errors).toBeLessThanOrEqual(ended.filter(({ failed }) => failed).length);
            const role = version === '41' ? 'stable' : 'candidate';
            const slow = streams?.['latency']?.[role];
            expect(slow?.invocations).toBe(counts.invocations);
            expect(slow?.errors).toBeLessThanOrEqual(ended.filter((each) => each.slow).length);
            const told = streams?.['http-5xx']?.[role].errors ?? 0;
            expect(told).toBeLessThanOrEqual(ended.filter(({ failedBySignal }) => failedBySignal).length);
          }
        }
        const { durations } = memory;
        const all = (role: 'stable' | 'candidate') => periods.reduce((sum, each) => sum + each[role].invocations, 0);
        expect([durations.stable.invocations, durations.candidate.invocations]).toEqual([
          all('stable'),
          all('candidate'),
        ]);
      }),
    );
  });

  it('that were used are never changed, and their sum is that of the step', () => {
    fc.assert(
      fc.property(arbitraryLines, arbitraryMoments, (lines, moments) => {
        const { periods, memory } = looksAt(lines, moments);
        const sum = (role: 'stable' | 'candidate') =>
          periods.reduce((total, period) => total + period[role].invocations, 0);
        expect(memory.settled.stable.invocations).toBe(sum('stable'));
        expect(memory.settled.candidate.invocations).toBe(sum('candidate'));
        expect(memory.settledSeconds).toBe(periods.length * 10);
      }),
    );
  });

  it('lack none of the lines that come as late as others did before', () => {
    const lines = steady(300, (id) => ({ lagSeconds: 5 + (id % 7) }));
    const { periods, memory } = looksAt(lines, every10(400));
    expect(periods.slice(0, 29).every(({ stable }) => stable.invocations === 10)).toBe(true);
    expect(memory.late).toBe(0);
  });

  it('are used as soon as the lag that was seen allows', () => {
    const { until } = looksAt(steady(300), every10(300));
    expect(until).toBe(290);
  });
});

describe('a line that comes late', () => {
  const late = steady(400, (id) => (id === 100 ? { lagSeconds: 70 } : {}));

  it('changes no count, is told, and makes the lag longer', () => {
    const before = looksAt(late, every10(160));
    const after = looksAt(late, every10(180));
    expect(before.memory.late).toBe(0);
    expect(after.memory.late).toBe(1);
    expect(after.memory.lagSeconds).toBeGreaterThan(before.memory.lagSeconds + 40);
    expect(after.periods.find(({ start }) => start === 100)?.stable.invocations).toBe(9);
  });

  it('is told once', () => {
    expect(looksAt(late, every10(390)).memory.late).toBe(1);
  });

  it.each([150, 300, 450])('is told also if it comes after %d s, some minutes later', (lagSeconds) => {
    const lines = steady(1200, (id) => (id === 100 ? { lagSeconds } : {}));
    const { memory, periods } = looksAt(lines, every10(1200));
    expect(memory.late).toBe(1);
    expect(periods.find(({ start }) => start === 100)?.stable.invocations).toBe(9);
  });

  it('is looked for among ten minutes of lines every five minutes, and else among those of the last minutes', () => {
    const lines = steady(1800);
    const { ranges } = looksAt(lines, every10(1800));
    const long = ranges.filter((seconds) => seconds > 130);
    expect(long.length).toBeGreaterThan(3);
    expect(long.length).toBeLessThan(7);
    expect(Math.max(...ranges)).toBeLessThanOrEqual(630);
  });

  it('makes the lag longer even if the log says that it was in time', () => {
    const memory = {
      ...newLogMemory('g'),
      lagSeconds: 20,
      used: [{ ...periodAt(0, empty, versions, versions), lines: 0, lagSeconds: 20 }],
    };
    const answer = answerAt([line(1, 5)], 40, 0);
    const taken = takenIn(memory, answer, { ...versions, from: 10, stepFrom: 0, now: 40 });
    expect(taken?.memory).toMatchObject({ late: 1, lagSeconds: 30 });
  });
});

describe('one line in twenty that comes a minute late', () => {
  const lines = steady(1200, (id) => ({ lagSeconds: id % 20 === 7 ? 65 : 6 }));

  it('makes the lag no longer than it is', () => {
    expect(looksAt(lines, every10(1200)).memory.lagSeconds).toBe(65);
  });

  it('is lost only until the lag is known', () => {
    const { periods, memory } = looksAt(lines, every10(1200));
    const lost = (from: number, until: number) =>
      periods
        .filter(({ start }) => start >= from && start < until)
        .reduce((sum, { stable }) => sum + 10 - stable.invocations, 0);
    expect(lost(0, 1100)).toBeLessThan(10);
    expect(lost(200, 1100)).toBe(0);
    expect(memory.late).toBe(lost(0, 1100));
  });
});

describe('a period', () => {
  it('is not closed while the log stands still: nothing later has come', () => {
    const stalled = steady(300, (id) => (id >= 95 ? { lagSeconds: 300 } : {}));
    const { until } = looksAt(stalled, every10(140));
    expect(until).toBe(90);
  });

  it('is closed by a long silence', () => {
    const { until } = looksAt(steady(95), every10(300));
    expect(until).toBeGreaterThan(200);
  });

  it('that ended long ago counts for nobody, and the later ones do', () => {
    const lines = steady(3000);
    const { periods } = looksAt(lines, [100, 2500, 2510]);
    expect(periods.some(({ start }) => start > 100 && start < 1600)).toBe(false);
    expect(periods.at(-1)?.start).toBeGreaterThan(2460);
  });
});

describe('an answer', () => {
  it('that lacks lines which an earlier one had is not taken in', () => {
    const { memory, until } = looksAt(steady(100), every10(100));
    const look = { ...versions, from: until, stepFrom: 0, now: 110 };
    expect(takenIn(memory, empty, look)).toBeNull();
  });

  it('without a line closes nothing before a minute has passed', () => {
    const memory = newLogMemory('g');
    const at = (now: number) => takenIn(memory, empty, { ...versions, from: 0, stepFrom: 0, now })?.until;
    expect(at(60)).toBe(0);
    expect(at(60 + delayOf(memory) + 30)).toBe(30);
  });
});
