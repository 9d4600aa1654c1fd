import type { Parameter, SSMClient } from '@aws-sdk/client-ssm';
import type { GroupRegistration } from '../../rollout/contracts/group-registration.ts';
import {
  REGISTRATIONS,
  type Registration,
  registrationSchema,
  registrationsOf,
} from '../../rollout/contracts/registration.ts';
import type { AliasName } from '../lambda/alias.ts';
import { readGroup, readGroups } from './group-registrations.ts';
import { BrokenRegistration, readParameters, registrationIn, writtenAt } from './parameters.ts';

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
  const path = functionName === undefined ? REGISTRATIONS : registrationsOf(functionName);
  const found = (await readParameters(ssm, path)).flatMap((parameter) => knownIn(parameter));
  const byAlias = new Map(found.map((known) => [keyOf(known), known]));
  const known = [...byAlias.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return withGroups(ssm, known, functionName === undefined);
}

/** The members of groups with the policies of these, and with the members' own alarms among the alarms of the policy. */
async function withGroups(ssm: SSMClient, known: readonly KnownAlias[], all: boolean): Promise<readonly KnownAlias[]> {
  const names = new Set(known.flatMap(({ registration }) => registration?.group ?? []));
  if (names.size === 0) return known;
  const groups = all
    ? await readGroups(ssm)
    : new Map(await Promise.all([...names].map(async (name) => [name, await readGroup(ssm, name)] as const)));
  return known.map((alias) => {
    const { registration } = alias;
    const group = registration?.group === undefined ? undefined : groups.get(registration.group);
    return registration && group ? { ...alias, registration: withPolicyOf(group, registration) } : alias;
  });
}

function withPolicyOf({ policy }: GroupRegistration, registration: Registration): Registration {
  const alarms = [...new Set([...policy.alarms, ...(registration.alarms ?? [])])];
  return { ...registration, policy: { ...policy, alarms } };
}

const keyOf = ({ functionName, aliasName }: AliasName): string => `${functionName}:${aliasName}`;

function knownIn(parameter: Parameter): readonly KnownAlias[] {
  const { Name = '' } = parameter;
  const [, , functionName, aliasName] = Name.split('/');
  if (!functionName || !aliasName) return [];
  const known = { functionName, aliasName, writtenAt: writtenAt(parameter) };
  const read = registrationIn(registrationSchema, parameter);
  return [
    typeof read === 'string' ? { ...known, registration: undefined, broken: read } : { ...known, registration: read },
  ];
}

/** Every registered alias of the account and region, or of one function, by name. Broken parameters are left out. */
export const readRegistrations = async (ssm: SSMClient, functionName?: string): Promise<readonly RegisteredAlias[]> =>
  (await readKnownAliases(ssm, functionName)).flatMap(({ registration, ...name }) =>
    registration ? [{ ...name, registration }] : [],
  );
