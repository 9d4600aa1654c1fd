import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { preflight as preflightChange, type StartFacts } from '../../../lib/rollout/decisions/preflight.ts';
import { observeStep } from '../../../lib/rollout/decisions/transitions.ts';
import {
  isToBeKeptWarm,
  isToBePut,
  type ProvisionedConcurrency,
  releasable,
  warmed,
  warmedTogether,
  warming,
} from '../../../lib/rollout/decisions/warm.ts';
import { membersOf } from '../../../lib/rollout/document/members.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { startInputSchema } from '../../../lib/rollout/document/start.ts';
import { cloudWatchTiming } from '../../../lib/rollout/observation.ts';
import { allWell, aRollout, T0 } from '../a-rollout.ts';
import { aGroup } from '../group/a-group.ts';

const aWarmRollout = (changes: Partial<Rollout> = {}): Rollout => ({
  ...aRollout(),
  provisionedConcurrency: 5,
  ...changes,
});

/** The document after preflight. */
const preflight = (...given: Parameters<typeof preflightChange>): Rollout => preflightChange(...given).rollout;

const showing = (routing: ReturnType<typeof allTrafficTo>) => ({ ...routing, description: '', revisionId: 'r' });

const config = (changes: Partial<ProvisionedConcurrency> = {}): ProvisionedConcurrency => ({
  requested: 5,
  status: 'IN_PROGRESS',
  statusReason: '',
  ...changes,
});

const version = (name: string) => ({
  version: name,
  state: 'Active',
  stateReason: '',
  role: 'arn:aws:iam::123456789012:role/checkout',
  deadLetterTarget: '',
});

const ready: StartFacts = {
  alias: showing(allTrafficTo('41')),
  stable: version('41'),
  candidate: version('42'),
  alarms: [{ name: 'checkout-errors', state: 'OK', reason: '', shape: null }],
  hold: null,
  provisionedConcurrency: false,
  stackStatus: null,
};

describe('a rollout that asks for provisioned concurrency', () => {
  it('is warmed when all else allows the start, before its hooks and its first weight', () => {
    const hooks = { beforeTraffic: ['smoke'], eachStep: [], afterTraffic: [] };
    const rollout = aWarmRollout(aRollout({ hooks }));
    const asked = preflight({ ...rollout, provisionedConcurrency: 5 }, ready, T0);
    expect(asked).toMatchObject({ next: 'warm', toRelease: true });
    expect(preflight({ ...asked, warmed: true }, ready, T0 + 120)).toMatchObject({ next: 'beforeTraffic' });
    expect(preflight({ ...asked, warmed: true, tried: true }, ready, T0 + 130)).toMatchObject({ next: 'shift' });
  });

  it.each([
    ['while it is held', { hold: 'freeze' }, 'awaitCommit'],
    ['before its stack has committed', { stackStatus: 'UPDATE_IN_PROGRESS' }, 'awaitCommit'],
    [
      'where an alarm fires',
      { alarms: [{ name: 'checkout-errors', state: 'ALARM', reason: '', shape: null }] },
      'rejected',
    ],
    ['where the alias itself has it', { provisionedConcurrency: true }, 'rejected'],
  ] as [string, Partial<StartFacts>, string][])('costs nothing %s', (_, facts, next) => {
    expect(preflight(aWarmRollout(), { ...ready, ...facts }, T0)).toMatchObject({ next, toRelease: false });
  });

  it('costs nothing while a person is asked for the first weight, and is warmed when they agree', () => {
    const manual = aWarmRollout(
      aRollout({ canary: undefined, batches: undefined, steps: [{ weight: 5, bakeSeconds: 60, approval: 'manual' }] }),
    );
    const asked = preflight({ ...manual, provisionedConcurrency: 5 }, ready, T0);
    expect(asked).toMatchObject({ next: 'awaitApproval', toRelease: false });
    const approved: Rollout = { ...asked, approval: 'approved' };
    const observation = { ...allWell(approved, T0), alias: showing(allTrafficTo('41')), timing: cloudWatchTiming };
    expect(observeStep(approved, [observation], T0).rollout).toMatchObject({
      next: 'warm',
      toRelease: true,
    });
  });

  it('is warmed also where the alias serves the version already, and has nothing to do then', () => {
    const first = aWarmRollout({ candidate: '41' });
    const asked = preflight(first, { ...ready, candidate: version('41') }, T0);
    expect(asked).toMatchObject({ next: 'warm', toRelease: true });
    const done = preflight({ ...asked, warmed: true }, { ...ready, candidate: version('41') }, T0 + 120);
    expect(done).toMatchObject({ next: 'promoted', reason: expect.stringContaining('nothing to do') });
  });
});

