import { type Parameter, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import {
  REGISTRATIONS,
  type Registration,
  registrationSchema,
  registrationsOf,
} from '../../rollout/contracts/registration.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
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
export async function readRegistration(
  ssm: SSMClient,
  { functionName, aliasName }: AliasName,
): Promise<Registration | undefined> {
  const all = await readKnownAliases(ssm, functionName);
  const known = all.find((each) => each.aliasName === aliasName);
  if (known?.broken !== undefined) throw new BrokenRegistration(known.broken);
  return known?.registration;
}

/** An alias that a stack has registered. */
export interface RegisteredAlias extends AliasName {
  readonly registration: Registration;
}

/** An alias that has a parameter. */
export interface KnownAlias extends AliasName {
  /** The newest counts: the alias has several parameters while it moves to another construct or stack. */
  readonly registration: Registration | undefined;
  /** Why the parameter is no registration, or one that names a state machine elsewhere. */
  readonly broken?: string;
  /** When the parameter was written, in seconds since 1970; 0 if that is not known. */
  readonly writtenAt?: number;
}

/** Every alias of the account and region, or of one function, that has a parameter, by name. */
export async function readKnownAliases(ssm: SSMClient, functionName?: string): Promise<readonly KnownAlias[]> {
  const Path = functionName === undefined ? REGISTRATIONS : registrationsOf(functionName);
  const found: Parameter[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path, Recursive: true })) {
    found.push(...Parameters);
  }
  const newestLast = found.toSorted((a, b) => writtenAt(a) - writtenAt(b));
  const byAlias = new Map(newestLast.flatMap((parameter) => knownIn(parameter)).map((known) => [keyOf(known), known]));
  return [...byAlias.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const writtenAt = ({ LastModifiedDate }: Parameter): number => (LastModifiedDate?.getTime() ?? 0) / 1000;

const keyOf = ({ functionName, aliasName }: AliasName): string => `${functionName}:${aliasName}`;

function knownIn(parameter: Parameter): readonly KnownAlias[] {
  const { Name = '' } = parameter;
  const [, , functionName, aliasName] = Name.split('/');
  if (!functionName || !aliasName) return [];
  const known = { functionName, aliasName, writtenAt: writtenAt(parameter) };
  const read = registrationIn(parameter, Name);
  return [
    typeof read === 'string' ? { ...known, registration: undefined, broken: read } : { ...known, registration: read },
  ];
}

/** Every registered alias of the account and region, or of one function, by name. Broken parameters are left out. */
export const readRegistrations = async (ssm: SSMClient, functionName?: string): Promise<readonly RegisteredAlias[]> =>
  (await readKnownAliases(ssm, functionName)).flatMap(({ registration, ...name }) =>
    registration ? [{ ...name, registration }] : [],
  );
