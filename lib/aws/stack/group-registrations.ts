import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  GROUP_REGISTRATIONS,
  type GroupRegistration,
  groupRegistrationSchema,
  groupRegistrationsOf,
} from '../../rollout/contracts/group-registration.ts';
import { BrokenRegistration, readParameters, registrationIn } from './parameters.ts';

/**
 * The registration of a group; undefined if no stack has deployed one. The newest counts: a group has two while it moves to another
 * construct.
 *
 * @throws BrokenRegistration if the parameter holds something else
 */
export async function readGroup(ssm: SSMClient, group: string): Promise<GroupRegistration | undefined> {
  const newest = (await readParameters(ssm, groupRegistrationsOf(group))).at(-1);
  const read = newest && registrationIn(groupRegistrationSchema, newest);
  if (typeof read === 'string') throw new BrokenRegistration(read);
  return read;
}

/** Every registered group of the account and region, by its name. Broken parameters are left out. */
export async function readGroups(ssm: SSMClient): Promise<ReadonlyMap<string, GroupRegistration>> {
  const found = (await readParameters(ssm, GROUP_REGISTRATIONS)).flatMap((parameter) => {
    const [, , name = ''] = (parameter.Name ?? '').split('/');
    const read = registrationIn(groupRegistrationSchema, parameter);
    return typeof read === 'string' ? [] : [[name, read] as const];
  });
  return new Map(found);
}
