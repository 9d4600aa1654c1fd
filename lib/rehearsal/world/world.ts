import { allTrafficTo, type Routing, shareOf } from '../../rollout/alias/alias.ts';
import { cloudWatchTiming } from '../../rollout/observation.ts';
import type { AlarmSpec, CompositeAlarmSpec } from '../scenario/alarm-spec.ts';
import type { Behaviour, Incident, StableBehaviour } from '../scenario/behaviour.ts';
import type { RatePoint } from '../scenario/traffic.ts';
import { evaluationRange, metricValue, type Range } from './alarm-evaluation.ts';
import {
  Alarm,
  type AlarmTransition,
  CompositeAlarm,
  isEvaluatedAt,
  periodOf,
  periodStarts,
  type RehearsedAlarm,
} from './alarms.ts';
import { type Datapoint, Metrics } from './metrics.ts';
import { createRandom } from './random.ts';
import {
  arrivalsIn,
  type Condition,
  conditionOf,
  either,
  incidentRate,
  rateIn,
  Traffic,
  USUAL_MILLISECONDS,
} from './traffic.ts';

/** The parts of a world. */
export interface WorldOptions {
  /** One rate, or a curve of rates. */
  readonly requestsPerSecond: number | readonly RatePoint[];
  /** The version that has served all traffic so far. */
  readonly stable: StableBehaviour & { readonly version: string };
  /** The version that alarms of scope `candidate` watch; it is added later. */
  readonly candidate: string;
  readonly incidents: readonly Incident[];
  readonly alarms: readonly AlarmSpec[];
  /**
   * Alarms over those.
   *
   * @default none
   */
  readonly compositeAlarms?: readonly CompositeAlarmSpec[];
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
  /** Whether its state lets Lambda invoke it. */
  invocable: boolean;
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
 * are evaluated once a minute from then on, each at its own second, on data that is a minute late; those with shorter periods once a
 * period.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #traffic: Traffic;
  readonly #metrics: Metrics;
  readonly #curve: readonly RatePoint[];
  readonly #firstSecond: number;
  #alarms: readonly Alarm[];
  #composites: readonly CompositeAlarm[];
  readonly #versions = new Map<string, Version>();
  /** The version that gets all traffic but the additional one's. */
  #main: Route;
  #additional: Route | null = null;
  /** The first second that is not simulated yet. */
  #second: number;

