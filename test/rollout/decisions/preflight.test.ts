import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeShift } from '../../../lib/rollout/alias/description.ts';
import {
  looksForEarlier,
  preflight as preflightChange,
  type StartFacts,
  type VersionFacts,
} from '../../../lib/rollout/decisions/preflight.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { startInputSchema } from '../../../lib/rollout/document/start.ts';
import { aRollout, T0 } from '../a-rollout.ts';

const version = (name: string, facts: Partial<VersionFacts> = {}): VersionFacts => ({
  version: name,
  state: 'Active',
  stateReason: '',
  role: 'arn:aws:iam::123456789012:role/checkout',
  deadLetterTarget: '',
  ...facts,
});

const ready: StartFacts = {
  alias: { ...allTrafficTo('41'), description: '', revisionId: 'r1' },
  stable: version('41'),
  candidate: version('42'),
  alarms: [{ name: 'checkout-errors', state: 'OK', reason: '', shape: null }],
  hold: null,
  provisionedConcurrency: false,
  stackStatus: null,
};

/** The document after preflight. */
const preflight = (...given: Parameters<typeof preflightChange>): Rollout => preflightChange(...given).rollout;

const ownedBy = (execution: string, startedAt: number) => ({
  ...split('41', '43', 10),
  description: describeShift({ stable: '41', candidate: '43', weight: 10, execution, startedAt }, { number: 1, of: 4 }),
  revisionId: 'r1',
});

describe('a rollout with adaptive weights', () => {
  const adaptive = { canary: undefined, batches: undefined, settleSeconds: undefined, adaptive: {} } as const;
  const history = { counts: { invocations: 1000, errors: 1 }, requestsPerSecond: 3 };

  it('begins with the weight that the traffic of late allows, and remembers the last day', () => {
    const rollout = preflight(aRollout(adaptive), { ...ready, history }, T0);
    expect(rollout).toMatchObject({ next: 'shift', wanted: split('41', '42', 4), history });
    expect(rollout.plan.map(({ weight }) => weight)).toEqual([4, 100]);
  });

  it('begins with one percent if the traffic is not known', () => {
    expect(preflight(aRollout(adaptive), { ...ready, history: null }, T0).wanted).toEqual(split('41', '42', 1));
  });
});

