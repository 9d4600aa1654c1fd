import { describe, expect, it } from 'vitest';
import { courseOfRollout } from '../../lib/page/course-of-rollout.ts';
import { approvalsOf, pageMembersOf, signalsOf } from '../../lib/page/of-rollout.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { atStep, T0 } from '../rollout/a-rollout.ts';

const counts = (stable: number, candidate: number, errors = 0) => ({
  stable: { invocations: stable, errors: 0 },
  candidate: { invocations: candidate, errors },
});

/** At 40 % for a minute, after five minutes at 10 %. */
const second: Rollout = {
  ...atStep(1),
  shiftedAt: T0 + 300,
  passed: [{ weight: 10, from: T0, until: T0 + 300, requests: counts(900, 100, 1), verdict: 'all well' }],
  current: counts(60, 40, 2),
  journal: [
    { at: T0 + 5, event: 'shifted', weight: 10, reason: 'first' },
    { at: T0 + 300, event: 'shifted', weight: 40, reason: 'second' },
  ],
  reason: 'is watched',
};

const at = (rollout: Rollout, seconds: number) => ({ at: T0 + seconds, rollout });
const course = (seconds: number, over = false) =>
  courseOfRollout([at(atStep(0), 60), at(second, 360)], { startedAt: T0, now: T0 + seconds, over });

describe('the course of a rollout', () => {
  it('has the events of its journal, in seconds since its start', () => {
    expect(course(360).events.map(({ second, event, weight }) => [second, event, weight])).toEqual([
      [5, 'shifted', 10],
      [300, 'shifted', 40],
    ]);
  });

  it('counts the requests of all steps at each look', () => {
    const { looks } = course(360);
    expect(looks.map(({ second, weight }) => [second, weight])).toEqual([
      [60, 10],
      [360, 40],
    ]);
    expect(looks[1]?.requests).toEqual(counts(960, 140, 3));
  });

  it('counts the requests of all members of a group', () => {
    const group = {
      ...second,
      passed: second.passed.map((step) => ({ ...step, inAll: counts(1000, 200, 5) })),
      others: [{ ...second, functionName: 'prices', earlier: null, last: null, current: counts(10, 20, 1) }],
    } as Rollout;
    const { looks, steps } = courseOfRollout([at(group, 360)], { startedAt: T0, now: T0 + 360, over: false });
    expect(looks[0]?.requests).toEqual(counts(1070, 260, 8));
    expect(steps.map(({ requests }) => requests.candidate.invocations)).toEqual([200, 60]);
  });

  it('has the steps that were taken, the current one until now', () => {
    expect(course(360).steps.map(({ weight, from, until, verdict }) => [weight, from, until, verdict])).toEqual([
      [10, 0, 300, 'all well'],
      [40, 300, 360, 'is watched'],
    ]);
  });

  it('foresees the steps to come, and foresees none once it is over', () => {
    expect(course(360).planned.map(({ weight, from }) => [weight, from])).toEqual([
      [70, 600],
      [100, 900],
    ]);
    expect(course(700).planned.map(({ from }) => from)).toEqual([700, 1000]);
    expect(course(360, true).planned).toEqual([]);
  });

  it('is empty before the first document', () => {
    const nothing = { events: [], looks: [], steps: [], planned: [] };
    expect(courseOfRollout([], { startedAt: T0, now: T0 + 7, over: false })).toEqual({ seconds: 7, ...nothing });
  });
});

describe('what a page tells of a rollout', () => {
  const stream = { stake: second.trial.now.comparison, counts: counts(1000, 0) };
  const now = { ...second.trial.now, streams: { 'http-5xx': stream } };
  const signalled: Rollout = { ...second, trial: { ...second.trial, now } };

  it('are its signals, with the share of each version', () => {
    expect(signalsOf(signalled)).toEqual([{ name: 'http-5xx', stable: '0 % (0 of 1,000)', candidate: 'no requests' }]);
  });

  it('is what requests to each version cost, if that is known', () => {
    const sizes = {
      stable: { megabytes: 1024, architecture: 'arm64' },
      candidate: { megabytes: 2048, architecture: 'arm64' },
    };
    const work = { requests: 1000, milliseconds: { stable: 100_000, candidate: 100_000 } };
    const costly: Rollout = { ...second, sizes, trial: { ...second.trial, now: { ...second.trial.now, work } } };
    expect(signalsOf(costly)).toEqual([{ name: 'cost of a million requests', stable: '$1.53', candidate: '$2.87' }]);
  });

  it('are the members of a group, also those that are left out or set by somebody else', () => {
    const prices = { ...second, functionName: 'prices', earlier: null, last: null };
    const group = {
      ...second,
      group: 'service',
      others: [prices],
      leftOut: [{ functionName: 'basket', aliasName: 'live', version: '7' }],
      leftTo: [
        {
          functionName: 'prices',
          aliasName: 'live',
          routing: { functionVersion: '9', additionalVersionWeights: { 8: 0.1 } },
        },
      ],
    } as Rollout;
    expect(pageMembersOf(group, T0 + 360).map(({ name, remark }) => [name, remark])).toEqual([
      ['checkout:live', ''],
      ['prices:live', 'set by somebody else: 9, 10 % 8'],
      ['basket:live', 'serves its version already and is left out'],
    ]);
    expect(pageMembersOf(second, T0 + 360)).toEqual([]);
  });

  it('are the answers to its requests for an approval', () => {
    const approvals = [
      { at: T0 + 30, weight: 40, verdict: 'approved', by: 'ann', comment: 'fine' },
      { at: T0 + 90, weight: 70, verdict: 'timedOut' },
    ] as const;
    expect(approvalsOf({ ...second, approvals }, (moment) => moment - T0)).toEqual([
      { second: 30, weight: 40, verdict: 'approved', by: 'ann', comment: 'fine' },
      { second: 90, weight: 70, verdict: 'no answer came in time', by: '', comment: '' },
    ]);
  });
});
