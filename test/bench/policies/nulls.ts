import { binomial } from '../../../lib/rehearsal/world/binomial.ts';
import { createRandom, type Random } from '../../../lib/rehearsal/world/random.ts';
import { findingOf, newTrial, type Trial, tried } from '../../../lib/rollout/evidence/trial.ts';

const MINUTES = 60;
const WEIGHTS = [0.01, 0.05, 0.1, 0.2, 0.5, 0.9];

/**
 * Whether a healthy candidate is found to be bad in an hour in which it is looked at each minute. Traffic and error rate drift and burst,
 * incidents hit both versions, and the weight changes every five minutes.
 */
export function isTakenForBad(random: Random, falseRollbackRate: number): boolean {
  const requests = 60 * 10 ** (3 * random.next());
  const baseline = 10 ** (-4 + 3 * random.next());
  const drift = 10 ** (random.next() - 0.5);
  let share = 0.1;
  let trial: Trial = newTrial;
  for (let minute = 0; minute < MINUTES; minute++) {
    if (minute % 5 === 4) share = WEIGHTS[Math.floor(random.next() * WEIGHTS.length)] as number;
    const incident = random.next() < 0.05 ? 0.5 : 0;
    const rate = Math.min(0.9, baseline * drift ** (minute / MINUTES) * (1 + random.next()) + incident);
    const arrived = Math.round(requests * (random.next() < 0.1 ? 10 : 1));
    const served = binomial(random, arrived, share);
    const counts = (invocations: number) => ({ invocations, errors: binomial(random, invocations, rate) });
    trial = tried(trial, {
      stable: counts(arrived - served),
      candidate: counts(served),
      seconds: 60 * minute,
      comparable: true,
    });
    const finding = findingOf(trial, falseRollbackRate);
    if (finding === 'failsMore' || finding === 'failsGrossly') return true;
  }
  return false;
}

/** The share of healthy candidates that are taken for bad. */
export function shareTakenForBad(nulls: number, falseRollbackRate: number): number {
  let bad = 0;
  for (let seed = 0; seed < nulls; seed++) bad += isTakenForBad(createRandom(seed), falseRollbackRate) ? 1 : 0;
  return bad / nulls;
}
