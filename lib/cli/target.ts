import * as z from 'zod';
import type { AliasRequest, RolloutRequest } from '../operations/alias-request.ts';
import { controllerSchema } from '../operations/request.ts';
import { formatTarget } from '../rollout/alias/format-target.ts';
import { aliasNameSchema } from '../rollout/document/start.ts';
import { CommandRefused } from './terminal/command-refused.ts';

/** How the operand for an alias or a group is spelled, for usages. */
export const TARGET = 'function[:alias]|group';

/** The flag of every command that needs to know the controller. */
export const controllerOption = {
  controller: 'the name of a controller, or the ARN of its state machine, if nothing has registered the alias',
} as const;

const functionName = z.string().regex(/^[A-Za-z0-9-_]{1,64}$/);

/**
 * Parses `checkout`, `checkout:live` or the ARN of a function or alias. The name of a group is parsed as that of a function.
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
      `${JSON.stringify(text)} is not a function, an alias or a group.\n\n  expected: checkout, checkout:live, the name of a group, or the ARN of a function or alias`,
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
 * @throws CommandRefused if the flag is neither the ARN of a state machine nor a name
 */
export function controllerIn({ controller }: Flags): string | undefined {
  if (controller === undefined || controllerSchema.safeParse(controller).success)
    return controller as string | undefined;
  throw new CommandRefused(
    `--controller: found ${controller}, expected the name of a controller, or the ARN of its state machine.`,
  );
}

/** The group of a result, or its alias: `checkout:live`. */
export const targetOf = (result: {
  readonly function: string;
  readonly alias: string;
  readonly group?: string | null;
}): string => result.group ?? formatTarget({ functionName: result.function, aliasName: result.alias });

/** An alias with the two versions of its rollout. */
interface Versions {
  readonly function: string;
  readonly alias: string;
  readonly stable: string | null;
  readonly candidate: string;
}

/** The versions of a rollout: `41 -> 42`, or those of each member of a group. */
export const versionsOf = (rollout: Versions & { readonly members?: readonly Versions[] }): string =>
  rollout.members
    ? rollout.members.map((member) => `${targetOf({ ...member, group: null })} ${arrow(member)}`).join(', ')
    : arrow(rollout);

const arrow = ({ stable, candidate }: Versions): string => `${stable === null ? '' : `${stable} `}-> ${candidate}`;

/** The command that starts a rollout to the same versions again. */
export const startAgain = (rollout: Parameters<typeof candidatesOf>[0] & Parameters<typeof targetOf>[0]): string => {
  const { members, candidate } = rollout;
  const versions = members?.map((member) => `${member.function}=${member.candidate}`).join(',') ?? candidate;
  return `sluice start ${targetOf(rollout)} --version ${versions}`;
};

/** The versions that get traffic: `42`, or those of each member of a group. */
export const candidatesOf = (rollout: {
  readonly candidate: string;
  readonly members?: readonly Omit<Versions, 'stable'>[];
}): string =>
  rollout.members
    ? rollout.members.map((member) => `${targetOf({ ...member, group: null })} ${member.candidate}`).join(', ')
    : rollout.candidate;
