import { only, type Routing, shareOf } from '../rollout/alias.ts';
import {
  ALARM_DELAY_SECONDS,
  ALARM_PERIOD_SECONDS,
  type AlarmState,
  type AlarmTransition,
  datapointOf,
  evaluate,
  type PeriodCounts,
  type RehearsedAlarm,
} from './alarms.ts';
import { Metrics } from './metrics.ts';
import { binomial, createRandom, type Random } from './random.ts';
import type { AlarmSpec, Behaviour, Incident } from './scenario.ts';
import { arrivalsIn, either, incidentRate, ownErrorRate } from './traffic.ts';

/** What a world is made of. */
export interface WorldOptions {
  readonly requestsPerSecond: number;
  readonly stable: { readonly version: string; readonly errorRate: number };
  /** The version that alarms of scope `candidate` look at. */
  readonly candidate: string;
  readonly incidents: readonly Incident[];
  readonly alarms: readonly AlarmSpec[];
  readonly seed: number;
  readonly onAlarm: (transition: AlarmTransition) => void;
}

/** What a version served from second 0 on. */
export interface Totals {
  readonly requests: number;
  readonly failures: number;
}

interface Version {
  readonly behaviour: Behaviour;
  readonly metrics: Metrics;
  firstTraffic: number | null;
  faultBegan: number | null;
  requests: number;
  failures: number;
  /** Failures that the stable version's rate would have given the same requests, in expectation. */
  expected: number;
}

