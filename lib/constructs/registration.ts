import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type Registration, registrationName } from '../rollout/contracts/registration.ts';

/** An alias, and what is to be known of it. */
export interface RegisteredAlias extends Omit<Registration, 'schema'> {
  readonly functionName: string;
  readonly aliasName: string;
}

/**
 * Publishes which controller shifts the alias, and by which policy, for whoever starts a rollout or rolls back.
 *
 * @returns the parameter that holds it, and its ARN
 */
export function register(scope: Construct, alias: RegisteredAlias): { parameter: ssm.CfnParameter; arn: string } {
  const { functionName, aliasName, stateMachineArn, policy, provisionedConcurrency } = alias;
  const registration: Registration = {
    schema: 1,
    stateMachineArn,
    ...(policy === undefined ? {} : { policy }),
    ...(provisionedConcurrency === undefined ? {} : { provisionedConcurrency }),
  };
  const name = registrationName(functionName, aliasName);
  const parameter = new ssm.CfnParameter(scope, 'Registration', {
    name,
    description: `Sluice: which controller shifts alias ${aliasName}, and by which policy; only deploys change it`,
    type: 'String',
    // A policy with many alarms outgrows the 4 KB of the standard tier.
    tier: 'Intelligent-Tiering',
    value: Stack.of(scope).toJsonString(registration),
  });
  const arn = Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });
  return { parameter, arn };
}
