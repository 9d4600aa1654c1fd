import { closedUntil, firstWholePeriod } from '../rollout/coverage.ts';
import { membersOf, withMembers } from '../rollout/document/members.ts';
import type { Rollout } from '../rollout/document/rollout.ts';
import { metricSignalsIn } from '../rollout/evidence/streams.ts';
import { asksForPercentile, periodsFrom, slowerThanIn } from '../rollout/evidence/trial-of-rollout.ts';
import { questionOf, readingOf } from '../rollout/logs/look.ts';
import { readsLog } from '../rollout/logs/timing.ts';
import type { AlarmObservation, Observation, Timing } from '../rollout/observation.ts';
import { besideTheLog } from './logs/beside.ts';
import type { LogSource } from './logs/log-source.ts';
import type { AlarmSource, CountsSource } from './source.ts';

/** The sources that a policy asks for. */
export interface Sources {
  readonly alarms: AlarmSource;
  readonly counts: CountsSource;
  /** Left out if nobody looks at logs: then CloudWatch's minutes are counted. */
  readonly logs?: LogSource;
}

/** What a look knows of the requests of a member's step. */
export type CountsOfStep = Required<Pick<Observation, 'periods' | 'countedUntil' | 'timing'>> &
  Pick<Observation, 'settled' | 'isFinal' | 'beside' | 'logs'>;

/** How old the data of these sources are. */
export const timingIn = ({ alarms, counts }: Sources): Timing => ({ alarms: alarms.timing, metrics: counts.timing });

/**
 * The counts of a rollout's step, from its weight until now.
 *
 * @param now in seconds since 1970
 */
export async function countsOfStep(sources: Sources, rollout: Rollout, now: number): Promise<CountsOfStep> {
  const memory = readsLog(rollout);
  if (!sources.logs || !memory) return minutesOfStep(sources, rollout, now);
  const answer = await sources.logs.read(questionOf(rollout, memory, now));
  const { metrics, ...seen } = readingOf(rollout, memory, answer, sources.counts.timing, now);
  if (seen.periods === null && seen.logs.minutesBecause !== null) {
    return { ...(await minutesOfStep(sources, rollout, now)), logs: seen.logs };
  }
  const beside = seen.periods === null ? {} : await besideTheLog(sources.counts, rollout, seen.logs, now);
  return { ...seen, ...beside, timing: { ...timingIn(sources), metrics } };
}

/** The counts of a step by CloudWatch's minutes, from the first on of which no other source has counted a part. */
async function minutesOfStep(sources: Sources, rollout: Rollout, now: number): Promise<CountsOfStep> {
  const { counts } = sources;
  const { functionName, aliasName, stable, candidate, shiftedAt, policy, logs } = rollout;
  const from = policy.evidence
    ? firstWholePeriod(Math.max(periodsFrom(rollout, counts.timing), logs?.throttledUntil ?? 0), counts.timing)
    : firstWholePeriod(shiftedAt, counts.timing);
  const until = closedUntil(now, counts.timing);
  const query = { functionName, aliasName, stable, candidate, from, until };
  const { evidence } = policy;
  const streams = evidence && { slowerThan: slowerThanIn(rollout), signals: metricSignalsIn(evidence.signals) };
  const periods = await orUnknown(counts.read({ ...query, ...(streams && { streams }) }));
  const settled = logs && { settled: { counts: logs.settled, seconds: logs.settledSeconds, until: from } };
  return { periods, countedUntil: Math.max(from, until), timing: timingIn(sources), ...settled };
}

/**
 * A rollout whose members know when a request is slow, if its policy compares latency with the stable version's own percentile. It is read
 * once, and at the next look again if it could not be read.
 *
 * @param now in seconds since 1970
 */
export async function withPercentiles({ counts }: Sources, rollout: Rollout, now: number): Promise<Rollout> {
  const members = membersOf(rollout);
  if (rollout.step < 0 || !members.some(asksForPercentile)) return rollout;
  const read = async (member: Rollout): Promise<Rollout> => {
    if (!asksForPercentile(member)) return member;
    const { functionName, aliasName, stable, trial } = member;
    const slowerThan = await orUnknown(counts.stableP99({ functionName, aliasName, stable, until: now }));
    return { ...member, trial: { ...trial, slowerThan } };
  };
  return withMembers(rollout, await Promise.all(members.map(read)));
}

/** The alarms of a rollout, with those that have fired since its weight was given. Before its first weight none speaks against it. */
export const withFiredAtStep = async (
  { alarms }: Sources,
  { step, shiftedAt }: Rollout,
  read: readonly AlarmObservation[],
): Promise<readonly AlarmObservation[]> => (step < 0 ? read : alarms.withFired(read, shiftedAt));

/** A fact that cannot be read is not known. Nothing is reverted for that alone. */
export const orUnknown = <T>(reading: Promise<T | null>): Promise<T | null> => reading.catch(() => null);
