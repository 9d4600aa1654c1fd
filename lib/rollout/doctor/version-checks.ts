import type { VersionFacts } from '../decisions/preflight.ts';
import { differenceInWords, mutableInWords } from '../version-content.ts';
import { serviceOf, stateInWords, wakingCommand } from '../version-state.ts';
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
    servedCheck(served, alias, move('another one')),
    ...immutabilityChecks(served),
    differing.length === 0
      ? ok('next version', nextInWords(served, latest))
      : problem(
          'next version',
          `version ${version} and $LATEST differ in their ${differing.join(' and their ')}: Lambda puts no weights between such versions, so the next rollout is refused`,
          'set them back; or move the alias in one go, with the service prepared for it: aws lambda update-alias',
        ),
  ];
}

/** Only an Active version can be invoked. One that sleeps wakes with the next request, which fails. */
function servedCheck(served: VersionFacts, alias: string, move: string): Check {
  const found = stateInWords(served.version, served);
  switch (serviceOf(served.state)) {
    case 'now':
      return ok('served version', `${served.version} is ${served.state}`);
    case 'later':
      return served.state === 'Inactive'
        ? warning(
            'served version',
            `${found}: requests fail until Lambda has brought it back`,
            `wake it: ${wakingCommand(alias.split(':')[0] as string, served.version)}`,
          )
        : warning('served version', `${found}: requests fail until it is Active`, 'wait until it is');
    case 'never':
      return problem('served version', `${found}: it cannot be invoked`, move);
  }
}

/** A published version is meant to stay as it is, so that there is a way back to it. */
function immutabilityChecks(served: VersionFacts): readonly Check[] {
  const found = mutableInWords(served);
  return found === undefined
    ? []
    : [warning('immutability', found, 'keep these as they are for as long as somebody may go back to the version')];
}

function nextInWords(served: VersionFacts, latest: VersionFacts): string {
  const same = `$LATEST has the execution role and dead-letter queue of version ${served.version}`;
  const difference = differenceInWords(served, latest);
  return difference === undefined ? same : `${same}; ${difference}`;
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
