import * as z from 'zod';
import type { AliasRequest, RolloutRequest } from '../operations/alias-request.ts';
import { controllerSchema } from '../operations/request.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { aliasNameSchema } from '../rollout/document/start.ts';
import { CommandRefused } from './terminal/command-refused.ts';

/** How the operand for an alias is spelled, for usages. */
export const TARGET = 'function[:alias]';

/** The flag of every command that needs to know the controller. */
export const controllerOption = {
  controller: 'the ARN of the state machine, if no RolloutAlias has deployed the alias',
} as const;

const functionName = z.string().regex(/^[A-Za-z0-9-_]{1,64}$/);

/**
 * Parses `checkout`, `checkout:live` or the ARN of a function or alias.
 *
 * @throws CommandRefused for anything else
 */
export function parseTarget(text: string): AliasRequest {
  const [name, alias, ...more] = text.replace(/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:/, '').split(':');
  const valid =
    functionName.safeParse(name).success &&
    (alias === undefined || aliasNameSchema.safeParse(alias).success) &&
    more.length === 0;
  if (!valid) {
    throw new CommandRefused(
      `${JSON.stringify(text)} is not a function or an alias.\n\n  expected: checkout, checkout:live, or the ARN of a function or alias`,
    );
  }
  return { function: name as string, ...(alias === undefined ? {} : { alias }) };
}

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** The alias of an operand, with the controller of the flag. */
export function rolloutRequest(text: string, flags: Flags): RolloutRequest {
  const controller = controllerIn(flags);
  return { ...parseTarget(text), ...(controller === undefined ? {} : { controller }) };
}

/**
 * The controller that the command line names.
 *
 * @throws CommandRefused if the flag is not the ARN of a state machine
 */
export function controllerIn({ controller }: Flags): string | undefined {
  if (controller === undefined || controllerSchema.safeParse(controller).success)
    return controller as string | undefined;
  throw new CommandRefused(`--controller: found ${controller}, expected the ARN of a state machine.`);
}

/** The alias of a result: `checkout:live`. */
export const targetOf = (result: { readonly function: string; readonly alias: string }): string =>
  formatTarget({ functionName: result.function, aliasName: result.alias });
