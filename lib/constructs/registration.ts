import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type Registration, registrationName, registrationsOf } from '../rollout/contracts/registration.ts';

/** An alias, and what is to be known of it. */
export interface RegisteredAlias extends Omit<Registration, 'schema'> {
  readonly functionName: string;
  readonly aliasName: string;
}

/**
 * Publishes which controller shifts the alias, and by which policy, for whoever starts a rollout or rolls back.
 *
 * @returns the parameter that holds it, and the ARN that reading it is judged on: of the path of all registrations of the function
 */
export function register(scope: Construct, alias: RegisteredAlias): { parameter: ssm.CfnParameter; arn: string } {
  const { functionName, aliasName, stateMachineArn, policy, provisionedConcurrency } = alias;
  const registration: Registration = {
    schema: 1,
    stateMachineArn,
    ...(policy === undefined ? {} : { policy }),
    ...(provisionedConcurrency === undefined ? {} : { provisionedConcurrency }),
  };
  const { stackName } = Stack.of(scope);
  const parameter = new ssm.CfnParameter(scope, 'Registration', {
    // No other construct has the name, so this one can be made before the one is deleted that the alias moves away from.
    name: registrationName(functionName, aliasName, `${stackName}-${scope.node.addr.slice(0, 10)}`),
    description: `Sluice: which controller shifts alias ${aliasName}, and by which policy; only deploys change it`,
    type: 'String',
    // A policy with many alarms outgrows the 4 KB of the standard tier.
    tier: 'Intelligent-Tiering',
    value: Stack.of(scope).toJsonString(registration),
  });
  const resourceName = registrationsOf(functionName).slice(1);
  return { parameter, arn: Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName }) };
}
