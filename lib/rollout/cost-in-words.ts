import type { Rollout } from './document/rollout.ts';
import { type CostComparison, costsOf } from './evidence/version-cost.ts';

/** From so much on a version that costs more, or less, is worth a word at each step. */
const WORTH_A_WORD = 0.1;

/** What requests to both versions cost on the same traffic; undefined if that is not known. */
export const costsIn = ({ trial, sizes }: Pick<Rollout, 'trial' | 'sizes'>): CostComparison | undefined =>
  costsOf(trial.now.work, sizes);

/** The same as a field; none if it is not known. */
export function versionCostsIn(rollout: Pick<Rollout, 'trial' | 'sizes'>): { readonly versionCosts?: CostComparison } {
  const versionCosts = costsIn(rollout);
  return versionCosts ? { versionCosts } : {};
}

/** What requests to both versions of a rollout cost, in words; undefined if that is not known. */
export function costInWords(rollout: Rollout): string | undefined {
  const costs = costsIn(rollout);
  return costs && costsInWords(costs, rollout);
}

/** What requests to both versions cost, in words. */
export function costsInWords(
  costs: CostComparison,
  { stable, candidate }: { readonly stable: string; readonly candidate: string },
): string {
  const { increase } = costs;
  const change = Math.round(Math.abs(increase) * 100);
  const words = change === 0 ? 'as much' : `${change} % ${increase > 0 ? 'more' : 'less'}`;
  return `a million requests cost ${inDollars(costs.candidate.usdPerMillion)} on ${candidate} and ${inDollars(costs.stable.usdPerMillion)} on ${stable}: ${words}`;
}

/** Whether the candidate's requests are so much dearer that a person should know it while the rollout goes on. */
export const isDearer = (rollout: Rollout): boolean => (costsIn(rollout)?.increase ?? 0) >= WORTH_A_WORD;

const inDollars = (usd: number): string => `$${usd >= 1 ? usd.toFixed(2) : usd.toPrecision(2)}`;
