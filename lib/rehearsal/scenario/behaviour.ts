import * as z from 'zod';
import { errorRate, megabytes, milliseconds, percent, second, share } from './values.ts';

/** What can be wrong with a version beside its error rate. */
const others = {
  /** The share of its requests that Lambda throttles: they fail, and count as throttles and not as invocations. */
  throttleRate: share.optional(),
  /** How long a request takes. Every request of a version that is not slow takes equally long. */
  p99Milliseconds: milliseconds.optional(),
};

/** The memory of a version if nobody says otherwise, in megabytes. (AWS: Lambda, "Configure function memory".) */
export const USUAL_MEGABYTES = 128;

/** What of a version its cost depends on beside the time that its requests take. */
const settings = {
  /** Its memory, in megabytes. @default {@link USUAL_MEGABYTES} */
  memoryMegabytes: megabytes.optional(),
};

/** What goes wrong with a version's requests that Lambda does not know of. */
const unknownToLambda = {
  /** The share of its requests that fail by each signal of the policy. Errors are not among them. */
  signals: z.record(z.string(), errorRate).optional(),
  /** The share of its requests that are slower than the policy's latency threshold. They do not fail. */
  slowRate: share.optional(),
};

const symptoms = ['errorRate', 'notInvocable', 'throttleRate', 'p99Milliseconds'] as const;

const fault = z
  .strictObject({
    afterSeconds: second.optional(),
    aboveWeight: percent.optional(),
    /** For how long it shows from then on; for good unless said otherwise. */
    forSeconds: second.optional(),
    errorRate: errorRate.optional(),
    /** Lambda cannot invoke the version: its requests fail for their callers and leave no trace in any metric. */
    notInvocable: z.literal(true).optional(),
    ...others,
  })
  .refine((each) => (each.afterSeconds === undefined) !== (each.aboveWeight === undefined), {
    error: 'expected exactly one of "afterSeconds" and "aboveWeight": it says when the fault shows',
  })
  .refine((each) => each.forSeconds === undefined || each.afterSeconds !== undefined, {
    error: 'expected "forSeconds" only beside "afterSeconds": a fault above a weight lasts as long as the weight',
    path: ['forSeconds'],
  })
  .refine((each) => symptoms.filter((symptom) => each[symptom] !== undefined).length === 1, {
    error: `expected exactly one of ${symptoms.map((symptom) => `"${symptom}"`).join(', ')}: it says how the fault shows`,
  });

export const behaviourSchema = z.strictObject({
  errorRate: errorRate.default(0),
  ...others,
  ...settings,
  ...unknownToLambda,
  faults: z.array(fault).default([]),
});

/** The stable version has no faults of its own: incidents hit both versions. */
export const stableSchema = z.strictObject({
  errorRate: errorRate.default(0),
  ...others,
  ...settings,
  ...unknownToLambda,
});

export const incidentSchema = z.strictObject({ fromSecond: second, forSeconds: second, errorRate });

/** How a version behaves: its error rate, and the faults that show later or under more traffic. */
export type Behaviour = z.output<typeof behaviourSchema>;

/** How the stable version behaves, from long before the rollout. */
export type StableBehaviour = z.output<typeof stableSchema>;

/** Requests of both versions fail while an incident lasts. */
export type Incident = z.output<typeof incidentSchema>;
