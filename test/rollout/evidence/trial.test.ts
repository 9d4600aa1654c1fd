import { describe, expect, it } from 'vitest';
import { binomial } from '../../../lib/rehearsal/world/binomial.ts';
import { createRandom, type Random } from '../../../lib/rehearsal/world/random.ts';
import { type Finding, findingOf, newTrial, type Trial, tried } from '../../../lib/rollout/evidence/trial.ts';

const counts = (errors: number, invocations: number) => ({ errors, invocations });

/** One minute of traffic: the rates of failure of both versions, and the candidate's share of the requests. */
interface Minute {
  readonly requests: number;
  readonly share: number;
  readonly stable: number;
  readonly candidate: number;
}

/** What is found of so many minutes if it is asked after each, and in which one; `nothing` at the end of all. */
function foundIn(random: Random, minutes: Iterable<Minute>): { readonly finding: Finding; readonly minute: number } {
  let trial: Trial = newTrial;
  let minute = 0;
  for (const { requests, share, stable, candidate } of minutes) {
    const served = binomial(random, requests, share);
    trial = tried(trial, {
      stable: counts(binomial(random, requests - served, stable), requests - served),
      candidate: counts(binomial(random, served, candidate), served),
      seconds: 60 * minute++,
      comparable: true,
    });
    const finding = findingOf(trial, 0.01);
    if (finding === 'failsMore' || finding === 'failsGrossly') return { finding, minute };
  }
  return { finding: 'nothing', minute };
}

/** The share of candidates that are found to be bad in five minutes at a tenth of a thousand requests a second, in periods of ten seconds. */
function shareFound(candidates: number, rateAt: (second: number) => number): number {
  const found = Array.from({ length: candidates }, (_, seed) => {
    const random = createRandom(seed);
    let trial: Trial = newTrial;
    for (let second = 0; second < 300; second += 10) {
      const served = (errorRate: number, invocations: number) =>
        counts(binomial(random, invocations, errorRate), invocations);
      const window = { stable: served(0.01, 9000), candidate: served(rateAt(second), 1000) };
      trial = tried(trial, { ...window, seconds: second, comparable: true });
      if (findingOf(trial, 0.01) === 'failsMore') return true;
    }
    return false;
  });
  return found.filter(Boolean).length / candidates;
}

function* steady(minutes: number, minute: Minute) {
  for (let index = 0; index < minutes; index++) yield minute;
}

describe('a healthy candidate', () => {
  it('is hardly ever found to be bad, although it is looked at each minute of an hour in which rate, weight and traffic change', () => {
    const found = Array.from({ length: 2000 }, (_, seed) => {
      const random = createRandom(seed);
      const requests = 60 * 10 ** (3 * random.next());
      const baseline = 10 ** (-4 + 3 * random.next());
      function* changing() {
        let share = 0.1;
        for (let minute = 0; minute < 60; minute++) {
          if (minute % 5 === 4) share = [0.05, 0.1, 0.2, 0.5, 0.9][Math.floor(random.next() * 5)] as number;
          const incident = random.next() < 0.05 ? 0.5 : 0;
          const rate = Math.min(0.9, baseline * (1 + 3 * random.next()) + incident);
          const burst = random.next() < 0.1 ? 10 : 1;
          yield { requests: Math.round(requests * burst), share, stable: rate, candidate: rate };
        }
      }
      return foundIn(random, changing()).finding;
    });
    const bad = found.filter((finding) => finding !== 'nothing');
    expect(bad.length / found.length).toBeLessThan(0.01);
  });

  it('of an incident that both versions suffer from is not found to fail grossly', () => {
    const incident = { requests: 600, share: 0.1, stable: 0.6, candidate: 0.6 };
    expect(foundIn(createRandom(1), steady(60, incident)).finding).toBe('nothing');
  });
});

describe('a candidate that fails one and a half times as often', () => {
  it('is hardly ever found to be bad if that is its first minute', () => {
    expect(shareFound(600, (second) => (second < 60 ? 0.015 : 0.01))).toBeLessThan(0.005);
  });

  it('may be found to be bad if that is a later minute', () => {
    expect(shareFound(600, (second) => (second >= 60 && second < 120 ? 0.015 : 0.01))).toBeGreaterThan(0.005);
  });
});

