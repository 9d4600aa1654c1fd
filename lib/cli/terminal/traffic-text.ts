import type { AliasTraffic } from '../../operations/rollout-record.ts';

/** Where an alias sends its traffic, in words: `41 with 10 % to 42`. */
export function trafficInWords(traffic: AliasTraffic | null): string {
  if (!traffic) return 'nothing, for it does not exist';
  const { functionVersion, additionalVersionWeights } = traffic;
  const shares = Object.entries(additionalVersionWeights).map(([version, weight]) => `${weight} % to ${version}`);
  return shares.length === 0 ? functionVersion : `${functionVersion} with ${shares.join(', ')}`;
}
