import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eachMoved } from '../../../lib/aws/lambda/paced.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function moved(answers: readonly ('goOn' | 'stop')[]) {
  const begun: { readonly index: number; readonly at: number }[] = [];
  const start = Date.now();
  const all = eachMoved(answers, async (answer, index) => {
    begun.push({ index, at: Date.now() - start });
    return answer;
  });
  await vi.runAllTimersAsync();
  await all;
  return begun;
}

describe('aliases that are moved one after the other', () => {
  it('are begun so far apart that Lambda keeps up', async () => {
    const begun = await moved(['goOn', 'goOn', 'goOn']);
    expect(begun.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(begun[0]?.at).toBe(0);
    expect(begun[1]?.at).toBeGreaterThanOrEqual(2000 / 15);
  });

  it('end with the first that says so', async () => {
    expect((await moved(['goOn', 'stop', 'goOn'])).map(({ index }) => index)).toEqual([0, 1]);
  });
});
