import { GetParameterCommand, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import {
  REGISTRATIONS,
  type Registration,
  registrationName,
  registrationSchema,
} from '../../rollout/contracts/registration.ts';
import { orUndefined } from '../handler/errors.ts';
import type { AliasName } from '../lambda/alias.ts';
import { jsonIn } from '../states/executions.ts';

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
export interface RegisteredAlias extends AliasName {
  readonly registration: Registration;
}

/** An alias that a parameter names, whatever the parameter holds. */
export interface Named extends AliasName {
  readonly registration: Registration | undefined;
}

/** Every alias of the account and region, or of one function, by name; without a registration where its parameter holds something else. */
export async function readNamed(ssm: SSMClient, functionName?: string): Promise<readonly Named[]> {
  const path = functionName === undefined ? REGISTRATIONS : `${REGISTRATIONS}/${functionName}`;
  const found: Named[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client: ssm },
    { Path: path, Recursive: true },
  )) {
    for (const { Name = '', Value } of Parameters) {
      const [, , whose, aliasName] = Name.split('/');
      if (whose && aliasName) {
        const { data: registration } = registrationSchema.safeParse(jsonIn(Value));
        found.push({ functionName: whose, aliasName, registration });
      }
    }
  }
  return found.sort((a, b) => (`${a.functionName}:${a.aliasName}` < `${b.functionName}:${b.aliasName}` ? -1 : 1));
}

/** The same without parameters that hold something else. */
export const readRegistrations = async (ssm: SSMClient, functionName?: string): Promise<readonly RegisteredAlias[]> =>
  (await readNamed(ssm, functionName)).flatMap(({ registration, ...name }) =>
    registration ? [{ ...name, registration }] : [],
  );
