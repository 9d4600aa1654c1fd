import { readRegistration } from '../aws/stack/registrations.ts';
import { writerOf } from '../rollout/alias/description.ts';
import type { NamedAlias } from '../rollout/decisions/prune.ts';
import type { Account } from './account.ts';
import { controllerOf } from './target.ts';
import { Refused } from './terminal/refused.ts';

/** A controller, and the aliases of one function that it shifts. */
export interface ControllerOfAliases {
  readonly stateMachineArn: string;
  readonly aliasNames: readonly string[];
}

/**
 * The controllers of a function's aliases. An alias that nothing of Sluice has ever written has none.
 *
 * @throws Refused where nothing tells which controller shifts an alias that one has shifted
 */
export async function controllersOf(
  { ssm }: Pick<Account, 'ssm'>,
  functionName: string,
  aliases: readonly NamedAlias[],
  flag: string | boolean | undefined,
): Promise<readonly ControllerOfAliases[]> {
  const found = new Map<string, string[]>();
  for (const alias of aliases) {
    const target = { functionName, aliasName: alias.name };
    const registration = await registrationOf(ssm, target);
    if (!registration && flag === undefined && writerOf(alias) === undefined) continue;
    const controller = controllerOf({ ...target, registration }, flag);
    found.set(controller, [...(found.get(controller) ?? []), alias.name]);
  }
  return [...found].map(([stateMachineArn, aliasNames]) => ({ stateMachineArn, aliasNames }));
}

async function registrationOf(
  ssm: Account['ssm'],
  target: { readonly functionName: string; readonly aliasName: string },
) {
  try {
    return await readRegistration(ssm, target);
  } catch (error) {
    if ((error as Error).name !== 'Error') throw error;
    throw new Refused(`${(error as Error).message}; nothing was done.`);
  }
}
