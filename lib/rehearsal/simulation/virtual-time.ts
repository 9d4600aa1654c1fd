import FakeTimers from '@sinonjs/fake-timers';
import type { Random } from '../world/random.ts';

/** A clock that jumps from timer to timer. */
export interface VirtualTime {
  /** Seconds since the start, as far as the virtual clock has come. */
  readonly second: () => number;
  /** Keeps the clock still while something real is under way, such as the SDK reading its configuration. */
  readonly busy: () => Disposable;
}

/** Second 0 of every rehearsal: a minute's start, so that metric periods and virtual minutes fall together. */
export const EPOCH = Date.UTC(2026, 0, 1);

/**
 * Runs something on a virtual clock and with seeded randomness: Wait states, Retry intervals, task timeouts and the SDK's own
 * back-off are all timers, and each is stepped to as soon as everything before it has run. Global timers, Date and
 * Math.random are restored at the end.
 *
 * @throws Error if everything waits and no timer is left
 */
export async function inVirtualTime<T>(random: Random, run: (time: VirtualTime) => Promise<T>): Promise<T> {
  const clock = FakeTimers.install({
    now: EPOCH,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
  const mathRandom = Math.random;
  Math.random = () => random.next();
  let underWay = 0;
  const time: VirtualTime = {
    second: () => (clock.now - EPOCH) / 1000,
    busy: () => {
      underWay++;
      let over = false;
      return {
        [Symbol.dispose]() {
          if (!over) underWay--;
          over = true;
        },
      };
    },
  };
  try {
    let settled = false;
    const result = run(time).finally(() => {
      settled = true;
    });
    result.catch(() => {});
    for (;;) {
      await everythingThatCanRun();
      if (settled) return await result;
      if (underWay > 0) continue;
      if (clock.countTimers() === 0) throw new Error('the rehearsal stands still: nothing is left that could wake it');
      clock.next();
    }
  } finally {
    Math.random = mathRandom;
    clock.uninstall();
  }
}

/** Promise jobs and ticks run dry before the next immediate does. */
const everythingThatCanRun = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A pause on the clock that is installed, in seconds. */
export const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));
