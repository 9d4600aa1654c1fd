import * as z from 'zod';
import { functionNameOf } from '../document/start.ts';

/**
 * What is deployed of an alias's rollouts, beside the alias: which controller shifts it, and by which policy. It is written by the
 * stack as a parameter of Systems Manager and read by whoever starts a rollout by hand; nothing of a rollout's state is in it.
 */
export const registrationSchema = z.object({
  schema: z.literal(1),
  stateMachineArn: z.string().min(1),
  /** A policy with the names of its alarms and hooks; checked by whoever uses it. Absent where the stack has none. */
  policy: z.unknown().optional(),
  provisionedConcurrency: z.number().int().min(1).nullish(),
});
export type Registration = z.output<typeof registrationSchema>;

/** Under which all registrations of an account and region stand. */
export const REGISTRATIONS = '/sluice';

/** The parameter of an alias: `/sluice/checkout/live`. */
export const registrationName = (functionName: string, aliasName: string): string =>
  `${REGISTRATIONS}/${functionNameOf(functionName)}/${aliasName}`;