  constructor(options: WorldOptions) {
    const { requestsPerSecond, stable, candidate, alarms, compositeAlarms = [] } = options;
    const longest = Math.max(0, ...alarms.map((alarm) => evaluationRange(alarm) * periodOf(alarm)));
    this.#options = options;
    this.#curve = typeof requestsPerSecond === 'number' ? [{ fromSecond: 0, requestsPerSecond }] : requestsPerSecond;
    this.#second = -(longest + timing.periodSeconds);
    this.#firstSecond = this.#second;
    this.#traffic = new Traffic(createRandom(options.seed).fork('world'));
    this.#metrics = new Metrics(this.#second);
    this.#alarms = alarms.map((spec) => new Alarm(spec, spec.scope === 'candidate' ? candidate : null));
    this.#composites = compositeAlarms.map((spec) => new CompositeAlarm(spec, this.#alarms));
    const { version, ...behaviour } = stable;
    this.addVersion(version, { ...behaviour, faults: [] });
    this.#main = this.#route(version, allTrafficTo(version));
    while (this.#second < 0) this.#serve(this.#second++);
  }

  /** A version may be given weight from now on. */
  addVersion(version: string, behaviour: Behaviour): void {
    this.#versions.set(version, {
      name: version,
      behaviour,
      invocable: true,
      requests: 0,
      failures: 0,
      failuresOfStable: 0,
      firstTrafficAt: null,
      faultBeganAt: null,
    });
  }

  /** Whether Lambda can invoke a version from the second on in which `at` falls: it cannot in some states of a version. */
  setInvocable(version: string, invocable: boolean, at: number): void {
    this.advanceTo(at);
    this.#known(version).invocable = invocable;
  }

  /** An alarm is gone from the second on in which `at` falls. It is no error if there is none of that name. */
  deleteAlarm(name: string, at: number): void {
    this.advanceTo(at);
    this.#alarms = this.#alarms.filter((alarm) => alarm.name !== name);
    this.#composites = this.#composites.filter((alarm) => alarm.name !== name);
  }

  /** An alarm watches another version from the second on in which `at` falls. */
  moveAlarm(name: string, version: string, at: number): void {
    this.advanceTo(at);
    const moved = this.#alarms.find((alarm) => alarm.name === name);
    if (moved) moved.version = version;
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
      this.#evaluateAlarms(this.#second);
    }
  }

  /**
   * The counts of a version, or of all (null), from the second `from` on and before `until`, by period, oldest first; none without
   * invocations. Before the first second that was simulated the stable version has served the traffic of that second.
   */
  counts(version: string | null, from: number, until: number, periodSeconds: number): readonly Datapoint[] {
    const versions = version === null ? [...this.#versions.keys()] : [version];
    const past = versions.includes(this.#options.stable.version) ? this.#past(from, until, periodSeconds) : [];
    const simulatedFrom = from + Math.max(0, Math.ceil((this.#firstSecond - from) / periodSeconds)) * periodSeconds;
    return [...past, ...this.#metrics.datapoints(versions, simulatedFrom, until, periodSeconds)];
  }

  /** Periods that begin before the first second that was simulated. */
  #past(from: number, until: number, periodSeconds: number): readonly Datapoint[] {
    const { stable } = this.#options;
    const requestsPerSecond = rateIn(this.#curve, this.#firstSecond);
    const periods: Datapoint[] = [];
    for (let start = from; start < Math.min(until, this.#firstSecond); start += periodSeconds) {
      const throttled = stable.throttleRate ?? 0;
      const invocations = Math.round(arrivalsIn(start, requestsPerSecond, periodSeconds) * (1 - throttled));
      const errors = this.#traffic.failed(stable.version, start, invocations, stable.errorRate);
      if (invocations > 0) periods.push({ start, invocations, errors });
    }
    return periods;
  }

  /** What all chance in it is drawn by. */
  get seed(): number {
    return this.#options.seed;
  }

  /** What Lambda and the function itself have measured of each version. */
  get metrics(): Pick<Metrics, 'sum' | 'throttles' | 'milliseconds' | 'slowerThan' | 'signalled' | 'p99Milliseconds'> {
    return this.#metrics;
  }

  get alarms(): readonly RehearsedAlarm[] {
    return [...this.#alarms, ...this.#composites];
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
    const requests = arrivalsIn(second, rateIn(this.#curve, second));
    const incident = incidentRate(this.#options.incidents, second);
    const routed = this.#additional ? this.#traffic.routed(second, requests, this.#additional.weight / 100) : 0;
    if (this.#additional) this.#serveBy(this.#additional, second, routed, incident);
    this.#serveBy(this.#main, second, requests - routed, incident);
  }

  #serveBy({ version, weight }: Route, second: number, requests: number, incident: number): void {
    if (weight === 0) return;
    const { stable } = this.#options;
    version.firstTrafficAt ??= second;
    const condition = conditionOf(version.behaviour, second - version.firstTrafficAt, weight);
    const invocable = condition.invocable && version.invocable;
    if (!invocable || isWorse(condition, stable) || isWorseByOthers(version.behaviour, stable))
      version.faultBeganAt ??= second;
    const failures = invocable ? this.#invoke(version, second, requests, condition, incident) : requests;
    if (second < 0) return;
    version.requests += requests;
    version.failures += failures;
    version.failuresOfStable += requests * failureRateOf(stable, incident);
  }

  /** Sends requests to a version that can be invoked. Returns how many of them fail, throttled ones and those that a signal tells included. */
  #invoke(
    { name, behaviour }: Version,
    second: number,
    requests: number,
    condition: Condition,
    incident: number,
  ): number {
    const { errorRate, throttleRate, p99Milliseconds } = condition;
    const throttles = this.#traffic.throttled(name, second, requests, throttleRate);
    const invocations = requests - throttles;
    const errors = this.#traffic.failed(name, second, invocations, either(errorRate, incident));
    const signals = this.#traffic.signalled(name, second, invocations - errors, behaviour.signals ?? {});
    const slow = this.#traffic.slow(name, second, invocations, behaviour.slowRate ?? 0);
    this.#metrics.record(name, second, {
      invocations,
      errors,
      throttles,
      milliseconds: p99Milliseconds,
      slow,
      signals,
    });
    return throttles + errors + Object.values(signals).reduce((sum, each) => sum + each, 0);
  }

  #evaluateAlarms(second: number): void {
    const due = this.#alarms.filter(({ spec }) => isEvaluatedAt(spec, second));
    const changed = due.flatMap((alarm) => alarm.evaluate(this.#rangeOf(alarm, second), second) ?? []);
    if (changed.length === 0) return;
    const followed = this.#composites.flatMap((composite) => composite.follow(this.#alarms, second) ?? []);
    for (const transition of [...changed, ...followed]) this.#options.onAlarm?.(transition);
  }

  #rangeOf({ spec, version }: Alarm, second: number): Range {
    const versions = version === null ? [...this.#versions.keys()] : [version];
    return periodStarts(spec, second).map((from) => {
      const until = from + periodOf(spec);
      return metricValue(spec.metric, {
        ...this.#metrics.sum(versions, from, until),
        throttles: this.#metrics.throttles(versions, from, until),
        p99Milliseconds:
          spec.metric === 'p99Milliseconds' ? this.#metrics.p99Milliseconds(versions, from, until) : null,
      });
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

/** How likely a request fails on the stable version, whoever tells of it. */
const failureRateOf = ({ throttleRate = 0, errorRate, signals = {} }: StableBehaviour, incident: number): number =>
  Object.values(signals).reduce(either, either(throttleRate, either(errorRate, incident)));

/** Whether a version is worse in what Lambda does not know of. */
const isWorseByOthers = ({ signals = {}, slowRate = 0 }: Behaviour, stable: StableBehaviour): boolean =>
  slowRate > (stable.slowRate ?? 0) ||
  Object.entries(signals).some(([name, rate]) => rate > (stable.signals?.[name] ?? 0));

/** Whether a version serves its requests worse than the stable version does, incidents apart. */
const isWorse = (condition: Condition, stable: StableBehaviour): boolean =>
  condition.errorRate > stable.errorRate ||
  condition.throttleRate > (stable.throttleRate ?? 0) ||
  condition.p99Milliseconds > (stable.p99Milliseconds ?? USUAL_MILLISECONDS);
