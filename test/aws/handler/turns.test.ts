import { describe, expect, it } from 'vitest';
import { inTurns } from '../../../lib/aws/handler/turns.ts';

describe('work in turns', () => {
  it('lets the next piece in when one is done, also if that failed', async () => {
    const inTurn = inTurns(1);
    const order: string[] = [];
    const failing = inTurn(async () => {
      order.push('first');
      throw new Error('it failed');
    });
    const second = inTurn(async () => order.push('second'));
    await expect(failing).rejects.toThrow('it failed');
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('keeps to its number when work comes while other work goes', async () => {
    const inTurn = inTurns(2);
    let [running, most] = [0, 0];
    const work = () =>
      inTurn(async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
      });
    await Promise.all([work(), work(), work(), work().then(work), work()]);
    expect(most).toBe(2);
  });
});
