import type { VersionFacts } from '../decisions/preflight.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** What Lambda says of the version that an alias serves, and of what the next one is published from. */
export interface ServedFacts {
  /** The alias, as `checkout:live`. */
  readonly alias: string;
  /** The version's number, as the alias has it. */
  readonly version: string;
  /** Null if it does not exist. */
  readonly served: VersionFacts | null;
  readonly latest: VersionFacts;
}

/** Whether the version that is served exists and works, and whether Lambda would put weights between it and the next one. */
export function versionChecks({ alias, version, served, latest }: ServedFacts): readonly Check[] {
  const move = (to: string) => `move the alias to ${to}: sluice rollback ${alias} --to VERSION`;
  if (version === '$LATEST') {
    const found = 'serves $LATEST, which Lambda puts no weights beside; the next rollout is refused';
    return [problem('served version', found, move('a published version'))];
  }
  if (!served) {
    return [problem('served version', `version ${version} does not exist`, move('one that does'))];
  }
  const differing = [
    ...(served.role === latest.role ? [] : [`execution role (${nameOf(served.role)}, ${nameOf(latest.role)})`]),
    ...(served.deadLetterTarget === latest.deadLetterTarget
      ? []
      : [`dead-letter queue (${nameOf(served.deadLetterTarget)}, ${nameOf(latest.deadLetterTarget)})`]),
  ];
  return [
    served.state === 'Failed'
      ? problem('served version', `version ${version} failed: ${served.stateReason}`, move('another one'))
      : ok('served version', `${version} is ${served.state}`),
    differing.length === 0
      ? ok('next version', `$LATEST has the execution role and dead-letter queue of version ${version}`)
      : problem(
          'next version',
          `version ${version} and $LATEST differ in their ${differing.join(' and their ')}: Lambda puts no weights between such versions, so the next rollout is refused`,
          'set them back; or move the alias in one go, with the service prepared for it: aws lambda update-alias',
        ),
  ];
}

/** The hold of the function; undefined if its tags cannot be read. */
export function holdCheck(functionName: string, hold: string | null | undefined): Check {
  if (hold === null) return ok('hold', 'none');
  return hold === undefined
    ? warning('hold', "the function's tags cannot be read", 'allow lambda:ListTags to who asks')
    : warning(
        'hold',
        `rollouts are held: ${hold || 'no reason given'}`,
        `when it is over: sluice resume ${functionName}`,
      );
}

const nameOf = (arn: string): string => arn.split(/[:/]/).at(-1) || 'none';
