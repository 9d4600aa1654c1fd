import type { AlarmShape } from './alarm-shape.ts';
import type { AliasState } from './alias/alias.ts';
import type { StreamCounts } from './evidence/streams.ts';
import type { Milliseconds } from './evidence/version-cost.ts';
import type { LogMemory } from './logs/memory.ts';

/** Invocations and those of them that failed. */
export interface Counts {
  /** Requests that the version served. */
  readonly invocations: number;
  /** Those of them that failed. */
  readonly errors: number;
}

/** The share of the requests that failed: 0 if there were none. */
export const errorRate = ({ invocations, errors }: Counts): number => (invocations > 0 ? errors / invocations : 0);

/** The counts of both versions. */
export interface VersionCounts {
  /** The version before. */
  readonly stable: Counts;
  /** The version that the rollout moves traffic to. */
  readonly candidate: Counts;
}

/** Nothing seen of either version yet. */
export const noCounts: VersionCounts = {
  stable: { invocations: 0, errors: 0 },
  candidate: { invocations: 0, errors: 0 },
};

/** One closed metric period: both versions' counts, by the start of their invocations. */
export interface Period extends VersionCounts {
  /** The period's start, in seconds since 1970. */
  readonly start: number;
  /** How long it is; left out if it is as long as the periods of its source. */
  readonly seconds?: number;
  /** What else may go wrong with requests, by the name of the stream. Left out if nothing else was counted. */
  readonly streams?: StreamCounts;
  /** How long all requests took together, by version. Left out if that was not measured. */
  readonly milliseconds?: Milliseconds;
}

/** An alarm as CloudWatch has it. A name that CloudWatch does not know is `missing`, which is never OK. */
export interface AlarmObservation {
  readonly name: string;
  /** An alarm that CloudWatch says it cannot evaluate is without data, whatever state it shows. */
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'missing';
  /** CloudWatch's own words for the state. */
  readonly reason: string;
  /** How it is made; null if that is not known: then it is taken to fire after one bad minute. */
  readonly shape: AlarmShape | null;
  /** When its state last changed, in seconds since 1970. Left out if CloudWatch does not tell. */
  readonly changedAt?: number;
  /** That it fired since the step's weight was given, and does so no more. Left out if it did not. */
  readonly fired?: FiredAlarm;
}

/** An alarm's latest ALARM that is over. */
export interface FiredAlarm {
  /** When it went to ALARM, in seconds since 1970. */
  readonly at: number;
  /** CloudWatch's own words. */
  readonly reason: string;
}

/** The outside world as it was read at one moment. */
export interface Observation {
  /** The alias, or null if it does not exist any more. */
  readonly alias: AliasState | null;
  readonly alarms: readonly AlarmObservation[];
  /** The value of the function's tag `sluice:hold`; null without the tag. */
  readonly hold: string | null;
  /**
   * Closed periods since the step's weight was given, oldest first; a period without any data may be absent. Null if the counts could
   * not be read, or not in full: nothing is known of them then.
   */
  readonly periods: readonly Period[] | null;
  /** Until when periods were asked for, in seconds since 1970. Left out: until the last one that is closed. */
  readonly countedUntil?: number;
  /** What of the step was counted before and is not read again. Left out if the periods are all of the step. */
  readonly settled?: Settled;
  /** Periods of another source, of what the source of the counts does not tell: no look tells them again. */
  readonly beside?: readonly Period[];
  /** Whether no later look reads these periods again. Left out if they may be corrected. */
  readonly isFinal?: boolean;
  /** What is remembered of the function's log after this look. Left out if nothing changed. */
  readonly logs?: LogMemory;
  /** The candidate's state. Left out, or null: it could not be read. */
  readonly candidateState?: VersionState | null;
  readonly timing: Timing;
}

/** The counts of a step up to a moment. */
export interface Settled {
  readonly counts: VersionCounts;
  /** How many seconds of whole periods they are of. */
  readonly seconds: number;
  /** From when on periods are not in them, in seconds since 1970. */
  readonly until: number;
}

/** The state of a version in Lambda's words, and its reason. */
export interface VersionState {
  readonly state: string;
  readonly stateReason: string;
}

/** An observation with its counts added up over the whole periods since the step's weight was given. */
export interface CountedObservation extends Observation {
  /** Null if they are not known. */
  readonly counts: VersionCounts | null;
}

/** How long a period is, and how long after its end it can be read, in seconds. */
export interface MetricTiming {
  /** How long a period is, in whole seconds from 1 on. */
  readonly periodSeconds: number;
  /** How long after its end a period can be read, in whole seconds. */
  readonly delaySeconds: number;
}

/** How old the data are by which a step is judged: the per-version counts, and the data that alarms have seen. */
export interface Timing {
  /** The counts of requests of each version. */
  readonly metrics: MetricTiming;
  /** The data that alarms are evaluated on. */
  readonly alarms: MetricTiming;
}

/** CloudWatch's minutes: `AWS/Lambda` has one-minute periods, and an alarm on them is evaluated a minute late. */
export const cloudWatchTiming: Timing = {
  metrics: { periodSeconds: 60, delaySeconds: 60 },
  alarms: { periodSeconds: 60, delaySeconds: 60 },
};

/** The tag that keeps a rollout from going on; its value is the reason. */
export const HOLD_TAG = 'sluice:hold';
