import type { Step } from './policy/step.ts';

/** The longest timeout that a function may have, in seconds. (AWS: Lambda quotas.) */
export const LONGEST_TIMEOUT_SECONDS = 900;

/**
 * The first watched step that is over before a request that hangs from its beginning on has failed: that takes until the function's
 * timeout. Undefined if no step is that short.
 */
export const stepBlindToHangs = (steps: readonly Step[], timeoutSeconds: number): Step | undefined =>
  steps.find(({ bakeSeconds }) => bakeSeconds > 0 && bakeSeconds < timeoutSeconds);

/** The same in words; undefined if every watched step is long enough. */
export function hangInWords(steps: readonly Step[], timeoutSeconds: number): string | undefined {
  const blind = stepBlindToHangs(steps, timeoutSeconds);
  return (
    blind &&
    `a hang of ${timeoutSeconds} s (the function's timeout) shows only after the ${blind.bakeSeconds} s of the step at ${blind.weight} %`
  );
}

/** The shortest bake that a function's timeout could outlast, in seconds; undefined if none could. */
export function shortestBakeToCompare(steps: readonly Step[]): number | undefined {
  const bakes = steps.flatMap(({ bakeSeconds }) => (bakeSeconds > 0 ? [bakeSeconds] : []));
  const shortest = Math.min(...bakes);
  return shortest < LONGEST_TIMEOUT_SECONDS ? shortest : undefined;
}