describe('a rollout that finds another one of its alias', () => {
  const owned = (candidate: string, weight: number) => ({
    ...split('41', candidate, weight),
    description: describeShift(
      { stable: '41', candidate, weight, execution: 'deploy-6', startedAt: T0 - 60 },
      { number: 1, of: 4 },
    ),
    revisionId: 'r1',
  });

  it('joins it if it leads to the same version, whatever else is in the way', () => {
    const earlier = { execution: 'deploy-6', candidate: '42' };
    const joined = preflight(aRollout(), { ...ready, alias: owned('42', 100), earlier, hold: 'x' }, T0);
    expect(joined).toMatchObject({
      next: 'awaitCommit',
      joined: 'deploy-6',
      reason: expect.stringContaining('whose policy goes on'),
    });
    const waiting = { running: true, status: 'RUNNING', error: null, reason: '' };
    expect(preflight(joined, { ...ready, joined: waiting }, T0 + 5)).toMatchObject({ next: 'awaitCommit' });
  });

  it('does not join one to another version', () => {
    const earlier = { execution: 'deploy-6', candidate: '43' };
    expect(preflight(aRollout(), { ...ready, earlier }, T0)).toMatchObject({ next: 'shift', joined: null });
  });

  it.each([
    ['SUCCEEDED', null, 'promoted', 2],
    ['FAILED', 'RolledBack', 'rolledBack', 2],
    ['FAILED', 'RolledBack', 'rejected', 1],
    ['FAILED', 'Superseded', 'superseded', 2],
    ['FAILED', 'Cancelled', 'cancelled', 2],
    ['FAILED', 'Rejected', 'rejected', 2],
    ['FAILED', 'RevertFailed', 'rejected', 2],
    ['ABORTED', null, 'rejected', 2],
    ['TIMED_OUT', null, 'rejected', 2],
  ] as const)(
    'ends as the one that it has joined: %s, %s is %s under definition %d',
    (status, error, next, definition) => {
      const joined = { running: false, status, error, reason: 'so it went' };
      const rollout = { ...aRollout(), joined: 'deploy-6', definition };
      const ended = preflight(rollout, { ...ready, joined }, T0);
      expect(ended).toMatchObject({ next, reason: expect.stringContaining('so it went') });
    },
  );

  it('asks for its own provisioned concurrency once the one that it has joined has promoted the version', () => {
    const joined = { running: false, status: 'SUCCEEDED', error: null, reason: 'so it went' };
    const rollout = { ...aRollout(), joined: 'deploy-6', provisionedConcurrency: 5 };
    const serving = { ...ready, joined, alias: { ...allTrafficTo('42'), description: '', revisionId: 'r' } };
    expect(preflight(rollout, serving, T0)).toMatchObject({ next: 'warm', toRelease: true });
    expect(preflight({ ...rollout, warmed: true }, serving, T0)).toMatchObject({ next: 'promoted' });
    expect(preflight(rollout, { ...ready, joined }, T0)).toMatchObject({ next: 'promoted' });
  });

  it('is rejected if the one that it has joined is gone, and moves no traffic', () => {
    expect(preflight({ ...aRollout(), joined: 'deploy-6' }, { ...ready, joined: null }, T0)).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('is gone'),
    });
  });

  it('looks for one at its first look, and when the alias shows one, until it has joined', () => {
    const { alias } = ready;
    if (!alias) throw new Error('expected an alias');
    const committed = { ...aRollout(), committed: true };
    expect(looksForEarlier(aRollout(), alias)).toBe(true);
    expect(looksForEarlier(committed, alias)).toBe(false);
    expect(looksForEarlier(committed, owned('42', 10))).toBe(true);
    expect(looksForEarlier(committed, owned('43', 10))).toBe(false);
    expect(looksForEarlier({ ...committed, joined: 'deploy-6' }, owned('42', 10))).toBe(false);
  });

  it('tells whose traffic it takes, and which version stays stable', () => {
    const { next, reason } = preflight(aRollout(), { ...ready, alias: owned('43', 100) }, T0);
    expect(next).toBe('shift');
    expect(reason).toMatch(
      /43, which had 100 % .*deploy-6.* loses its traffic: 41, the version before it, stays stable/,
    );
  });

  it('waits for its settle if the policy says so, for a day at the most, and tells both', () => {
    const patient = aRollout({ onConflict: 'waitForSettle' });
    const settling = { ...ready, alias: owned('43', 100) };
    const waiting = preflight(patient, settling, T0);
    expect(waiting).toMatchObject({
      next: 'awaitCommit',
      settlingSince: T0,
      reason: expect.stringContaining('to settle at 100 %'),
    });
    expect(preflight(waiting, settling, T0 + 24 * 3600 - 1)).toMatchObject({ next: 'awaitCommit', settlingSince: T0 });
    expect(preflight(waiting, settling, T0 + 24 * 3600)).toMatchObject({
      next: 'shift',
      reason: expect.stringContaining('for the day that this rollout has waited'),
    });
    expect(preflight(patient, { ...ready, alias: owned('43', 70) }, T0)).toMatchObject({ next: 'shift' });
  });

  it('tells of a hold that began while it waited for another rollout to settle, once it looks at it', () => {
    const settling = { ...ready, alias: owned('43', 100), hold: 'freeze' };
    const policy = { onConflict: 'waitForSettle' } as const;
    const waiting = preflight(aRollout(policy), settling, T0);
    const held = preflight(waiting, { ...ready, hold: 'freeze' }, T0 + 5);
    expect(waiting).toMatchObject({ next: 'awaitCommit', held: null, journal: [] });
    expect(held.journal.map((entry) => entry.event)).toEqual(['held']);
  });
});

