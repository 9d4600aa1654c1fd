import * as z from 'zod';
import { errorRate, percent, second } from './values.ts';

const fault = z
  .strictObject({ afterSeconds: second.optional(), aboveWeight: percent.optional(), errorRate })
  .refine((each) => (each.afterSeconds === undefined) !== (each.aboveWeight === undefined), {
    error: 'expected exactly one of "afterSeconds" and "aboveWeight": it says when the fault shows',
  });

export const behaviourSchema = z.strictObject({
  errorRate: errorRate.default(0),
  faults: z.array(fault).default([]),
});

export const incidentSchema = z.strictObject({ fromSecond: second, forSeconds: second, errorRate });

/** How a version behaves: its error rate, and the faults that show later or under more traffic. */
export type Behaviour = z.output<typeof behaviourSchema>;

/** Requests of both versions fail while an incident lasts. */
export type Incident = z.output<typeof incidentSchema>;
