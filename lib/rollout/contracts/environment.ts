import * as z from 'zod';
import { cloudWatchTiming, type Timing } from '../observation.ts';

const metricTiming = z.strictObject({ periodSeconds: z.number().int().min(1), delaySeconds: z.number().int().min(0) });

/** The environment variable that tells the controller's functions how old their data is. */
export const TIMING_VARIABLE = 'SLUICE_TIMING';

/** The environment variable that tells the function behind custom resources which controller serves templates that name none. */
export const STATE_MACHINE_VARIABLE = 'SLUICE_STATE_MACHINE';

export const timingSchema = z.strictObject({ metrics: metricTiming, alarms: metricTiming });

/**
 * Reads the timing from a function's environment; CloudWatch's minutes if it is not set.
 *
 * @throws Error with the value that was found if it is no timing
 */
export function timingIn(environment: Readonly<Record<string, string | undefined>>): Timing {
  const text = environment[TIMING_VARIABLE];
  if (text === undefined) return cloudWatchTiming;
  try {
    return timingSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${TIMING_VARIABLE} should be JSON with metrics and alarms, but is ${text}`, { cause: error });
  }
}
