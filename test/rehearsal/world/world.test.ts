import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlarmSpec } from '../../../lib/rehearsal/scenario/alarm-spec.ts';
import type { AlarmTransition } from '../../../lib/rehearsal/world/alarms.ts';
import { World, type WorldOptions } from '../../../lib/rehearsal/world/world.ts';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';

const alarm = (changes: Partial<AlarmSpec> = {}): AlarmSpec => ({
  name: 'errors',
  metric: 'errorRate',
  scope: 'alias',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: 'missing',
  initialState: 'OK',
  ...changes,
});

const worldOf = (changes: Partial<WorldOptions> = {}): World =>
  new World({
    requestsPerSecond: 100,
    stable: { version: '41', errorRate: 0 },
    candidate: '42',
    incidents: [],
    alarms: [],
    seed: 1,
    ...changes,
  });

/** A candidate that fails as told, with a weight from a second on. */
function withCandidate(world: World, errorRate: number, weight = 10, at = 0): World {
  world.addVersion('42', { errorRate, faults: [] });
  world.setRouting(split('41', '42', weight), at);
  return world;
}

const requestsOf = (world: World, version: string) => world.totals[version]?.requests;
const failuresOf = (world: World, version: string) => world.totals[version]?.failures;

describe('a world', () => {
  it('serves every request by the stable version until it is told otherwise', () => {
    const world = worldOf();
    world.advanceTo(100);
    expect(world.totals).toEqual({ '41': { requests: 10_000, failures: 0 } });
  });

  it('simulates a second when it is over', () => {
    const world = worldOf();
    world.advanceTo(1.9);
    expect(requestsOf(world, '41')).toBe(100);
    world.advanceTo(2);
    expect(requestsOf(world, '41')).toBe(200);
  });

  it('does not go back', () => {
    const world = worldOf();
    world.advanceTo(10);
    world.advanceTo(5);
    expect(requestsOf(world, '41')).toBe(1000);
  });

  it('gives the candidate its weight of the traffic, more or less', () => {
    const world = withCandidate(worldOf(), 0, 10);
    world.advanceTo(1000);
    expect(requestsOf(world, '42')).toBeGreaterThan(9600);
    expect(requestsOf(world, '42')).toBeLessThan(10_400);
  });

  it('gives a version everything whichever way the alias says so', () => {
    const asWeight = withCandidate(worldOf(), 0, 100);
    const asVersion = withCandidate(worldOf(), 0, 0);
    asVersion.setRouting(allTrafficTo('42'), 0);
    for (const world of [asWeight, asVersion]) {
      world.advanceTo(60);
      expect(requestsOf(world, '42')).toBe(6000);
      expect(requestsOf(world, '41')).toBe(0);
    }
  });

  it('routes by the alias from the second of its write on', () => {
    const world = withCandidate(worldOf(), 0, 100, 10.4);
    world.advanceTo(20);
    world.setRouting(allTrafficTo('41'), 20);
    world.advanceTo(30);
    expect(requestsOf(world, '42')).toBe(1000);
    expect(world.firstTrafficAt('42')).toBe(10);
  });

  it('loses no request, whatever the alias shows', () => {
    const shift = fc.tuple(fc.nat(100), fc.double({ min: 0, max: 30, noNaN: true }));
    fc.assert(
      fc.property(fc.array(shift, { maxLength: 10 }), fc.maxSafeInteger(), (shifts, seed) => {
        const world = worldOf({ seed, requestsPerSecond: 7 });
        world.addVersion('42', { errorRate: 0.5, faults: [] });
        let now = 0;
        for (const [weight, after] of shifts) {
          now += after;
          world.setRouting(split('41', '42', weight), now);
        }
        world.advanceTo(400);
        expect((requestsOf(world, '41') ?? 0) + (requestsOf(world, '42') ?? 0)).toBe(2800);
        expect(failuresOf(world, '42')).toBeLessThanOrEqual(requestsOf(world, '42') as number);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses to route to a version that it does not know', () => {
    expect(() => worldOf().setRouting(split('41', '42', 10), 0)).toThrow('version 42 was not added');
  });

  it('can have a further candidate added', () => {
    const world = withCandidate(worldOf(), 0, 10);
    world.addVersion('43', { errorRate: 1, faults: [] });
    world.setRouting(split('41', '43', 50), 60);
    world.advanceTo(120);
    expect(failuresOf(world, '42')).toBe(0);
    expect(failuresOf(world, '43')).toBe(requestsOf(world, '43'));
    expect(world.firstTrafficAt('43')).toBe(60);
  });
});

describe('two worlds', () => {
  const story = (world: World, step = Number.POSITIVE_INFINITY) => {
    withCandidate(world, 0.2, 10, 30);
    for (let second = 31; second < 600; second += step) world.advanceTo(second);
    world.advanceTo(600);
    return JSON.stringify([world.totals, world.counts('42', 0, 600, 60), world.alarms]);
  };

  it('of one seed are the same, and of another seed are not', () => {
    expect(story(worldOf())).toBe(story(worldOf()));
    expect(story(worldOf())).not.toBe(story(worldOf({ seed: 2 })));
  });

  it('of one seed are the same in steps of any size', () => {
    const alarms = [alarm()];
    expect(story(worldOf({ alarms }), 0.7)).toBe(story(worldOf({ alarms })));
  });

  it('of one seed give the same traffic from the second on in which their aliases agree', () => {
    const early = withCandidate(worldOf({ stable: { version: '41', errorRate: 0.01 } }), 0.2, 50, 0);
    const late = withCandidate(worldOf({ stable: { version: '41', errorRate: 0.01 } }), 0.2, 10, 90);
    for (const world of [early, late]) {
      world.setRouting(split('41', '42', 30), 120);
      world.advanceTo(300);
    }
    for (const version of ['41', '42']) {
      expect(early.counts(version, 120, 300, 1)).toEqual(late.counts(version, 120, 300, 1));
    }
  });
});

describe('what a version serves', () => {
  it('is counted by period, without a datapoint for a period without requests', () => {
    const world = withCandidate(worldOf(), 1, 100, 60);
    world.advanceTo(180);
    expect(world.counts('42', 0, 180, 60)).toEqual([
      { start: 60, invocations: 6000, errors: 6000 },
      { start: 120, invocations: 6000, errors: 6000 },
    ]);
    expect(world.counts('41', 0, 180, 60)).toEqual([{ start: 0, invocations: 6000, errors: 0 }]);
  });

  it('has a past, which the totals leave out', () => {
    const world = worldOf({ alarms: [alarm()] });
    expect(world.counts('41', -360, 0, 60)).toHaveLength(6);
    expect(requestsOf(world, '41')).toBe(0);
  });
});

describe("a candidate's faults", () => {
  const withFaults = (faults: Parameters<World['addVersion']>[1]['faults']) => {
    const world = worldOf({ requestsPerSecond: 10 });
    world.addVersion('42', { errorRate: 0, faults });
    return world;
  };

  it('are timed from its first traffic', () => {
    const world = withFaults([{ afterSeconds: 30, errorRate: 1 }]);
    world.setRouting(allTrafficTo('42'), 100);
    world.advanceTo(200);
    expect(world.counts('42', 0, 200, 1).find(({ errors }) => errors > 0)?.start).toBe(130);
    expect([world.firstTrafficAt('42'), world.faultBeganAt('42')]).toEqual([100, 130]);
  });

  it('are timed on while it has no weight, but begin only once it has some', () => {
    const world = withFaults([{ afterSeconds: 30, errorRate: 1 }]);
    world.setRouting(allTrafficTo('42'), 100);
    world.setRouting(allTrafficTo('41'), 110);
    world.setRouting(allTrafficTo('42'), 150);
    world.advanceTo(160);
    expect(world.faultBeganAt('42')).toBe(150);
    expect(failuresOf(world, '42')).toBe(100);
  });

  it('above a weight go away with the weight', () => {
    const world = withFaults([{ aboveWeight: 50, errorRate: 1 }]);
    world.setRouting(split('41', '42', 50), 0);
    world.setRouting(split('41', '42', 60), 60);
    world.setRouting(split('41', '42', 50), 120);
    world.advanceTo(180);
    expect(world.faultBeganAt('42')).toBe(60);
    expect(world.counts('42', 0, 180, 60).map(({ errors }) => errors > 0)).toEqual([false, true, false]);
  });

  it('never began if the candidate is as healthy as the stable version, whether there are incidents or not', () => {
    const world = withCandidate(
      worldOf({
        stable: { version: '41', errorRate: 0.1 },
        incidents: [{ fromSecond: 0, forSeconds: 60, errorRate: 0.5 }],
      }),
      0.1,
    );
    world.advanceTo(60);
    expect(world.faultBeganAt('42')).toBeNull();
    expect([world.firstTrafficAt('42'), world.faultBeganAt('41')]).toEqual([0, null]);
  });

  it('are unknown before it had traffic', () => {
    const world = withFaults([{ afterSeconds: 0, errorRate: 1 }]);
    world.advanceTo(60);
    expect([world.firstTrafficAt('42'), world.faultBeganAt('42')]).toEqual([null, null]);
  });
});

describe('excess failures', () => {
  it('are all failures of the candidate if the stable version never fails', () => {
    const world = withCandidate(worldOf(), 0.3);
    world.advanceTo(600);
    expect(world.excessFailures('42')).toBe(failuresOf(world, '42'));
    expect(world.excessFailures('41')).toBe(0);
  });

  it('do not count the failures that the stable version would have had, incidents included', () => {
    const incidents = [{ fromSecond: 0, forSeconds: 300, errorRate: 0.5 }];
    const world = withCandidate(worldOf({ incidents, stable: { version: '41', errorRate: 0.1 } }), 1, 100);
    world.advanceTo(600);
    expect(world.excessFailures('42')).toBeCloseTo(60_000 - 30_000 * 0.55 - 30_000 * 0.1, 6);
  });

  it('are about none for a candidate that is as good', () => {
    const incidents = [{ fromSecond: 60, forSeconds: 120, errorRate: 0.2 }];
    const world = withCandidate(worldOf({ incidents, stable: { version: '41', errorRate: 0.01 } }), 0.01, 50);
    world.advanceTo(600);
    // Four standard deviations of the number of failures.
    expect(Math.abs(world.excessFailures('42'))).toBeLessThan(4 * Math.sqrt(failuresOf(world, '42') as number));
  });
});

describe("a world's alarms", () => {
  const transitionsOf = (changes: Partial<WorldOptions>, run: (world: World) => void) => {
    const transitions: AlarmTransition[] = [];
    run(worldOf({ ...changes, onAlarm: (transition) => transitions.push(transition) }));
    return transitions.map(({ name, before, state, second }) => `${second} ${name} ${before} ${state}`);
  };

  it('are evaluated at whole minutes, on data that is a minute late', () => {
    const transitions = transitionsOf({ alarms: [alarm()] }, (world) => {
      withCandidate(world, 1).setRouting(allTrafficTo('41'), 120);
      world.advanceTo(600);
    });
    // The minutes from 0 and from 60 are bad: the second of them can be read at 180. At 300 one of three is left.
    expect(transitions).toEqual(['180 errors OK ALARM', '300 errors ALARM OK']);
  });

  it('stay in their initial state until the first minute is over, then know the past', () => {
    const world = worldOf({ alarms: [alarm({ initialState: 'ALARM' })] });
    world.advanceTo(59.9);
    expect(world.alarms).toMatchObject([{ name: 'errors', state: 'ALARM' }]);
    world.advanceTo(60);
    expect(world.alarms).toMatchObject([
      { name: 'errors', state: 'OK', reason: expect.stringMatching(/^Threshold Crossed: 3 out/) },
    ]);
  });

  it('of scope candidate see the candidate alone', () => {
    const alarms = [
      alarm({ name: 'of-alias' }),
      alarm({ name: 'of-candidate', scope: 'candidate', treatMissingData: 'notBreaching' }),
    ];
    const transitions = transitionsOf({ alarms }, (world) => {
      withCandidate(world, 0.2, 10).addVersion('43', { errorRate: 1, faults: [] });
      world.setRouting(allTrafficTo('43'), 600);
      world.advanceTo(1200);
    });
    // CloudWatch evaluates the last data again for as long as it is in the evaluation range.
    expect(transitions).toEqual(['180 of-candidate OK ALARM', '780 of-alias OK ALARM', '900 of-candidate ALARM OK']);
  });

  it('without data are not healthy', () => {
    const alarms = [alarm({ scope: 'candidate' }), alarm({ name: 'quiet', treatMissingData: 'breaching' })];
    const transitions = transitionsOf({ alarms, requestsPerSecond: 0 }, (world) => world.advanceTo(300));
    expect(transitions).toEqual(['60 errors OK INSUFFICIENT_DATA', '60 quiet OK ALARM']);
  });

  it('that look back over a day have their data from the start', () => {
    const world = worldOf({
      requestsPerSecond: 1,
      alarms: [alarm({ evaluationPeriods: 1440, datapointsToAlarm: 1440 })],
    });
    world.advanceTo(60);
    expect(world.alarms).toMatchObject([{ state: 'OK' }]);
  });
});
