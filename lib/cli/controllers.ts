import type { OperationClients } from '../operations/clients.ts';
import { controllerOf, registrationOf } from '../operations/resolve-alias.ts';
import { writerOf } from '../rollout/alias/description.ts';
import type { NamedAlias } from '../rollout/decisions/prune.ts';

/** A controller, and the aliases of one function that it shifts. */
export interface ControllerOfAliases {
  readonly stateMachineArn: string;
  readonly aliasNames: readonly string[];
}

/**
 * The controllers of a function's aliases. An alias that Sluice has never written has none.
 *
 * @param named the ARN that the command line names
 * @throws ControllerUnknown if a controller has shifted an alias, and neither a parameter nor the command line names it
 */
export async function controllersOf(
  clients: Pick<OperationClients, 'ssm' | 'sfn'>,
  functionName: string,
  aliases: readonly NamedAlias[],
  named: string | undefined,
): Promise<readonly ControllerOfAliases[]> {
  const found = new Map<string, string[]>();
  for (const alias of aliases) {
    const target = { functionName, aliasName: alias.name };
    const registration = await registrationOf(clients.ssm, target);
    if (!registration && named === undefined && writerOf(alias) === undefined) continue;
    const controller = await controllerOf(clients, { ...target, registration }, named);
    found.set(controller, [...(found.get(controller) ?? []), alias.name]);
  }
  return [...found].map(([stateMachineArn, aliasNames]) => ({ stateMachineArn, aliasNames }));
}
