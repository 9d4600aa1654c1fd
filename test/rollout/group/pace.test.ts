import { describe, expect, it } from 'vitest';
import { stepInWords } from '../../../lib/rollout/group/pace.ts';

describe('how long a weight takes to reach all members', () => {
  it.each([
    [2, 'a weight takes some 0.3 s to reach all 2 members'],
    [10, 'a weight takes some 2.7 s to reach all 10 members'],
    [20, 'a weight takes some 5.7 s to reach all 20 members'],
  ])('is told of %d members', (members, words) => {
    expect(stepInWords(members)).toBe(words);
  });

  it('is nothing to tell of one alone', () => {
    expect(stepInWords(1)).toBeUndefined();
  });
});
