import * as z from 'zod';
import { policySchema } from '../../rollout/policy/policy.ts';
import { alarmsSchema, compositeAlarmsSchema } from './alarm-spec.ts';
import { awsFaultSchema } from './aws-fault.ts';
import { behaviourSchema, incidentSchema, stableSchema } from './behaviour.ts';
import { clocksSchema } from './clocks.ts';
import { deliverySchema } from './delivery.ts';
import { timedOperatorActionSchema } from './operator-action.ts';
import { trafficSchema } from './traffic.ts';
import { DAY } from './values.ts';

/**
 * A scenario: a policy, and the world that it meets. Weights are percent of traffic, times are seconds since the execution's
 * start, error rates are probabilities from 0 to 1. An unknown key, a wrong type or an impossible value is refused with its
 * path.
 */
export const scenarioSchema = z.strictObject({
  name: z.string().default('rehearsal'),
  seed: z.number().int().default(1),
  traffic: trafficSchema,
  stable: stableSchema.prefault({}),
  candidate: behaviourSchema.prefault({}),
  incidents: z.array(incidentSchema).default([]),
  metrics: z
    .strictObject({
      periodSeconds: z.number().int().min(1).max(DAY).default(60),
      delaySeconds: z.number().int().min(0).max(DAY).default(60),
    })
    .prefault({}),
  alarms: alarmsSchema.default([]),
  policy: policySchema,
  operator: z.array(timedOperatorActionSchema).default([]),
  aws: z.array(awsFaultSchema).default([]),
  events: z.array(deliverySchema).optional(),
  compositeAlarms: compositeAlarmsSchema.optional(),
  /** How many execution environments every deploy asks for; the stable version has as many from before. */
  provisionedConcurrency: z.number().int().min(1).optional(),
  clocks: clocksSchema.optional(),
});

/** A checked scenario with every default filled in. */
export type Scenario = z.output<typeof scenarioSchema>;

/** A scenario as a person writes it: most keys are optional. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
