import * as z from 'zod';
import { functionNameOf } from '../document/start.ts';

/**
 * Which controller shifts an alias, and by which policy. The stack of the alias writes it as a parameter of Systems Manager, and it is
 * read when a person starts a rollout. No state of a rollout is in it.
 */
export const registrationSchema = z.object({
  schema: z.literal(1),
  stateMachineArn: z.string().min(1),
  /** A policy with the names of its alarms and hooks; its reader checks it. Absent if the stack has none. */
  policy: z.unknown().optional(),
  provisionedConcurrency: z.number().int().min(1).nullish(),
  /** The group whose rollouts shift the alias. The policy stands in the group's own registration then. */
  group: z.string().optional(),
  /** Names of the alarms that watch the alias alone, beside those of the group's policy. */
  alarms: z.array(z.string()).optional(),
});
export type Registration = z.output<typeof registrationSchema>;

/** Under which all registrations of aliases of an account and region stand. */
export const REGISTRATIONS = '/sluice';

/** Under which the registrations of a function stand: `/sluice/checkout`. */
export const registrationsOf = (functionName: string): string => `${REGISTRATIONS}/${functionNameOf(functionName)}`;

/**
 * The parameter of an alias: `/sluice/checkout/live/shop-c8a1b2c3`. The last part is the place of the construct that deploys it: an alias
 * that moves to another construct or stack has two parameters for a while, and the newer one counts. Releases up to 0.1.0 have no such
 * part.
 */
export const registrationName = (functionName: string, aliasName: string, place?: string): string =>
  [registrationsOf(functionName), aliasName, place].filter((part) => part !== undefined).join('/');
