/**
 * Lambda's control plane answers 15 requests a second for the whole account and region, rollouts included, and that cannot be raised.
 * (AWS: Lambda quotas.) So what looks at many functions takes two thirds of it.
 */
export const REQUESTS_PER_SECOND = 10;

/** A move of an alias reads it, writes it and reads it back. */
const REQUESTS_PER_MOVE = 3;

/** How long after one alias the next one is moved, in seconds. */
export const MOVE_GAP_SECONDS = REQUESTS_PER_MOVE / REQUESTS_PER_SECOND;

/** How long it takes to give a weight to several members, one after the other, in words; undefined for one alone. */
export function stepInWords(members: number): string | undefined {
  if (members < 2) return undefined;
  const seconds = Number(((members - 1) * MOVE_GAP_SECONDS).toFixed(1));
  return `a weight takes some ${seconds} s to reach all ${members} members`;
}
