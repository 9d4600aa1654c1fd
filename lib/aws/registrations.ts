import { GetParameterCommand, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import { REGISTRATIONS, type Registration, registrationName, registrationSchema } from '../rollout/registration.ts';
import type { AliasName } from './alias.ts';
import { orUndefined } from './errors.ts';
import { jsonIn } from './executions.ts';

/**
 * What is deployed of an alias's rollouts; undefined where nothing is.
 *
 * @throws Error where the parameter holds something else
 */
export async function readRegistration(ssm: SSMClient, name: AliasName): Promise<Registration | undefined> {
  const parameter = registrationName(name.functionName, name.aliasName);
  const found = await orUndefined(ssm.send(new GetParameterCommand({ Name: parameter })), 'ParameterNotFound');
  if (!found) return undefined;
  const parsed = registrationSchema.safeParse(jsonIn(found.Parameter?.Value));
  if (!parsed.success)
    throw new Error(`parameter ${parameter} does not hold what Sluice deploys there; deploy the stack again`);
  return parsed.data;
}

/** An alias that Sluice has been deployed for. */
export interface Registered extends AliasName {
  readonly registration: Registration;
}

/** Every alias of the account and region, or of one function, by name. Parameters that hold something else are left out. */
export async function readRegistrations(ssm: SSMClient, functionName?: string): Promise<readonly Registered[]> {
  const path = functionName === undefined ? REGISTRATIONS : `${REGISTRATIONS}/${functionName}`;
  const found: Registered[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client: ssm },
    { Path: path, Recursive: true },
  )) {
    for (const { Name = '', Value } of Parameters) {
      const [, , whose, aliasName] = Name.split('/');
      const parsed = registrationSchema.safeParse(jsonIn(Value));
      if (whose && aliasName && parsed.success)
        found.push({ functionName: whose, aliasName, registration: parsed.data });
    }
  }
  return found.sort((a, b) => (`${a.functionName}:${a.aliasName}` < `${b.functionName}:${b.aliasName}` ? -1 : 1));
}
