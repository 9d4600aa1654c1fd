import * as z from 'zod';

/** The name of a group: part of the names of parameters and executions. It has no colon, so that it is no name of an alias. */
export const groupNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-_]{0,63}$/, {
  error: 'expected the name of a group: 1 to 64 letters, digits, "-" or "_", the first a letter or a digit',
});

/** The aliases of a group, their controller and their policy, as the stack of the group writes them into a parameter. */
export const groupRegistrationSchema = z.object({
  schema: z.literal(1),
  stateMachineArn: z.string().min(1),
  /** A policy with the names of its alarms and hooks; its reader checks it. */
  policy: z.looseObject({ alarms: z.array(z.string()).default([]) }),
  /** In the order in which they get their weights. */
  members: z.array(z.object({ function: z.string().min(1), alias: z.string().min(1) })).min(1),
});
export type GroupRegistration = z.output<typeof groupRegistrationSchema>;

/**
 * Under which all registrations of groups of an account and region stand: beside those of aliases, for a function may have the name of a
 * group.
 */
export const GROUP_REGISTRATIONS = '/sluice-groups';

/** Under which the registration of a group stands: `/sluice-groups/shop-Service`. */
export const groupRegistrationsOf = (group: string): string => `${GROUP_REGISTRATIONS}/${group}`;

/** The parameter of a group: `/sluice-groups/shop-Service/shop-c8a1b2c3`. Its last part is the place of the construct that deploys it. */
export const groupRegistrationName = (group: string, place: string): string =>
  `${groupRegistrationsOf(group)}/${place}`;
