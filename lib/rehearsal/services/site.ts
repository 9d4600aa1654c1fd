import type { World } from '../world/world.ts';
import type { RehearsedLambda } from './lambda.ts';

/** The name of a function and its alias, and the traffic of that alias with its metrics and alarms. */
export interface Metered {
  readonly lambda: Pick<RehearsedLambda, 'functionName' | 'aliasName'>;
  readonly world: World;
}

/** A function with its alias, and the traffic of that alias. */
export interface Site extends Metered {
  readonly lambda: RehearsedLambda;
}

/** The site of the function that a call names, by name or ARN, also a qualified one; the first one if it names none of them. */
export function siteOf<Named extends Site>(sites: readonly Named[], name = ''): Named {
  const named = sites.find(
    ({ lambda: { functionName, arn } }) =>
      name === functionName || name === arn || name.startsWith(`${functionName}:`) || name.startsWith(`${arn}:`),
  );
  return named ?? (sites[0] as Named);
}
