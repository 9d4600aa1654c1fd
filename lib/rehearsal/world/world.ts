import { allTrafficTo, type Routing, shareOf } from '../../rollout/alias/alias.ts';
import { cloudWatchTiming } from '../../rollout/observation.ts';
import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import type { Behaviour, Incident } from '../scenario/behaviour.ts';
import { evaluationRange, metricValue, type Range } from './alarm-evaluation.ts';
import { Alarm, type AlarmTransition, type RehearsedAlarm } from './alarms.ts';
import { type Datapoint, Metrics, visibleUntil } from './metrics.ts';
import { createRandom } from './random.ts';
import { arrivalsIn, either, incidentRate, ownErrorRate, Traffic } from './traffic.ts';

/** The parts of a world. */
export interface WorldOptions {
  readonly requestsPerSecond: number;
  /** The version that has served all traffic so far. */
  readonly stable: { readonly version: string; readonly errorRate: number };
  /** The version that alarms of scope `candidate` watch; it is added later. */
  readonly candidate: string;
  readonly incidents: readonly Incident[];
  readonly alarms: readonly AlarmSpec[];
  readonly seed: number;
  readonly onAlarm?: (transition: AlarmTransition) => void;
}

/** A version's requests and failures since second 0. */
export interface Totals {
  readonly requests: number;
  readonly failures: number;
}

interface Version {
  readonly name: string;
  readonly behaviour: Behaviour;
  requests: number;
  failures: number;
  /** Failures that the stable version's rate would have given the same requests, in expectation. */
  failuresOfStable: number;
  firstTrafficAt: number | null;
  faultBeganAt: number | null;
}

/** A version's place on the alias, and its share of the traffic in percent. */
interface Route {
  readonly version: Version;
  readonly weight: number;
}

const timing = cloudWatchTiming.alarms;

/**
 * One alias and its traffic, metrics and alarms, stepped second by second. Nothing here knows AWS's API or a state machine.
 *
 * All times are seconds since the start, which is also a minute's start. A second is simulated when it is over. Before second 0
 * the stable version served the same traffic for long enough to give every alarm its data; totals begin at second 0. Alarms
 * are evaluated at each whole minute from then on, on data that is a minute late.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #traffic: Traffic;
  readonly #metrics: Metrics;
  readonly #alarms: readonly Alarm[];
  readonly #versions = new Map<string, Version>();
  /** The version that gets all traffic but the additional one's. */
  #main: Route;
  #additional: Route | null = null;
  /** The first second that is not simulated yet. */
  #second: number;

  constructor(options: WorldOptions) {
    const longest = Math.max(0, ...options.alarms.map((alarm) => alarm.evaluationPeriods));
    this.#options = options;
    this.#second = -(longest + 3) * timing.periodSeconds;
    this.#traffic = new Traffic(createRandom(options.seed).fork('world'));
    this.#metrics = new Metrics(this.#second);
    this.#alarms = options.alarms.map((spec) => new Alarm(spec));
    const { version, errorRate } = options.stable;
    this.addVersion(version, { errorRate, faults: [] });
    this.#main = this.#route(version, allTrafficTo(version));
    while (this.#second < 0) this.#serve(this.#second++);
  }

  /** A version may be given weight from now on. */
  addVersion(version: string, behaviour: Behaviour): void {
    this.#versions.set(version, {
      name: version,
      behaviour,
      requests: 0,
      failures: 0,
      failuresOfStable: 0,
      firstTrafficAt: null,
      faultBeganAt: null,
    });
  }

  /**
   * Routes the traffic from the second on in which `at` falls. As in Lambda there is at most one additional version.
   *
   * @throws Error for a version that was not added
   */
  setRouting(routing: Routing, at: number): void {
    this.advanceTo(at);
    const [additional] = Object.keys(routing.additionalVersionWeights);
    this.#main = this.#route(routing.functionVersion, routing);
    this.#additional = additional === undefined ? null : this.#route(additional, routing);
  }

  /** Simulates every second that is over at `second`, and every evaluation of the alarms that is due by then. */
  advanceTo(second: number): void {
    while (this.#second + 1 <= second) {
      this.#serve(this.#second++);
      if (this.#second % timing.periodSeconds === 0) this.#evaluateAlarms(this.#second);
    }
  }

  /** A version's counts from the second `from` on and before `until`, by period, oldest first; none without invocations. */
  counts(version: string, from: number, until: number, periodSeconds: number): readonly Datapoint[] {
    return this.#metrics.datapoints(version, from, until, periodSeconds);
  }

  get alarms(): readonly RehearsedAlarm[] {
    return this.#alarms;
  }

  /** By version. */
  get totals(): Readonly<Record<string, Totals>> {
    return Object.fromEntries(
      [...this.#versions.values()].map(({ name, requests, failures }) => [name, { requests, failures }]),
    );
  }

  /** A version's failures, minus the failures that the same requests would have had on the stable version, incidents included. */
  excessFailures(version: string): number {
    const { failures, failuresOfStable } = this.#known(version);
    return failures - failuresOfStable;
  }

  /** The first second in which a version had weight, or null. Before 0 for the stable version. */
  firstTrafficAt(version: string): number | null {
    return this.#known(version).firstTrafficAt;
  }

  /** The first second in which a version had weight and, incidents apart, was worse than the stable version; or null. */
  faultBeganAt(version: string): number | null {
    return this.#known(version).faultBeganAt;
  }

  #serve(second: number): void {
    const requests = arrivalsIn(second, this.#options.requestsPerSecond);
    const incident = incidentRate(this.#options.incidents, second);
    const routed = this.#additional ? this.#traffic.routed(second, requests, this.#additional.weight / 100) : 0;
    if (this.#additional) this.#serveBy(this.#additional, second, routed, incident);
    this.#serveBy(this.#main, second, requests - routed, incident);
  }

  #serveBy({ version, weight }: Route, second: number, requests: number, incident: number): void {
    if (weight === 0) return;
    const stableRate = this.#options.stable.errorRate;
    version.firstTrafficAt ??= second;
    const rate = ownErrorRate(version.behaviour, second - version.firstTrafficAt, weight);
    if (rate > stableRate) version.faultBeganAt ??= second;
    const failures = this.#traffic.failed(version.name, second, requests, either(rate, incident));
    this.#metrics.record(version.name, second, { invocations: requests, errors: failures });
    if (second < 0) return;
    version.requests += requests;
    version.failures += failures;
    version.failuresOfStable += requests * either(stableRate, incident);
  }

  #evaluateAlarms(second: number): void {
    for (const alarm of this.#alarms) {
      const transition = alarm.evaluate(this.#rangeOf(alarm.spec, second), second);
      if (transition) this.#options.onAlarm?.(transition);
    }
  }

  #rangeOf(spec: AlarmSpec, second: number): Range {
    const versions = spec.scope === 'candidate' ? [this.#options.candidate] : [...this.#versions.keys()];
    const periods = evaluationRange(spec);
    const from = visibleUntil(second, timing) - periods * timing.periodSeconds;
    return Array.from({ length: periods }, (_, index) => {
      const start = from + index * timing.periodSeconds;
      return metricValue(spec.metric, this.#metrics.sum(versions, start, start + timing.periodSeconds));
    });
  }

  #route(version: string, routing: Routing): Route {
    return { version: this.#known(version), weight: shareOf(version, routing) };
  }

  #known(version: string): Version {
    const known = this.#versions.get(version);
    if (!known) throw new Error(`version ${version} was not added to the world`);
    return known;
  }
}
