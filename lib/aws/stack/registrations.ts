import { GetParameterCommand, type Parameter, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import {
  REGISTRATIONS,
  type Registration,
  registrationName,
  registrationSchema,
} from '../../rollout/contracts/registration.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
import { orUndefined } from '../handler/errors.ts';
import type { AliasName } from '../lambda/alias.ts';
import { jsonIn } from '../states/executions.ts';

/** The partition, region and account of an ARN. */
const homeOf = (arn: string): string => {
  const [, partition, , region, account] = arn.split(':');
  return [partition, region, account].join(':');
};

/**
 * The registration that a parameter holds; or why it holds none, in words. A state machine of another partition, region or account is
 * never followed, whoever wrote it into the parameter.
 */
function registrationIn({ Value, ARN }: Parameter, name: string): Registration | string {
  const { data } = registrationSchema.safeParse(jsonIn(Value));
  if (!data) return `parameter ${name} does not hold a registration of Sluice; deploy the stack again`;
  return ARN === undefined || homeOf(data.stateMachineArn) === homeOf(ARN)
    ? data
    : `parameter ${name} names a state machine of another partition, region or account (${oneLine(data.stateMachineArn, 200)}); find out who wrote it, and deploy the stack again`;
}

/** The parameter of an alias holds something that Sluice does not deploy there. */
export class BrokenRegistration extends Error {
  override readonly name = 'BrokenRegistration';
}

/**
 * The registration of an alias; undefined if no stack has deployed one.
 *
 * @throws BrokenRegistration if the parameter holds something else
 */
export async function readRegistration(ssm: SSMClient, name: AliasName): Promise<Registration | undefined> {
  const parameter = registrationName(name.functionName, name.aliasName);
  const found = await orUndefined(ssm.send(new GetParameterCommand({ Name: parameter })), 'ParameterNotFound');
  if (!found) return undefined;
  const registration = registrationIn(found.Parameter ?? {}, parameter);
  if (typeof registration === 'string') throw new BrokenRegistration(registration);
  return registration;
}

/** An alias that a stack has registered. */
export interface RegisteredAlias extends AliasName {
  readonly registration: Registration;
}

/** An alias that has a parameter. */
export interface KnownAlias extends AliasName {
  /** Undefined if the parameter does not hold a registration, or one that names a state machine elsewhere. */
  readonly registration: Registration | undefined;
  /** Why there is no registration, in words. */
  readonly broken?: string;
}

/** Every alias of the account and region, or of one function, that has a parameter, by name. */
export async function readKnownAliases(ssm: SSMClient, functionName?: string): Promise<readonly KnownAlias[]> {
  const path = functionName === undefined ? REGISTRATIONS : `${REGISTRATIONS}/${functionName}`;
  const found: KnownAlias[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath(
    { client: ssm },
    { Path: path, Recursive: true },
  )) {
    for (const parameter of Parameters) {
      const { Name = '' } = parameter;
      const [, , whose, aliasName] = Name.split('/');
      if (!whose || !aliasName) continue;
      const read = registrationIn(parameter, Name);
      const registration =
        typeof read === 'string' ? { registration: undefined, broken: read } : { registration: read };
      found.push({ functionName: whose, aliasName, ...registration });
    }
  }
  return found.sort((a, b) => (`${a.functionName}:${a.aliasName}` < `${b.functionName}:${b.aliasName}` ? -1 : 1));
}

/** Every registered alias of the account and region, or of one function, by name. Broken parameters are left out. */
export const readRegistrations = async (ssm: SSMClient, functionName?: string): Promise<readonly RegisteredAlias[]> =>
  (await readKnownAliases(ssm, functionName)).flatMap(({ registration, ...name }) =>
    registration ? [{ ...name, registration }] : [],
  );
