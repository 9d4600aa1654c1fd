import type { Behaviour, Incident } from '../scenario/behaviour.ts';
import type { RatePoint } from '../scenario/traffic.ts';
import { binomial } from './binomial.ts';
import type { Random } from './random.ts';

/** Keeps 0.57 x 100 from being a request short of 57: far less than a request, far more than a rounding error. */
const ROUNDING = 1e-6;

/**
 * Requests that arrive within the second that starts at `second`, or within more of them. Arrivals are even, not random: 10 a second are 10 every
 * second, 0.3 a second are 3 in 10 seconds.
 */
export function arrivalsIn(second: number, requestsPerSecond: number, seconds = 1): number {
  const before = (moment: number) => Math.floor(moment * requestsPerSecond + ROUNDING);
  return before(second + seconds) - before(second);
}

/** The rate that holds in a second: that of the last point before it, or of the first point of all. */
export const rateIn = (curve: readonly RatePoint[], second: number): number =>
  (curve.findLast(({ fromSecond }) => fromSecond <= second) ?? curve[0])?.requestsPerSecond ?? 0;

/** The probability that a request fails if two independent causes can fail it. */
export const either = (a: number, b: number): number => a + (1 - a) * b;

/** The probability that incidents alone fail a request of this second. */
export const incidentRate = (incidents: readonly Incident[], second: number): number =>
  incidents
    .filter(({ fromSecond, forSeconds }) => second >= fromSecond && second < fromSecond + forSeconds)
    .reduce((rate, { errorRate }) => either(rate, errorRate), 0);

/** How a version serves requests at a moment. */
export interface Condition {
  /** The probability that a request which it serves fails by its own fault. */
  readonly errorRate: number;
  /** The probability that a request is throttled and not served at all. */
  readonly throttleRate: number;
  /** How long a request takes. */
  readonly p99Milliseconds: number;
  /** Whether Lambda can invoke it. */
  readonly invocable: boolean;
}

/** How long a request takes if nobody says otherwise. */
export const USUAL_MILLISECONDS = 100;

/**
 * A version's condition. Of each symptom the worst fault counts that applies, or else the usual value.
 *
 * @param sinceFirstTraffic seconds since the version first had weight: the clock of its faults
 * @param weight the version's share of the traffic in percent; a fault above a weight does not apply at it
 */
export function conditionOf(behaviour: Behaviour, sinceFirstTraffic: number, weight: number): Condition {
  const applying = behaviour.faults.filter(
    ({ afterSeconds = Infinity, forSeconds = Infinity, aboveWeight = Infinity }) =>
      (sinceFirstTraffic >= afterSeconds && sinceFirstTraffic < afterSeconds + forSeconds) || weight > aboveWeight,
  );
  const worst = (symptom: 'errorRate' | 'throttleRate' | 'p99Milliseconds', usual: number): number => {
    const shown = applying.flatMap((fault) => fault[symptom] ?? []);
    return shown.length === 0 ? (behaviour[symptom] ?? usual) : Math.max(...shown);
  };
  return {
    errorRate: worst('errorRate', 0),
    throttleRate: worst('throttleRate', 0),
    p99Milliseconds: worst('p99Milliseconds', USUAL_MILLISECONDS),
    invocable: !applying.some(({ notInvocable }) => notInvocable),
  };
}

/** The probability that a request fails by its version's own fault. See {@link conditionOf}. */
export const ownErrorRate = (behaviour: Behaviour, sinceFirstTraffic: number, weight: number): number =>
  conditionOf(behaviour, sinceFirstTraffic, weight).errorRate;

/**
 * The decisions of chance: which version serves a request, and whether the request fails.
 *
 * So that policies can be compared on one seed, each second of each stream is seeded by itself: routing has one stream,
 * the failures and the throttles of every version have their own. If two policies give the same weight in a second, they meet the same
 * requests and the same failures, whatever either did before.
 */
export class Traffic {
  readonly #routing: Random;
  readonly #failures: Random;
  readonly #throttles: Random;
  readonly #signals: Random;
  readonly #slow: Random;

  constructor(random: Random) {
    this.#routing = random.fork('routing');
    this.#failures = random.fork('failures');
    this.#throttles = random.fork('throttles');
    this.#signals = random.fork('signals');
    this.#slow = random.fork('slow');
  }

  /** How many of a second's requests the alias sends to its additional version, whose share is 0 to 1. */
  routed(second: number, requests: number, share: number): number {
    return binomial(this.#routing.fork(second), requests, share);
  }

  /** How many of a version's requests fail in a second. */
  failed(version: string, second: number, requests: number, errorRate: number): number {
    return binomial(this.#failures.fork(version).fork(second), requests, errorRate);
  }

  /** How many of a version's requests are throttled in a second. */
  throttled(version: string, second: number, requests: number, throttleRate: number): number {
    return throttleRate === 0 ? 0 : binomial(this.#throttles.fork(version).fork(second), requests, throttleRate);
  }

  /** How many of a version's requests fail by each signal in a second. A request fails by one of them at most. */
  signalled(
    version: string,
    second: number,
    requests: number,
    rates: Readonly<Record<string, number>>,
  ): Readonly<Record<string, number>> {
    let left = requests;
    const drawn = Object.entries(rates).map(([name, rate]) => {
      const failed = binomial(this.#signals.fork(version).fork(name).fork(second), left, rate);
      left -= failed;
      return [name, failed] as const;
    });
    return Object.fromEntries(drawn);
  }

  /** How many of a version's requests are slow in a second. */
  slow(version: string, second: number, requests: number, slowRate: number): number {
    return slowRate === 0 ? 0 : binomial(this.#slow.fork(version).fork(second), requests, slowRate);
  }
}
