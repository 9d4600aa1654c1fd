import { firstWholePeriod, totalOf, wholePeriods } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import { chanceOf, SUSPICION_CHANCE, usualRate } from '../../evidence/history.ts';
import { retreatWeight } from '../../evidence/next-weight.ts';
import { type CountedObservation, type Counts, errorRate } from '../../observation.ts';
import { riskIn } from './adaptive.ts';
import { currentStep, type Decision } from './decision.ts';
import { suspicionIn } from './findings.ts';

/** A failure that comes with 100 % and goes with it for a second time is the candidate's, unless chance does that so rarely. */
const CERTAINTY_CHANCE = 1e-5;

/** An account whose traffic differs that much from the day before is not helped by one more retreat. */
const MOST_RETREATS = 3;

/**
 * At 100 % there is no stable traffic left to compare with, so the candidate is held to what the alias served in the last day. If it fails
 * more often, it retreats to a small weight, where both versions meet the same traffic: an outage of a dependency then shows on both, and a
 * fault on one. A candidate that is healthy there beside a healthy stable version, and fails at 100 % again, fails under load: it is reverted.
 */
export function byTheHistory(rollout: Rollout, observation: CountedObservation, now: number): Decision | undefined {
  const step = currentStep(rollout);
  const { periods, counts, timing } = observation;
  if (!rollout.policy.adaptive || step?.weight !== 100 || !periods || !counts) return undefined;
  const retreats = rollout.passed.filter(({ weight }) => weight === 100).length;
  if (retreats >= MOST_RETREATS) return undefined;
  const usual = usualIn(rollout);
  const last = wholePeriods(periods, firstWholePeriod(rollout.shiftedAt, timing.metrics)).at(-1);
  const seen = [counts.candidate, ...(last ? [last.candidate] : [])];
  const chance = Math.min(...seen.map((each) => chanceOf(each, usual)));
  const isSuspected = suspicionIn(rollout) !== undefined;
  if (chance >= SUSPICION_CHANCE && !isSuspected) return undefined;
  const { errors, invocations } = counts.candidate;
  const failed = `${errors} of ${invocations} requests failed on ${rollout.candidate} at 100 %, more than is usual here`;
  if (retreats > 0 && chance < CERTAINTY_CHANCE && wasHealthyBeside(rollout)) {
    return {
      kind: 'revert',
      reason: `${failed}, as once before, and neither version failed so at ${lastWeight(rollout)} %`,
    };
  }
  const excess = Math.max(...seen.map(errorRate)) - usual;
  const weight = retreatWeight(Math.max(excess, usual), riskIn(rollout, observation, now));
  return {
    kind: 'advance',
    step: rollout.step + 1,
    weight,
    reason: `${failed}: back to ${weight} %, where both versions can be compared`,
  };
}

/** How often a request fails here: as in the last day, or as on the stable version since. */
function usualIn(rollout: Rollout): number {
  const since = sinceRetreat(rollout);
  const { stable } = totalOf((since.length > 0 ? since : rollout.passed).map(({ requests }) => requests));
  const day = rollout.history ? usualRate(rollout.history) : 0;
  return Math.max(day, since.length > 0 || !rollout.history ? floored(stable) : 0);
}

/** A rate of which one failure more would be no surprise. */
const floored = (counts: Counts): number => Math.max(errorRate(counts), 1 / Math.max(1, counts.invocations));

/** The steps since the candidate had all of the traffic. */
function sinceRetreat({ passed }: Rollout): Rollout['passed'] {
  const last = passed.findLastIndex(({ weight }) => weight === 100);
  return last < 0 ? [] : passed.slice(last + 1);
}

/** Whether the stable version failed no more than usual beside the candidate that had retreated. */
function wasHealthyBeside(rollout: Rollout): boolean {
  const { stable } = totalOf(sinceRetreat(rollout).map(({ requests }) => requests));
  return chanceOf(stable, rollout.history ? usualRate(rollout.history) : 0) >= SUSPICION_CHANCE;
}

const lastWeight = ({ passed }: Rollout): number => passed.at(-1)?.weight ?? 0;