describe('preflight', () => {
  it('lets a rollout start from what the alias serves', () => {
    const checked = preflight(aRollout(), ready, T0);
    expect(checked).toMatchObject({
      next: 'shift',
      stable: '41',
      seen: allTrafficTo('41'),
      wanted: split('41', '42', 10),
    });
  });

  it('tells if a hang of the candidate shows only after a step, also who approves the first weight', () => {
    const slow = { ...ready, candidate: version('42', { timeoutSeconds: 900 }) };
    const told = "a hang of 900 s (the function's timeout) shows only after the 300 s of the step at 10 %";
    expect(preflight(aRollout(), slow, T0)).toMatchObject({ next: 'shift', reason: expect.stringContaining(told) });
    const asked = aRollout({ canary: { weight: 10, bakeSeconds: 300, approval: 'manual' } });
    expect(preflight(asked, slow, T0).journal).toMatchObject([
      { event: 'approvalRequested', reason: expect.stringContaining(told) },
    ]);
    const quick = { ...ready, candidate: version('42', { timeoutSeconds: 3 }) };
    expect(preflight(aRollout(), quick, T0).reason).not.toContain('hang');
  });

  it.each([
    ['the alias does not exist', { alias: null }, 'does not exist'],
    [
      'the alias serves $LATEST',
      { alias: { ...allTrafficTo('$LATEST'), description: '', revisionId: 'r' } },
      'beside which Lambda takes no weights',
    ],
    ['the candidate is not published', { candidate: null }, 'publish it first'],
    [
      'the candidate failed to be created',
      { candidate: version('42', { state: 'Failed', stateReason: 'no image' }) },
      'no image',
    ],
    ['the roles differ', { candidate: version('42', { role: 'arn:other' }) }, 'different execution roles'],
    [
      'the dead-letter queues differ',
      { candidate: version('42', { deadLetterTarget: 'arn:dlq' }) },
      'dead-letter queues',
    ],
    ['the alias has provisioned concurrency', { provisionedConcurrency: true }, 'provisioned concurrency'],
    [
      'an alarm does not exist',
      { alarms: [{ name: 'a', state: 'missing', reason: '', shape: null }] },
      'cannot be found',
    ],
    [
      'an alarm fires already',
      { alarms: [{ name: 'a', state: 'ALARM', reason: '', shape: null }] },
      'is in ALARM already',
    ],
    [
      'the alias carries weights that a person set',
      { alias: { ...split('41', '40', 20), description: '', revisionId: 'r' } },
      'clear them first',
    ],
  ] as [string, Partial<StartFacts>, string][])('rejects the start, with the reason, where %s', (_, facts, reason) => {
    const checked = preflight(aRollout(), { ...ready, ...facts }, T0);
    expect(checked).toMatchObject({ next: 'rejected', reason: expect.stringContaining(reason) });
  });

  it('lets a fix ship while an alarm fires, where the policy says so', () => {
    const facts: StartFacts = {
      ...ready,
      alarms: [{ name: 'checkout-errors', state: 'ALARM', reason: '', shape: null }],
    };
    expect(preflight(aRollout({ alarmsAlreadyFiring: 'ignore' }), facts, T0)).toMatchObject({
      next: 'shift',
      ignoredAlarms: ['checkout-errors'],
    });
  });

  it('waits for a version that is still being created', () => {
    const facts = { ...ready, candidate: version('42', { state: 'Pending' }) };
    expect(preflight(aRollout(), facts, T0)).toMatchObject({ next: 'awaitCommit', waitSeconds: 5 });
    expect(preflight({ ...aRollout(), pendingLooks: 148 }, facts, T0)).toMatchObject({ next: 'awaitCommit' });
    expect(preflight({ ...aRollout(), pendingLooks: 149 }, facts, T0)).toMatchObject({
      next: 'rejected',
      reason: 'version 42 is still Pending after 150 looks: version 42 is still being created',
    });
  });

  it('looks 800 times at the most, and then says what it waited for', () => {
    const waiting = { ...aRollout(), reason: 'held: freeze' };
    expect(preflight({ ...waiting, preflights: 799 }, { ...ready, hold: 'freeze' }, T0)).toMatchObject({
      next: 'awaitCommit',
      preflights: 800,
    });
    expect(preflight({ ...waiting, preflights: 800 }, ready, T0)).toMatchObject({
      next: 'rejected',
      reason: 'it could not start in 800 looks: held: freeze',
    });
  });

  it('waits for a version that sleeps, and says how to wake it', () => {
    const facts = { ...ready, candidate: version('42', { state: 'Inactive', stateReason: 'The function is idle' }) };
    expect(preflight(aRollout(), facts, T0)).toMatchObject({
      next: 'awaitCommit',
      reason: expect.stringContaining('wake it: aws lambda invoke --function-name checkout:42 /dev/null'),
    });
    expect(preflight({ ...aRollout(), pendingLooks: 200 }, facts, T0)).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('still Inactive after'),
    });
  });

  it.each(['Deactivating', 'Deactivated', 'ActiveNonInvocable', 'Deleting', 'Unknown', 'NewInNextYear'])(
    'lets no traffic go to a version that cannot be invoked: %s',
    (state) => {
      const facts = { ...ready, candidate: version('42', { state }) };
      expect(preflight(aRollout(), facts, T0)).toMatchObject({
        next: 'rejected',
        reason: expect.stringContaining('only an Active version can be invoked'),
      });
    },
  );

  it('lets a fix ship whatever the state of the version that is served', () => {
    const facts = { ...ready, stable: version('41', { state: 'Failed' }), candidate: version('42') };
    expect(preflight(aRollout(), facts, T0)).toMatchObject({
      next: 'shift',
      notes: [expect.stringContaining('version 41 is Failed')],
    });
  });

  it('waits until the stack that deployed it has committed, and asks no more then', () => {
    const waiting = preflight(aRollout(), { ...ready, alias: null, stackStatus: 'UPDATE_IN_PROGRESS' }, T0);
    expect(waiting).toMatchObject({ next: 'awaitCommit', reason: expect.stringContaining('UPDATE_IN_PROGRESS') });
    const held = preflight(
      waiting,
      { ...ready, hold: 'freeze', stackStatus: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
      T0 + 5,
    );
    const later = preflight(held, { ...ready, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' }, T0 + 600);
    expect(later.next).toBe('shift');
  });

  it.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', 'ROLLBACK_COMPLETE', 'DELETE_COMPLETE'])(
    'is cancelled where the stack did not commit: %s',
    (stackStatus) => {
      expect(preflight(aRollout(), { ...ready, stackStatus }, T0)).toMatchObject({ next: 'cancelled' });
    },
  );

  it('waits for a stack that failed without rolling back: the next deploy goes on from there', () => {
    expect(preflight(aRollout(), { ...ready, stackStatus: 'UPDATE_FAILED' }, T0)).toMatchObject({
      next: 'awaitCommit',
    });
  });

  it('waits while the function is held, and says so once', () => {
    const held = preflight(aRollout(), { ...ready, hold: 'freeze' }, T0);
    const again = preflight(held, { ...ready, hold: 'freeze' }, T0 + 5);
    const resumed = preflight(again, ready, T0 + 10);
    expect(again).toMatchObject({ next: 'awaitCommit', reason: 'held: freeze' });
    expect(resumed.next).toBe('shift');
    expect(resumed.journal.map((entry) => entry.event)).toEqual(['held', 'resumed']);
  });

  it('tells of a hold while the version sleeps, and of its end', () => {
    const sleeping = { ...ready, candidate: version('42', { state: 'Inactive', stateReason: 'The function is idle' }) };
    const held = preflight(aRollout(), { ...sleeping, hold: 'freeze' }, T0);
    const asleep = preflight(held, sleeping, T0 + 5);
    expect(held).toMatchObject({ next: 'awaitCommit', held: 'freeze', pendingLooks: 0, reason: 'held: freeze' });
    expect(asleep).toMatchObject({ next: 'awaitCommit', held: null, pendingLooks: 1 });
    expect(asleep.reason).toContain('version 42 is Inactive');
    expect(asleep.journal.map((entry) => entry.event)).toEqual(['held', 'resumed']);
  });

  it('has nothing to do where the alias serves the candidate already', () => {
    const facts = { ...ready, alias: { ...allTrafficTo('42'), description: '', revisionId: 'r' } };
    expect(preflight(aRollout(), facts, T0)).toMatchObject({
      next: 'promoted',
      reason: expect.stringContaining('nothing to do'),
    });
  });

  it('remembers no version before the stable one if the alias tells of none', () => {
    expect(preflight(aRollout(), ready, T0).before).toBeNull();
  });

  it('asks for approval before the first weight where the policy wants it', () => {
    const manual = aRollout({
      canary: undefined,
      batches: undefined,
      steps: [{ weight: 5, bakeSeconds: 60, approval: 'manual' }],
    });
    const asked = preflight(manual, ready, T0);
    expect(asked).toMatchObject({ next: 'awaitApproval', approval: 'asked' });
    expect(preflight({ ...asked, approval: 'approved' }, ready, T0)).toMatchObject({ next: 'shift' });
  });
});

