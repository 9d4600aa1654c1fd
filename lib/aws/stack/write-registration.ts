import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type GroupRegistration, groupRegistrationName } from '../../rollout/contracts/group-registration.ts';
import { type Registration, registrationName } from '../../rollout/contracts/registration.ts';
import { isNamed } from '../handler/errors.ts';
import type { AliasName } from '../lambda/alias.ts';

/**
 * Publishes which controller shifts an alias, and by which policy, as the construct does in its stack.
 *
 * @param place what deploys the alias: no other resource has the same
 */
export const register = (
  ssm: SSMClient,
  { functionName, aliasName }: AliasName,
  place: string,
  registration: Registration,
): Promise<void> =>
  put(
    ssm,
    registrationName(functionName, aliasName, place),
    `Sluice: which controller shifts alias ${aliasName}, and by which policy; only deploys change it`,
    registration,
  );

/** Takes it back. If it is gone already, nothing changes. */
export const unregister = (ssm: SSMClient, { functionName, aliasName }: AliasName, place: string): Promise<void> =>
  remove(ssm, registrationName(functionName, aliasName, place));

/** Publishes the members of a group, which controller shifts them, and by which policy. */
export const registerGroup = (
  ssm: SSMClient,
  group: string,
  place: string,
  registration: GroupRegistration,
): Promise<void> =>
  put(
    ssm,
    groupRegistrationName(group, place),
    `Sluice: the aliases of group ${group}, their controller and their policy; only deploys change it`,
    registration,
  );

/** Takes it back. If it is gone already, nothing changes. */
export const unregisterGroup = (ssm: SSMClient, group: string, place: string): Promise<void> =>
  remove(ssm, groupRegistrationName(group, place));

async function put(ssm: SSMClient, Name: string, Description: string, value: object): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name,
      Description,
      Type: 'String',
      // A policy with many alarms outgrows the 4 KB of the standard tier.
      Tier: 'Intelligent-Tiering',
      Value: JSON.stringify(value),
      Overwrite: true,
    }),
  );
}

async function remove(ssm: SSMClient, Name: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name }));
  } catch (error) {
    if (!isNamed(error, 'ParameterNotFound')) throw error;
  }
}
