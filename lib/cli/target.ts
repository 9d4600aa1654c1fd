import * as z from 'zod';
import { type RegisteredAlias, readRegistration, readRegistrations } from '../aws/stack/registrations.ts';
import type { Registration } from '../rollout/contracts/registration.ts';
import { aliasNameSchema, functionNameOf } from '../rollout/document/start.ts';
import type { Account } from './account.ts';
import { Refused } from './terminal/refused.ts';

/** What a command is about: an alias, as far as it was named. */
export interface Target {
  readonly functionName: string;
  readonly aliasName: string | undefined;
}

/** An alias, and what the stack has deployed for it, where it has. */
export interface ResolvedTarget {
  readonly functionName: string;
  readonly aliasName: string;
  readonly registration: Registration | undefined;
}

/** How targets are spelled, for usages and refusals. */
export const TARGET = 'function[:alias]';

const functionName = z.string().regex(/^[A-Za-z0-9-_]{1,64}$/);

/**
 * Parses `checkout`, `checkout:live` or the ARN of a function or alias.
 *
 * @throws Refused for anything else
 */
export function parseTarget(text: string): Target {
  const [name, aliasName, ...more] = text.replace(/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:/, '').split(':');
  const valid =
    functionName.safeParse(name).success &&
    (aliasName === undefined || aliasNameSchema.safeParse(aliasName).success) &&
    more.length === 0;
  if (!valid) {
    throw new Refused(
      `${JSON.stringify(text)} is no function or alias.\n\n  expected: checkout, checkout:live, or the ARN of a function or alias`,
    );
  }
  return { functionName: name as string, aliasName };
}

/**
 * The alias that is meant. Where only the function is named, its one alias that Sluice shifts.
 *
 * @throws Refused where there is none, or several
 */
export async function resolveTarget({ ssm }: Pick<Account, 'ssm'>, text: string): Promise<ResolvedTarget> {
  const { functionName: name, aliasName } = parseTarget(text);
  if (aliasName !== undefined) {
    const registration = await readRegistration(ssm, { functionName: name, aliasName });
    return { functionName: name, aliasName, registration };
  }
  const [only, ...others] = await readRegistrations(ssm, name);
  if (only && others.length === 0) return only;
  const names = [only, ...others].filter((each) => each !== undefined);
  throw new Refused(
    names.length === 0
      ? `no alias of ${name} is known to Sluice in this account and region.\n\n  expected: the alias as well, for example ${name}:live; or deploy it with a RolloutAlias`
      : `${name} has several aliases.\n\n  expected: one of ${names.map((each) => formatTarget(each)).join(', ')}`,
  );
}

/** The controller of an alias: the state machine whose executions are its rollouts. */
export function controllerOf(target: ResolvedTarget, flag?: string | boolean): string {
  if (typeof flag === 'string') {
    if (/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+$/.test(flag)) return flag;
    throw new Refused(`--controller: found ${flag}, expected the ARN of a state machine.`);
  }
  const { registration } = target;
  if (registration) return registration.stateMachineArn;
  throw new Refused(
    `nothing tells which controller shifts ${formatTarget(target)}: no parameter /sluice/${functionNameOf(target.functionName)}/${target.aliasName}.\n\n  expected: an alias that a RolloutAlias deploys, or --controller with the ARN of the state machine`,
  );
}

/** `checkout:live`. */
export const formatTarget = ({
  functionName: name,
  aliasName,
}: Pick<RegisteredAlias, 'functionName' | 'aliasName'>): string => `${functionNameOf(name)}:${aliasName}`;
