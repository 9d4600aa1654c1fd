import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../lib/aws/handler/in-parallel.ts';
import { Memo } from '../../../lib/aws/handler/memo.ts';

/** A source that counts how often it is read. */
function aSource() {
  let reads = 0;
  return { read: async () => ++reads, reads: () => reads };
}

describe('a memo', () => {
  it('reads once for everybody who asks within its time', async () => {
    const { read } = aSource();
    const memo = new Memo<number>(10, 5);
    expect(await Promise.all([memo.get('a', 100, read), memo.get('a', 100, read)])).toEqual([1, 1]);
    expect([await memo.get('a', 109.9, read), await memo.get('a', 110, read)]).toEqual([1, 2]);
  });

  it('reads again when it is asked to, and when the clock was set back', async () => {
    const { read } = aSource();
    const memo = new Memo<number>(10, 5);
    await memo.get('a', 100, read);
    expect([await memo.refresh('a', 101, read), await memo.get('a', 102, read)]).toEqual([2, 2]);
    expect(await memo.get('a', 50, read)).toBe(3);
  });

  it('keeps neither a failure nor an answer that it is told not to keep', async () => {
    const { read } = aSource();
    const memo = new Memo<number>(10, 5, (answer) => answer > 1);
    await expect(memo.get('a', 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([await memo.get('a', 0, read), await memo.get('a', 0, read), await memo.get('a', 0, read)]).toEqual([
      1, 2, 2,
    ]);
  });

  it('without bounds keeps every answer for as long as it lives', async () => {
    const { read, reads } = aSource();
    const memo = new Memo<number>();
    for (const now of [0, 1e9]) {
      for (let key = 0; key < 3000; key++) await memo.get(`${key}`, now, read);
    }
    expect(reads()).toBe(3000);
  });

  it('keeps the newest answers', async () => {
    const { read, reads } = aSource();
    const memo = new Memo<number>(10, 2);
    for (const key of ['a', 'b', 'c', 'b', 'c']) await memo.get(key, 0, read);
    expect(reads()).toBe(3);
    await memo.get('a', 0, read);
    expect(reads()).toBe(4);
  });
});

describe('work in parallel', () => {
  it('is held up by no failure, and keeps the order of the items', async () => {
    const work = async (item: number) => {
      if (item % 2 === 1) throw item;
      return item * 10;
    };
    expect(await inParallel([1, 2, 3, 4], 2, work)).toEqual({ results: [20, 40], failures: [1, 3] });
    expect(await inParallel([], 2, work)).toEqual({ results: [], failures: [] });
  });

  it('is done for so many items at a time', async () => {
    let atOnce = 0;
    let most = 0;
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async () => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
    });
    expect(most).toBe(3);
  });
});
