import type { MetricSignal } from '../rollout/evidence/streams.ts';
import type { AlarmObservation, MetricTiming, Period } from '../rollout/observation.ts';
import type { Clients } from './handler/clients.ts';
import type { AliasName } from './lambda/alias.ts';

/** Where the states of alarms come from. */
export interface AlarmSource {
  /** How old the data are that an alarm has seen. */
  readonly timing: MetricTiming;
  /** Reads alarms, in the order of their names. A name that is not known is observed as `missing`. */
  readonly read: (names: readonly string[]) => Promise<readonly AlarmObservation[]>;
  /**
   * Looks for those of these alarms that have fired since a moment and do so no more, in seconds since 1970. Asks only about alarms
   * whose state has changed since.
   */
  readonly withFired: (alarms: readonly AlarmObservation[], since: number) => Promise<readonly AlarmObservation[]>;
}

/** Which counts are asked for: both versions' invocations through the alias, in whole periods of the source. */
export interface CountsQuery extends AliasName {
  readonly stable: string;
  readonly candidate: string;
  /** From when up to when, in seconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** What else is to be counted; left out if only invocations and errors are. */
  readonly streams?: StreamsQuery;
}

/** What is counted beside invocations and errors. Throttles always are. */
export interface StreamsQuery {
  /** From how many milliseconds on a request is slow; null if slow ones are not counted. */
  readonly slowerThan: number | null;
  readonly signals: readonly MetricSignal[];
}

/** Where the counts of both versions come from. */
export interface CountsSource {
  /** How long a period is, and how long after its end it can be read. */
  readonly timing: MetricTiming;
  /** Reads closed periods, oldest first. A period without any data may be absent. Null if the answer is not complete. */
  readonly read: (query: CountsQuery) => Promise<readonly Period[] | null>;
  /** The 99th percentile of the stable version's duration of the day before `until`, in milliseconds; null if it served nothing. */
  readonly stableP99: (query: Omit<CountsQuery, 'candidate' | 'from' | 'streams'>) => Promise<number | null>;
}

/** A kind of source: how old its data are in a function's environment, and the source itself. */
export interface SourceKind<Source> {
  readonly timingIn: (environment: Environment) => MetricTiming;
  readonly create: (clients: SourceClients, timing: MetricTiming) => Source;
}

/** The SDK clients that sources read with. */
export type SourceClients = Pick<Clients, 'cloudwatch'>;

/** A function's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;