describe('a look at the provisioned concurrency of the candidate', () => {
  const asked = warming(aWarmRollout());
  const alias = showing(allTrafficTo('41'));

  it('goes back to preflight when it is ready', () => {
    expect(warmed(asked, config({ status: 'READY' }), alias)).toMatchObject({ next: 'preflight', warmed: true });
  });

  it('waits while it gets ready, and not for ever', () => {
    expect(warmed(asked, config(), alias)).toMatchObject({ next: 'awaitCommit', waitSeconds: 10, warmed: false });
    let rollout = asked;
    let looks = 0;
    do rollout = warmed(rollout, config(), alias);
    while (rollout.next === 'awaitCommit' && ++looks < 1000);
    expect(rollout).toMatchObject({ next: 'rejected', reason: expect.stringContaining('not ready after 90 looks') });
  });

  it('rejects the rollout with what Lambda says when it failed', () => {
    const failed = config({ status: 'FAILED', statusReason: 'FUNCTION_ERROR_INIT_FAILURE' });
    expect(warmed(asked, failed, alias)).toMatchObject({
      next: 'rejected',
      reason: expect.stringContaining('FUNCTION_ERROR_INIT_FAILURE'),
    });
  });

  it('does not make a person wait who gave the first weight by hand', () => {
    expect(warmed(asked, config(), showing(split('41', '42', 10)))).toMatchObject({ next: 'shift', warmed: true });
  });

  it('asks for another number, and once more for what failed before this rollout', () => {
    const failed = config({ status: 'FAILED' });
    expect(isToBePut(asked, config())).toBe(false);
    expect(isToBePut(asked, config({ requested: 4, status: 'READY' }))).toBe(true);
    expect(isToBePut(asked, failed)).toBe(true);
    expect(isToBePut(warmed(asked, config(), alias), failed)).toBe(false);
  });
});

describe('a look at the provisioned concurrency of a group', () => {
  const asked = { ...aGroup(), next: 'warm' as const };
  const looked = (...nexts: readonly Rollout['next'][]) =>
    warmedTogether(
      asked,
      membersOf(asked).map((member, index) => {
        const next = nexts[index] as Rollout['next'];
        return { ...member, next, waitSeconds: index, reason: `${member.functionName}: ${next}`, warmLooks: index };
      }),
    );

  it.each<[string, readonly Rollout['next'][], string]>([
    ['is rejected as soon as one fails', ['preflight', 'awaitCommit', 'rejected'], 'checkout: rejected'],
    ['waits for the last one', ['shift', 'preflight', 'awaitCommit'], 'checkout: awaitCommit'],
    ['goes back to preflight for whoever has just got ready', ['shift', 'preflight', 'shift'], 'prices: preflight'],
    ['goes on if none had to get ready', ['beforeTraffic', 'beforeTraffic', 'beforeTraffic'], 'stock: beforeTraffic'],
  ])('%s', (_, nexts, reason) => {
    const [name, next] = reason.split(': ') as [string, string];
    const after = looked(...nexts);
    expect(after).toMatchObject({ next, reason, waitSeconds: membersOf(asked).findIndex(isNamed(name)) });
    expect(membersOf(after).map(({ warmLooks }) => warmLooks)).toEqual([0, 1, 2]);
  });
});

const isNamed = (name: string) => (member: Rollout) => member.functionName === name;

describe('the end of a rollout', () => {
  it.each([
    ['a promoted one releases the version before', allTrafficTo('42'), ['41']],
    ['a reverted one releases the candidate and keeps the stable version warm', allTrafficTo('41'), ['42']],
    ['a superseded one leaves what the newer serves', split('41', '43', 10), ['42']],
    ['one whose weights a person changed leaves both', split('41', '42', 1), []],
    ['one whose alias a person set elsewhere releases both', allTrafficTo('40'), ['41', '42']],
    ['one whose alias is gone releases both', null, ['41', '42']],
  ] as [string, ReturnType<typeof allTrafficTo> | null, string[]][])('%s', (_, routing, released) => {
    expect(releasable(aWarmRollout(), routing && showing(routing))).toEqual(released);
  });

  it('also releases the version that was stable when it was warmed', () => {
    const promotedByHand: Rollout = { ...warming(aWarmRollout()), stable: '42' };
    expect(releasable(promotedByHand, showing(allTrafficTo('42')))).toEqual(['41']);
  });

  it('never releases what the alias serves, nor a version that is none of its own', () => {
    const name = fc.integer({ min: 1, max: 5 }).map(String);
    const weight = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(name, name, name, name, weight, (stable, candidate, main, additional, percent) => {
        const alias = showing(main === additional ? allTrafficTo(main) : split(main, additional, percent));
        const released = releasable(warming(aWarmRollout({ stable, candidate })), alias);
        expect(released).not.toContain(main);
        expect(released).not.toContain(additional);
        for (const each of released) expect([stable, candidate]).toContain(each);
        for (const each of [stable, candidate]) {
          if (each !== main && each !== additional) expect(released).toContain(each);
        }
      }),
    );
  });

  it('keeps the promoted version warm, and no other', () => {
    const promoted = aWarmRollout({ next: 'promoted' });
    expect(isToBeKeptWarm(promoted, showing(allTrafficTo('42')))).toBe(true);
    expect(isToBeKeptWarm(promoted, showing(split('42', '43', 10)))).toBe(false);
    expect(isToBeKeptWarm({ ...promoted, next: 'rolledBack' }, showing(allTrafficTo('42')))).toBe(false);
    expect(isToBeKeptWarm(promoted, null)).toBe(false);
  });
});

describe('the number in the input of an execution', () => {
  const input = { function: 'checkout', alias: 'live', version: '42', policy: { preset: 'AllAtOnce' } };

  it('may be left out', () => {
    expect(startInputSchema.parse(input).provisionedConcurrency).toBeUndefined();
    expect(startInputSchema.parse({ ...input, provisionedConcurrency: 5 }).provisionedConcurrency).toBe(5);
  });

  it.each([0, -1, 1.5, '5'])('is refused as %j', (provisionedConcurrency) => {
    expect(startInputSchema.safeParse({ ...input, provisionedConcurrency }).success).toBe(false);
  });
});