describe('a start during another rollout', () => {
  it('supersedes the older one', () => {
    expect(preflight(aRollout(), { ...ready, alias: ownedBy('deploy-6', T0 - 60) }, T0)).toMatchObject({
      next: 'shift',
      stable: '41',
      seen: split('41', '43', 10),
    });
  });

  it('is rejected where the policy says so', () => {
    expect(
      preflight(aRollout({ onConflict: 'reject' }), { ...ready, alias: ownedBy('deploy-6', T0 - 60) }, T0),
    ).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('deploy-6'),
    });
  });

  it('gives way to a rollout that started later, and tells so', () => {
    const change = preflightChange(aRollout(), { ...ready, alias: ownedBy('deploy-8', T0 + 1) }, T0);
    const reason = 'execution deploy-8, which started later, has had the alias meanwhile';
    expect(change.rollout).toMatchObject({ next: 'superseded', reason });
    expect(change.rollout.journal).toMatchObject([{ event: 'superseded', weight: 0, reason }]);
    expect(change.events).toMatchObject([{ event: 'superseded', reason }]);
  });

  it('gives way to no rollout of the same second: each would give way to the other', () => {
    expect(preflight(aRollout(), { ...ready, alias: ownedBy('deploy-8', T0) }, T0)).toMatchObject({ next: 'shift' });
  });

  it('of the version that is stable clears the weights of the other', () => {
    const back = { ...aRollout(), candidate: '41' };
    expect(
      preflight(back, { ...ready, candidate: version('41'), alias: ownedBy('deploy-6', T0 - 60) }, T0),
    ).toMatchObject({
      next: 'promote',
      wanted: allTrafficTo('41'),
    });
  });
});

describe('the input of an execution', () => {
  const input = { function: 'checkout', alias: 'live', version: '42', policy: { preset: 'AllAtOnce' } };

  it('may name the function by its ARN', () => {
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:checkout';
    expect(startInputSchema.parse({ ...input, function: arn }).function).toBe(arn);
  });

  it.each([
    ['an unknown key', { ...input, weight: 10 }],
    ['$LATEST', { ...input, version: '$LATEST' }],
    [
      'an ARN with a qualifier',
      { ...input, function: 'arn:aws:lambda:eu-central-1:123456789012:function:checkout:live' },
    ],
    ['an alias that looks like a version', { ...input, alias: '42' }],
    ['a bad policy', { ...input, policy: { canary: { weight: 60 } } }],
    ['no version', { ...input, version: undefined }],
  ])('is refused with %s', (_, refused) => {
    expect(startInputSchema.safeParse(refused).success).toBe(false);
  });
});