/**
 * The outside world of one alias, stepped second by second: requests that arrive, a routing that draws their version, versions that
 * fail, metrics and alarms. It knows neither SDK nor state machine. Times are seconds since the start; before second 0 the
 * stable version served the same traffic alone, so that metrics and alarms have a past.
 *
 * Routing and failures of each version draw from streams of their own, so that two policies meet the same luck with one seed
 * as long as they route alike.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #versions = new Map<string, Version>();
  readonly #states = new Map<string, { state: AlarmState; reason: string }>();
  readonly #routingLuck: Random;
  readonly #failureLuck = new Map<string, Random>();
  readonly #random: Random;
  readonly #begin: number;
  #routing: Routing;
  #next: number;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed).fork('world');
    this.#routingLuck = this.#random.fork('routing');
    const longest = Math.max(1, ...options.alarms.map((alarm) => alarm.evaluationPeriods));
    this.#begin = -(longest + 3) * ALARM_PERIOD_SECONDS;
    this.#next = this.#begin;
    this.#routing = only(options.stable.version);
    this.addVersion(options.stable.version, { errorRate: options.stable.errorRate, faults: [] });
    for (const { name, initialState } of options.alarms) {
      this.#states.set(name, { state: initialState, reason: 'Unchecked: Initial alarm creation' });
    }
    this.advanceTo(0);
  }

  /** A version may get traffic from now on. */
  addVersion(version: string, behaviour: Behaviour): void {
    this.#versions.set(version, {
      behaviour,
      metrics: new Metrics(this.#begin),
      firstTraffic: null,
      faultBegan: null,
      requests: 0,
      failures: 0,
      expected: 0,
    });
    this.#failureLuck.set(version, this.#random.fork(`failures of ${version}`));
  }

  /** Routes what arrives from `second` on. A second under way keeps the routing that it began with. */
  setRouting(routing: Routing, second: number): void {
    this.advanceTo(second);
    this.#routing = routing;
  }

  /** Lets everything happen that happens before `second`, alarms at whole minutes included. */
  advanceTo(second: number): void {
    while (this.#next < Math.ceil(second)) {
      if (this.#next > 0 && this.#next % ALARM_PERIOD_SECONDS === 0) this.#evaluateAlarms(this.#next);
      this.#live(this.#next);
      this.#next++;
    }
    if (second > 0 && second % ALARM_PERIOD_SECONDS === 0) this.#evaluateAlarms(second);
  }

  /** A version's counts in whole periods from `from` up to `until`, by the periods' starts. */
  counts(
    version: string,
    from: number,
    until: number,
    periodSeconds: number,
  ): (PeriodCounts & { readonly start: number })[] {
    const metrics = this.#versions.get(version)?.metrics;
    if (!metrics) return [];
    const first = Math.ceil(from / periodSeconds) * periodSeconds;
    const count = Math.max(0, Math.floor((until - first) / periodSeconds));
    return Array.from({ length: count }, (_, index) => {
      const start = first + index * periodSeconds;
      return { start, ...metrics.sum(start, start + periodSeconds) };
    });
  }

  get alarms(): readonly RehearsedAlarm[] {
    return [...this.#states].map(([name, state]) => ({ name, ...state }));
  }

  /** By version, from second 0 on. */
  get totals(): Readonly<Record<string, Totals>> {
    return Object.fromEntries(
      [...this.#versions].map(([name, { requests, failures }]) => [name, { requests, failures }]),
    );
  }

  /** A version's failures, less those that the stable version would have had with the same requests. */
  excessFailures(version: string): number {
    const { failures, expected } = this.#versions.get(version) ?? { failures: 0, expected: 0 };
    return failures - expected;
  }

  /** The second in which a version first failed more than the stable version usually does; null where it never did. */
  faultBeganAt(version: string): number | null {
    return this.#versions.get(version)?.faultBegan ?? null;
  }

  #live(second: number): void {
    const { requestsPerSecond, stable, incidents } = this.#options;
    let left = arrivalsIn(second - this.#begin, requestsPerSecond);
    const shared = incidentRate(incidents, second);
    const shares = [this.#routing.functionVersion, ...Object.keys(this.#routing.additionalVersionWeights)]
      .map((version) => [version, shareOf(version, this.#routing)] as const)
      .filter(([, share]) => share > 0);
    let shareLeft = 100;
    for (const [name, share] of shares) {
      const version = this.#versions.get(name);
      if (!version) continue;
      const requests = share >= shareLeft ? left : binomial(this.#routingLuck, left, share / shareLeft);
      left -= requests;
      shareLeft -= share;
      version.firstTraffic ??= second;
      const own = ownErrorRate(version.behaviour, second - version.firstTraffic, share);
      if (own > stable.errorRate) version.faultBegan ??= second;
      const failures = binomial(this.#failureLuck.get(name) as Random, requests, either(own, shared));
      version.metrics.add(second, requests, failures);
      if (second < 0) continue;
      version.requests += requests;
      version.failures += failures;
      version.expected += requests * either(stable.errorRate, shared);
    }
  }

  readonly #evaluated = new Set<number>();

  #evaluateAlarms(second: number): void {
    if (this.#evaluated.has(second)) return;
    this.#evaluated.add(second);
    for (const spec of this.#options.alarms) {
      const before = this.#states.get(spec.name) as { state: AlarmState; reason: string };
      const after = evaluate(spec, before.state, this.#datapoints(spec, second));
      if (after.state === before.state) continue;
      this.#states.set(spec.name, after);
      this.#options.onAlarm({ name: spec.name, before: before.state, second, ...after });
    }
  }

  #datapoints(spec: AlarmSpec, second: number) {
    const newest = second - ALARM_DELAY_SECONDS;
    const versions =
      spec.scope === 'alias'
        ? [...this.#versions.values()]
        : [this.#versions.get(this.#options.candidate)].filter((each) => each !== undefined);
    return Array.from({ length: spec.evaluationPeriods }, (_, index) => {
      const until = newest - (spec.evaluationPeriods - 1 - index) * ALARM_PERIOD_SECONDS;
      const all = versions.map(({ metrics }) => metrics.sum(until - ALARM_PERIOD_SECONDS, until));
      return datapointOf(spec.metric, {
        invocations: all.reduce((sum, { invocations }) => sum + invocations, 0),
        errors: all.reduce((sum, { errors }) => sum + errors, 0),
      });
    });
  }
}
