import { countedUntil } from '../coverage.ts';
import type { PassedStep } from '../document/record.ts';
import type { CountedObservation, MetricTiming, Period } from '../observation.ts';
import type { Policy } from '../policy/policy.ts';
import { type CostLimit, newTrial, type Trial, tried } from './trial.ts';
import type { VersionSizes } from './version-cost.ts';

/** The trial of a rollout: plain JSON, a part of its document. */
export interface RolloutTrial {
  /** The trial when the step's weight was given, or at the last look if no period is read twice. */
  readonly before: Trial;
  /** The end of the periods in it, in seconds since 1970; null before the first traffic. */
  readonly from: number | null;
  /** The trial at the last look. A look takes the step's periods in anew, because CloudWatch may correct them. */
  readonly now: Trial;
  /** The end of the periods in it, in seconds since 1970; null if none were counted. */
  readonly until: number | null;
  /** From how many milliseconds on a request is slow: the stable version's own 99th percentile; null while it is not known. */
  readonly slowerThan: number | null;
}

/** The trial of a rollout that has had no traffic. */
export const noTrial: RolloutTrial = { before: newTrial, from: null, now: newTrial, until: null, slowerThan: null };

/** What of a rollout's document its trial depends on. */
interface Tried {
  readonly trial: RolloutTrial;
  readonly passed: readonly Pick<PassedStep, 'from'>[];
  readonly shiftedAt: number;
}

/** What of it the trial of a look depends on. */
interface Observed extends Tried {
  readonly step: number;
  readonly sizes: VersionSizes | null;
  readonly policy: {
    readonly evidence?: Pick<NonNullable<Policy['evidence']>, 'graceSeconds' | 'maximumCostIncrease'> | undefined;
  };
}

/**
 * A rollout whose trial has taken in a look at the counts. Counts that are not known change nothing, and neither does a policy that asks
 * for no evidence.
 */
export function withTrial<Rollout extends Observed>(
  rollout: Rollout,
  observation: CountedObservation,
  now: number,
): Rollout {
  const { evidence } = rollout.policy;
  if (!evidence || rollout.step < 0) return rollout;
  return { ...rollout, trial: trialAfter(rollout, observation, evidence, now) };
}

function trialAfter(
  rollout: Tried & Pick<Observed, 'sizes'>,
  observation: CountedObservation,
  { graceSeconds, maximumCostIncrease }: NonNullable<Observed['policy']['evidence']>,
  now: number,
): RolloutTrial {
  const { periods, timing } = observation;
  if (!periods) return rollout.trial;
  const { before, from, slowerThan } = rollout.trial;
  const changes = [...rollout.passed.map((step) => step.from), rollout.shiftedAt];
  const firstTrafficAt = changes[0] as number;
  const limit: CostLimit | undefined =
    maximumCostIncrease === undefined ? undefined : { maximumIncrease: maximumCostIncrease, sizes: rollout.sizes };
  const fresh = periods.filter(({ start }) => start >= (from ?? Number.NEGATIVE_INFINITY));
  const after = [...(observation.beside ?? []), ...fresh].reduce(
    (trial, period) => tried(trial, windowOf(period), limit),
    before,
  );
  const until = countedUntil(observation, now);
  return observation.isFinal
    ? { before: after, from: until, now: after, until, slowerThan }
    : { before, from, now: after, until, slowerThan };

  function windowOf(period: Period) {
    const end = period.start + (period.seconds ?? timing.metrics.periodSeconds);
    const isWhole = changes.every((at) => at <= period.start || at >= end);
    const since = period.start - firstTrafficAt;
    return { ...period, seconds: Math.max(0, since), comparable: isWhole && since >= graceSeconds };
  }
}

/** The trial when the next step's weight is given: periods that could not be read yet are taken in then. */
export const trialAtNextStep = ({ now, until, slowerThan }: RolloutTrial): RolloutTrial => ({
  before: now,
  from: until,
  now,
  until,
  slowerThan,
});

/** What of a policy and a trial says when a request is slow. */
interface Judged {
  readonly trial: Pick<RolloutTrial, 'slowerThan'>;
  readonly policy: { readonly evidence?: Pick<NonNullable<Policy['evidence']>, 'latency'> | undefined };
}

/** From how many milliseconds on a request is slow; null if that is not known yet, or if nobody asks. */
export function slowerThanIn({ trial, policy }: Judged): number | null {
  const latency = policy.evidence?.latency;
  return typeof latency === 'object' ? latency.slowerThanMilliseconds : trial.slowerThan;
}

/** Whether a policy compares latency with a percentile that has not been read yet. */
export const asksForPercentile = ({ trial, policy }: Judged): boolean =>
  policy.evidence?.latency === 'stableP99' && trial.slowerThan === null;

/** From when on a look reads periods, in seconds since 1970: from the first that touches the step, or that no look has seen. */
export const periodsFrom = (
  { trial, shiftedAt }: Pick<Tried, 'trial' | 'shiftedAt'>,
  { periodSeconds }: MetricTiming,
): number => trial.from ?? Math.floor(shiftedAt / periodSeconds) * periodSeconds;