describe('a candidate that', () => {
  it.each([
    ['always fails at one request a second', { requests: 60, share: 0.1, stable: 0.001, candidate: 1 }, 1],
    ['fails at one of ten of ten requests a second', { requests: 600, share: 0.1, stable: 0.001, candidate: 0.1 }, 2],
    ['fails twice as often at a hundred a second', { requests: 6000, share: 0.1, stable: 0.01, candidate: 0.02 }, 8],
  ])('%s is found in minutes', (_, minute, most) => {
    const minutes = Array.from({ length: 21 }, (__, seed) => {
      const { finding, minute: at } = foundIn(createRandom(seed), steady(60, minute));
      return finding === 'nothing' ? Number.POSITIVE_INFINITY : at;
    }).sort((a, b) => a - b);
    expect(minutes[10]).toBeLessThanOrEqual(most);
  });

  it('always fails is found with a handful of requests and none of the stable version', () => {
    const alone = { stable: counts(0, 0), candidate: counts(8, 8), seconds: 0, comparable: false };
    expect(findingOf(tried(newTrial, alone), 0.01)).toBe('failsGrossly');
  });

  it('fails only where it cannot be compared is not compared', () => {
    const warming = { stable: counts(0, 540), candidate: counts(12, 60), seconds: 0, comparable: false };
    expect(findingOf(tried(newTrial, warming), 0.01)).toBe('nothing');
    expect(findingOf(tried(newTrial, { ...warming, comparable: true }), 0.01)).toBe('failsMore');
  });

  it('fails somewhat more is suspected before it is found to be bad', () => {
    const minute = { stable: counts(1, 540), candidate: counts(3, 60), seconds: 0, comparable: true };
    const trial = tried(newTrial, minute);
    expect(findingOf(trial, 0.01)).toBe('suspected');
    expect(findingOf(tried(trial, { ...minute, seconds: 60 }), 0.01)).toBe('failsMore');
  });

  it('fails nearly twice as often speaks for the mildest hypothesis as soon as its first minute is over, and not before', () => {
    const window = { stable: counts(90, 9000), candidate: counts(18, 1000), comparable: true };
    // A tenth of the capital is staked on each hypothesis, and hardly more in a minute.
    const heldAfter = (seconds: number) => tried(newTrial, { ...window, seconds }).comparison.held[0];
    expect(heldAfter(59)).toBeLessThan(0.1);
    expect(heldAfter(60)).toBeGreaterThan(0.11);
  });

  it('needs fewer failures if more healthy versions may be taken for bad ones', () => {
    const trial = tried(newTrial, { stable: counts(1, 540), candidate: counts(4, 60), seconds: 0, comparable: true });
    expect(findingOf(trial, 0.2)).toBe('failsMore');
    expect(findingOf(trial, 0.0001)).toBe('suspected');
  });
});

it('more failures than requests, as sums that are read apart may say, are all of the requests', () => {
  const ahead = { stable: counts(0, 540), candidate: counts(9, 5), seconds: 0, comparable: true };
  expect(tried(newTrial, ahead)).toEqual(tried(newTrial, { ...ahead, candidate: counts(5, 5) }));
});

describe('the test for gross failure', () => {
  it('multiplies what it holds by how much better each rate explains the requests than a quarter of failures', () => {
    const window = { stable: counts(0, 0), candidate: counts(3, 4), seconds: 0, comparable: false };
    const gains = [0.625, 0.925].map((rate) => (rate / 0.25) ** 3 * ((1 - rate) / 0.75));
    const { held } = tried(newTrial, window).gross;
    // Four tenths of the capital are staked at once, on two hypotheses.
    expect(held).toEqual(gains.map((gain) => expect.closeTo(0.2 * gain, 10)));
  });

  it('learns nothing while the stable version fails as well', () => {
    const incident = { stable: counts(20, 100), candidate: counts(4, 4), seconds: 0, comparable: false };
    expect(tried(newTrial, incident)).toEqual(newTrial);
  });
});
