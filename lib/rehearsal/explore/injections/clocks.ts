import type { Injection } from './injection.ts';

/** Clocks of functions that are explored, in seconds ahead. The functions of a region differ by far less. */
const skews: readonly (readonly [function_: 'preflight' | 'shift' | 'observe' | 'revert', seconds: number])[] = [
  ['preflight', -30],
  ['shift', 20],
  ['shift', -20],
  ['observe', 20],
  ['observe', -20],
  ['revert', 3600],
  ['revert', -3600],
];

/** Every clock of a function that differs from all others. */
export const clockSkews: readonly Injection[] = skews.map(([name, seconds]) => ({
  name: `the clock of ${name} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`,
  clocks: { [name]: seconds },
}));
