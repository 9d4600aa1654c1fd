import { describe, expect, it } from 'vitest';
import { announcementsOf, summaryOf } from '../../../lib/rollout/contracts/announcement.ts';
import { begun } from '../../../lib/rollout/decisions/begin.ts';
import { observeStep, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { type Change, quiet, updated, withEvent } from '../../../lib/rollout/document/change.ts';
import { reportOf } from '../../../lib/rollout/document/report.ts';
import { readStartInput, type StartRequest } from '../../../lib/rollout/document/start.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { allWell, aRollout, atStep, execution, periodsUntil, T0 } from '../a-rollout.ts';

const NOW = T0 + 420;

/** A look at a rollout, a tenth of whose candidate's requests failed. */
function observed(): Change {
  const before = atStep(1);
  const observation = {
    ...allWell(before, NOW),
    periods: periodsUntil(NOW, { invocations: 360, errors: 1 }, { invocations: 240, errors: 6 }),
  };
  return observeStep(before, [observation], NOW);
}

describe('what is announced', () => {
  it('is the start, with who started it', () => {
    const input = {
      function: 'checkout',
      alias: 'live',
      version: '42',
      startedBy: 'a test',
      policy: { preset: 'AllAtOnce' },
    };
    const change = begun(readStartInput(input).data as StartRequest, [], execution) as Change;
    expect(announcementsOf(change, NOW)).toMatchObject([
      { event: 'started', outcome: null, reason: 'started by a test', execution: execution.id, candidate: '42' },
    ]);
  });

  it('is every event of the change, and nothing if nothing happened', () => {
    expect(announcementsOf(observed(), NOW)).toEqual([]);
    expect(announcementsOf(shifted(aRollout(), cloudWatchTiming, T0), NOW)).toMatchObject([
      { event: 'shifted', weight: 10, outcome: null },
    ]);
  });

  it('is no request for an approval, which has an event of its own', () => {
    const asked = withEvent(quiet(atStep(0)), NOW, 'approvalRequested', 10, 'needs an approval');
    expect(announcementsOf(withEvent(asked, NOW, 'held', 10, 'freeze'), NOW)).toMatchObject([{ event: 'held' }]);
  });

  it('is the promotion at 100 %, also if the journal does not tell it', () => {
    const ended = updated(quiet(observed().rollout), { next: 'promoted', reason: 'all quiet' });
    expect(announcementsOf(ended, NOW)).toMatchObject([{ event: 'promoted', outcome: 'promoted', weight: 100 }]);
  });

  it('is a rollback with both versions, the reason, the evidence and the failed requests', () => {
    const why = 'alarm errors is in ALARM';
    const ended = updated(quiet(observed().rollout), { next: 'rolledBack', reason: why });
    expect(announcementsOf(withEvent(ended, NOW, 'reverted', 0, why), NOW)).toEqual([
      {
        schema: 1,
        event: 'reverted',
        outcome: 'rolledBack',
        summary: 'Sluice: checkout:live 41 -> 42 reverted at 0 %: alarm errors is in ALARM',
        execution: execution.id,
        function: 'checkout',
        alias: 'live',
        stable: '41',
        candidate: '42',
        weight: 0,
        reason: 'alarm errors is in ALARM',
        at: new Date(NOW * 1000).toISOString(),
        evidence: {
          alarms: ['checkout-errors'],
          rollout: { stable: { invocations: 2160, errors: 6 }, candidate: { invocations: 1440, errors: 36 } },
          step: { stable: { invocations: 2160, errors: 6 }, candidate: { invocations: 1440, errors: 36 } },
        },
        failedRequests: 36,
      },
    ]);
  });

  it.each(['rejected', 'cancelled', 'superseded', 'promoted'] as const)('is the end as %s, once', (next) => {
    const told = announcementsOf(quiet({ ...aRollout(), next, reason: 'so it is' }), NOW);
    expect(told).toMatchObject([{ event: next, outcome: next, reason: 'so it is' }]);
  });

  it('has a summary that can be put into a message as it is', () => {
    const told = { event: 'reverted', function: 'f', alias: 'a', stable: '1', candidate: '2', weight: 0 };
    expect(summaryOf({ ...told, reason: 'said "no" in C:\\' })).toBe(
      "Sluice: f:a 1 -> 2 reverted at 0 %: said 'no' in C:/",
    );
  });
});

describe('the report of a rollout', () => {
  it('holds steps, times, requests and failures per version, verdicts, approvals and cost', () => {
    const after = observed().rollout;
    const approved = { at: T0 + 10, weight: 40, verdict: 'approved' as const, by: 'ann', comment: 'looks good' };
    const report = reportOf({ ...after, approvals: [approved] }, 'rolledBack', NOW);
    expect(report).toMatchObject({
      schema: 1,
      outcome: 'rolledBack',
      function: 'checkout',
      versions: { stable: '41', candidate: '42' },
      startedBy: 'a test',
      seconds: 420,
      steps: [{ weight: 10 }, { weight: 40, seconds: 420, requests: { candidate: { invocations: 1440, errors: 36 } } }],
      requests: { candidate: { invocations: 1440, errors: 36 }, stable: { invocations: 2160, errors: 6 } },
      approvals: [{ at: '2026-01-01T00:00:10.000Z', by: 'ann', comment: 'looks good', verdict: 'approved' }],
    });
    expect(report.steps.at(-1)?.verdict).toContain('300 s at 40 % passed');
    expect(report.cost.usd).toBeGreaterThan(0);
  });
});
