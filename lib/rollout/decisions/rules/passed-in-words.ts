import { alarmsInWords } from '../../alarms-in-words.ts';
import { costInWords, isDearer } from '../../cost-in-words.ts';
import { firstWholePeriod, wholePeriods } from '../../coverage.ts';
import type { Rollout } from '../../document/rollout.ts';
import type { CountedObservation } from '../../observation.ts';
import { currentStep } from './decision.ts';
import { wayBackInWords } from './service.ts';

/** What a step that has passed has shown, and what it has not. */
export function passedInWords(rollout: Rollout, observation: CountedObservation): string {
  const step = currentStep(rollout);
  if (!step) return 'the first weight can be given';
  if (step.bakeSeconds === 0 && !rollout.policy.evidence) return `${step.weight} % is not watched by this policy`;
  const passed = `${step.bakeSeconds} s at ${step.weight} % passed and ${alarmsInWords(rollout, observation.alarms)}`;
  if (!observation.counts) {
    return `${passed}; the requests could not be counted, so they prove nothing`;
  }
  const { stable, candidate } = observation.counts;
  if (candidate.invocations === 0) {
    return `${passed}; no requests to ${rollout.candidate} were observed, so nothing is proven`;
  }
  const silent = silentInWords(rollout, observation);
  const against = stable.invocations > 0 ? ` against ${stable.errors} of ${stable.invocations}` : '';
  return `${passed}; ${candidate.errors} of ${candidate.invocations} requests failed on ${rollout.candidate}${against}${silent}${dearnessInWords(rollout)}${wayBackInWords(rollout, observation.counts, step.weight)}`;
}

/** What requests cost: at the end, and while the candidate is much dearer. */
function dearnessInWords(rollout: Rollout): string {
  const words = costInWords(rollout);
  const isLast = rollout.step === rollout.plan.length - 1;
  return words && (isLast || isDearer(rollout)) ? `; ${words}` : '';
}

/** The signals of the policy that have told nothing during the step. */
function silentInWords(
  { policy, shiftedAt, trial }: Rollout,
  { periods, timing, isFinal }: CountedObservation,
): string {
  const seen = wholePeriods(periods ?? [], firstWholePeriod(shiftedAt, timing.metrics));
  const isSilent = (name: string) =>
    isFinal ? !(name in trial.now.streams) : seen.every(({ streams }) => streams?.[name] === undefined);
  return (policy.evidence?.signals ?? [])
    .filter(({ name }) => isSilent(name))
    .map(({ name }) => `; signal ${name} has no data, which proves nothing`)
    .join('');
}
