import { describe, expect, it } from 'vitest';
import { begun } from '../../../lib/rollout/decisions/begin.ts';
import { observeStep, shifted } from '../../../lib/rollout/decisions/transitions.ts';
import { bounded, bytesOf, LONGEST_DOCUMENT } from '../../../lib/rollout/document/bounds.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import { newRollout } from '../../../lib/rollout/document/new-rollout.ts';
import { reportOf } from '../../../lib/rollout/document/report.ts';
import { parseRollout, type Rollout } from '../../../lib/rollout/document/rollout.ts';
import { MOST_MEMBERS, readStartInput, type StartRequest } from '../../../lib/rollout/document/start.ts';
import { roomForMembers } from '../../../lib/rollout/group/room.ts';
import { cloudWatchTiming, type Observation, type Period } from '../../../lib/rollout/observation.ts';
import type { Policy } from '../../../lib/rollout/policy/policy.ts';
import { aliasShowing, execution, T0 } from '../a-rollout.ts';

/** A group with names as long as they may be. */
function largest(count: number, policy: object): StartRequest & { readonly policy: Policy } {
  const members = Array.from({ length: count }, (_, index) => ({
    function: `arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:${String(index).padStart(64, 'f')}`,
    alias: 'a'.repeat(128),
    version: '4'.repeat(10),
  }));
  const input = { group: 'g'.repeat(128), members, policy, startedBy: '\u{ffff}'.repeat(256), stack: 's'.repeat(1024) };
  return readStartInput(input).data as StartRequest & { readonly policy: Policy };
}

const steps = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    weight: index === count - 1 ? 100 : index + 1,
    bakeSeconds: 600,
    approval: 'manual' as const,
  }));

const busy: Period['stable'] = { invocations: 123_456_789_012, errors: 123_456_789 };

function seenOf(member: Rollout, now: number): Observation {
  return {
    alias: { ...aliasShowing(member, member.seen), revisionId: 'r'.repeat(36) },
    alarms: member.policy.alarms.map((name) => ({ name, state: 'OK', reason: '', shape: null })),
    hold: null,
    periods: Array.from({ length: 5 }, (_, index) => ({
      start: now - 400 + 60 * index,
      stable: busy,
      candidate: busy,
      streams: { throttles: { stable: busy, candidate: busy }, latency: { stable: busy, candidate: busy } },
    })),
    timing: cloudWatchTiming,
  };
}

/** The largest document on the way of a group to its end, as handlers hand it on. */
function largestOnItsWay(started: Rollout): number {
  const revisions = { last: 'r'.repeat(36), left: Array(20).fill('r'.repeat(36)) };
  const known = { stable: '3'.repeat(10), before: '2'.repeat(10), warmedBeside: '3'.repeat(10), revisions };
  let rollout: Rollout = {
    ...started,
    ...known,
    others: started.others.map((other) => ({ ...other, ...known })),
    ignoredAlarms: started.policy.alarms,
    firedBefore: started.policy.alarms,
  };
  let most = 0;
  let now = T0;
  const take = (next: Rollout) => {
    rollout = bounded(next);
    most = Math.max(most, bytesOf(rollout));
  };
  const last = rollout.plan.length - 1;
  for (let step = 0; step <= last; step++) {
    const answered: Rollout = { ...rollout, approval: 'approved', answer: { by: '認'.repeat(500) } };
    rollout = shifted(answered, cloudWatchTiming, now).rollout;
    now += 600;
    if (step % 20 > 0 && step < last) continue;
    const observations = membersOf(rollout).map((member) => seenOf(member, now));
    take(observeStep(rollout, observations, now).rollout);
  }
  const ended: Rollout = { ...rollout, next: 'promoted' };
  take({ ...ended, report: reportOf(ended, 'promoted', now), passed: [] });
  expect(parseRollout(JSON.parse(JSON.stringify(rollout))).others).toHaveLength(started.others.length);
  return most;
}

describe('the document of the largest group', () => {
  it.each([
    ['an ordinary policy', MOST_MEMBERS, { canary: { weight: 10 }, batches: { count: 5 }, alarms: ['errors'] }],
    ['fifty steps and evidence', MOST_MEMBERS, { steps: steps(50), evidence: { latency: 'stableP99' } }],
    [
      'a hundred alarms',
      MOST_MEMBERS,
      { preset: 'AllAtOnce', alarms: Array.from({ length: 100 }, (_, i) => `${i}${'n'.repeat(60)}`) },
    ],
  ])('has room for the way to its end with %s', (_, count, policy) => {
    const started = newRollout(largest(count, policy), execution);
    expect(roomForMembers(started)).toBeGreaterThanOrEqual(count);
    expect(largestOnItsWay(started)).toBeLessThanOrEqual(LONGEST_DOCUMENT);
  });

  it('has room for as many members as are allowed beside a large policy', () => {
    const policy = {
      steps: steps(100),
      evidence: {},
      alarms: Array.from({ length: 100 }, (_, index) => `${index}${'認'.repeat(70)}`),
    };
    const room = roomForMembers(newRollout(largest(MOST_MEMBERS, policy), execution));
    expect(room).toBeGreaterThan(1);
    expect(room).toBeLessThan(MOST_MEMBERS);
    expect(largestOnItsWay(newRollout(largest(room, policy), execution))).toBeLessThanOrEqual(LONGEST_DOCUMENT);
  });

  it('is refused with the number if its policy leaves room for fewer members', () => {
    const policy = {
      steps: steps(100),
      alarms: Array.from({ length: 100 }, (_, index) => `${index}${'認'.repeat(200)}`),
    };
    expect(begun(largest(MOST_MEMBERS, policy), [], execution)).toMatchObject({
      next: 'rejected',
      reason: expect.stringMatching(
        /^members: expected at most \d+ beside the alarms and steps of this policy, .* found 20$/,
      ),
    });
  });

  it('is refused if its policy has metrics as signals, which do not tell of which function a version is', () => {
    const signal = { name: 'http-5xx', namespace: 'Checkout', failures: 'Http5xx', versionDimension: 'version' };
    const policy = { preset: 'AllAtOnce', evidence: { signals: [signal] } };
    expect(begun(largest(2, policy), [], execution)).toMatchObject({
      next: 'rejected',
      reason: expect.stringMatching(/^policy.evidence.signals: expected no metrics beside several members/),
    });
    expect(begun(largest(1, policy), [], execution)).toHaveProperty('rollout');
  });

  it('may have signals in logs, for each function has its own', () => {
    const signals = [{ name: 'http-5xx', log: { field: 'statusCode', from: 500 } }];
    const policy = { preset: 'AllAtOnce', evidence: { counts: 'logs', signals } };
    expect(begun(largest(2, policy), [], execution)).toHaveProperty('rollout');
  });
});
