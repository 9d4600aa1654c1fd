import { describe, expect, it } from 'vitest';
import { hangInWords, shortestBakeToCompare } from '../../lib/rollout/hang.ts';
import type { Step } from '../../lib/rollout/policy/step.ts';

const bakes = (...seconds: number[]): Step[] =>
  seconds.map((bakeSeconds, index) => ({ weight: (index + 1) * 10, bakeSeconds, approval: 'automatic' }));

describe("a function's timeout and the bakes of a policy", () => {
  it('are compared: the first watched step that is shorter is named', () => {
    expect(hangInWords(bakes(0, 900, 300, 60), 900)).toBe(
      "a hang of 900 s (the function's timeout) shows only after the 300 s of the step at 30 %",
    );
  });

  it.each([
    ['every watched step is as long as the timeout', bakes(900, 900), 900],
    ['nothing is watched', bakes(0, 0), 900],
  ])('fit if %s', (_, steps, timeout) => {
    expect(hangInWords(steps, timeout)).toBeUndefined();
  });

  it('are worth a comparison if the longest timeout that Lambda allows outlasts a bake', () => {
    expect(shortestBakeToCompare(bakes(0, 600, 300))).toBe(300);
    expect(shortestBakeToCompare(bakes(900, 1800))).toBeUndefined();
    expect(shortestBakeToCompare(bakes(0))).toBeUndefined();
  });
});
