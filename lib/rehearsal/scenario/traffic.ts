import * as z from 'zod';
import { second } from './values.ts';

const requestsPerSecond = z.number().min(0).max(1_000_000);

const curve = z
  .array(z.strictObject({ fromSecond: second, requestsPerSecond }))
  .min(1)
  .superRefine((points, context) => {
    points.forEach(({ fromSecond }, index) => {
      if (index === 0 || fromSecond > (points[index - 1]?.fromSecond ?? 0)) return;
      const message = 'expected a later second than that of the point before';
      context.addIssue({ code: 'custom', path: [index, 'fromSecond'], input: fromSecond, message });
    });
  });

/** One rate, or a curve of rates. Before a curve's first point its first rate holds. */
export const trafficSchema = z
  .strictObject({ requestsPerSecond: requestsPerSecond.optional(), curve: curve.optional() })
  .refine((traffic) => (traffic.requestsPerSecond === undefined) !== (traffic.curve === undefined), {
    error: 'expected exactly one of "requestsPerSecond" and "curve"',
  });

/** The traffic of the alias, in requests a second. */
export type TrafficSpec = z.output<typeof trafficSchema>;

/** The rate from a second on. */
export interface RatePoint {
  readonly fromSecond: number;
  readonly requestsPerSecond: number;
}

/** The traffic as a curve: one rate has a single point. */
export const curveOf = ({ requestsPerSecond: rate = 0, curve: points }: TrafficSpec): readonly RatePoint[] =>
  points ?? [{ fromSecond: 0, requestsPerSecond: rate }];
