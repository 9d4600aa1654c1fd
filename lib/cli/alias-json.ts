import type { Routing } from '../rollout/alias.ts';

/** An alias in the words of contracts: weights in percent. */
export function aliasJson(alias: Routing | null) {
  if (!alias) return null;
  const weights = Object.entries(alias.additionalVersionWeights);
  return {
    functionVersion: alias.functionVersion,
    additionalVersionWeights: Object.fromEntries(
      weights.map(([version, weight]) => [version, Math.round(weight * 10_000) / 100]),
    ),
  };
}
