import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withAnswer } from '../../../lib/rollout/decisions/approval.ts';
import { observeStep, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { bounded, bytesOf, ends, inBytes, LONGEST_DOCUMENT, MOST_BYTES } from '../../../lib/rollout/document/bounds.ts';
import { reportOf } from '../../../lib/rollout/document/report.ts';
import { parseRollout, type Rollout } from '../../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { allWell, aRollout, atStep, T0 } from '../a-rollout.ts';

/** Characters that take 1 to 6 bytes as JSON: what people write, and what programs write in their name. */
const text = fc
  .tuple(
    fc.constantFrom('a', 'é', '認', '🦥', '"', '\\', '\u0000', '\n', '\ud800', '\u202e'),
    fc.integer({ min: 0, max: 3000 }),
  )
  .map(([character, length]) => character.repeat(length));

const manual = (steps: number) =>
  Array.from({ length: steps }, (_, index) => ({
    weight: index === steps - 1 ? 100 : index + 1,
    bakeSeconds: 60,
    approval: 'manual' as const,
  }));

/** Takes a rollout with manual steps up to its end, every request answered the same way, each document as its handler hands it on. */
function approved(
  policy: Parameters<typeof aRollout>[0],
  answer: unknown,
): { readonly largest: number; last: Rollout } {
  let rollout = aRollout(policy);
  let largest = 0;
  let now = T0;
  const take = (next: Rollout) => {
    rollout = bounded(next);
    largest = Math.max(largest, bytesOf(rollout));
  };
  for (let step = 0; step < rollout.plan.length; step++) {
    take({ ...rollout, approval: 'asked', answer });
    now += 600;
    take(observeStep(rollout, [allWell(rollout, now)], now).rollout);
    take(shifted(rollout, cloudWatchTiming, now).rollout);
  }
  return { largest, last: rollout };
}

/** The largest policy that there may be: its alarms' names take three bytes a character. */
const largestPolicy = {
  canary: undefined,
  batches: undefined,
  settleSeconds: undefined,
  steps: manual(100).map((step) => ({ ...step, bakeSeconds: 100_000 })),
  alarms: Array.from({ length: 100 }, (_, index) => `${'認'.repeat(252)}${index}`),
  hooks: {
    beforeTraffic: Array(20).fill('h'.repeat(64)),
    eachStep: Array(20).fill('h'.repeat(64)),
    afterTraffic: Array(20).fill('h'.repeat(64)),
  },
};
const manySteps = (steps: number) => ({
  canary: undefined,
  batches: undefined,
  settleSeconds: undefined,
  steps: manual(steps),
});

describe('the document that a handler hands on', () => {
  it.each([
    ['a hundred comments of 199 wide characters', 100, { by: 'ada', comment: '認'.repeat(199) }],
    ['a hundred long names and comments', 100, { by: 'x'.repeat(490), comment: 'x'.repeat(490) }],
    ['a hundred long names and comments of wide characters', 100, { by: '認'.repeat(490), comment: '認'.repeat(490) }],
    ['thirty of them', 30, { by: '認'.repeat(490), comment: '認'.repeat(490) }],
  ])('leaves room for the next answer after %s', (_, steps, answer) => {
    const { largest, last } = approved(manySteps(steps), answer);
    expect(largest).toBeLessThanOrEqual(LONGEST_DOCUMENT);
    expect(last.step).toBe(steps - 1);
    expect(last.passed).toHaveLength(steps - 1);
  });

  it('has an approver\u2019s comment once', () => {
    const comment = 'looks good to me';
    const { last } = approved(manySteps(3), { by: 'ada', comment });
    expect(JSON.stringify(last).split(comment)).toHaveLength(3 + 1);
    expect(last.approvals).toEqual(Array(3).fill(expect.objectContaining({ by: 'ada', comment })));
    expect(last.passed[0]?.verdict).toContain('approved by ada');
  });

  it('stays below the limit of Step Functions under the largest policy, however much of it is ignored and whatever people answer', () => {
    const { largest } = approved(largestPolicy, { by: '認'.repeat(5000), comment: '"'.repeat(5000) });
    expect(largest).toBeLessThan(MOST_BYTES - 32_768);
    const ignoring = aRollout(largestPolicy);
    const { last } = approved({ ...largestPolicy }, { by: '認'.repeat(5000) });
    const all = bounded({ ...last, ignoredAlarms: ignoring.policy.alarms });
    expect(bytesOf(all)).toBeLessThan(MOST_BYTES - 32_768);
    expect(all.ignoredAlarms).toEqual(ignoring.policy.alarms);
  });

  it('is untouched while it is small', () => {
    const rollout = atStep(2);
    expect(bounded(rollout)).toBe(rollout);
  });

  it('fits whatever its record holds, and keeps all that decides how the rollout goes on', () => {
    const entry = text.map((reason) => ({ at: T0, event: 'held' as const, weight: 10, reason }));
    const answered = fc.record({
      at: fc.constant(T0),
      weight: fc.constant(10),
      verdict: fc.constant('approved' as const),
      by: text,
      comment: text,
    });
    const record = fc.record({
      reason: text,
      held: fc.option(text),
      answer: fc
        .oneof(fc.anything({ maxDepth: 1 }), fc.record({ by: text, comment: text, more: text }))
        .map((answer) => answer ?? null),
      error: fc.option(fc.record({ Error: fc.oneof(text, fc.constant(null)), Cause: fc.oneof(text, fc.constant('')) })),
      journal: fc.array(entry, { maxLength: 200 }),
      approvals: fc.array(answered, { maxLength: 100 }),
      remarks: fc.array(text, { maxLength: 300 }),
      notes: fc.array(text, { maxLength: 300 }),
    });
    fc.assert(
      fc.property(record, (fields) => {
        const rollout: Rollout = { ...atStep(1), ...fields };
        const handedOn = bounded(rollout);
        expect(bytesOf(handedOn)).toBeLessThanOrEqual(LONGEST_DOCUMENT);
        const record = [
          'reason',
          'held',
          'answer',
          'error',
          'journal',
          'approvals',
          'remarks',
          'notes',
          'passed',
          'report',
        ];
        const deciding = (document: Rollout) =>
          Object.fromEntries(Object.entries(document).filter(([field]) => !record.includes(field)));
        expect(deciding(handedOn)).toEqual(deciding(rollout));
        expect(handedOn.held === null).toBe(rollout.held === null);
        expect(parseRollout(JSON.parse(JSON.stringify(handedOn)))).toEqual(JSON.parse(JSON.stringify(handedOn)));
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the beginning and the latest entries of its record', () => {
    const journal = Array.from({ length: 200 }, (_, index) => ({
      at: T0 + index,
      event: 'held' as const,
      weight: 10,
      reason: '認'.repeat(2000),
    }));
    const { journal: kept } = bounded({ ...atStep(1), journal });
    expect(kept[0]).toMatchObject({ at: T0, reason: expect.stringContaining('認認') });
    expect(kept.at(-1)?.at).toBe(T0 + 199);
  });

  it('gets shorter texts before it loses entries', () => {
    const entry = { at: T0, event: 'held' as const, weight: 10, reason: 'x'.repeat(2000) };
    const { journal } = bounded({ ...atStep(1), journal: Array(200).fill(entry) });
    expect(journal).toHaveLength(200);
    expect(new Set(journal.map(({ reason }) => reason.length))).toEqual(new Set([600]));
  });

  it.each([100_000, 70_000, 50_000, 35_000, 20_000, 12_000, 6000, 3000])(
    'keeps a quarter of a long record at least if there is room for %d bytes of it',
    (room) => {
      const entry = { at: T0, event: 'held' as const, weight: 10, reason: 'x'.repeat(2000) };
      const rest = bytesOf({ ...atStep(1), journal: [] });
      const shorter = bounded({ ...atStep(1), journal: Array(200).fill(entry) }, rest + room);
      expect(bytesOf(shorter) - rest).toBeLessThanOrEqual(room);
      expect(bytesOf(shorter.journal)).toBeGreaterThanOrEqual(room / 4);
    },
  );

  it('keeps the beginning of what an approver said, and no more', () => {
    const words = { by: '認'.repeat(500), comment: '証'.repeat(500) };
    const approvals = Array(100).fill({ at: T0, weight: 10, verdict: 'approved', ...words });
    const [kept] = bounded({ ...atStep(1), approvals }).approvals;
    expect(kept?.comment).toMatch(/^証{9,400}\.\.\.$/);
    expect(kept?.by).toMatch(/^認{9,400}\.\.\.$/);
  });

  it('is bounded together with its report', () => {
    const words = { by: '認'.repeat(500), comment: '認'.repeat(500) };
    const approvals = Array(100).fill({ at: T0, weight: 10, verdict: 'approved', ...words });
    const known = Array(300).fill('認'.repeat(500));
    const rollout: Rollout = { ...atStep(1), next: 'promoted', approvals, remarks: known, notes: known };
    const ended = bounded({ ...rollout, report: reportOf(rollout, 'promoted', T0 + 600) });
    expect(bytesOf(ended)).toBeLessThanOrEqual(LONGEST_DOCUMENT);
    expect(ended.report?.steps).toHaveLength(2);
    expect(ended.report).toMatchObject({ remarks: ended.remarks, notes: ended.notes });
    expect(ended.report?.approvals.length).toBe(ended.approvals.length);
  });
});

describe('an answer that is too long for Step Functions', () => {
  it('is no answer: the approval is asked for again', () => {
    const asked: Rollout = {
      ...atStep(0),
      approval: 'asked',
      error: {
        Error: 'States.DataLimitExceeded',
        Cause: 'The state returned a result with a size exceeding the maximum',
      },
    };
    expect(withAnswer(asked, T0 + 60).rollout).toMatchObject({ approval: 'none', error: null, approvals: [] });
  });
});

describe('a text in bytes', () => {
  it('never takes more than it may, has no half characters, and is whole if it fits', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 5000 }), (given, most) => {
        const short = inBytes(given, most);
        expect(bytesOf(short) - 2).toBeLessThanOrEqual(most);
        expect(short.isWellFormed()).toBe(true);
      }),
    );
    expect(inBytes('認認認', 9)).toBe('認認認');
    expect(inBytes('認認認', 8)).toBe('認...');
    expect(inBytes('"ab"', 6)).toBe('"ab"');
    expect(inBytes('abcdef', 5)).toBe('ab...');
    expect(inBytes('abc', 2)).toBe('');
  });

  it('keeps both ends of a list', () => {
    expect(ends([1, 2, 3, 4, 5], 3)).toEqual([1, 2, 5]);
    expect(ends([1, 2], 3)).toEqual([1, 2]);
  });
});
