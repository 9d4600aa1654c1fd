import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomial } from '../../../lib/rehearsal/world/binomial.ts';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';
import { findingIn, shareOfRate, streamsOf } from '../../../lib/rollout/evidence/streams.ts';
import { newTrial, type Trial, tried } from '../../../lib/rollout/evidence/trial.ts';

const signal = {
  name: 'http-5xx',
  namespace: 'Checkout',
  failures: 'Http5xx',
  versionDimension: 'version',
  dimensions: {},
};
const options = { falseRollbackRate: 0.01, latency: 'stableP99' as const, signals: [signal] };
const streams = streamsOf(options, 800);
const rate = shareOfRate(options, streams);

const counts = (errors: number, invocations: number) => ({ invocations, errors });
const window = (
  minute: number,
  candidate: readonly [number, number],
  stable: readonly [number, number],
  comparable = true,
) => ({
  seconds: minute * 60,
  comparable,
  stable: counts(0, stable[1]),
  candidate: counts(0, candidate[1]),
  streams: { 'http-5xx': { stable: counts(...stable), candidate: counts(...candidate) } },
});

const after = (...windows: readonly ReturnType<typeof window>[]): Trial =>
  windows.reduce((trial, window) => tried(trial, window), newTrial);
const findingAfter = (...windows: readonly ReturnType<typeof window>[]) =>
  findingIn(after(...windows).streams, streams, rate);

describe('the streams of a policy', () => {
  it('are throttles, and latency and signals if it asks for them; with the errors they share its false-rollback rate', () => {
    expect(streams.map(({ name }) => name)).toEqual(['throttles', 'latency', 'http-5xx']);
    expect(rate).toBe(0.01 / 4);
    const alone = { falseRollbackRate: 0.01, latency: undefined, signals: [] };
    expect(streamsOf(alone, null).map(({ name }) => name)).toEqual(['throttles']);
    expect(shareOfRate(alone, streamsOf(alone, null))).toBe(0.005);
  });

  it('say in words from when on a request is slow', () => {
    expect(streams[1]?.went).toBe('took longer than 800 ms');
    expect(streamsOf(options, null)[1]?.went).toBe('took longer than usual');
  });
});

describe('a stream', () => {
  it('in which the candidate is worse is found, with its requests of all windows that can be compared', () => {
    const worse = findingAfter(
      window(0, [6, 60], [0, 540]),
      window(1, [9, 60], [1, 540]),
      window(2, [60, 60], [0, 540], false),
    );
    expect(worse).toMatchObject({
      is: 'worse',
      stream: { name: 'http-5xx' },
      counts: { candidate: counts(15, 120), stable: counts(1, 1080) },
    });
  });

  it('in which both are as bad says nothing', () => {
    expect(findingAfter(window(0, [30, 60], [270, 540]), window(1, [30, 60], [270, 540]))).toBeUndefined();
  });

  it('is suspicious before it is sure', () => {
    expect(findingAfter(window(0, [2, 60], [0, 540]))?.is).toBe('suspected');
  });

  it('of whose windows none can be compared says nothing, whatever they hold', () => {
    expect(findingAfter(window(0, [60, 60], [0, 540], false))).toBeUndefined();
  });

  it('without any data is no finding', () => {
    expect(findingIn({}, streams, rate)).toBeUndefined();
  });

  it('takes more failures than requests, as sums that are read apart may say, for as many', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.nat(80), (failed, served) => {
        const { streams: kept } = after(window(0, [failed, served], [0, 540]));
        const { candidate } = kept['http-5xx']?.counts ?? {};
        expect(candidate).toEqual(counts(Math.min(failed, served), served));
      }),
    );
  });

  it('takes a healthy candidate for a worse one in at most its share of the rate, however often it is looked at', () => {
    const random = createRandom(11);
    const isTakenBack = () => {
      let trial = newTrial;
      for (let minute = 0; minute < 60; minute++) {
        const failing = 0.02 * (1 + Math.sin(minute));
        const drawn = (requests: number) => [binomial(random, requests, failing), requests] as const;
        trial = tried(trial, window(minute, drawn(30), drawn(270)));
        if (findingIn(trial.streams, streams, 0.02)?.is === 'worse') return true;
      }
      return false;
    };
    const taken = Array.from({ length: 1000 }, isTakenBack).filter((each) => each).length;
    expect(taken).toBeLessThanOrEqual(30);
  });
});
