import type { VersionCounts } from '../observation.ts';
import type { Policy } from '../policy/policy.ts';
import { LATENCY, THROTTLES } from '../policy/streams.ts';
import { type Doubt, doubtOf, type Stake } from './stake.ts';

type Evidence = NonNullable<Policy['evidence']>;

/** What of a signal is told, and where it is told. */
type PolicySignal = Evidence['signals'][number];

/** A condition on lines of the function's own log, by which the versions are compared. */
export type LogSignal = Readonly<Extract<PolicySignal, { log: object }>>;

/** A metric of the function's own, by which the versions are compared. */
export interface MetricSignal extends Readonly<Omit<Exclude<PolicySignal, { log: object }>, 'dimensions'>> {
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What the versions are compared by that Lambda does not count. */
export type Signal = MetricSignal | LogSignal;

/** The signals that are metrics. */
export const metricSignalsIn = (signals: readonly Signal[]): readonly MetricSignal[] =>
  signals.flatMap((signal) => ('log' in signal ? [] : signal));

/** The signals that are told by the log. */
export const logSignalsIn = (signals: readonly Signal[]): readonly LogSignal[] =>
  signals.flatMap((signal) => ('log' in signal ? signal : []));

/** What a policy says of the streams. */
export interface StreamOptions extends Pick<Evidence, 'falseRollbackRate' | 'latency' | 'maximumCostIncrease'> {
  readonly signals: readonly Signal[];
}

/**
 * A way in which requests may go wrong beside the errors that Lambda counts. Both versions are compared in each, on counts of the same
 * time: how many requests there were, and how many of them went wrong this way.
 */
export interface Stream {
  /** Unique in a policy. */
  readonly name: string;
  /** What the requests did, in words that follow "requests". */
  readonly went: string;
}

/** Counts of each stream, by its name. A stream without any data is absent. */
export type StreamCounts = Readonly<Record<string, VersionCounts>>;

/**
 * The streams of a policy that asks for evidence. Their number never changes during a rollout: they share its false-rollback rate.
 *
 * @param slowerThan from how many milliseconds on a request is slow; null if that is not known yet
 */
export function streamsOf(
  { latency, signals }: Pick<StreamOptions, 'latency' | 'signals'>,
  slowerThan: number | null,
): readonly Stream[] {
  const slow = { name: LATENCY, went: `took longer than ${slowerThan === null ? 'usual' : `${slowerThan} ms`}` };
  return [
    { name: THROTTLES, went: 'were throttled' },
    ...(latency === undefined ? [] : [slow]),
    ...signals.map(({ name }) => ({ name, went: `failed by signal ${name}` })),
  ];
}

/** The false-rollback rate of each stream, of the errors, and of the cost if it is limited: they share that of the policy equally. */
export const shareOfRate = (
  { falseRollbackRate, maximumCostIncrease }: StreamOptions,
  streams: readonly Stream[],
): number => falseRollbackRate / (streams.length + (maximumCostIncrease === undefined ? 1 : 2));

/** What the requests of both versions have shown in one stream so far, and how many they were. Plain JSON. */
export interface StreamTrial {
  readonly stake: Stake;
  readonly counts: VersionCounts;
}

/** What one of the streams says of the candidate: that it is worse there, or that it may be. */
export interface StreamFinding {
  readonly stream: Stream;
  readonly counts: VersionCounts;
  readonly is: Doubt;
}

/**
 * The first stream in which the candidate is found to be worse, or else the first one that is suspicious; undefined if there is none.
 *
 * @param rate the false-rollback rate of each stream, 0 to 1
 */
export function findingIn(
  trials: Readonly<Record<string, StreamTrial>>,
  streams: readonly Stream[],
  rate: number,
): StreamFinding | undefined {
  const found = streams.flatMap((stream): StreamFinding[] => {
    const trial = trials[stream.name];
    const is = trial && doubtOf(trial.stake, rate);
    return is ? [{ stream, counts: trial.counts, is }] : [];
  });
  return found.find(({ is }) => is === 'worse') ?? found[0];
}
