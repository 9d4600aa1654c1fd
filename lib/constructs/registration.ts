import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import {
  type GroupRegistration,
  groupRegistrationName,
  groupRegistrationsOf,
} from '../rollout/contracts/group-registration.ts';
import { type Registration, registrationName, registrationsOf } from '../rollout/contracts/registration.ts';

/** An alias, and what is to be known of it. */
export interface RegisteredAlias extends Omit<Registration, 'schema'> {
  readonly functionName: string;
  readonly aliasName: string;
}

/** A parameter, and the ARN that reading it is judged on: of the path of all registrations of the same function or group. */
export interface Registered {
  readonly parameter: ssm.CfnParameter;
  readonly arn: string;
}

/** Publishes which controller shifts the alias, and by which policy, for whoever starts a rollout or rolls back. */
export function register(scope: Construct, alias: RegisteredAlias): Registered {
  const { functionName, aliasName, stateMachineArn, policy, group, alarms, provisionedConcurrency } = alias;
  const registration: Registration = {
    schema: 1,
    stateMachineArn,
    ...(policy === undefined ? {} : { policy }),
    ...(provisionedConcurrency === undefined ? {} : { provisionedConcurrency }),
    ...(group === undefined ? {} : { group, alarms }),
  };
  return parameterOf(scope, {
    name: registrationName(functionName, aliasName, placeOf(scope)),
    path: registrationsOf(functionName),
    description: `Sluice: which controller shifts alias ${aliasName}, and by which policy; only deploys change it`,
    value: registration,
  });
}

/** Publishes the members of a group, which controller shifts them, and by which policy. */
export function registerGroup(
  scope: Construct,
  group: string,
  value: Omit<GroupRegistration, 'schema' | 'policy'> & { readonly policy: object },
): Registered {
  return parameterOf(scope, {
    name: groupRegistrationName(group, placeOf(scope)),
    path: groupRegistrationsOf(group),
    description: `Sluice: the aliases of group ${group}, their controller and their policy; only deploys change it`,
    value: { schema: 1, ...value },
  });
}

/** The ARN that reading the registration of a group is judged on. */
export const registrationArnOfGroup = (scope: Construct, group: string): string =>
  arnOfPath(scope, groupRegistrationsOf(group));

const arnOfPath = (scope: Construct, path: string): string =>
  Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: path.slice(1) });

/** No other construct has the same, so that one can be made before the one is deleted that the alias moves away from. */
const placeOf = (scope: Construct): string => `${Stack.of(scope).stackName}-${scope.node.addr.slice(0, 10)}`;

/** What a parameter holds, and where. */
interface Parameter {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly value: object;
}

function parameterOf(scope: Construct, { name, path, description, value }: Parameter): Registered {
  const parameter = new ssm.CfnParameter(scope, 'Registration', {
    name,
    description,
    type: 'String',
    // A policy with many alarms outgrows the 4 KB of the standard tier.
    tier: 'Intelligent-Tiering',
    value: Stack.of(scope).toJsonString(value),
  });
  return { parameter, arn: arnOfPath(scope, path) };
}
