import { closedUntil, firstWholePeriod } from '../rollout/coverage.ts';
import { membersOf, withMembers } from '../rollout/document/members.ts';
import type { Rollout } from '../rollout/document/rollout.ts';
import { asksForPercentile, periodsFrom, slowerThanIn } from '../rollout/evidence/trial-of-rollout.ts';
import type { AlarmObservation, Observation, Timing } from '../rollout/observation.ts';
import type { AlarmSource, CountsSource } from './source.ts';

/** The sources that a policy asks for. */
export interface Sources {
  readonly alarms: AlarmSource;
  readonly counts: CountsSource;
}

/** How old the data of these sources are. */
export const timingIn = ({ alarms, counts }: Sources): Timing => ({ alarms: alarms.timing, metrics: counts.timing });

/**
 * The counts of a rollout's step, from its weight until now.
 *
 * @param now in seconds since 1970
 */
export async function countsOfStep(
  { counts }: Sources,
  rollout: Rollout,
  now: number,
): Promise<Required<Pick<Observation, 'periods' | 'countedUntil'>>> {
  const { functionName, aliasName, stable, candidate, shiftedAt, policy } = rollout;
  const from = policy.evidence ? periodsFrom(rollout, counts.timing) : firstWholePeriod(shiftedAt, counts.timing);
  const until = closedUntil(now, counts.timing);
  const query = { functionName, aliasName, stable, candidate, from, until };
  const { evidence } = policy;
  const streams = evidence && { slowerThan: slowerThanIn(rollout), signals: evidence.signals };
  const periods = await orUnknown(counts.read({ ...query, ...(streams && { streams }) }));
  return { periods, countedUntil: Math.max(from, until) };
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
