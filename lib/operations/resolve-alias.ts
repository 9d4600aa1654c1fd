import { BrokenRegistration } from '../aws/stack/parameters.ts';
import { readKnownAliases, readRegistration } from '../aws/stack/registrations.ts';
import { notAController } from '../aws/states/controller-tag.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { type Registration, registrationName } from '../rollout/contracts/registration.ts';
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

/**
 * The alias of a request.
 *
 * @throws AliasNotFound if only a function is named and no alias of it is registered
 * @throws AliasAmbiguous if several are
 * @throws ControllerUnknown if the parameter of the alias holds no registration that may be followed
 */
export async function resolveAlias(
  { ssm }: Pick<OperationClients, 'ssm'>,
  { function: given, alias: aliasName }: AliasRequest,
): Promise<ResolvedAlias> {
  const functionName = functionNameOf(given);
  if (aliasName !== undefined) {
    const registration = await registrationOf(ssm, { functionName, aliasName });
    return { functionName, aliasName, registration };
  }
  const [only, ...others] = await readKnownAliases(ssm, functionName);
  if (!only) throw new AliasNotFound(functionName);
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
 * The registration of an alias; undefined if no stack has registered it.
 *
 * @throws ControllerUnknown if the parameter is broken
 */
export async function registrationOf(
  ssm: OperationClients['ssm'],
  name: { readonly functionName: string; readonly aliasName: string },
): Promise<Registration | undefined> {
  try {
    return await readRegistration(ssm, name);
  } catch (error) {
    if (!(error instanceof BrokenRegistration)) throw error;
    throw new ControllerUnknown(`${error.message}; nothing was done`);
  }
}

/**
 * The controller of an alias: the state machine whose executions are its rollouts.
 *
 * @param named the ARN that the request names; it is taken as it is
 * @throws ControllerUnknown if the request names none and the stack has registered none, or one that is no controller
 */
export async function controllerOf(
  { sfn }: Pick<OperationClients, 'sfn'>,
  { registration, ...alias }: ResolvedAlias,
  named: string | undefined,
): Promise<string> {
  if (named !== undefined) return named;
  if (registration) {
    const { stateMachineArn } = registration;
    const why = await notAController(sfn, stateMachineArn);
    if (why === undefined) return stateMachineArn;
    throw new ControllerUnknown(`${registrationName(alias.functionName, alias.aliasName)}: ${why}; nothing was done`);
  }
  const parameter = registrationName(alias.functionName, alias.aliasName);
  throw new ControllerUnknown(
    `the controller of ${formatTarget(alias)} is not known: there is no parameter ${parameter}`,
  );
}
