import * as z from 'zod';

const HOUR = 3600;

const ahead = z.number().min(-HOUR).max(HOUR).optional();

/** By how many seconds the clock of each of the controller's functions is ahead of AWS's own; below 0 it is behind. */
export const clocksSchema = z.strictObject({
  preflight: ahead,
  shift: ahead,
  observe: ahead,
  revert: ahead,
  'announce-approval': ahead,
  'run-hooks': ahead,
  provision: ahead,
});

/** The clocks of the controller's functions. */
export type Clocks = z.output<typeof clocksSchema>;
