import { readStateMachineOf } from '../aws/controller/controllers.ts';
import type { AliasName } from '../aws/lambda/alias.ts';
import { readGroup } from '../aws/stack/group-registrations.ts';
import { BrokenRegistration } from '../aws/stack/parameters.ts';
import { readKnownAliases, readRegistration } from '../aws/stack/registrations.ts';
import { notAController } from '../aws/states/controller-tag.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { groupNameSchema, groupRegistrationsOf } from '../rollout/contracts/group-registration.ts';
import { type Registration, registrationName } from '../rollout/contracts/registration.ts';
import { controllerParameter } from '../rollout/contracts/standalone.ts';
import { functionNameOf } from '../rollout/document/start.ts';
import type { AliasRequest } from './alias-request.ts';
import type { OperationClients } from './clients.ts';
import { AliasAmbiguous, AliasNotFound, ControllerUnknown } from './errors.ts';

/** An alias, and what its stack has registered. */
export interface ResolvedAlias {
  readonly functionName: string;
  readonly aliasName: string;
  /** Undefined if no stack has registered the alias. */
  readonly registration: Registration | undefined;
}

/** The alias that a request means, or the group. */
export interface ResolvedTarget extends ResolvedAlias {
  /** The group that is meant: the alias is its first member. Undefined if the alias is meant. */
  readonly group?: NamedGroup;
}

/** A group, and its members in the order in which they get their weights. */
export interface NamedGroup {
  readonly name: string;
  readonly members: readonly AliasName[];
}

/** The alias or the group of a request in words. */
export const nameOf = ({ group, ...alias }: ResolvedTarget): string => group?.name ?? formatTarget(alias);

/** The rollouts of an alias or a group, among all of a controller. */
export const rolloutsOf = (target: ResolvedTarget) => (target.group ? { group: target.group.name } : { alias: target });

/**
 * The alias or the group of a request.
 *
 * @throws AliasNotFound if only a function is named, no alias of it is registered, and it is no group
 * @throws AliasAmbiguous if several are
 * @throws ControllerUnknown if the parameter of the alias holds no registration that may be followed
 */
export async function resolveAlias(
  { ssm }: Pick<OperationClients, 'ssm'>,
  { function: given, alias: aliasName }: AliasRequest,
): Promise<ResolvedTarget> {
  const functionName = functionNameOf(given);
  if (aliasName !== undefined) {
    const registration = await registrationOf(ssm, { functionName, aliasName });
    return { functionName, aliasName, registration };
  }
  const [only, ...others] = await readKnownAliases(ssm, functionName);
  if (!only) {
    const group = await resolveGroup(ssm, functionName);
    if (group) return group;
    throw new AliasNotFound(functionName);
  }
  if (others.length === 0) {
    if (only.registration) return only;
    throw new ControllerUnknown(`${only.broken}; nothing was done`);
  }
  throw new AliasAmbiguous(
    functionName,
    [only, ...others].map((each) => each.aliasName),
  );
}

/**
 * A group by its name; undefined if there is none.
 *
 * @throws ControllerUnknown if the parameter of the group is broken
 */
export async function resolveGroup(ssm: OperationClients['ssm'], name: string): Promise<ResolvedTarget | undefined> {
  const found = groupNameSchema.safeParse(name).success ? await unbroken(readGroup(ssm, name)) : undefined;
  if (!found) return undefined;
  const { stateMachineArn, policy } = found;
  const members = found.members.map((each) => ({ functionName: each.function, aliasName: each.alias }));
  const registration = { schema: 1, stateMachineArn, policy, group: name } as const;
  return { ...(members[0] as AliasName), registration, group: { name, members } };
}

/**
 * The registration of an alias; undefined if no stack has registered it.
 *
 * @throws ControllerUnknown if the parameter is broken
 */
export const registrationOf = (ssm: OperationClients['ssm'], name: AliasName): Promise<Registration | undefined> =>
  unbroken(readRegistration(ssm, name));

async function unbroken<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof BrokenRegistration)) throw error;
    throw new ControllerUnknown(`${error.message}; nothing was done`);
  }
}

/**
 * The controller of an alias: the state machine whose executions are its rollouts.
 *
 * @param named the ARN that the request names, which is taken as it is, or the name of a standalone controller
 * @throws ControllerUnknown if there is no controller of that name, if the request names none and the stack has registered none, or one
 *   that is no controller
 */
export async function controllerOf(
  { sfn, ssm }: Pick<OperationClients, 'sfn' | 'ssm'>,
  { registration, group, ...alias }: ResolvedTarget,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return namedController({ sfn, ssm }, named);
  if (registration) {
    const { stateMachineArn } = registration;
    const why = await notAController(sfn, stateMachineArn);
    if (why === undefined) return stateMachineArn;
    const where = group ? groupRegistrationsOf(group.name) : registrationName(alias.functionName, alias.aliasName);
    throw new ControllerUnknown(`${where}: ${why}; nothing was done`);
  }
  const parameter = registrationName(alias.functionName, alias.aliasName);
  throw new ControllerUnknown(
    `the controller of ${formatTarget(alias)} is not known: there is no parameter ${parameter}`,
  );
}

/**
 * The state machine of a controller that a request names: an ARN, which is taken as it is, or the name of a standalone controller.
 *
 * @throws ControllerUnknown if there is no controller of that name
 */
export async function namedController(
  { sfn, ssm }: Pick<OperationClients, 'sfn' | 'ssm'>,
  name: string,
): Promise<string> {
  if (name.startsWith('arn:')) return name;
  const parameter = controllerParameter(name, 'StateMachineArn');
  const stateMachineArn = await readStateMachineOf(ssm, name);
  if (stateMachineArn === undefined) {
    throw new ControllerUnknown(
      `there is no controller ${name}: the parameter ${parameter} does not exist; nothing was done`,
    );
  }
  const why = await notAController(sfn, stateMachineArn);
  if (why !== undefined) throw new ControllerUnknown(`${parameter}: ${why}; nothing was done`);
  return stateMachineArn;
}
